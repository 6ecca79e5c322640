import type { Complaint } from './complaints.ts';
import type { Sighted } from './log-scanner.ts';
import { isBefore, type Judgement } from './order-of-time.ts';

/**
 * Whether a complaint that also comes of what failed before may have done so here. Lines that peers print of a process that ended follow from an exception,
 * unless they are known to have come first; a connection that got no answer may be why it was raised, unless that is known to have come later.
 */
export function mayHaveFollowed(complaint: Complaint, all: readonly Complaint[]): boolean {
  if (complaint.signature.follows !== true) return false;
  return all.some((other) => {
    // That a process ended says what the exception says, and less.
    if (other.signature.follows === true || (other.subject === 'program' && other.proof === 'echo')) return false;
    return isLeftBehind(other) ? comesFirst(other, complaint) : !comesFirst(complaint, other);
  });
}

/** Whether it is what peers say of a process that ended, as well: they waited for it, what was open to it was cut, and nobody listens there any more. */
function isLeftBehind({ subject, proof, outcome }: Complaint): boolean {
  return subject === 'waiting' || proof === 'echo' || outcome === 'cut' || outcome === 'refused';
}

export function asFollowed(cause: Judgement): Judgement {
  return { ...cause, likelihood: 'possible', because: ['an exception also follows from what failed before, and what else is told here may be that'] };
}

/** Whether one is known to have come before the other: by the clock, or by its place where one log shows both. */
function comesFirst(one: Complaint, other: Complaint): boolean {
  return isBefore(one.seen, [other.seen]) || other.sighted.every((later) => one.sighted.some((first) => stands(first, later)));
}

function stands({ quote: first }: Sighted, { quote: later }: Sighted): boolean {
  return first.file === later.file && first.line < later.line;
}

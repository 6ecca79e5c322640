import type { Endpoint } from '../../model/verdict.ts';
import { mostQuotes } from './complaints.ts';
import { firstOfBoth, type Judgement, type Timed } from './order-of-time.ts';
import { portKey } from './sighting.ts';

/** Other things that one policy mends which are told with a cause. */
const mostBeside = 5;

/**
 * Causes that lead from one sort of pod to another in the same way are one: the first, with the lines of all. So are causes that one policy mends, but lines
 * of another pair of pods, or about another port, are no evidence for what its title says: what they are about is told beside it.
 */
export function mergedCauses(causes: readonly Timed[]): readonly Timed[] {
  const merged = new Map<string, Timed>();
  for (const cause of causes) {
    const key = keyOf(cause.judgement);
    const first = merged.get(key);
    merged.set(key, first === undefined ? cause : both(first, cause));
  }
  return [...merged.values()];
}

function both(a: Timed, b: Timed): Timed {
  const same = a.judgement.witness === null || b.judgement.witness === null || wayOf(a.judgement.witness) === wayOf(b.judgement.witness);
  const judgement = same ? { ...a.judgement, quotes: quotesOf(a.judgement, b.judgement) } : { ...a.judgement, because: withBeside(a.judgement, b.judgement) };
  return { judgement, seen: same ? firstOfBoth(a.seen, b.seen) : a.seen, echo: a.echo && b.echo };
}

function withBeside({ because }: Judgement, { title, quotes: [quote] }: Judgement): Judgement['because'] {
  const line = `the same policies mend: ${title}${quote === undefined ? '' : ` (${quote.file}:${quote.line})`}`;
  return because.includes(line) || because.filter((b) => b.startsWith('the same policies mend: ')).length >= mostBeside ? because : [...because, line];
}

function keyOf({ blames, likelihood, title, patch, witness }: Judgement): string {
  if (patch !== null) return JSON.stringify(['patch', patch.edits.map((e) => e.policy)]);
  if (witness === null) return JSON.stringify(['title', blames, likelihood, title]);
  return JSON.stringify(['packet', blames, likelihood, wayOf(witness)]);
}

/** From which sort of pod to which, and at which port. */
function wayOf({ packet: { from, to, protocol, port } }: NonNullable<Judgement['witness']>): string {
  return JSON.stringify([sortOf(from), sortOf(to), protocol, portKey(port)]);
}

/** Pods of one sort differ in their number only. */
function sortOf(end: Endpoint): string {
  return end.kind === 'pod' ? `pod ${end.workload}` : JSON.stringify(end);
}

function quotesOf(a: Judgement, b: Judgement): Judgement['quotes'] {
  const known = new Set(a.quotes.map((q) => `${q.file}:${q.line}`));
  return [...a.quotes, ...b.quotes.filter((q) => !known.has(`${q.file}:${q.line}`))].slice(0, mostQuotes);
}

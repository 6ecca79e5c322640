import type { Quote } from '../../model/diagnosis.ts';
import type { Outcome, Signature, Subject } from '../../signatures/signature.ts';
import type { Printer } from './log-line.ts';
import type { ScannedLog, Sighted } from './log-scanner.ts';
import { type FirstByClock, firstOfBoth, firstSeenIn } from './order-of-time.ts';
import { passagesOf, portKey } from './sighting.ts';

/** Sightings that say one thing: the same subject, the same far end, the same way to end. */
export interface Complaint {
  readonly subject: Subject;
  readonly outcome: Outcome;
  readonly proof: Signature['proof'];
  readonly means: string;
  readonly host: string | null;
  readonly port: number | null;
  /** Who complains, as far as that is told. */
  readonly who: readonly Printer[];
  readonly quotes: readonly Quote[];
  readonly seen: FirstByClock;
  /** The sighting that it is named after. */
  readonly signature: Signature;
  /** Passages of frameworks that it is about. */
  readonly passages: readonly string[];
  /** Everything that makes it. */
  readonly sighted: readonly Sighted[];
}

/** Complaints that are worked on; a log with more tells the same story many times. */
const mostComplaints = 200;

/** Quotes that are kept of one complaint, and of a cause that several make; a log that repeats itself shows no more. */
export const mostQuotes = 5;

/** What is worked on, and the number of lines that say something else still. */
interface Complaints {
  readonly complaints: readonly Complaint[];
  readonly left: number;
}

/** Everything that was sighted, as complaints: those that name a connection first, and each with the lines that make it. */
export function complaintsOf(logs: readonly ScannedLog[]): Complaints {
  let left = logs.reduce((sum, { unkept }) => sum + unkept, 0);
  const groups = new Map<string, Sighted[]>();
  const explained = new Set(logs.flatMap((l) => l.sighted.flatMap((s) => s.sighting.signature.explains ?? [])));
  for (const log of logs)
    for (const sighted of log.sighted) {
      const { signature, host, port, outcome } = sighted.sighting;
      // An echo says nothing of its own, and processes end each in their own way: one complaint for all of a kind.
      const key =
        signature.proof === 'echo' || signature.subject === 'program' || signature.subject === 'interface'
          ? signature.id
          : JSON.stringify([signature.subject, signature.proof, passagesOf(signature), host, portKey(port), outcome]);
      const group = groups.get(key);
      if (group !== undefined) group.push(sighted);
      else if (groups.size < mostComplaints) groups.set(key, [sighted]);
      else left += sighted.quote.count;
    }
  const order: Readonly<Record<Signature['proof'], number>> = { connect: 0, hint: 1, echo: 2 };
  const complaints = withoutHalves([...groups.values()].map((all) => complaintOf(all, explained)).sort((a, b) => order[a.proof] - order[b.proof]));
  return { complaints, left };
}

/** A hint that names no far end says what a connection says that failed in the same way, where the same logs tell of one: its lines go there. */
function withoutHalves(complaints: readonly Complaint[]): readonly Complaint[] {
  const kept: Complaint[] = [];
  for (const complaint of complaints) {
    const at = complaint.proof === 'hint' && complaint.host === null ? kept.findIndex((whole) => isHalfOf(complaint, whole)) : -1;
    const whole = kept[at];
    if (whole === undefined) kept.push(complaint);
    else
      kept[at] = {
        ...whole,
        quotes: [...whole.quotes, ...complaint.quotes].slice(0, mostQuotes),
        seen: firstOfBoth(whole.seen, complaint.seen),
        sighted: [...whole.sighted, ...complaint.sighted],
      };
  }
  return kept;
}

function isHalfOf(half: Complaint, whole: Complaint): boolean {
  if (whole.proof !== 'connect' || whole.subject !== half.subject) return false;
  if (half.outcome !== 'unclear' && half.outcome !== whole.outcome) return false;
  return half.quotes.every(({ file }) => whole.quotes.some((q) => q.file === file)) && half.who.every(({ name }) => whole.who.some((w) => w.name === name));
}

function complaintOf(all: readonly Sighted[], explained: ReadonlySet<string>): Complaint {
  const [first] = all as readonly [Sighted, ...Sighted[]];
  const { signature, host, port, outcome } = first.sighting;
  return {
    subject: signature.subject,
    outcome,
    proof: explained.has(signature.id) ? 'echo' : signature.proof,
    means: signature.means,
    host,
    port,
    who: [...new Map(all.flatMap(({ sighting: { who } }) => (who === null ? [] : [[`${who.name} ${who.vouched}`, who] as const]))).values()],
    quotes: all.map((s) => s.quote).slice(0, mostQuotes),
    seen: firstSeenIn(all),
    signature,
    passages: passagesOf(signature),
    sighted: all,
  };
}

import type { Endpoint } from '../../model/verdict.ts';
import { mostQuotes } from './complaints.ts';
import { firstOfBoth, type Judgement, type Timed } from './order-of-time.ts';
import { portKey } from './sighting.ts';

/** Causes that one policy mends, or that lead from one sort of pod to another in the same way, are one: the first, with the lines of all. */
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
  return { judgement: { ...a.judgement, quotes: quotesOf(a.judgement, b.judgement) }, seen: firstOfBoth(a.seen, b.seen), echo: a.echo && b.echo };
}

function keyOf({ blames, likelihood, title, patch, witness }: Judgement): string {
  if (patch !== null) return JSON.stringify(['patch', patch.edits.map((e) => e.policy)]);
  if (witness === null) return JSON.stringify(['title', blames, likelihood, title]);
  const { from, to, protocol, port } = witness.packet;
  return JSON.stringify(['packet', blames, likelihood, sortOf(from), sortOf(to), protocol, portKey(port)]);
}

/** Pods of one sort differ in their number only. */
function sortOf(end: Endpoint): string {
  return end.kind === 'pod' ? `pod ${end.workload}` : JSON.stringify(end);
}

function quotesOf(a: Judgement, b: Judgement): Judgement['quotes'] {
  const known = new Set(a.quotes.map((q) => `${q.file}:${q.line}`));
  return [...a.quotes, ...b.quotes.filter((q) => !known.has(`${q.file}:${q.line}`))].slice(0, mostQuotes);
}

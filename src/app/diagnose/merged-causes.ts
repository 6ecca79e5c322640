import type { Cause } from '../../model/diagnosis.ts';
import type { Endpoint } from '../../model/verdict.ts';
import { mostQuotes } from './complaints.ts';
import { portKey } from './sighting.ts';

/** Causes that one policy mends, or that lead from one sort of pod to another in the same way, are one: the first, with the lines of all. */
export function mergedCauses(causes: readonly Cause[]): readonly Cause[] {
  const merged = new Map<string, Cause>();
  for (const cause of causes) {
    const key = keyOf(cause);
    const first = merged.get(key);
    merged.set(key, first === undefined ? cause : { ...first, quotes: quotesOf(first, cause) });
  }
  return [...merged.values()];
}

function keyOf({ blames, likelihood, title, patch, witness }: Cause): string {
  if (patch !== null) return JSON.stringify(['patch', patch.edits.map((e) => e.policy)]);
  if (witness === null) return JSON.stringify(['title', blames, likelihood, title]);
  const { from, to, protocol, port } = witness.packet;
  return JSON.stringify(['packet', blames, likelihood, sortOf(from), sortOf(to), protocol, portKey(port)]);
}

/** Pods of one sort differ in their number only. */
function sortOf(end: Endpoint): string {
  return end.kind === 'pod' ? `pod ${end.workload}` : JSON.stringify(end);
}

function quotesOf(a: Cause, b: Cause): Cause['quotes'] {
  const known = new Set(a.quotes.map((q) => `${q.file}:${q.line}`));
  return [...a.quotes, ...b.quotes.filter((q) => !known.has(`${q.file}:${q.line}`))].slice(0, mostQuotes);
}

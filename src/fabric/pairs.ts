import { baseOf, isFull } from '../model/pkey.ts';

/** A partition over which two ports can talk, with the key that each of them holds. */
export interface UsableKey {
  readonly base: number;
  readonly a: number;
  readonly b: number;
}

/**
 * The partitions over which two ports can talk: those that both are in and of which at least one is a full member.
 * Source: InfiniBand Architecture Specification vol. 1, §10.9.3.
 */
export function usableKeys(a: Iterable<number>, b: Iterable<number>): UsableKey[] {
  const held = best(b);
  const found: UsableKey[] = [];
  for (const [base, key] of best(a)) {
    const other = held.get(base);
    if (other !== undefined && (isFull(key) || isFull(other))) found.push({ base, a: key, b: other });
  }
  return found;
}

/** The key of each partition in a table: the full one, where there are both. */
function best(keys: Iterable<number>): Map<number, number> {
  const out = new Map<number, number>();
  for (const key of keys) if (baseOf(key) !== 0 && key > (out.get(baseOf(key)) ?? 0)) out.set(baseOf(key), key);
  return out;
}

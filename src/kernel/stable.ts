import { isMap } from './map.ts';
/** Total order on strings by UTF-16 code unit, the same on every machine and locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A sorted copy, by the text that `key` gives; equal keys keep their order. */
export function sortedBy<T>(items: Iterable<T>, key: (item: T) => string): T[] {
  const pairs = Array.from(items, (item) => ({ key: key(item), item }));
  return pairs.sort((a, b) => compareText(a.key, b.key)).map(({ item }) => item);
}

/** JSON with object keys in code-unit order at every level: equal values give equal text. */
export function stableJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, (_key, v: unknown) => (isMap(v) ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => compareText(a, b))) : v), indent);
}

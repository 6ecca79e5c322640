import { compareText } from '../../kernel/stable.ts';
import { type Labels, labelOf } from '../../model/labels.ts';

/** Key and value pairs that every map has, by key. */
export function commonPairs(maps: readonly Labels[]): readonly (readonly [string, string])[] {
  const [first, ...others] = maps;
  return Object.entries(first ?? {})
    .filter(([key, value]) => others.every((other) => labelOf(other, key) === value))
    .sort(([a], [b]) => compareText(a, b));
}

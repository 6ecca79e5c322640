import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Reader } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import { areAnnotations, areLabels, readAnnotations, readLabels } from './label-map.ts';

const key = fc.constantFrom('app', 'a/b', 'A.example.com/b', '', '-a', 'a-', 'a..b/c', 'x'.repeat(64), 'constructor', '__proto__', 'kubernetes.io/name');
const value = fc.constantFrom<unknown>('', 'web', 'a b', '-', 'x'.repeat(64), 'two\nlines', null, 5, true, {}, []);
const maps = fc.oneof(
  fc.array(fc.tuple(key, value), { maxLength: 3 }).map((entries) => Object.fromEntries(entries)),
  value,
);

test.each([
  ['labels', areLabels, readLabels],
  ['annotations', areAnnotations, readAnnotations],
] as const)('%s that are called good are read without a word, and text that is read without a word is called good', (_what, are, read) => {
  fc.assert(
    fc.property(maps, (map) => {
      const faults: Diagnostic[] = [];
      const got = read(new Reader(map, { document: { file: 'f', index: 0 }, path: [] }, faults));
      const isText = typeof map === 'object' && map !== null && !Array.isArray(map) && Object.values(map).every((v) => typeof v === 'string');
      expect(are(map)).toBe(isText && faults.length === 0);
      if (are(map)) expect(Object.entries(got)).toEqual(Object.entries(map as object));
    }),
  );
});

import { expect, test } from 'vitest';
import type { Diagnostic } from '../kernel/result.ts';
import { mostTelling } from './most-told.ts';

const fault = (file: string, severity: 'error' | 'warning', i: number): Diagnostic => ({
  code: 'c',
  severity,
  message: String(i),
  origin: { document: { file, index: 0 }, path: [i] },
});
const many = (file: string, severity: 'error' | 'warning', count: number): readonly Diagnostic[] =>
  Array.from({ length: count }, (_, i) => fault(file, severity, i));

test('few are told as they are', () => {
  const all = [...many('a', 'error', 100), ...many('b', 'error', 101), ...many('a', 'warning', 100)];
  expect(mostTelling(all)).toHaveLength(all.length);
  expect(mostTelling([])).toEqual([]);
});

test('many are counted by file and severity, and no error goes missing among warnings', () => {
  const told = mostTelling([...many('a', 'warning', 200_000), fault('a', 'error', 7), ...many('b', 'error', 150)]);
  expect(told.filter((d) => d.severity === 'error' && d.origin?.document.file === 'a')).toHaveLength(1);
  expect(told.filter((d) => d.code === 'more-not-told').map((d) => [d.severity, d.message, d.origin])).toEqual([
    ['warning', '199900 more warnings of this file, from here on, are not told.', fault('a', 'warning', 100).origin],
    ['error', '50 more errors of this file, from here on, are not told.', fault('b', 'error', 100).origin],
  ]);
  expect(told).toHaveLength(100 + 1 + 100 + 2);
});

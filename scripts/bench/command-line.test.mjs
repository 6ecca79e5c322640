import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emitInput, filesOf, shapeNames } from './all-shapes.mjs';
import { readCommandLine } from './command-line.mjs';

test.each([
  [[], { shape: null, folder: null }],
  [['--shape', 'a'], { shape: 'a', folder: null }],
  [['--emit-input', 'out', '--shape=a'], { shape: 'a', folder: 'out' }],
])('%j is understood', (args, asked) => {
  expect(readCommandLine(args, ['a', 'b'])).toEqual(asked);
});

test.each([
  [['--shape', 'c'], 'no shape "c"'],
  [['--shape'], '--shape'],
  [['--emit-input', 'out'], 'needs a shape'],
  [['--emit-input', '', '--shape', 'a'], 'needs a folder'],
  [['--shapes', 'a'], '--shapes'],
  [['a'], 'a'],
])('%j is refused in words', (args, words) => {
  expect(readCommandLine(args, ['a', 'b']).fault).toContain(words);
});

test('a shape is written as the files that are measured', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-bench-'));
  try {
    expect(emitInput(folder, 'jobs-206')).toBe(filesOf('jobs-206').length);
    expect(readdirSync(folder).sort()).toEqual(
      filesOf('jobs-206')
        .map((f) => f.path)
        .sort(),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('shapes have names of their own', () => {
  expect(new Set(shapeNames).size).toBe(shapeNames.length);
});

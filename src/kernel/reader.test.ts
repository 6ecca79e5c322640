import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finish, pathText, Reader, shown } from './reader.ts';
import type { Diagnostic } from './result.ts';
import { nearest } from './spelling.ts';

function over(value: unknown): { readonly reader: Reader; readonly faults: Diagnostic[] } {
  const faults: Diagnostic[] = [];
  return { reader: new Reader(value, { document: { file: 'f.yaml', index: 0 }, path: [] }, faults), faults };
}

describe('Reader', () => {
  it('takes null for absent, and keeps the path', () => {
    const { reader, faults } = over({ a: null, b: [{ c: 1 }] });
    expect([reader.has('a'), reader.has('b'), reader.has('toString')]).toEqual([false, true, false]);
    reader.field('b').each()[0]?.field('c').string();
    expect(faults.map((d) => [d.code, pathText(d.origin?.path ?? [])])).toEqual([['wrong-type', 'b[0].c']]);
    expect(faults[0]?.message).toBe('c is the number 1; expected a string.');
    expect(faults[0]?.hint).toBe('Write it in quotes: "1".');
  });

  it('collects every fault and gives no value while one is an error', () => {
    const { reader, faults } = over({ x: 1, yy: 2 });
    reader.object(['yyy'], { x: 'Not here.' });
    reader.warning('w', 'just so');
    expect(faults.map((d) => d.hint)).toEqual(['Not here.', 'Did you mean yyy?', undefined]);
    expect(finish(faults, () => 1).ok).toBe(false);
    expect(finish(faults.slice(2), () => 1)).toMatchObject({ ok: true, value: 1 });
  });

  it.each([
    [0, true],
    [5, true],
    [-1, false],
    [6, false],
    [1.5, false],
    [Number.NaN, false],
    [Number.POSITIVE_INFINITY, false],
  ])('integer %d', (n, good) => {
    const { reader, faults } = over(n);
    expect(reader.integer(0, 5)).toBe(good ? n : undefined);
    expect(faults).toHaveLength(good ? 0 : 1);
  });

  it('reads labels with the names of built-in things', () => {
    const { reader, faults } = over(JSON.parse('{"__proto__": "a", "constructor": "b", "n": 1}'));
    expect(Object.entries(reader.textMap() ?? {})).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
    expect(faults).toHaveLength(1);
  });

  it('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const { reader } = over(value);
        reader.object(['a']);
        reader.items();
        reader.string();
        reader.boolean();
        reader.integer(0, 1);
        reader.textMap();
        reader.oneOf(['a', 'b']);
        reader.field('a').required('b');
      }),
    );
  });
});

describe('what a message shows', () => {
  it('cannot steer a terminal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(shown(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      }),
    );
    expect(shown('\u001b[31m"')).toBe('"\\u001b[31m\\""');
  });

  it('is short', () => {
    expect(shown('x'.repeat(1000)).length).toBeLessThan(100);
    expect(pathText(['spec', 'a b', 0, 'c'])).toBe('spec["a b"][0].c');
  });
});

describe('nearest', () => {
  it.each([
    ['podSelectors', ['podSelector', 'ports'], 'podSelector'],
    ['prots', ['ports', 'from'], 'ports'],
    ['TCPP', ['TCP', 'UDP'], 'TCP'],
    ['tcp', ['TCP', 'UDP'], 'TCP'],
    ['to', ['from', 'ports'], undefined],
    ['x'.repeat(1000), ['x'], undefined],
  ])('%s', (word, words, expected) => {
    expect(nearest(word, words)).toBe(expected);
  });
});

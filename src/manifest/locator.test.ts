import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Path } from '../kernel/origin.ts';
import { TextLocator } from './locator.ts';
import { parseSource } from './parse.ts';

function where(text: string, path: Path, what: 'key' | 'value' = 'value', index = 0): string {
  const locator = new TextLocator([parseSource({ file: 'f', text })]);
  const { line, column, endLine, endColumn } = locator.locate({ document: { file: 'f', index }, path }, what);
  return `${line}:${column}-${endLine}:${endColumn}`;
}

const list = `apiVersion: v1
# a comment
items:
# another
- kind: A
  metadata:
    name: a
    text: |
      - not an item
- kind: B
  metadata: {name: b}
kind: List
`;

describe('places', () => {
  test.each<[string, string, Path, 'key' | 'value', string]>([
    ['a value', 'a:\n  b: xyz\n', ['a', 'b'], 'value', '2:6-2:9'],
    ['a key', 'a:\n  b: xyz\n', ['a', 'b'], 'key', '2:3-2:4'],
    ['a missing member is its parent', 'a:\n  b: xyz\n', ['a', 'c', 'd'], 'value', '2:3-3:1'],
    ['a list item', 'a:\n- x\n- yy\n', ['a', 1], 'value', '3:3-3:5'],
    ['an index past the end is the list', 'a: [x]\n', ['a', 7], 'value', '1:4-1:7'],
    ['a quoted key', '"a b": 1\n', ['a b'], 'value', '1:8-1:9'],
    ['a key that YAML reads as another type', 'y: 5\n', ['true'], 'value', '1:4-1:5'],
    ['through an alias', 'a: &x {k: v}\nb: *x\n', ['b', 'k'], 'value', '1:11-1:12'],
    ['an item of a list', list, ['items', 1, 'metadata', 'name'], 'value', '11:20-11:21'],
    ['the first item', list, ['items', 0, 'kind'], 'value', '5:9-5:10'],
    ['an item ends where the next starts', list, ['items', 0], 'value', '5:3-10:1'],
    ['an item itself', list, ['items', 1], 'value', '10:3-12:1'],
    ['text that looks like an item is none', list, ['items', 0, 'metadata', 'text'], 'key', '8:5-8:9'],
    ['JSON', '{"a": {"b":\n [1, "x"]}}', ['a', 'b', 1], 'value', '2:6-2:9'],
    ['a JSON key', '{"a": {"b":\n [1, "x"]}}', ['a', 'b'], 'key', '1:8-1:11'],
    ['a JSON key written with an escape', '{"\\u0061": 1}', ['a'], 'value', '1:12-1:13'],
    ['a JSON list item', '{"items": [{"a": 1},\n{"a": 22}]}', ['items', 1, 'a'], 'value', '2:7-2:9'],
    ['a missing JSON member is its parent', '{"a": {"b": 1}}', ['a', 'x'], 'value', '1:7-1:15'],
    ['CRLF', 'a: 1\r\nb:\r\n  c: 2\r\n', ['b', 'c'], 'value', '3:6-3:7'],
  ])('%s', (_name, text, path, what, expected) => {
    expect(where(text, path, what)).toBe(expected);
  });

  test('the second document starts after its comments', () => {
    expect(where('a: 1\n---\n# note\nb: 2\n', [], 'value', 1)).toBe('4:1-5:1');
  });
  test('a file never seen and a document never read are at 1:1', () => {
    const locator = new TextLocator([]);
    expect(locator.locate({ document: { file: 'x', index: 3 }, path: ['a'] })).toEqual({ file: 'x', line: 1, column: 1, endLine: 1, endColumn: 1 });
    expect(locator.line('x', 1)).toBeUndefined();
  });
  test('lines come without their end', () => {
    const locator = new TextLocator([parseSource({ file: 'f', text: 'a: 1\r\nb: 2\nc: 3' })]);
    expect([0, 1, 2, 3, 4].map((n) => locator.line('f', n))).toEqual([undefined, 'a: 1', 'b: 2', 'c: 3', undefined]);
  });
});

/** All paths to scalars of a value. */
function leaves(value: unknown, at: Path = []): readonly { readonly path: Path; readonly value: unknown }[] {
  if (typeof value !== 'object' || value === null) return [{ path: at, value }];
  return Object.entries(value).flatMap(([key, v]) => leaves(v, [...at, Array.isArray(value) ? Number(key) : key]));
}

test('every scalar of any JSON is where its text says it is', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(0, 2), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      const locator = new TextLocator([parseSource({ file: 'f', text })]);
      const lines = text.split('\n');
      for (const leaf of leaves(JSON.parse(text))) {
        const { line, column, endLine, endColumn } = locator.locate({ document: { file: 'f', index: 0 }, path: leaf.path });
        expect(endLine).toBe(line);
        expect(JSON.parse(lines[line - 1]?.slice(column - 1, endColumn - 1) ?? '')).toEqual(leaf.value);
      }
    }),
  );
});

describe('many places in one document cost no more than one walk over it', () => {
  const count = 30_000;
  const labels = Array.from({ length: count }, (_, i) => `k${i}`);
  test.each<[string, string]>([
    ['JSON', JSON.stringify({ metadata: { labels: Object.fromEntries(labels.map((k) => [k, 'v'])) } })],
    ['YAML', `metadata:\n  labels:\n${labels.map((k) => `    ${k}: v\n`).join('')}`],
  ])('%s', (_name, text) => {
    const locator = new TextLocator([parseSource({ file: 'f', text })]);
    for (const [i, key] of labels.entries()) {
      const { line, column } = locator.locate({ document: { file: 'f', index: 0 }, path: ['metadata', 'labels', key] }, 'key');
      if (text.startsWith('{')) expect(text.startsWith(`"${key}"`, column - 1)).toBe(true);
      else expect([line, column]).toEqual([i + 3, 5]);
      expect(locator.line('f', line)).toBeDefined();
    }
  });
  test('aliases, each to the last anchor of its name before it', () => {
    const items = Array.from({ length: count }, () => '*a').join(',');
    const text = `x: &a {k: 1}\ny: &a {k: 2}\nitems: [${items}]\n`;
    const locator = new TextLocator([parseSource({ file: 'f', text })]);
    for (let i = 0; i < count; i++)
      expect(locator.locate({ document: { file: 'f', index: 0 }, path: ['items', i, 'k'] })).toMatchObject({ line: 2, column: 11 });
  });
});

describe('items of a flow list are found without parsing the list', () => {
  const file = (text: string) => parseSource({ file: 'f.yaml', text });

  test('every scalar is where its text says it is', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 4 }), fc.constantFrom(0, 2), fc.boolean(), (list, indent, whole) => {
        const inner = JSON.stringify(list, null, indent).replaceAll('\n', '\n ');
        const text = whole ? `{kind: List, items: ${inner}}` : `kind: List\nitems: ${inner} # all\n`;
        const parsed = file(text);
        const [document] = parsed.documents;
        if (document === undefined) return;
        const locator = new TextLocator([parsed]);
        const lines = text.split('\n');
        for (const leaf of leaves((document.value as { items: unknown }).items, ['items'])) {
          const { line, column, endColumn } = locator.locate({ document: document.ref, path: leaf.path });
          expect(JSON.parse(lines[line - 1]?.slice(column - 1, endColumn - 1) ?? '')).toEqual(leaf.value);
        }
      }),
    );
  });

  test.each(['kind: List\nitems: [ITEMS]\n', '{kind: List, items: [\n  ITEMS\n]}\n'])('%j', (around) => {
    const names = Array.from({ length: 30_000 }, (_, i) => `p${i}`);
    const text = around.replace('ITEMS', names.map((n) => `{metadata: {name: ${n}}}`).join(', '));
    const parsed = file(text);
    const locator = new TextLocator([parsed]);
    for (const i of [0, 1, 14_999, 29_999]) {
      const { line, column, endColumn } = locator.locate({ document: { file: 'f.yaml', index: 0 }, path: ['items', i, 'metadata', 'name'] });
      expect(locator.line('f.yaml', line)?.slice(column - 1, endColumn - 1)).toBe(`p${i}`);
    }
  });
});

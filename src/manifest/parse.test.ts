import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { longestNesting } from './limits.ts';
import { TextLocator } from './locator.ts';
import { parseSource } from './parse.ts';

/** What reading a text gives: the values, and each diagnostic as `code line:column`. */
function read(
  text: string,
  file = 'a.yaml',
): { readonly values: readonly unknown[]; readonly faults: readonly string[]; readonly hints: readonly (string | undefined)[] } {
  const parsed = parseSource({ file, text });
  const locator = new TextLocator([parsed]);
  const faults = parsed.diagnostics.map((d) => {
    const at = d.origin === null ? undefined : locator.locate(d.origin);
    return `${d.code} ${at?.line}:${at?.column}`;
  });
  return { values: parsed.documents.map((d) => d.value), faults, hints: parsed.diagnostics.map((d) => d.hint) };
}

describe('streams', () => {
  test.each([
    ['one document', 'a: 1\n', [{ a: 1 }]],
    ['several, with comments and blanks between', '# head\n---\na: 1\n---\n\n# nothing\n---\nb: 2\n...\n---\nc: 3', [{ a: 1 }, { b: 2 }, { c: 3 }]],
    ['content on the marker line', '--- {a: 1}\n--- # comment\nb: 2\n', [{ a: 1 }, { b: 2 }]],
    ['a marker inside a block scalar that is indented', 'a: |\n  ---\n  x\n', [{ a: '---\nx\n' }]],
    ['longer dashes are no marker', 'a: 1\n----: 2\n', [{ a: 1, '----': 2 }]],
    ['CRLF', 'a: 1\r\n---\r\nb: 2\r\n', [{ a: 1 }, { b: 2 }]],
    ['a byte order mark', '\ufeffa: 1\n', [{ a: 1 }]],
    ['a directive', '%YAML 1.2\n---\na: 1\n', [{ a: 1 }]],
    ['nothing but comments', '# a\n# b\n', []],
    ['nothing', '', []],
    ['JSON', '{"a": [1, "x"]}', [{ a: [1, 'x'] }]],
    ['JSON lines', '{"a":1}\n{"b":2}\n', [{ a: 1 }, { b: 2 }]],
    ['concatenated JSON', '{"a":1}{"b":2} {"c":"}{"}', [{ a: 1 }, { b: 2 }, { c: '}{' }]],
    ['JSON between markers', '---\n{"a":1}\n---\nb: 2\n', [{ a: 1 }, { b: 2 }]],
    ['a flow mapping that is no JSON', '{a: 1, b: [x]}\n', [{ a: 1, b: ['x'] }]],
    ['a flow mapping that starts like JSON', '{"a": x}\n', [{ a: 'x' }]],
  ])('%s', (_name, text, values) => {
    expect(read(text)).toMatchObject({ values, faults: [] });
  });

  test('a broken document hides no other, and each fault has its place', () => {
    expect(read('a: 1\n---\nb: [1\n---\nc: 3\n---\n  d: 4\n e: 5\n')).toMatchObject({
      values: [{ a: 1 }, { c: 3 }],
      faults: [expect.stringMatching(/^yaml-syntax 4:/), expect.stringMatching(/^yaml-syntax 8:/)],
    });
  });
  test.each([
    ['after ...', 'a: 1\n...\nb: 2\n---\nc: 3\n', 3],
    ['after ... and a comment', 'a: 1\n... # end\n# more\nb: 2\n---\nc: 3\n', 4],
    ['on the marker line', 'a: 1\n--- {b: 2}\n---\nc: 3\n', 2],
    ['CRLF', 'a: 1\r\n...\r\nb: 2\r\n---\r\nc: 3\r\n', 3],
  ])('a document that kubectl drops is told, not read: %s', (_name, text, line) => {
    const file = parseSource({ file: 'f', text });
    expect(file.documents.map((d) => d.value)).toEqual([{ a: 1 }, { c: 3 }]);
    expect(file.diagnostics.map((d) => d.code)).toEqual(['dropped-document']);
    const [fault] = file.diagnostics;
    expect(fault?.origin && new TextLocator([file]).locate(fault.origin).line).toBe(line);
  });
  test('after broken JSON the documents before it are still there', () => {
    expect(read('{"a":1}\n{"b":\n', 'a.json')).toMatchObject({ values: [{ a: 1 }], faults: ['json-syntax 3:1'] });
  });
});

describe('words as kubectl reads them', () => {
  test.each([
    ['yes', true],
    ['Off', false],
    ['n', false],
    ['true', true],
    ['~', null],
    ['', null],
    ['0o17', 15],
    ['0777', 511],
    ['0x1F', 31],
    ['1_000', 1000],
    ['-5', -5],
    ['08', 8],
    ['1e3', 1000],
    ['.5', 0.5],
    ['.inf', Number.POSITIVE_INFINITY],
    ['2024-01-02', '2024-01-02'],
    ['2024-01-02T03:04:05Z', '2024-01-02T03:04:05Z'],
    ['1.2.3.4', '1.2.3.4'],
    ['10Gi', '10Gi'],
    ['12:30', '12:30'],
    ['+', '+'],
    ['0x', '0x'],
    ['"yes"', 'yes'],
    ['!!str 5', '5'],
  ])('%s', (word, value) => {
    expect(read(`a: ${word}\n`).values).toEqual([{ a: value }]);
  });
  test('merge keys', () => {
    expect(read('x: &x {a: 1, b: 2}\nz: {<<: *x, b: 3}\n').values).toEqual([{ x: { a: 1, b: 2 }, z: { a: 1, b: 3 } }]);
  });
  test('keys are words too: the famous y', () => {
    expect(read('y: 1\n8080: 2\n').values).toEqual([{ true: 1, 8080: 2 }]);
  });
});

describe('hostile input is one diagnostic', () => {
  const repeat = (text: string, times: number): string => text.repeat(times);
  const bomb = `a0: &a0 [${repeat('x,', 10)}]\n${Array.from({ length: 11 }, (_, i) => `a${i + 1}: &a${i + 1} [${repeat(`*a${i},`, 10)}]\n`).join('')}`;
  const merges = `a: &a {${Array.from({ length: 1000 }, (_, i) => `k${i}: 1`).join(', ')}}\n${Array.from({ length: 1000 }, (_, i) => `b${i}: {<<: *a}\n`).join('')}`;
  test.each([
    ['aliases of aliases', bomb, /^too-many-aliases \d/],
    ['merges of merges', merges, /^too-many-aliases \d/],
    ['an anchor inside itself', 'a: 1\nb: &b\n  c: *b\n', /^alias-cycle 3:3/],
    ['1,000 levels of block', Array.from({ length: 1000 }, (_, i) => `${repeat(' ', i)}a:`).join('\n'), /^nested-too-deeply/],
    ['100,000 levels of flow', repeat('[', 100_000), /^nested-too-deeply 1:201/],
    ['100,000 levels of JSON', `${repeat('{"a":', 100_000)}1${repeat('}', 100_000)}`, /^nested-too-deeply 1:1001/],
    ['100,000 levels of dashes', `${repeat('- ', 100_000)}x`, /^nested-too-deeply/],
    ['a NUL byte', 'a: 1\nb: "x\0y"\n', /^binary 2:6/],
    ['control characters', 'a: \x1b[31m\n', /^yaml-syntax 1:4/],
    ['a key twice', 'a: 1\nb: 2\na: 3\n', /^duplicate-key 3:1/],
    ['a key twice in JSON', '{"a": {"b": 1,\n "b": 2}}', /^duplicate-key 2:2/],
    ['a key twice in JSON, written in two ways', '{"a": 1, "\\u0061": 2}', /^duplicate-key 1:10/],
    ['a string that never closes', 'a: "b\n', /^yaml-syntax/],
    ['an unknown alias', 'a: *b\n', /^yaml-syntax 1:/],
    ['an unknown tag', 'a: !Ref b\n', /^yaml-syntax 1:/],
    ['a word too long for the parser', `!<${repeat('a', 10_000_000)}> x`, /^(?:too-complex|yaml-syntax)/],
  ])('%s', (_name, text, fault) => {
    const { values, faults } = read(text);
    expect(values).toEqual([]);
    expect(faults).toEqual([expect.stringMatching(fault)]);
  });

  test('just within the limit is read', () => {
    expect(read(`${repeat('[', longestNesting)}${repeat(']', longestNesting)}`).faults).toEqual([]);
    expect(read(`a: ${repeat('{a: ', longestNesting - 1)}x${repeat('}', longestNesting - 1)}`).faults).toEqual([]);
    expect(read(`a: ${repeat('{a: ', longestNesting)}x${repeat('}', longestNesting)}`).faults).toEqual([expect.stringMatching(/^nested/)]);
  });
  test('a thousand broken documents are told, then no more is read', () => {
    const { faults } = read(repeat('---\n]\n', 5000));
    expect(faults.length).toBe(1001);
    expect(faults.at(-1)).toMatch(/^too-many-errors 2002:/);
  });
  test('a template is told how to be rendered', () => {
    expect(read('{{- if .Values.x }}\na: 1\n{{ end }}\n').hints).toEqual([expect.stringContaining('helm template')]);
    expect(read('a: {{ .Values.x }}\n').hints).toEqual([expect.stringContaining('helm template')]);
    expect(read('a: {{ .Values.x }} b\n').hints).toEqual([expect.stringContaining('helm template')]);
  });
  test('prototype keys are plain keys', () => {
    const [value] = read('__proto__: {x: 1}\nconstructor: y\n').values as readonly Record<string, unknown>[];
    expect(Object.keys(value ?? {})).toEqual(['__proto__', 'constructor']);
    expect((value as { x?: unknown }).x).toBeUndefined();
  });
  test('any text at all gives documents or diagnostics, and faults have places', () => {
    const piece = fc.constantFrom(
      'a',
      ':',
      ' ',
      '\n',
      '-',
      '---\n',
      '...\n',
      '{',
      '}',
      '[',
      ']',
      ',',
      '"',
      "'",
      '&a',
      '*a',
      '#',
      '|',
      '>',
      '?',
      '!',
      '%',
      '\t',
      '\\',
      '\r\n',
      '<<',
      '{{',
      '0',
      '\u2028',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const { faults } = read(pieces.join(''));
        for (const fault of faults) expect(fault).toMatch(/^[a-z-]+ \d+:\d+$/);
      }),
    );
  });
});

test('JSON means what JSON.parse makes of it, alone, in a row and by lines', () => {
  fc.assert(
    fc.property(fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { minLength: 1, maxLength: 4 }), fc.constantFrom('\n', ' ', ''), (values, between) => {
      const plain = values.map((v) => JSON.parse(JSON.stringify(v)) as unknown);
      expect(read(values.map((v) => JSON.stringify(v)).join(between), 'a.json')).toMatchObject({ values: plain, faults: [] });
    }),
  );
});

import fc from 'fast-check';
import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { flowItems, flowMember } from './flow-items.ts';
import { kubernetesYaml } from './kubernetes-yaml.ts';

const read = (text: string): unknown => load(text, { schema: kubernetesYaml });
const items = (text: string): readonly string[] | undefined => flowItems(text, 0, text.length)?.map(({ start, end }) => text.slice(start, end));

describe('a flow list', () => {
  test.each<[string, readonly string[]]>([
    ['[]', []],
    ['[ a, b c ,d, ]', ['a', 'b c', 'd']],
    ['[{a: 1, b: [2, 3]}, [4]]', ['{a: 1, b: [2, 3]}', '[4]']],
    [`["a, ]", 'it''s ]', it's "x", "\\"]"]`, ['"a, ]"', "'it''s ]'", 'it\'s "x"', '"\\"]"']],
    ['[a # no, ]\n, b#c]', ['a', 'b#c']],
    ['[::1, a:b, "k":v, {"x":{}}]', ['::1', 'a:b', '"k":v', '{"x":{}}']],
    ['[a\n  b, http://x/]', ['a\n  b', 'http://x/']],
  ])('%j', (text, wanted) => {
    expect(items(text)).toEqual(wanted);
  });

  test.each(['[a', '["a]', '[!!str a]', '[*a]', '[&a b]', '[? a : b]', '[`]'])('%j is left to the parser', (text) => {
    expect(items(text)).toBeUndefined();
  });

  test('is cut where the parser cuts it, however it is written', () => {
    const blank = fc.constantFrom('', ' ', '\n  ', ' # x, ]}\n ');
    const word = fc.constantFrom('a', 'b c', "it's", '-1', '::1', 'a#b', 'http://x:80/y', '"q, ]"', "'s ''}'", '"\\"{"', 'null', '10.0.0.0/8', '-', 'a"b');
    const { value } = fc.letrec<{ value: string }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        word,
        fc.array(fc.tuple(blank, tie('value'), blank), { maxLength: 3 }).map((l) => `[${l.map((x) => x.join('')).join(',')}]`),
        fc
          .array(fc.tuple(blank, fc.constantFrom('k', '"l"', "'m n'"), tie('value'), blank), { maxLength: 2 })
          .map((l) => `{${l.map(([a, k, v, b], i) => `${a}${k.replace(/\w/, `$&${i}`)}: ${v}${b}`).join(',')}}`),
      ),
    }));
    fc.assert(
      fc.property(fc.array(fc.tuple(blank, value, blank), { maxLength: 4 }), (list) => {
        const text = `[${list.map((x) => x.join('')).join(',')}]`;
        let whole: unknown;
        try {
          whole = read(text);
        } catch {
          return;
        }
        const cut = items(text);
        expect(cut?.map(read)).toEqual(whole);
        const named = `{kind: List, "items": ${text}}`;
        expect(flowMember(named, 0, named.length, 'items')).toBe(named.indexOf('['));
      }),
      { numRuns: 500 },
    );
  });
});

test('a member that is not there is not found', () => {
  expect(flowMember('{a: {items: 1}, b: [items: 2]}', 0, 30, 'items')).toBeUndefined();
});

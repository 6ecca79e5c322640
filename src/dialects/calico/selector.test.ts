import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { selects } from '../../model/labels.ts';
import { selectorExpression } from './emit-selector.ts';
import { podSelector } from './pods.ts';
import { type Expression, evaluate, longestSelector, parseSelector } from './selector.ts';

const parsed = (text: string): Expression => {
  const result = parseSelector(text);
  if (!result.ok) throw new Error(`${text}: at ${result.fault.at}, expected ${result.fault.expected}`);
  return result.value;
};
const among = (label: string, ...values: readonly string[]): Expression => ({ kind: 'among', label, values });
const not = (of: Expression): Expression => ({ kind: 'not', of });

describe('what is a selector', () => {
  it.each<[string, Expression]>([
    ['', { kind: 'all' }],
    [' \t ', { kind: 'all' }],
    ['all()', { kind: 'all' }],
    ['all( )', { kind: 'all' }],
    ['global()', { kind: 'global' }],
    ['has( app )', { kind: 'has', label: 'app' }],
    [`app == 'web'`, among('app', 'web')],
    [`app=="it's"`, among('app', "it's")],
    [`app != ''`, not(among('app', ''))],
    [`a.b/c_d-E9 in {'x' , "y"}`, among('a.b/c_d-E9', 'x', 'y')],
    [`app in {'x',}`, among('app', 'x')],
    [`app in {}`, among('app')],
    [`app not in { 'x' }`, not(among('app', 'x'))],
    [`app notin{'x'}`, not(among('app', 'x'))],
    [`app contains 'x'`, { kind: 'text', label: 'app', how: 'contains', value: 'x' }],
    [`app starts with 'x'`, { kind: 'text', label: 'app', how: 'starts-with', value: 'x' }],
    [`app startswith'x'`, { kind: 'text', label: 'app', how: 'starts-with', value: 'x' }],
    [`app ends  with 'x'`, { kind: 'text', label: 'app', how: 'ends-with', value: 'x' }],
    // Words of the language may be labels.
    [`in in {'x'}`, among('in', 'x')],
    [`has == 'x'`, among('has', 'x')],
    [`not not in {'x'}`, not(among('not', 'x'))],
    ['!!has(a)', { kind: 'has', label: 'a' }],
    ['! ! ! has(a)', not({ kind: 'has', label: 'a' })],
    ['((has(a)))', { kind: 'has', label: 'a' }],
    [
      'has(a) || has(b) && !has(c)',
      {
        kind: 'or',
        of: [
          { kind: 'has', label: 'a' },
          { kind: 'and', of: [{ kind: 'has', label: 'b' }, not({ kind: 'has', label: 'c' })] },
        ],
      },
    ],
    [
      '(has(a)||has(b))&&has(c)',
      {
        kind: 'and',
        of: [
          {
            kind: 'or',
            of: [
              { kind: 'has', label: 'a' },
              { kind: 'has', label: 'b' },
            ],
          },
          { kind: 'has', label: 'c' },
        ],
      },
    ],
  ])('%j', (text, expression) => {
    expect(parsed(text)).toEqual(expression);
  });
});

describe('what is none, and where it stops making sense', () => {
  it.each([
    [`app = 'web'`, 4, '='],
    ['app == web', 7, 'quotes'],
    [`app == 'web`, 7, 'closing'],
    [`app == 'a' & has(b)`, 11, '&&'],
    [`app == 'a' || `, 14, 'label'],
    [`app in 'a'`, 7, '{'],
    [`app in {a}`, 8, 'quotes'],
    [`app in {'a' 'b'}`, 12, ','],
    ['has(app', 7, ')'],
    ['has()', 4, 'label'],
    ['all(x)', 4, ')'],
    ['(has(a)', 7, ')'],
    ['has(a))', 6, '&&'],
    ['app', 3, '=='],
    [`app inside {'a'}`, 4, '=='],
    [`app == 'a'\n&& has(b)`, 10, '&&'],
    ['naïve', 2, '=='],
    [`${'x'.repeat(513)} == 'a'`, 0, '512'],
  ])('%j', (text, at, expected) => {
    const result = parseSelector(text);
    expect(result.ok).toBe(false);
    if (!result.ok) {
      expect(result.fault.at).toBe(at);
      expect(result.fault.expected).toContain(expected);
    }
  });

  it('never throws, whatever the text', () => {
    const words = fc.constantFrom(
      'has(',
      ')',
      '(',
      '!',
      '&&',
      '||',
      '==',
      '!=',
      'in',
      'not',
      '{',
      '}',
      ',',
      `'a'`,
      '"b"',
      'app',
      ' ',
      '\t',
      'all()',
      'global()',
      'é',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(words, { maxLength: 200 }).map((list) => list.join('')),
          fc.string({ maxLength: longestSelector }),
        ),
        (text) => {
          const result = parseSelector(text);
          if (!result.ok) expect(result.fault.at).toBeLessThanOrEqual(text.length);
        },
      ),
    );
  });

  it('nests as deep as its length allows', () => {
    const depth = (longestSelector - 'has(a)'.length) / 2;
    expect(parsed(`${'('.repeat(depth)}has(a)${')'.repeat(depth)}`)).toEqual({ kind: 'has', label: 'a' });
    expect(parsed(`${'!'.repeat(longestSelector - 6)}has(a)`)).toEqual({ kind: 'has', label: 'a' });
    expect(parseSelector('('.repeat(longestSelector)).ok).toBe(false);
  });
});

const label = fc.constantFrom('app', 'env', 'constructor');
const value = fc.constantFrom('', 'web', 'we', 'b');
const leaf: fc.Arbitrary<Expression> = fc.oneof(
  fc.constant<Expression>({ kind: 'all' }),
  fc.record({ kind: fc.constant('has' as const), label }),
  fc.record({ kind: fc.constant('among' as const), label, values: fc.array(value, { maxLength: 3 }) }),
  fc.record({ kind: fc.constant('text' as const), label, how: fc.constantFrom('contains' as const, 'starts-with' as const, 'ends-with' as const), value }),
);
const expression: fc.Arbitrary<Expression> = fc.letrec<{ tree: Expression }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    tie('tree').map((of): Expression => ({ kind: 'not', of })),
    fc.record({ kind: fc.constantFrom('and' as const, 'or' as const), of: fc.array(tie('tree'), { minLength: 2, maxLength: 3 }) }),
  ),
})).tree;
const labels = fc.dictionary(label, value, { noNullPrototype: false });

describe('a selector of the model says the same', () => {
  it('of every pod, and so does its text', () => {
    fc.assert(
      fc.property(expression, labels, (e, own) => {
        const selector = podSelector(e, false);
        const answer = evaluate(e, (key) => ({ value: Object.hasOwn(own, key) ? own[key] : undefined }));
        expect(selects(selector, own)).toBe(answer === 'yes');
        expect(selects(podSelector(e, true), own)).toBe(answer === 'no');
        const text = selectorExpression(selector);
        expect(podSelector(parsed(text ?? ''), false)).toEqual(selector);
      }),
      { numRuns: 2000 },
    );
  });

  it('unknown labels leave it open, unless the rest settles it', () => {
    const unknown = (): null => null;
    expect(evaluate(parsed('has(a)'), unknown)).toBe('maybe');
    expect(evaluate(parsed('!has(a)'), unknown)).toBe('maybe');
    expect(evaluate(parsed('has(a) || all()'), unknown)).toBe('yes');
    expect(evaluate(parsed('has(a) && !all()'), unknown)).toBe('no');
  });
});

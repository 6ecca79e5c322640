import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { labelOf, matchLabels, selectorText, selects } from '../src/model/labels.ts';
import { arbitraryLabels, arbitrarySelector } from './arbitrary-labels.ts';
import { trials } from './runs.ts';

describe('selectors', () => {
  test('text is canonical: equal text selects alike, and order of requirements and values does not show', () => {
    fc.assert(
      fc.property(arbitrarySelector, arbitrarySelector, arbitraryLabels, (a, b, labels) => {
        const turned = { requirements: [...a.requirements].reverse().map((r) => ({ ...r, values: [...r.values].reverse() })) };
        expect(selectorText(turned)).toBe(selectorText(a));
        expect(selects(turned, labels)).toBe(selects(a, labels));
        if (selectorText(a) === selectorText(b)) expect(selects(a, labels)).toBe(selects(b, labels));
      }),
      trials(500),
    );
  });

  test('requirements are a conjunction, and more of them never select more', () => {
    fc.assert(
      fc.property(arbitrarySelector, arbitrarySelector, arbitraryLabels, (a, b, labels) => {
        const both = { requirements: [...a.requirements, ...b.requirements] };
        expect(selects(both, labels)).toBe(selects(a, labels) && selects(b, labels));
      }),
      trials(500),
    );
  });

  test('each operator has its opposite', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('app', 'tier', 'constructor', '__proto__'),
        fc.subarray(['a', 'b'], { minLength: 1 }),
        arbitraryLabels,
        (key, values, labels) => {
          const one = (operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist', v: readonly string[]): boolean =>
            selects({ requirements: [{ key, operator, values: v }] }, labels);
          expect(one('NotIn', values)).toBe(!one('In', values));
          expect(one('DoesNotExist', [])).toBe(!one('Exists', []));
          expect(one('Exists', [])).toBe(labelOf(labels, key) !== undefined);
        },
      ),
      trials(300),
    );
  });

  test('matchLabels selects exactly the labels that hold them all', () => {
    fc.assert(
      fc.property(arbitraryLabels, arbitraryLabels, (wanted, labels) => {
        expect(selects(matchLabels(wanted), labels)).toBe(Object.entries(wanted).every(([k, v]) => labelOf(labels, k) === v));
      }),
      trials(300),
    );
  });
});

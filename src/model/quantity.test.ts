import { describe, expect, test } from 'vitest';
import { amountText, quantityOf, quantityText } from './quantity.ts';

describe('a quantity', () => {
  test.each([
    ['8', 8000n],
    ['500m', 500n],
    ['1.5', 1500n],
    ['.5', undefined],
    ['1.', 1000n],
    ['16Gi', 17_179_869_184_000n],
    ['1k', 1_000_000n],
    ['1e3', 1_000_000n],
    ['1E3', 1_000_000n],
    ['1E', 10n ** 21n],
    ['25e-1', 2500n],
    ['1.0001', 1001n],
    ['-1', -1000n],
    ['8 ', undefined],
    ['eight', undefined],
    ['K', undefined],
    ['1K', undefined],
    ['', undefined],
  ])('%s', (text, thousandths) => expect(quantityOf(text)).toBe(thousandths));

  test.each([
    ['2Ti', 'memory', 'exact', '2Ti'],
    ['1536Mi', 'limits.memory', 'exact', '1.5Gi'],
    ['2113397236Ki', 'memory', 'exact', '2113397236Ki'],
    ['2113397236Ki', 'memory', 'about', '1.96Ti'],
    ['1000', 'requests.memory', 'exact', '1000'],
    ['8192', 'nvidia.com/gpu', 'exact', '8192'],
  ] as const)('%s of %s (%s) is %s', (text, resource, how, told) => expect(amountText(quantityOf(text) ?? 0n, resource, how)).toBe(told));

  test.each([
    [12_000n, '12'],
    [500n, '0.5'],
    [1250n, '1.25'],
  ])('%d thousandths are %s', (thousandths, text) => expect(quantityText(thousandths)).toBe(text));
});

import { expect, test } from 'vitest';
import { Allowance } from './allowance.ts';

test('questions that are all hard cost little more together than the first few, and each still gets what an easy one needs', () => {
  const allowance = new Allowance({ all: 20_000, most: 10_000, least: 20 });
  const spent = Array.from({ length: 1000 }, () => {
    const cost = allowance.next();
    allowance.spend(cost);
    return cost;
  });
  expect(spent.slice(0, 4)).toEqual([10_000, 5_000, 2_500, 1_250]);
  expect(Math.min(...spent)).toBe(20);
  expect(spent.reduce((a, b) => a + b)).toBeLessThan(20_000 + 1000 * 20);
});

test('easy questions leave all to those that follow', () => {
  const allowance = new Allowance({ all: 20_000, most: 10_000, least: 20 });
  for (let i = 0; i < 100; i++) allowance.spend(10);
  expect(allowance.next()).toBe(9_500);
});

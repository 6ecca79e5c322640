import { expect, test } from 'vitest';
import { policy, rule } from '../../cases/support/hand-made.ts';
import { type Policy, tiers } from '../model/policy.ts';
import { arrange, placeOf, sequencesOf } from './arrange.ts';

const cluster = (name: string, order: number, more: Partial<Policy> = {}): Policy =>
  policy(name, [], { dialect: 'network-policy-api', tier: tiers.admin, order, evaluation: 'first-match', namespace: null, ...more });

/** `tier: group | group`, policies of one group with `+` between them. */
function arranged(policies: readonly Policy[], profile: Parameters<typeof arrange>[1]): string[] {
  return arrange(
    policies.map((p) => ({ policy: p })),
    profile,
  ).map(({ tier, groups }) => `${tier.id}: ${groups.map((g) => g.map((h) => h.policy.name).join('+')).join(' | ')}`);
}

const beside = { equalOrder: 'ambiguous' } as const;
const named = { equalOrder: 'by-name' } as const;

test.each<readonly [string, readonly Policy[], Parameters<typeof arrange>[1], readonly string[]]>([
  ['nothing', [], beside, []],
  ['tiers by their order', [cluster('z', 0, { tier: tiers.baseline }), policy('n'), cluster('a', 0)], beside, ['admin: a', 'normal: n', 'baseline: z']],
  [
    'tiers of equal order by name',
    [cluster('y', 0, { tier: { id: 'y', order: 5, end: 'pass' } }), cluster('x', 0, { tier: { id: 'x', order: 5, end: 'pass' } })],
    beside,
    ['x: x', 'y: y'],
  ],
  ['policies by their order, as numbers', [cluster('a', 10), cluster('b', 9), cluster('c', -1)], beside, ['admin: c | b | a']],
  ['policies of equal order beside each other', [cluster('b', 1), cluster('a', 1), cluster('c', 0)], beside, ['admin: c | b+a']],
  ['policies of equal order by name', [cluster('b', 1), cluster('a', 1), cluster('c', 0)], named, ['admin: c | a | b']],
  [
    'names as the profile has them',
    [cluster('b', 1), cluster('a', 1)],
    { ...named, tieName: (p: Policy) => (p.name === 'a' ? 'z' : p.name) },
    ['admin: b | a'],
  ],
  ['a union is one group, whatever the names', [policy('b'), policy('a')], named, ['normal: b+a']],
])('%s', (_, policies, profile, wanted) => {
  expect(arranged(policies, profile)).toEqual(wanted);
});

test('NetworkPolicy stands where the CNI has a place for it, and nothing else does', () => {
  const place = { tier: { id: 'default', order: 7, end: 'deny' } as const, order: 1000 };
  expect(placeOf(policy('n'), { ...named, place: (p) => (p.dialect === 'kubernetes' ? place : p) })).toBe(place);
  expect(placeOf(cluster('c', 3), { ...named, place: (p) => (p.dialect === 'kubernetes' ? place : p) })).toMatchObject({ tier: tiers.admin, order: 3 });
  expect(placeOf(policy('n'), beside)).toMatchObject({ tier: tiers.normal, order: 0 });
});

test('a union is one sequence, denies first; each first-match policy is one of its own, a rule a step', () => {
  const [allow, deny, pass] = (['allow', 'deny', 'pass'] as const).map((action) => rule({ action }));
  if (allow === undefined || deny === undefined || pass === undefined) throw new Error('no rules');
  const of = (...group: readonly Policy[]): string[] =>
    sequencesOf(
      group.map((p) => ({ policy: p })),
      (h) => h.policy.rules,
      (r) => r,
    ).map((sequence) => sequence.map((step) => step.map((r) => r.action).join('+')).join(' > '));
  expect(of(policy('a', [allow, deny]), policy('b', [allow]))).toEqual(['deny > allow+allow']);
  expect(of(policy('a', [allow]))).toEqual(['allow']);
  expect(of(policy('a'))).toEqual([]);
  expect(of({ ...cluster('a', 0), rules: [allow, deny, pass] }, { ...cluster('b', 0), rules: [deny] })).toEqual(['allow > deny > pass', 'deny']);
});

test('ranked policies are one sequence, a rank a step, in whatever order they came', () => {
  const ranked = (name: string, ...ranks: readonly number[]): Policy => ({
    ...cluster(name, 0),
    evaluation: 'ranked',
    rules: ranks.map((rank) => rule({ rank })),
  });
  const of = (...group: readonly Policy[]): readonly (readonly string[])[] =>
    sequencesOf(
      group.map((p) => ({ policy: p })),
      (h) => h.policy.rules.map((r) => ({ ...r, of: h.policy.name })),
      (r) => r,
    ).map((sequence) => sequence.map((step) => step.map((r) => `${r.of}${r.rank}`).join('+')));
  expect(of(ranked('a', 0, 2), ranked('b', 0, 1))).toEqual([['a0+b0', 'b1', 'a2']]);
  expect(of(ranked('b', 10, 9))).toEqual([['b9', 'b10']]);
  expect(of({ ...cluster('f', 0), rules: [rule({})] }, ranked('a', 0))).toEqual([['a0'], ['fundefined']]);
});

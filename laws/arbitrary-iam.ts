import fc from 'fast-check';
import { perhapsThere, untoldPolicy } from '../src/iam/doubtful.ts';
import type { Policy, PolicyKind } from '../src/iam/policy.ts';
import type { PolicySet } from '../src/iam/policy-set.ts';
import { readPolicy } from '../src/iam/read-policy.ts';
import { Reader } from '../src/kernel/reader.ts';
import type { Diagnostic } from '../src/kernel/result.ts';

export const own = '111111111111';
export const other = '222222222222';
export const role = `arn:aws:iam::${own}:role/r`;
export const user = `arn:aws:iam::${own}:user/u`;

/** A policy document as JSON, read. */
export function policyOf(kind: PolicyKind, statements: readonly object[], resource: string | null = null): Policy {
  const diagnostics: Diagnostic[] = [];
  const value = { Version: '2012-10-17', Statement: statements };
  const policy = readPolicy(new Reader(value, { document: { file: `${kind}.json`, index: 0 }, path: [] }, diagnostics), { name: kind, kind, resource });
  const errors = diagnostics.filter((d) => d.severity === 'error');
  if (errors.length > 0) throw new Error(`${JSON.stringify(value)}: ${errors.map((d) => d.message).join(' ')}`);
  return policy;
}

const oneOf = <T>(...items: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...items);
const some = <T>(items: readonly T[], most: number): fc.Arbitrary<readonly T[]> => fc.subarray([...items], { minLength: 1, maxLength: most });

const actions = ['s:A', 's:B', 's:*', '*', 's:a', '?:A', 'kms:Use', 'kms:*', 'sts:AssumeRole'] as const;
const resources = [
  '*',
  'arn:aws:s:::a*',
  'arn:aws:s:::*b',
  'arn:aws:s:::?',
  'arn:aws:s:::a?*',
  'arn:aws:s:::ab',
  'arn:aws:s:::a',
  'arn:aws:s:::*a*',
  `arn:aws:kms:x:${own}:key/*`,
  'arn:aws:s*:::b*',
];
const inserting = ['arn:aws:s:::${k:v}', 'arn:aws:s:::${k:v}*', "arn:aws:s:::${k:v,'a'}b"];

const text = oneOf('StringEquals', 'StringNotEquals', 'StringLike', 'StringNotLike', 'StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase');
const prefix = oneOf('', '', 'ForAllValues:', 'ForAnyValue:');
const suffix = oneOf('', '', 'IfExists');
const textValues = some(['a', 'b', 'a*', '?b', 'A', '*'], 2);

const condition = (inserts: boolean): fc.Arbitrary<readonly [string, string, readonly string[]]> =>
  fc.oneof(
    fc.tuple(
      fc.tuple(text, suffix).map((p) => p.join('')),
      oneOf('k:t', 'aws:PrincipalArn', 'aws:PrincipalAccount', 'aws:ResourceAccount'),
      fc.oneof(textValues, some([own, other, role, '1*', '2?*'], 2)),
    ),
    fc.tuple(
      fc
        .tuple(
          prefix.filter((p) => p !== ''),
          text,
          suffix,
        )
        .map((p) => p.join('')),
      oneOf('k:l', 'k:l', 'k:t'),
      textValues,
    ),
    fc.tuple(
      fc.tuple(prefix, text).map((p) => p.join('')),
      oneOf('k:l', 'k:t'),
      textValues,
    ),
    fc.tuple(
      oneOf('NumericLessThan', 'NumericGreaterThanEquals', 'NumericEquals', 'NumericNotEquals', 'NumericNotEqualsIfExists'),
      oneOf('k:n'),
      some(['1', '2', '3'], 2),
    ),
    fc.tuple(oneOf('IpAddress', 'NotIpAddress', 'IpAddressIfExists'), oneOf('k:i'), some(['10.0.0.0/8', '10.0.0.1', '0.0.0.0/0', '10.0.0.0/31'], 2)),
    fc.tuple(oneOf('DateLessThan', 'DateGreaterThan', 'DateNotEquals'), oneOf('k:d'), some(['2024-01-01', '2025-01-01T00:00:00Z'], 1)),
    fc.tuple(oneOf('Bool', 'BoolIfExists'), oneOf('k:b'), some(['true', 'false'], 1)),
    fc.tuple(oneOf('Null'), oneOf('k:t', 'k:l', 'k:b', 'k:n'), some(['true', 'false'], 1)),
    fc.tuple(
      oneOf('ArnLike', 'ArnNotLike', 'ArnEquals'),
      oneOf('aws:PrincipalArn'),
      some([role, 'arn:aws:iam::*:role/*', `arn:*:iam::${own}:user/?`, 'arn:aws:iam:*'.concat(':*:*:*')], 2),
    ),
    ...(inserts
      ? [fc.tuple(oneOf('StringEquals', 'StringNotLike', 'StringLike', 'StringNotEquals'), oneOf('k:t'), some(['${k:v}', '${k:v}*', "${k:v, 'a'}", 'b'], 2))]
      : []),
  );

function conditions(inserts: boolean): fc.Arbitrary<object> {
  return fc.array(condition(inserts), { maxLength: 2 }).map((list) => {
    const all: Record<string, Record<string, readonly string[]>> = {};
    for (const [operator, key, values] of list) all[operator] = { ...all[operator], [key]: values };
    return list.length === 0 ? {} : { Condition: all };
  });
}

const principals = fc.oneof(
  fc.constant('*'),
  some([role, user, own, other, `arn:aws:iam::${other}:role/z`, `arn:aws:sts::${own}:assumed-role/r/s`], 3).map((AWS) => ({ AWS })),
);

function statement(inserts: boolean, withPrincipal: boolean): fc.Arbitrary<object> {
  return fc
    .record({
      Effect: oneOf('Allow', 'Allow', 'Deny'),
      action: some(actions, 3),
      notAction: fc.integer({ min: 0, max: 7 }),
      resource: some([...resources, ...(inserts ? inserting : [])], 3),
      notResource: fc.integer({ min: 0, max: 3 }),
      principal: principals,
      notPrincipal: fc.integer({ min: 0, max: 5 }),
      condition: conditions(inserts),
    })
    .map(({ Effect, action, notAction, resource, notResource, principal, notPrincipal, condition: cond }) => ({
      Effect,
      [notAction === 0 ? 'NotAction' : 'Action']: action,
      [notResource === 0 ? 'NotResource' : 'Resource']: resource,
      ...(withPrincipal ? { [notPrincipal === 0 && principal !== '*' ? 'NotPrincipal' : 'Principal']: principal } : {}),
      ...cond,
    }));
}

function policies(kind: PolicyKind, most: number, inserts: boolean, attached: readonly (string | null)[] = [null]): fc.Arbitrary<readonly Policy[]> {
  const withPrincipal = kind === 'resource';
  const one = fc
    .tuple(fc.array(statement(inserts, withPrincipal), { minLength: 1, maxLength: 3 }), oneOf(...attached), fc.integer({ min: 0, max: 19 }))
    .map(([list, resource, doubt]) => {
      const policy = policyOf(kind, list, resource);
      // Some are known after apply only.
      if (doubt === 0) return perhapsThere(policy, 'whose it is');
      return doubt === 1 ? untoldPolicy({ name: 'untold', kind, resource }, policy.origin, 'what it says', resource?.includes(':kms:') ? 'kms' : null) : policy;
    });
  return fc.array(one, { maxLength: most });
}

/** Policies of every layer, most often of few of them. */
export function arbitraryPolicies(inserts: boolean): fc.Arbitrary<PolicySet> {
  const rarely = <T>(layer: fc.Arbitrary<readonly T[]>): fc.Arbitrary<readonly T[]> =>
    fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: layer });
  return fc.record({
    account: oneOf(null, own),
    identity: fc.oneof({ weight: 8, arbitrary: policies('identity', 2, inserts) }, { weight: 1, arbitrary: fc.constant(null) }),
    boundary: rarely(policies('boundary', 1, inserts)),
    session: rarely(policies('session', 1, inserts)),
    scps: rarely(fc.array(policies('scp', 2, inserts), { maxLength: 2 })),
    rcps: rarely(policies('rcp', 1, inserts)),
    endpoints: rarely(policies('endpoint', 1, inserts, [null, 'com.amazonaws.x.kms'])),
    resources: fc.oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      { weight: 2, arbitrary: policies('resource', 2, inserts, [null, 'arn:aws:s:::a', 'arn:aws:s:::ab', `arn:aws:kms:x:${own}:key/k`]) },
    ),
    foreignIsOpen: fc.boolean(),
    unseenHandsOn: fc.boolean(),
  });
}

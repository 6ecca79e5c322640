import { describe, expect, test } from 'vitest';
import { Reader } from '../../kernel/reader.ts';
import { exactPattern, type Pattern, readPattern } from '../pattern.ts';
import type { Policy } from '../policy.ts';
import { noPolicies, type PolicySet } from '../policy-set.ts';
import { readPolicy } from '../read-policy.ts';
import { Prover } from './prove.ts';
import { anyText, type Region } from './region.ts';
import { templatePattern } from './setting.ts';

const account = '111122223333';

function policy(...statements: readonly object[]): Policy {
  const at = new Reader({ Version: '2012-10-17', Statement: statements }, { document: { file: 'p', index: 0 }, path: [] }, []);
  return readPolicy(at, { name: 'p', kind: 'identity', resource: null });
}

const identity = (...statements: readonly object[]): PolicySet => ({ ...noPolicies, account, identity: [policy(...statements)] });
const objects = { name: 's3:PutObject', resources: [templatePattern('arn:aws:s3:::<segment>/<any>')], keys: null };
const region: Region = {
  callers: [{ kind: 'one', caller: { type: 'AWS', arn: `arn:aws:iam::${account}:role/r`, session: null } }],
  actions: [objects],
  resources: anyText,
  owner: { is: account },
  keys: new Map(),
  otherKeys: 'free',
  partition: 'aws',
};
const put = (Resource: string, more: object = {}): object => ({ Effect: 'Allow', Action: 's3:PutObject', Resource, ...more });

test('what is known of the account of a resource is not taken over for actions without one', () => {
  const policies = identity({ Effect: 'Allow', Action: '*', Resource: '*', Condition: { StringEqualsIfExists: { 'aws:ResourceAccount': 'a*' } } });
  const actions = [objects, { name: 's3:ListAllMyBuckets', resources: [exactPattern('*')], keys: null }];
  expect(new Prover(policies).some({ ...region, actions, owner: { not: account } })).toMatchObject({
    kind: 'some',
    request: { action: 's3:ListAllMyBuckets' },
  });
});

test('the shortest text that does is found where no text that reads well does', () => {
  const policies = identity(put('arn:aws:s3:::ckpt/run*'), { Effect: 'Deny', Action: '*', NotResource: 'arn:aws:s3:::*s/?' });
  expect(new Prover(policies).some(region)).toMatchObject({ kind: 'some', request: { resource: expect.stringMatching(/^arn:aws:s3:::ckpt\/run.*s\/.$/) } });
});

describe('policies beyond all measure end, and prove nothing', () => {
  const many = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i);
  test('more patterns than a search can hold', () => {
    const like = (text: string): Pattern => readPattern(`arn:aws:s3:::${text}`, { wildcards: 'anywhere', variables: false, ignoreCase: false });
    const none = ['*x*', '*e*', ...many(4_000).map((i) => `*${i}?*y`)].map(like);
    expect(new Prover(identity(put('*'))).some({ ...region, resources: { some: null, none } }).kind).toBe('unknown');
  });
  test('more denials than a request is bent around', () => {
    const policies = identity(
      put('*'),
      ...many(1_500).map((i) => ({ Effect: 'Deny', Action: '*', Resource: '*', Condition: { StringNotEquals: { [`k:${i}`]: 'x', [`l:${i}`]: 'x' } } })),
    );
    expect(new Prover(policies).some(region)).toMatchObject({ kind: 'unknown', why: expect.stringContaining('too many') });
  });
});

describe('what one set allows and another does not', () => {
  const difference = (after: PolicySet, before: PolicySet): string => {
    const answer = new Prover(after, before).some(region);
    return answer.kind === 'some' ? answer.request.resource : answer.kind;
  };
  test.each<[string, PolicySet, PolicySet, string]>([
    [
      'the same, written otherwise',
      identity(put('arn:aws:s3:::a/*'), put('arn:aws:s3:::b/*')),
      identity(put('arn:aws:s3:::b/*'), put('arn:aws:s3:::a/x*'), put('arn:aws:s3:::a/*')),
      'none',
    ],
    ['one bucket more', identity(put('arn:aws:s3:::*/*')), identity(put('arn:aws:s3:::a*/*')), 'arn:aws:s3:::example/example'],
    ['a denial less', identity(put('*')), identity(put('*'), { Effect: 'Deny', Action: '*', Resource: 'arn:aws:s3:::a/b' }), 'arn:aws:s3:::a/b'],
    [
      'a condition less',
      identity(put('*')),
      identity(put('*', { Condition: { StringEquals: { 'aws:SourceVpce': 'vpce-1' } } })),
      'arn:aws:s3:::example/example',
    ],
    ['a condition more', identity(put('*', { Condition: { StringEquals: { 'aws:SourceVpce': 'vpce-1' } } })), identity(put('*')), 'none'],
    [
      'another order',
      identity(put('*', { Condition: { StringNotLike: { 'aws:SourceVpce': 'vpce-*' } } })),
      identity(put('*', { Condition: { StringNotLikeIfExists: { 'aws:SourceVpce': 'vpce-*' } } })),
      'none',
    ],
  ])('%s', (_, after, before, wanted) => {
    expect(difference(after, before)).toBe(wanted);
  });
});

test('an action that knows a key of its service is not taken for one like others where policies insert the value of that key', () => {
  const bucket = [templatePattern('arn:aws:s3:::<segment>')];
  const actions = [
    { name: 's3:GetBucketAcl', resources: bucket, keys: new Set<string>() },
    { name: 's3:ListBucket', resources: bucket, keys: new Set(['s3:prefix']) },
  ];
  const policies = identity({ Effect: 'Allow', Action: 's3:*', Resource: 'arn:aws:s3:::runs-${s3:prefix}' });
  expect(new Prover(policies).some({ ...region, actions })).toMatchObject({ kind: 'some', request: { action: 's3:ListBucket' } });
});

test('hundreds of denials that leave one way out each are met together, by one text that goes through all of their patterns', () => {
  const policies = identity(
    put('*'),
    ...Array.from({ length: 300 }, (_, i) => ({ Effect: 'Deny', Action: '*', Resource: '*', Condition: { StringNotLike: { 'k:t': `*t${i}*` } } })),
  );
  const answer = new Prover(policies).some(region);
  expect(answer).toMatchObject({ kind: 'some', verdict: { decision: 'allowed' } });
  const shut = { Effect: 'Deny', Action: '*', Resource: '*', Condition: { StringLike: { 'k:t': '*t17*' } } };
  expect(new Prover({ ...policies, identity: [...(policies.identity ?? []), policy(shut)] }).some(region).kind).toBe('none');
});

test('what is impossible for one action is asked anew for one that other denials are about', () => {
  const all = [templatePattern('arn:aws:s3:::<segment>/<any>')];
  const actions = ['s3:PutObject', 's3:GetObject', 's3:DeleteObject'].map((name) => ({ name, resources: all, keys: null }));
  const policies = identity(
    { Effect: 'Allow', Action: 's3:*', Resource: 'arn:aws:s3:::a/*' },
    { Effect: 'Deny', Action: ['s3:PutObject', 's3:GetObject'], NotResource: 'arn:aws:s3:::b/*' },
    { Effect: 'Deny', Action: ['s3:PutObject', 's3:DeleteObject'], Resource: 'arn:aws:s3:::c/*' },
  );
  expect(new Prover(policies).some({ ...region, actions })).toMatchObject({ kind: 'some', request: { action: 's3:DeleteObject' } });
});

test('a key that has two colons in its name is one that the action may list', () => {
  const decrypt = {
    name: 'kms:Decrypt',
    resources: [templatePattern('arn:aws:kms:<component>:<account>:key/<any>')],
    keys: new Set(['kms:recipientattestation:pcr0', 'kms:encryptioncontext']),
  };
  const under = (key: string): string => {
    const policies = identity({ Effect: 'Allow', Action: 'kms:Decrypt', Resource: '*', Condition: { StringEquals: { [key]: 'ab' } } });
    return new Prover({ ...policies, unseenHandsOn: true }).some({ ...region, actions: [decrypt] }).kind;
  };
  expect(['kms:RecipientAttestation:PCR0', 'kms:EncryptionContext:app', 'kms:RecipientAttestation:PCR1'].map(under)).toEqual(['some', 'some', 'none']);
});

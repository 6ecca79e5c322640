import { expect, test } from 'vitest';
import { diffIdentities } from './diff.ts';
import { readPolicyFiles } from './read-policies.ts';

const of = (...Statement: readonly object[]): object => ({ Version: '2012-10-17', Statement });
const read = (...documents: readonly object[]): ReturnType<typeof readPolicyFiles> =>
  readPolicyFiles(documents.map((value, i) => ({ file: `${i}.json`, text: JSON.stringify(value) })));

function changes(before: readonly object[], after: readonly object[]): readonly string[] {
  const report = diffIdentities({ title: 'a', read: read(...before) }, { title: 'b', read: read(...after) }, 'training');
  return [
    ...report.changes.map(({ change, witness, other }) => `${change} ${witness.action} ${witness.resource} (${witness.actions.length}): ${other.decision}`),
    ...report.untold,
  ];
}

const objects = { Effect: 'Allow', Action: 's3:GetObject', Resource: ['arn:aws:s3:::a/*', 'arn:aws:s3:::b/*'] };
const split = [
  { Effect: 'Allow', Action: 's3:getobject', Resource: 'arn:aws:s3:::b/*' },
  { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::a/*' },
];
const trust = (more: object): object =>
  of({
    Effect: 'Allow',
    Principal: { Federated: 'arn:aws:iam::111111111111:oidc-provider/x.example.com' },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: { StringEquals: { 'x.example.com:sub': 'a', ...more } },
  });

test.each<[string, readonly object[], readonly object[], readonly string[]]>([
  ['the same, written otherwise', [of(objects)], [of(...split)], []],
  ['one bucket less', [of(objects)], [of(split[0] ?? {})], ['lost s3:GetObject arn:aws:s3:::a/example (1): implicitly-denied']],
  [
    'a denial more',
    [of(objects)],
    [of(objects, { Effect: 'Deny', Action: '*', Resource: 'arn:aws:s3:::b/x' })],
    ['lost s3:GetObject arn:aws:s3:::b/x (1): explicitly-denied'],
  ],
  [
    'actions alike are told once',
    [of(objects)],
    [of(objects, { Effect: 'Allow', Action: 's3:PutObject*', Resource: 'arn:aws:s3:::a/b' })],
    ['gained s3:PutObject arn:aws:s3:::a/b (9): implicitly-denied'],
  ],
  [
    'an audience less',
    [of(objects), trust({ 'x.example.com:aud': 'sts' })],
    [of(objects), trust({})],
    ['gained sts:AssumeRoleWithWebIdentity arn:aws:iam::111111111111:role/training (1): implicitly-denied'],
  ],
  [
    'a session that becomes it',
    [of(objects), trust({})],
    [of(objects), trust({}), of({ Effect: 'Allow', Principal: { AWS: 'arn:aws:sts::111111111111:assumed-role/dev/alice' }, Action: 'sts:AssumeRole' })],
    [
      'gained sts:AssumeRole arn:aws:iam::111111111111:role/training (1): implicitly-denied',
      'sts:AssumeRole: whether training gained it is not known: it is not known whether it is allowed by the policy of the key or role: perhaps by 2, statement 1',
    ],
  ],
  [
    'services that are not compared',
    [of(objects)],
    [of(objects, { Effect: 'Allow', Action: ['ec2:*', 'lambda:InvokeFunction'], Resource: '*' })],
    ['1 statement about ec2, lambda is on one side alone: what training may do there is not compared'],
  ],
  [
    'services that are not compared, the same written otherwise',
    [of(objects, { Effect: 'Allow', Action: ['ec2:*', 's3:GetObject'], Resource: '*' })],
    [of({ Effect: 'Allow', Action: ['s3:GetObject', 'EC2:*'], Resource: '*' }, objects)],
    [],
  ],
  [
    'trust on one side',
    [of(objects)],
    [of(objects), trust({})],
    ['who becomes arn:aws:iam::111111111111:role/training: its trust policy is on one side alone'],
  ],
])('%s', (_, before, after, wanted) => {
  expect(changes(before, after)).toEqual(wanted);
});

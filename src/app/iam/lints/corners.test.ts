import { expect, test } from 'vitest';
import { readPolicyFiles } from '../read-policies.ts';
import { runLints } from '../run-lints.ts';
import { allow, alone, document, documents, issuer, ofRole, provider } from './example-parts.ts';

/** What one lint says, each with its place. */
function said(slug: string, ...texts: readonly string[]): readonly string[] {
  const read = readPolicyFiles(texts.map((text, i) => ({ file: `${i}.yaml`, text })));
  expect(read.diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
  return runLints(read)
    .filter((f) => f.check === slug)
    .map((f) => f.message);
}

const data = 'arn:aws:s3:::training-data';
const guard = (notResource: readonly string[]): Readonly<Record<string, unknown>> => ({ Effect: 'Deny', Action: 's3:*', NotResource: notResource });

test('the trap of the guide: checkpoints in another policy of the same role, a listing, and an access point are denied', () => {
  const both = documents(
    ofRole('training', 'read', allow(['s3:GetObject', 's3:ListBucket'], [data, `${data}/*`]), guard([data, `${data}/*`])),
    ofRole('training', 'save', allow('s3:PutObject', 'arn:aws:s3:::ckpt/*')),
  );
  expect(said('deny-notresource-blocks-intended', both)).toEqual([
    'save, statement 1 allows s3:PutObject on arn:aws:s3:::ckpt/*, and read, statement 2 denies it: NotResource does not name it.',
  ]);
  expect(said('deny-notresource-blocks-intended', alone(allow('s3:ListBucket', data), guard([`${data}/*`])))).toHaveLength(1);
  const point = 'arn:aws:s3:us-east-1:111122223333:accesspoint/train/object/*';
  expect(said('deny-notresource-blocks-intended', alone(allow('s3:GetObject', point), guard([data, `${data}/*`])))).toHaveLength(1);
});

test('a denial that narrows a wide allow is what it is for', () => {
  expect(said('deny-notresource-blocks-intended', alone(allow('s3:GetObject', ['*', 'arn:aws:s3:::*/*']), guard([data, `${data}/*`])))).toEqual([]);
});

test('policies of two roles do not bear on each other', () => {
  const two = documents(ofRole('reader', 'read', guard([data, `${data}/*`])), ofRole('writer', 'save', allow('s3:PutObject', 'arn:aws:s3:::ckpt/*')));
  expect(said('deny-notresource-blocks-intended', two)).toEqual([]);
});

test('a bucket of others is not writable where an account, an organization, a control policy or a name pins it', () => {
  const put = (condition: unknown): string => alone(allow('s3:PutObject', '*', condition));
  expect(said('foreign-bucket-writable', put({ StringEquals: { 'aws:ResourceOrgID': 'o-exampleorgid' } }))).toEqual([]);
  expect(said('foreign-bucket-writable', put({ StringEquals: { 's3:ResourceAccount': ['111122223333', '444455556666'] } }))).toEqual([]);
  expect(said('foreign-bucket-writable', put({ StringEquals: { 'aws:SourceVpce': 'vpce-0example' } }))).toHaveLength(1);
  expect(said('foreign-bucket-writable', put({ StringLike: { 'aws:ResourceAccount': '1*' } }))).toHaveLength(1);
  const perimeter = { Effect: 'Deny', Action: '*', Resource: '*', Condition: { StringNotEqualsIfExists: { 'aws:ResourceOrgID': 'o-exampleorgid' } } };
  const list = 'apiVersion: ringfence.dev/v1alpha1\nkind: IdentityPolicies\nspec: {policies: [{file: 1.yaml, kind: scp}]}\n';
  const scp = `${JSON.stringify(document(allow('*', '*'), perimeter))}\n`;
  expect(said('foreign-bucket-writable', put({ Bool: { 'aws:SecureTransport': 'true' } }), scp, list)).toEqual([]);
});

test('a code host writes subjects of its own, and patterns of them are meant', () => {
  const github = 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com';
  const trust = (federated: string, sub: string, key: string): string =>
    alone({
      Effect: 'Allow',
      Principal: { Federated: federated },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${key}:aud`]: 'sts.amazonaws.com' }, StringLike: { [`${key}:sub`]: sub } },
    });
  expect(said('trust-no-sub', trust(github, 'repo:example/training:*', 'token.actions.githubusercontent.com'))).toEqual([]);
  expect(said('trust-no-sub', trust(provider, 'system:serviceaccount:ai-training:*', issuer))).toEqual([
    'A pattern lets other ServiceAccounts become this role, such as system:serviceaccount:ai-training:example.',
  ]);
  expect(said('trust-no-sub', trust(provider, '*', issuer))).toHaveLength(1);
});

test('an absent key: a denial that never comes, and one that always does', () => {
  const deny = (operator: string): string =>
    alone({ Effect: 'Deny', Action: 's3:GetObject', Resource: '*', Condition: { [operator]: { 's3:prefix': 'runs/' } } });
  expect(said('unknown-condition-key', deny('StringEquals'))[0]).toContain('never holds for it, and it is not denied');
  expect(said('unknown-condition-key', deny('StringNotEquals'))[0]).toContain('always holds for it, and it is denied throughout');
});

test('an ignore above a statement counts, and a finding stands at the word that it is about', () => {
  const text = 'Version: "2012-10-17"\nStatement:\n- Effect: Allow\n  Action: [s3:GetObject, s3:GetObjekt]\n  Resource: arn:aws:s3:::training-data/*\n';
  const read = readPolicyFiles([{ file: 'policy.yaml', text }]);
  const [finding] = runLints(read).filter((f) => f.check === 'unknown-action');
  expect(finding?.primary && read.locator.locate(finding.primary)).toMatchObject({ line: 4, column: 26 });
});

test('thousands of statements are linted in little time', () => {
  const statements = Array.from({ length: 200 }, (_, i) => allow(['s3:GetObject', 's3:PutObject', 's3:Get*'], `arn:aws:s3:::bucket-${i}/*`));
  const start = performance.now();
  said('unknown-action', alone(...statements));
  expect(performance.now() - start).toBeLessThan(20_000);
});

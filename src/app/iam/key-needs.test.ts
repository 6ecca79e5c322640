import { describe, expect, test } from 'vitest';
import { parseZone } from '../../spec/parse.ts';
import { readPolicyFiles } from './read-policies.ts';
import { verifyIdentities } from './verify.ts';

const account = '111122223333';
const arn = (owner = account): string => `arn:aws:kms:us-east-1:${owner}:key/ckpt`;
const zoneText = (access: string, owner: string): string => `apiVersion: ringfence.dev/v1alpha1
kind: TrainingZone
metadata: {name: z}
spec:
  platform: {cni: cilium@1.19, cloud: aws, region: us-east-1, account: "${account}", cluster: prod}
  namespace: {name: ai}
  workloads:
  - name: w
    selector: {app: w}
    framework: pytorch
    identity: {serviceAccount: job, irsa: {role: training}}
    data: [{name: d, access: ${access}, s3: {bucket: ckpt, kmsKey: "${arn(owner)}"}}]
`;
const role = `arn:aws:iam::${account}:role/training`;
const of = (...Statement: readonly object[]): object => ({ Version: '2012-10-17', Statement });
const through = { Condition: { StringEquals: { 'kms:ViaService': 's3.us-east-1.amazonaws.com' } } };
const use = (...Action: readonly string[]): object => of({ Effect: 'Allow', Action, Resource: '*', ...through });
const lets = (AWS: string, ...more: readonly object[]): object => of({ Effect: 'Allow', Principal: { AWS }, Action: 'kms:*', Resource: '*' }, ...more);

function claim(access: string, identity: object, key: object | null, { owner = account, endpoint = null as object | null } = {}) {
  const zone = parseZone(zoneText(access, owner), 'zone.yaml');
  if (!zone.ok) throw new Error('no zone');
  const listed = [
    ...(key === null ? [] : [{ file: 'key.json', kind: 'resource', on: arn(owner) }]),
    ...(endpoint === null ? [] : [{ file: 'endpoint.json', kind: 'endpoint', on: 'com.amazonaws.us-east-1.kms' }]),
    { file: 'p.json', kind: 'identity', role },
  ];
  const files = { 'p.json': identity, ...(key === null ? {} : { 'key.json': key }), ...(endpoint === null ? {} : { 'endpoint.json': endpoint }) };
  const list = { apiVersion: 'ringfence.dev/v1alpha1', kind: 'IdentityPolicies', spec: { policies: listed } };
  const read = readPolicyFiles(Object.entries({ ...files, 'list.json': list }).map(([file, value]) => ({ file, text: JSON.stringify(value) })));
  expect(read.diagnostics).toEqual([]);
  const found = verifyIdentities([zone.value], read)
    .zones.flatMap((z) => z.claims)
    .find((c) => c.id === 'liveness/iam-key/w/d');
  return { status: found?.status, fix: found?.fix ?? '', refused: found?.witnesses.map((w) => w.action) ?? [], reasons: found?.reasons.join() ?? '' };
}
const root = `arn:aws:iam::${account}:root`;
const readsIt = use('kms:Decrypt');

describe('the key of a data set', () => {
  test('reading decrypts, writing makes data keys too', () => {
    expect(claim('read', readsIt, lets(root)).status).toBe('holds');
    expect(claim('write-resume', readsIt, lets(root))).toMatchObject({ status: 'fails', refused: ['kms:GenerateDataKey'] });
    expect(claim('write-once', use('kms:GenerateDataKey'), lets(root))).toMatchObject({ status: 'fails', refused: ['kms:Decrypt'] });
    expect(claim('write-once', use('kms:GenerateDataKey', 'kms:Decrypt'), lets(root)).status).toBe('holds');
  });

  test('a policy of the role is nothing where the key policy neither names it nor lets the account decide', () => {
    expect(claim('read', readsIt, lets(`arn:aws:iam::${account}:role/admin`)).status).toBe('fails');
    expect(claim('read', readsIt, lets(role)).status).toBe('holds');
    expect(claim('read', use('s3:GetObject'), lets(role)).status).toBe('holds');
    expect(claim('read', use('s3:GetObject'), lets(root)).status).toBe('fails');
    expect(claim('read', readsIt, lets(root, { Effect: 'Deny', Principal: '*', Action: 'kms:Decrypt', Resource: '*' })).status).toBe('fails');
  });

  test('a key policy that is not in the input leaves it undecided, and says what to give', () => {
    const found = claim('read', readsIt, null);
    expect(found.status).toBe('undecided');
    expect(found.fix).toContain(`aws kms get-key-policy --key-id ${arn()} --policy-name default`);
    expect(found.reasons).toContain('which is not in the input');
  });

  test('a key of another account asks for both, and is not taken to be open', () => {
    const owner = '999988887777';
    expect(claim('read', readsIt, null, { owner }).status).toBe('undecided');
    expect(claim('read', readsIt, lets(root), { owner }).status).toBe('holds');
    expect(claim('read', use('s3:GetObject'), lets(root), { owner }).status).toBe('fails');
  });

  test('an endpoint of KMS is not on the way, and what S3 has besides is not known', () => {
    const shut = of({ Effect: 'Deny', Principal: '*', Action: '*', Resource: '*' });
    expect(claim('read', readsIt, lets(root), { endpoint: shut }).status).toBe('holds');
    const withContext = of({
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: '*',
      Condition: { StringLike: { 'kms:EncryptionContext:aws:s3:arn': 'arn:aws:s3:::ckpt*' } },
    });
    expect(claim('read', withContext, lets(root)).status).toBe('undecided');
  });
});

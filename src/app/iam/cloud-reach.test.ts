import { expect, test } from 'vitest';
import { profileOf } from '../../engine/profiles.ts';
import { reach } from '../../engine/reach.ts';
import type { ScanReport } from '../../model/scan-report.ts';
import { loadSnapshot } from '../load.ts';
import { scan } from '../scan.ts';
import { readPolicyFiles } from './read-policies.ts';

const cluster = `
apiVersion: v1
kind: ServiceAccount
metadata: {name: sa, namespace: train, annotations: {eks.amazonaws.com/role-arn: "arn:aws:iam::111122223333:role/training"}}
---
apiVersion: v1
kind: Pod
metadata: {name: train, namespace: train}
spec: {serviceAccountName: sa, containers: [{name: c, image: "x:1", resources: {limits: {nvidia.com/gpu: "1"}}}]}`;
const shut = `
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: shut, namespace: train}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}`;

function scanned(text: string, statement: object | readonly object[], role = 'training', also: readonly object[] = []): ScanReport {
  const profile = profileOf('kubernetes');
  if (!profile.ok) throw new Error('no such profile');
  const { snapshot } = loadSnapshot([{ file: 'm.yaml', text }]);
  const policy = { RoleName: role, PolicyName: 'p', PolicyDocument: { Version: '2012-10-17', Statement: [statement].flat() } };
  return scan(
    snapshot,
    profile.value,
    reach(snapshot, profile.value),
    readPolicyFiles([policy, ...also].map((value, i) => ({ file: `${i}.json`, text: JSON.stringify(value) }))),
  );
}
const joint = (r: ScanReport): string[] => r.findings.map((f) => f.check).filter((c) => c.startsWith('role-'));

test('a role that may write anywhere, within reach, is a finding with a request', () => {
  const report = scanned(cluster, { Effect: 'Allow', Action: 's3:PutObject', Resource: '*' });
  expect(report.cloud?.[0]).toMatchObject({
    network: 'reachable',
    access: [{ deed: 'write', resources: '*', otherAccounts: true, example: { action: 's3:PutObject' } }],
  });
  expect(joint(report)).toEqual(['role-writes-foreign-bucket']);
});

test('a bucket that is named in full is nobody else\u2019s, and reading is no finding', () => {
  const report = scanned(cluster, { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::corpus/*' });
  expect(report.cloud?.[0]?.access).toMatchObject([{ deed: 'read', resources: 'arn:aws:s3:::corpus/*', otherAccounts: false }]);
  expect(joint(report)).toEqual([]);
});

test('all but one bucket is told, though no pattern names it', () => {
  const report = scanned(cluster, { Effect: 'Allow', Action: 's3:DeleteObject', NotResource: 'arn:aws:s3:::corpus/*' });
  expect(report.cloud?.[0]?.access).toMatchObject([{ deed: 'delete', resources: null, otherAccounts: true }]);
  expect(joint(report)).toEqual(['role-deletes-data']);
});

test('allowed and not reachable is told as such', () => {
  const report = scanned(cluster + shut, { Effect: 'Allow', Action: 's3:*', Resource: '*' });
  expect(report.cloud?.[0]).toMatchObject({ network: 'unreachable' });
  expect(report.cloud?.[0]?.access.length).toBeGreaterThan(0);
  expect(joint(report)).toEqual([]);
});

test('a role that no file describes is not known', () => {
  const report = scanned(cluster, { Effect: 'Allow', Action: 's3:*', Resource: '*' }, 'another');
  expect(report.cloud?.[0]).toMatchObject({
    access: [],
    notKnown: expect.arrayContaining(['no policy of arn:aws:iam::111122223333:role/training is in the input']),
  });
});

test('what one statement allows on a named bucket is not laid to the wider pattern of another', () => {
  const report = scanned(cluster, [
    { Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::runs/*' },
    { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' },
  ]);
  const told = report.cloud?.[0]?.access.map(({ deed, resources, otherAccounts }) => `${deed} ${resources} ${otherAccounts}`);
  expect(told).toEqual(['read arn:aws:s3:::runs/* false', 'read * true', 'write arn:aws:s3:::runs/* false']);
  expect(joint(report)).toEqual([]);
});

const anonymous = cluster.replace(/, annotations: \{.*\}\}/, '}');
const given = (more: object): object => ({ clusterName: 'c', namespace: 'train', serviceAccount: 'sa', ...more });
const arn = 'arn:aws:iam::111122223333:role/training';
const read = { Effect: 'Allow', Action: 's3:DeleteObject', Resource: 'arn:aws:s3:::corpus/*' };

test.each<[string, object]>([
  ['describe-pod-identity-association', { association: given({ roleArn: arn }) }],
  ['with a second role, which is the one that pods get', { association: given({ roleArn: `${arn}-first`, targetRoleArn: arn }) }],
  ['an object of ACK', { apiVersion: 'eks.services.k8s.aws/v1alpha1', kind: 'PodIdentityAssociation', spec: given({ roleARN: arn }) }],
])('the role that EKS Pod Identity gives counts as one that is annotated: %s', (_, told) => {
  const report = scanned(anonymous, read, 'training', [told]);
  expect(report.cloud?.[0]).toMatchObject({ role: arn, by: 'pod-identity', access: [{ deed: 'delete' }] });
  expect(joint(report)).toEqual(['role-deletes-data']);
});

test('a list of associations names no role: that there is one is told, and which is not known', () => {
  const report = scanned(anonymous, read, 'training', [{ associations: [given({})] }]);
  expect(report.cloud?.[0]).toMatchObject({
    role: null,
    by: 'pod-identity',
    access: [],
    notKnown: [expect.stringContaining('describe-pod-identity-association'), expect.anything()],
  });
});

test('a list beside the description, and the same association told twice, are one role', () => {
  const described = { association: given({ roleArn: arn }) };
  const report = scanned(anonymous, read, 'training', [{ associations: [given({})] }, described, described]);
  expect(report.cloud?.map((c) => c.role)).toEqual([arn]);
});

test('an object of ACK whose role is another object leaves the role unknown', () => {
  const told = { apiVersion: 'eks.services.k8s.aws/v1alpha1', kind: 'PodIdentityAssociation', spec: given({ roleRef: { from: { name: 'r' } } }) };
  expect(scanned(anonymous, read, 'training', [told]).cloud?.[0]).toMatchObject({ role: null, by: 'pod-identity' });
});

test('where the metadata service is within reach, the role of the node counts; where it is shut, it does not', () => {
  const nodegroup = { nodegroup: { nodegroupName: 'gpu', nodeRole: arn.replace('training', 'node') } };
  const open = scanned(cluster, read, 'node', [nodegroup]);
  expect(open.cloud?.map((c) => c.by)).toEqual(['irsa', 'node']);
  expect(open.findings.find((f) => f.check === 'role-deletes-data')?.message).toContain('of their node, which the metadata service hands out');
  expect(scanned(cluster + shut, read, 'node', [nodegroup]).cloud?.map((c) => c.by)).toEqual(['irsa']);
});

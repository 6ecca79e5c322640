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

function scanned(text: string, statement: object | readonly object[], role = 'training'): ScanReport {
  const profile = profileOf('kubernetes');
  if (!profile.ok) throw new Error('no such profile');
  const { snapshot } = loadSnapshot([{ file: 'm.yaml', text }]);
  const policy = { RoleName: role, PolicyName: 'p', PolicyDocument: { Version: '2012-10-17', Statement: [statement].flat() } };
  return scan(snapshot, profile.value, reach(snapshot, profile.value), readPolicyFiles([{ file: 'p.json', text: JSON.stringify(policy) }]));
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

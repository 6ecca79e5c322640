import { expect, test } from 'vitest';
import { profileOf } from '../../engine/profiles.ts';
import { reach } from '../../engine/reach.ts';
import type { ScanReport } from '../../model/scan-report.ts';
import { parseZone } from '../../spec/parse.ts';
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

function scanned(text: string, statement: object | readonly object[], role = 'training', also: readonly object[] = [], zoned = ''): ScanReport {
  const profile = profileOf('kubernetes');
  if (!profile.ok) throw new Error('no such profile');
  const { snapshot } = loadSnapshot([{ file: 'm.yaml', text }]);
  const policy = { RoleName: role, PolicyName: 'p', PolicyDocument: { Version: '2012-10-17', Statement: [statement].flat() } };
  const zone = zoned === '' ? null : parseZone(zoned, 'zone.yaml');
  if (zone !== null && !zone.ok) throw new Error(zone.diagnostics.map((d) => d.message).join());
  const read = readPolicyFiles([policy, ...also].map((value, i) => ({ file: `${i}.json`, text: JSON.stringify(value) })));
  return scan(snapshot, profile.value, reach(snapshot, profile.value), read, zone === null ? [] : [zone.value]);
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
  expect(told).toEqual(['read * true', 'write arn:aws:s3:::runs/* false']);
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

/** Each access in a line: the deed, what, whether other accounts are among it, and the data sets that it is meant for. */
const lines = (report: ScanReport): readonly string[] =>
  (report.cloud ?? []).flatMap((c) =>
    c.access.map((a) => `${a.deed} ${a.resources}${a.otherAccounts ? ' and others' : ''}${a.intended === null ? '' : ` (${a.intended})`}`),
  );
const allow = (action: string, resource: string): object => ({ Effect: 'Allow', Action: `s3:${action}`, Resource: resource });

test('patterns that have names in common are told for what their own statements allow', () => {
  const told = lines(scanned(cluster, [allow('GetObject', 'arn:aws:s3:::*-logs/*'), allow('PutObject', 'arn:aws:s3:::team-*/*')]));
  expect(told).toEqual(['read arn:aws:s3:::*-logs/* and others', 'write arn:aws:s3:::team-*/* and others']);
});

test('patterns that have names in common and allow the same are told with examples of their own', () => {
  const report = scanned(cluster, [allow('GetObject', 'arn:aws:s3:::*-logs/*'), allow('GetObject', 'arn:aws:s3:::team-*/*')]);
  const access = report.cloud?.[0]?.access ?? [];
  const bucket = (resource = ''): string => resource.slice('arn:aws:s3:::'.length).split('/')[0] ?? '';
  expect(access.map((a) => [a.resources, bucket(a.example?.resource).endsWith('-logs')])).toEqual([
    ['arn:aws:s3:::*-logs/*', true],
    ['arn:aws:s3:::team-*/*', false],
  ]);
});

test('a pattern inside a wider one is not told again; one whose wider sibling allows less is', () => {
  expect(lines(scanned(cluster, [allow('GetObject', '*'), allow('GetObject', 'arn:aws:s3:::team-*/*')]))).toEqual(['read * and others']);
  const listed = lines(scanned(cluster, [allow('ListBucket', '*'), allow('GetObject', 'arn:aws:s3:::team-*/*')]));
  expect(listed).toEqual(['read * and others', 'read arn:aws:s3:::team-*/* and others']);
  const own = { ...allow('GetObject', '*'), Condition: { StringEquals: { 'aws:ResourceAccount': '111122223333' } } };
  expect(lines(scanned(cluster, [own, allow('GetObject', 'arn:aws:s3:::team-*/*')]))).toEqual(['read *', 'read arn:aws:s3:::team-*/* and others']);
});

test('a ceiling that allows everything grants nothing', () => {
  const list = { apiVersion: 'ringfence.dev/v1alpha1', kind: 'IdentityPolicies', spec: { policies: [{ file: '2.json', kind: 'scp', level: 'root' }] } };
  const full = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };
  expect(lines(scanned(cluster, allow('PutObject', 'arn:aws:s3:::team-*/*'), 'training', [list, full]))).toEqual(['write arn:aws:s3:::team-*/* and others']);
});

const zone = (data: string, role = 'training'): string => `apiVersion: ringfence.dev/v1alpha1
kind: TrainingZone
metadata: {name: z}
spec:
  platform: {cni: cilium@1.19, cloud: aws, region: us-east-1, account: "111122223333"}
  namespace: {name: train}
  workloads:
  - {name: w, selector: {app: w}, framework: pytorch, identity: {serviceAccount: sa, irsa: {role: ${role}}}, data: [${data}]}
`;
const corpus = '{name: corpus, access: read, s3: {bucket: corpus}}';

test('what the data sets of a zone are for is meant, and nothing else', () => {
  const all = lines(scanned(cluster, allow('*', '*'), 'training', [], zone(`${corpus}, {name: runs, access: rotate, s3: {bucket: ckpt, prefix: runs/}}`)));
  expect(all.filter((l) => l.includes('('))).toEqual([
    'read arn:aws:s3:::corpus/* (corpus)',
    'read arn:aws:s3:::corpus (corpus)',
    'read arn:aws:s3:::ckpt/runs/* (runs)',
    'write arn:aws:s3:::ckpt/runs/* (runs)',
    'delete arn:aws:s3:::ckpt/runs/* (runs)',
  ]);
  // Listing all of a bucket is not meant where the data set is a prefix of it.
  const beyond = ['read arn:aws:s3:::ckpt', 'read * and others', 'write arn:aws:s3:::corpus/*', 'delete arn:aws:s3:::corpus/*', 'delete * and others'];
  expect(all).toEqual(expect.arrayContaining(beyond));
});

test('a role that does what the zone means is no finding, and a pattern inside a data set adds nothing', () => {
  const rotate = zone('{name: runs, access: rotate, s3: {bucket: ckpt}}');
  const statements = [allow('PutObject', 'arn:aws:s3:::ckpt/*'), allow('DeleteObject', 'arn:aws:s3:::ckpt/old-*')];
  const report = scanned(cluster, statements, 'training', [], rotate);
  expect(lines(report)).toEqual(['write arn:aws:s3:::ckpt/* (runs)', 'delete arn:aws:s3:::ckpt/* (runs)']);
  expect(joint(report)).toEqual([]);
  expect(joint(scanned(cluster, statements))).toEqual(['role-deletes-data']);
});

test('another role than the zone names has nothing that is meant, and the one that is named is told', () => {
  const report = scanned(cluster, allow('GetObject', 'arn:aws:s3:::corpus/*'), 'training', [], zone(corpus, 'another'));
  expect(lines(report)).toEqual(['read arn:aws:s3:::corpus/*']);
  expect(report.cloud?.[0]).toMatchObject({ zone: 'z', notKnown: expect.arrayContaining([expect.stringContaining('role/another')]) });
});

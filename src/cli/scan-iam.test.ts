import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { commandLine } from '../../cases/support/command-line.ts';

const manifests = `apiVersion: v1
kind: ServiceAccount
metadata: {name: sa, namespace: train, annotations: {eks.amazonaws.com/role-arn: "arn:aws:iam::111122223333:role/training"}}
---
apiVersion: v1
kind: Pod
metadata: {name: train, namespace: train, labels: {app: w}}
spec: {serviceAccountName: sa, containers: [{name: c, image: "x:1", resources: {limits: {nvidia.com/gpu: "1"}}}]}
---
apiVersion: v1
kind: Pod
metadata: {name: other, namespace: other}
spec: {containers: [{name: c, image: "x:1", resources: {limits: {nvidia.com/gpu: "1"}}}]}
`;
const zone = `apiVersion: ringfence.dev/v1alpha1
kind: TrainingZone
metadata: {name: z}
spec:
  platform: {cni: cilium@1.19, cloud: aws, region: us-east-1, account: "111122223333"}
  namespace: {name: train}
  workloads:
  - {name: w, selector: {app: w}, framework: pytorch, identity: {serviceAccount: sa, irsa: {role: training}}, data: [{name: corpus, s3: {bucket: "corpus"}}]}
`;
const statement = (Action: string, Resource = 'arn:aws:s3:::corpus/*') => ({ Effect: 'Allow', Action, Resource });
const policy = (...Statement: readonly object[]) =>
  JSON.stringify({ RoleName: 'training', PolicyName: 'p|<b>', PolicyDocument: { Version: '2012-10-17', Statement } });
const [read, remove] = [statement('s3:GetObject'), statement('s3:DeleteObject')];

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'ringfence-scan-iam-'));
  writeFileSync(join(cwd, 'm.yaml'), manifests);
  writeFileSync(join(cwd, 'zone.yaml'), zone);
  writeFileSync(join(cwd, 'p.json'), policy(read, remove));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));
const scan = (line: string) => commandLine(`scan ${line}`, cwd);

test('Markdown has a table of what falls and what is meant, with nothing that a name could break out of', async () => {
  const { stdout } = await scan('m.yaml zone.yaml --iam p.json --format markdown');
  const part = stdout.slice(stdout.indexOf('### Joint blast radius'));
  expect(part).toContain('| ❌ | delete | <code>s3:<!-- -->//corpus/&#42;</code> |');
  expect(part).toContain('| ✅ meant | read | <code>s3:<!-- -->//corpus/&#42;</code> corpus |');
  expect(part).toContain('p\\|&lt;b&gt;');
  expect(part).not.toContain('<b>');
});

test.each(['text', 'markdown'])('of an account whose role is not known, %s never says that it can do nothing', async (format) => {
  const { stdout } = await scan(`m.yaml --iam p.json --format ${format}`);
  const part = stdout.slice(stdout.indexOf('other/default')).split(/\n(?:###|Findings)/)[0];
  expect(part).toMatch(/role\W+not known/);
  expect(part).not.toMatch(/allow nothing|cannot/);
});

test('SARIF has the rule and the place in the policy', async () => {
  const { stdout } = await scan('m.yaml --iam p.json --format sarif');
  const [run] = JSON.parse(stdout).runs;
  expect(run.tool.driver.rules.map((r: { id: string }) => r.id)).toContain('role-deletes-data');
  const found = run.results.find((r: { ruleId: string }) => r.ruleId === 'role-deletes-data');
  expect(found.locations[0].physicalLocation).toMatchObject({ artifactLocation: { uri: 'p.json' }, region: { startLine: 1 } });
});

test('a baseline knows what a role may do; what it newly may is new', async () => {
  expect((await scan('m.yaml --iam p.json --write-baseline b.json')).code).toBe(1);
  expect((await scan('m.yaml --iam p.json --baseline b.json')).code).toBe(0);
  writeFileSync(join(cwd, 'p.json'), policy(read, remove, statement('s3:PutObject', '*')));
  const after = await scan('m.yaml --iam p.json --baseline b.json');
  expect([after.code, after.stdout.includes('role-writes-foreign-bucket')]).toEqual([1, true]);
});

test('a zone with faults marks nothing, and it is said', async () => {
  writeFileSync(join(cwd, 'zone.yaml'), zone.replace('cni: cilium@1.19', 'cni: no-such'));
  const { code, stderr, stdout } = await scan('m.yaml zone.yaml --iam p.json');
  expect([code, stdout.includes('meant by')]).toEqual([1, false]);
  expect(stderr).toContain('nothing is marked as meant by it');
});

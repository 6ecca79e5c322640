import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { commandLine } from '../../cases/support/command-line.ts';

const cluster = `apiVersion: apps/v1
kind: Deployment
metadata: {name: trainer, namespace: ml}
spec: {selector: {matchLabels: {app: a}}, template: {metadata: {labels: {app: a}}, spec: {containers: [{name: main, image: a, ports: [{containerPort: 80}]}]}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: shut, namespace: ml}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
`;
const queries = `apiVersion: ringfence.dev/v1alpha1
kind: Queries
queries:
- {name: a, must-not-reach: {from: {namespace: ml}, to: {internet: true}}}
`;

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'ringfence-inputs-'));
  writeFileSync(join(cwd, 'c.yaml'), cluster);
  writeFileSync(join(cwd, 'q.yaml'), queries);
  writeFileSync(join(cwd, 'z.yaml'), 'apiVersion: ringfence.dev/v1alpha1\n');
  symlinkSync('c.yaml', join(cwd, 'link.yaml'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const ringfence = (line: string) => commandLine(line, cwd);

const zoneText = readFileSync(new URL('../../examples/shared-cluster/zone.yaml', import.meta.url), 'utf8');

test.each([
  ['query -q q.yaml c.yaml -o c.yaml', 'c.yaml'],
  ['query -q q.yaml c.yaml -o q.yaml', 'q.yaml'],
  ['query -q q.yaml . -o ./c.yaml', 'c.yaml'],
  ['query -q q.yaml c.yaml -o link.yaml', 'c.yaml'],
  ['query -q q.yaml link.yaml -o c.yaml', 'c.yaml'],
  ['explain --from ml/trainer --to 1.1.1.1 --port 443 c.yaml --fix c.yaml', 'c.yaml'],
  ['explain --from ml/trainer --to 1.1.1.1 --port 443 c.yaml -o c.yaml', 'c.yaml'],
  ['verify -f z.yaml c.yaml --certificate c.yaml', 'c.yaml'],
  ['verify -f z.yaml c.yaml --certificate z.yaml', 'z.yaml'],
])('%s leaves what it read as it was', async (line, file) => {
  writeFileSync(join(cwd, 'z.yaml'), zoneText);
  const before = readFileSync(join(cwd, file), 'utf8');
  const { code, stdout, stderr } = await ringfence(line);
  expect(stderr).toMatch(/cannot write \S+: it is one of the files that were read, and would be lost/);
  expect(stderr).toContain('give the name of another file');
  expect([code, stdout]).toEqual([2, '']);
  expect(readFileSync(join(cwd, file), 'utf8')).toBe(before);
});

test('another file is written, also where one is already', async () => {
  writeFileSync(join(cwd, 'report.txt'), 'old');
  await ringfence('query -q q.yaml c.yaml -o report.txt');
  expect(readFileSync(join(cwd, 'report.txt'), 'utf8')).toContain('q.yaml: the one claim holds');
});

import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { job as trains } from '../../cases/support/asked-job.ts';
import { commandLine } from '../../cases/support/command-line.ts';

const job = `apiVersion: batch/v1
kind: Job
metadata: {name: train, namespace: ml}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: t, image: x, env: [{name: HUB, value: "https://hub.example.com"}]}]}}}
`;
const policies = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: shut, namespace: ml}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
`;

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'ringfence-baseline-'));
  writeFileSync(join(cwd, 'job.yaml'), job);
  writeFileSync(join(cwd, 'p.yaml'), policies);
  writeFileSync(join(cwd, 'broken.yaml'), `${policies}---\n{`);
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const ringfence = (line: string) => commandLine(line, cwd);

test('the comment of preflight tells what the baseline knows, as the exit code does', async () => {
  const asking = 'preflight job.yaml --policies p.yaml --format markdown';
  expect(await ringfence(`${asking} --write-baseline b.json`)).toMatchObject({ code: 1, stdout: expect.stringContaining('## ❌') });
  const again = await ringfence(`${asking} --baseline b.json`);
  expect(again.code).toBe(0);
  expect(again.stdout).toContain('## ☑️');
  expect(again.stdout).toContain('All of what stops it is known from the baseline: it does not fail this run.');
  expect(again.stdout).toContain('Known from the baseline: 2 findings');
});

test.each(['preflight job.yaml --policies broken.yaml', 'scan broken.yaml job.yaml'])('%s writes no baseline of what was read in part', async (line) => {
  const { code, stderr } = await ringfence(`${line} --write-baseline b.json`);
  expect(code).toBe(2);
  expect(stderr).toContain('The baseline was not written');
  expect(existsSync(join(cwd, 'b.json'))).toBe(false);
});

test.each(['--fix x.yaml --write-baseline ./x.yaml', '--fix x.yaml -o x.yaml', '-o x.yaml --write-baseline x.yaml'])(
  'preflight refuses %s',
  async (outputs) => {
    const { code, stderr } = await ringfence(`preflight job.yaml --policies p.yaml ${outputs}`);
    expect(code).toBe(2);
    expect(stderr).toContain('name one file');
    expect(existsSync(join(cwd, 'x.yaml'))).toBe(false);
  },
);

test('a path that is shut between more sorts of pods, or at more ports, than the baseline knows is new', async () => {
  writeFileSync(join(cwd, 'job.yaml'), trains());
  const open = (role: string, ports: string) =>
    `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: open, namespace: ml}
spec:
  podSelector: {matchLabels: {training.kubeflow.org/replica-type: ${role}}}
  policyTypes: [Ingress, Egress]
  ingress: [{from: [{podSelector: {}}], ports: [${ports}]}]
  egress: [{to: [{podSelector: {}}], ports: [${ports}]}]
`;
  const shut = (allowed: string) => writeFileSync(join(cwd, 'p.yaml'), `${policies}---\n${allowed}`);
  shut(open('worker', '{protocol: TCP}'));
  await ringfence('preflight job.yaml --policies p.yaml --write-baseline b.json');
  expect((await ringfence('preflight job.yaml --policies p.yaml --baseline b.json')).code).toBe(0);
  // More workers are no worse than the workers that it knows.
  writeFileSync(join(cwd, 'job.yaml'), trains().replace('replicas: 3', 'replicas: 5'));
  expect((await ringfence('preflight job.yaml --policies p.yaml --baseline b.json')).code).toBe(0);
  shut(open('worker', '{protocol: TCP, port: 29500}'));
  const { code, stdout } = await ringfence('preflight job.yaml --policies p.yaml --baseline b.json --format json');
  expect(code).toBe(1);
  expect(stdout).toContain('worker to another of its kind');
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { deny, job, space } from '../../cases/support/asked-job.ts';
import { commandLine } from '../../cases/support/command-line.ts';

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'ringfence-zone-'));
  writeFileSync(join(cwd, 'job.yaml'), job());
  writeFileSync(join(cwd, 'c.yaml'), space);
  writeFileSync(join(cwd, 'z.yaml'), 'apiVersion: ringfence.dev/v1alpha1\nkind: TrainingZone\nmetadata: {name: z}\nspec: {zzz: 1}\n');
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

test.each([
  ['text', 'cannot be told: 1 not known'],
  ['markdown', 'cannot be told: 1 not known'],
  ['json', '"id": "zone/unread/z.yaml"'],
])('what a zone that cannot be read asks is not known, in %s', async (format, text) => {
  const { code, stdout } = await commandLine(`preflight job.yaml -f z.yaml --policies c.yaml --format ${format}`, cwd);
  expect(code).toBe(2);
  expect(stdout).toContain(text);
  expect(stdout).not.toMatch(/would run|"wouldRun": true/);
});

test('a job without a namespace is told that it may go elsewhere', async () => {
  writeFileSync(join(cwd, 'job.yaml'), job().replace(', namespace: ml}', '}'));
  const { stderr } = await commandLine('preflight job.yaml --policies c.yaml', cwd);
  expect(stderr).toContain('default/llm[PyTorchJob] is judged in namespace default');
});

test.each([
  ['that says default itself', ', namespace: default}', ''],
  ['that is told to go there', '}', ' -n default'],
])('a job %s is judged there without a word', async (_, namespace, option) => {
  writeFileSync(join(cwd, 'job.yaml'), job().replace(', namespace: ml}', namespace));
  const { stderr } = await commandLine(`preflight job.yaml --policies c.yaml${option}`, cwd);
  expect(stderr).not.toContain('namespace default');
});

test('--namespace is where objects go that give none, and those alone', async () => {
  writeFileSync(join(cwd, 'job.yaml'), job().replace(', namespace: ml}', '}'));
  writeFileSync(join(cwd, 'c.yaml'), [space, deny, deny.replace('deny, namespace: ml', 'other, namespace: elsewhere')].join('\n---\n'));
  const shut = await commandLine('preflight job.yaml --policies c.yaml --namespace ml', cwd);
  expect([shut.code, shut.stdout.includes('ml/llm[PyTorchJob]'), shut.stderr]).toEqual([1, true, '']);
  const open = await commandLine('preflight job.yaml --policies c.yaml -n third', cwd);
  expect([open.code, open.stdout.includes('third/llm[PyTorchJob]')]).toEqual([0, true]);
  const wrong = await commandLine('preflight job.yaml -n Not/One', cwd);
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('is no name of a namespace')]);
});

const zone = (namespace: string, label: string): string => `
apiVersion: ringfence.dev/v1alpha1
kind: TrainingZone
metadata: {name: z}
spec:
  platform: {cni: kubernetes}
  namespace: {name: ${namespace}}
  workloads: [{name: w, selector: {team: ${label}}}]
`;

test.each([
  ['outside the namespace of its zone', 'other', 'a', 'is in namespace ml, but the zone trains in other'],
  ['that no workload of its zone selects', 'ml', 'b', 'No workload of zone z selects the pods'],
])('a job %s does not run as meant, and fails the run though everything is open', async (_, namespace, label, told) => {
  writeFileSync(join(cwd, 'job.yaml'), job().replaceAll('template: {spec', 'template: {metadata: {labels: {team: a}}, spec'));
  writeFileSync(join(cwd, 'z.yaml'), zone(namespace, label));
  const { code, stdout } = await commandLine('preflight job.yaml -f z.yaml --policies c.yaml', cwd);
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(told);
  expect([code, stdout.includes('would not run')]).toEqual([1, true]);
});

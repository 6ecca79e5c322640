import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { job, space } from '../../cases/support/asked-job.ts';
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

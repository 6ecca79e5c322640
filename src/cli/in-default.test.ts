import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { deny, job, space } from '../../cases/support/asked-job.ts';
import { commandLine } from '../../cases/support/command-line.ts';

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'ringfence-default-'));
  writeFileSync(join(cwd, 'c.yaml'), [space, deny].join('---\n'));
  writeFileSync(join(cwd, 'x.log'), 'llm-worker-1:1:2 [0] NCCL WARN socketPollConnect: Connect to llm-master-0<43211> returned Connection timed out\n');
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

test.each([
  ['preflight job.yaml', ' namespace: ml', false],
  ['preflight job.yaml', '', true],
  ['diagnose x.log --job job.yaml', ' namespace: ml', false],
  ['diagnose x.log --job job.yaml', '', true],
])('%s of a manifest with%s in its metadata says where it is judged', async (line, namespace, warns) => {
  writeFileSync(join(cwd, 'job.yaml'), job().replace(', namespace: ml', namespace === '' ? '' : `,${namespace}`));
  const { stderr } = await commandLine(`${line} --policies c.yaml`, cwd);
  expect(stderr.includes('is judged in namespace default, since its manifest names none')).toBe(warns);
});

import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import type { Io } from '../src/cli/io.ts';
import { run } from '../src/cli/main.ts';
import { reportJsonSchemas } from '../src/report/json-schema.ts';
import { sarifShape } from './sarif-shape.ts';

const zone = 'examples/shared-cluster/zone.yaml';
const manifests = 'examples/shared-cluster';

async function output(...args: string[]): Promise<Record<string, unknown>> {
  let stdout = '';
  const io: Io = {
    stdout: { write: (text) => void (stdout += text), isTerminal: false, columns: undefined },
    stderr: { write: () => {}, isTerminal: false, columns: undefined },
    stdin: { isTerminal: false, bytes: async () => new Uint8Array(), chunks: async function* () {}, ask: async () => null },
    env: {},
    cwd: new URL('..', import.meta.url).pathname,
    today: '2026-11-23',
    now: '2026-11-23T12:00:00Z',
  };
  await run(args, io);
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe('what the verbs print on examples/shared-cluster', () => {
  const ajv = new Ajv2020({ strict: true, allErrors: true, formats: { date: true } });

  test.each([
    ['scan', ['scan', manifests]],
    ['verify', ['verify', '-f', zone, manifests]],
    ['explain', ['explain', manifests, '--from', 'ai-training/llm-pretrain', '--to', 'databases/postgres', '--port', '5432/TCP']],
    ['generate', ['generate', '-f', zone]],
  ])('%s fits the published schema', async (name, args) => {
    const published = reportJsonSchemas().find(({ file }) => file === `${name}.v1.json`) ?? expect.fail();
    // The committed file is what others validate with.
    expect(readFileSync(new URL(`../schemas/${published.file}`, import.meta.url), 'utf8')).toBe(published.text);
    const validate = ajv.compile(JSON.parse(published.text) as Record<string, unknown>);
    expect(validate(await output(...args, '--format', 'json')), JSON.stringify(validate.errors)).toBe(true);
  });

  test.each([
    ['scan', ['scan', manifests]],
    ['verify', ['verify', '-f', zone, manifests]],
  ])('%s as SARIF has the required structure', async (_, args) => {
    const validate = ajv.compile(sarifShape);
    expect(validate(await output(...args, '--format', 'sarif')), JSON.stringify(validate.errors)).toBe(true);
  });
});

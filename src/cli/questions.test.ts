import { expect, test } from 'vitest';
import type { Io } from './io.ts';
import { run } from './main.ts';

/** Runs `ringfence init` as on a terminal on which these lines are typed. */
async function initWith(typed: readonly string[], ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const waiting = [...typed];
  let stdout = '';
  let stderr = '';
  const io: Io = {
    stdout: { write: (text) => void (stdout += text), isTerminal: false, columns: undefined },
    stderr: { write: (text) => void (stderr += text), isTerminal: true, columns: 80 },
    stdin: {
      isTerminal: true,
      bytes: async () => new Uint8Array(),
      chunks: async function* () {},
      ask: async (prompt) => {
        stderr += prompt;
        return waiting.shift() ?? null;
      },
    },
    env: { NO_COLOR: '1' },
    cwd: '/',
    today: '2026-11-23',
    now: '2026-11-23T12:00:00Z',
  };
  const code = await run(['init', ...args], io);
  return { code, stdout, stderr };
}

const enters: readonly string[] = Array.from({ length: 40 }, () => '');

test('Enter all the way gives the default zone', async () => {
  const { code, stdout, stderr } = await initWith(enters);
  expect([code, stderr.includes('Name of the zone [training]: ')]).toEqual([0, true]);
  expect(stdout).toContain('kind: TrainingZone');
});

test('an answer that is none of the choices is asked again, and options are not asked', async () => {
  const { code, stdout, stderr } = await initWith(['clium', 'cilium', ...enters], '--name', 'llm');
  expect(code).toBe(0);
  expect(stderr).toMatch(/clium is none of .*\bcilium\b/);
  expect(stderr).not.toContain('Name of the zone');
  expect(stdout).toMatch(/cni: cilium/);
  expect(stdout).toMatch(/name: llm/);
});

test('the end of input breaks it off with nothing written', async () => {
  const { code, stdout, stderr } = await initWith(['llm']);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain('nothing was written');
});

test('answers that make no zone are refused before anything is written', async () => {
  const { code, stdout, stderr } = await initWith(['Not A Name', ...enters]);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain('error');
});

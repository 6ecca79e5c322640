import type { Io, Sink } from '../../src/cli/io.ts';
import { run } from '../../src/cli/main.ts';

/** Runs one command line in a folder, without a terminal; its words are told apart by single blanks. */
export async function commandLine(
  line: string,
  cwd: string,
  world: Partial<Pick<Io, 'env' | 'downloads'>> = {},
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const said = { stdout: '', stderr: '' };
  const sink = (to: keyof typeof said): Sink => ({
    write: (text) => {
      said[to] += text;
    },
    isTerminal: false,
    columns: undefined,
  });
  const stdin = { isTerminal: false, bytes: async () => new Uint8Array(), chunks: async function* () {}, ask: async () => null };
  const io: Io = { stdout: sink('stdout'), stderr: sink('stderr'), stdin, env: {}, cwd, today: '2026-11-23', now: '2026-11-23T12:00:00Z', ...world };
  return { code: await run(line.split(' '), io), ...said };
}

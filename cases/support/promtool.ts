import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Whether a program is installed. Debian has promtool in `prometheus`, amtool in `prometheus-alertmanager`. */
export function installed(program: 'promtool' | 'amtool'): boolean {
  return spawnSync(program, ['--version']).status === 0;
}

/** Runs a program in a folder that holds these files, and is gone afterwards. */
export function runIn(
  files: Readonly<Record<string, string>>,
  program: 'promtool' | 'amtool',
  args: readonly string[],
): { readonly status: number | null; readonly stdout: string; readonly output: string } {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 });
    return { status, stdout, output: `${stdout}${stderr}` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { commands } from './commands.gen.ts';
import { completionScript } from './completion-script.ts';

const shellIsThere = (shell: string): boolean => spawnSync(shell, ['-c', 'exit 0']).status === 0;

/** What bash offers for the last of these words. */
function offered(...words: string[]): string[] {
  const script = `${completionScript('bash', commands)}
COMP_WORDS=(${words.map((w) => `'${w}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _ringfence; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr, status } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  return stdout.split('\n').filter((line) => line !== '');
}

test.skipIf(!shellIsThere('bash')).each([
  [
    ['ringfence', 'ver'],
    ['verify', 'version'],
  ],
  [['ringfence', 'scan', '--form'], ['--format']],
  [['ringfence', 'scan', '--format', 's'], ['sarif']],
  [['ringfence', 'completion', 'b'], ['bash']],
  [['ringfence', 'checks', 'imds-o'], ['imds-open']],
  [['ringfence', 'scan', 'mani'], []],
  [['ringfence', 'help', 'expl'], ['explain']],
] as const)('bash (skipped where there is none): %j offers %j', (words, want) => {
  expect(offered(...words)).toEqual(want);
});

test.each(['zsh', 'fish'] as const)('%s, where it is installed, parses its script', (shell) => {
  const script = completionScript(shell, commands);
  for (const { name } of commands) expect(script).toContain(name);
  if (shellIsThere(shell)) expect(spawnSync(shell, ['-n'], { input: script, encoding: 'utf8' }).stderr).toBe('');
});

import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type { Command } from './command.ts';
import { loaders } from './commands.gen.ts';
import { completionScript } from './completion-script.ts';
import { allOf } from './verbs.ts';

const twoWords = (name: string, summary: string, choices: readonly string[]): Command => ({
  name,
  summary,
  description: [],
  operands: null,
  options: [{ name: 'format', value: 'FORMAT', choices, help: 'How.' }],
  examples: [],
  run: async () => 0,
});

/** The verbs there are, and a group of two whose second words are verbs of their own elsewhere. */
const commands = [...(await allOf(loaders)), twoWords('group verify', 'prove it', ['alpha']), twoWords('group diff', 'compare it', ['beta'])];

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
  [['ringfence', 'gro'], ['group']],
  [
    ['ringfence', 'group', ''],
    ['verify', 'diff'],
  ],
  [['ringfence', 'group', 'diff', '--format', ''], ['beta']],
  [['ringfence', 'group', 'verify', '--for'], ['--format']],
  [['ringfence', 'help', 'group', 'd'], ['diff']],
] as const)('bash (skipped where there is none): %j offers %j', (words, want) => {
  expect(offered(...words)).toEqual(want);
});

test.each(['zsh', 'fish'] as const)('%s, where it is installed, parses its script', (shell) => {
  const script = completionScript(shell, commands);
  for (const { name } of commands) for (const word of name.split(' ')) expect(script).toContain(word);
  if (shellIsThere(shell)) expect(spawnSync(shell, ['-n'], { input: script, encoding: 'utf8' }).stderr).toBe('');
});

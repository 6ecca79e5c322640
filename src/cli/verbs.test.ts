import { expect, test } from 'vitest';
import type { Command } from './command.ts';
import { groupHelp } from './help.ts';
import { firstWords, namedBy } from './verbs.ts';

const verb = (name: string): Command => ({
  name,
  summary: `what ${name} does`,
  description: [],
  operands: null,
  options: [],
  examples: [],
  run: async () => 0,
});

const commands = ['scan', 'verify', 'iam verify', 'iam diff', 'feeds fetch'].map(verb);
const loaders = Object.fromEntries(commands.map((command) => [command.name, async () => command]));

test.each([
  [['scan', 'x'], 'scan', ['x']],
  [['verify', 'iam'], 'verify', ['iam']],
  [['iam', 'verify', 'x'], 'iam verify', ['x']],
  [['iam', 'diff'], 'iam diff', []],
] as const)('%j names %s, followed by %j', async (words, name, rest) => {
  expect(await namedBy(words, loaders)).toMatchObject({ kind: 'verb', command: { name }, rest });
});

test('a group without one of its verbs, and a word nobody knows', async () => {
  expect(await namedBy(['iam'], loaders)).toMatchObject({ kind: 'group', group: 'iam', rest: [] });
  expect(await namedBy(['iam', 'fetch'], loaders)).toMatchObject({ kind: 'group', group: 'iam', rest: ['fetch'] });
  expect(await namedBy(['fetch'], loaders)).toEqual({ kind: 'unknown', word: 'fetch' });
  expect(await namedBy(['constructor'], loaders)).toEqual({ kind: 'unknown', word: 'constructor' });
});

test('a group stands once among the first words, and its help lists its verbs', () => {
  expect(firstWords(commands)).toEqual(['scan', 'verify', 'iam', 'feeds']);
  const pen = { ink: (text: string) => text, style: { width: 80 } };
  expect(groupHelp('iam', commands.slice(2, 4), pen as never)).toContain('iam verify  what iam verify does');
});

test('a verb is loaded alone', async () => {
  const asked: string[] = [];
  const counted = Object.fromEntries(
    commands.map((command) => [
      command.name,
      async () => {
        asked.push(command.name);
        return command;
      },
    ]),
  );
  await namedBy(['iam', 'diff'], counted);
  expect(asked).toEqual(['iam diff']);
});

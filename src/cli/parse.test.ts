import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Command } from './command.ts';
import { exitCodes } from './exit-code.ts';
import { parseInvocation } from './parse.ts';
import { UsageError } from './usage-error.ts';

const command: Command = {
  name: 'try',
  summary: 'a verb for tests',
  description: [],
  operands: { name: 'PATH', min: 1, max: 2, help: 'something' },
  options: [
    { name: 'file', short: 'f', value: 'FILE', repeats: true, help: '' },
    { name: 'format', value: 'FORMAT', choices: ['text', 'json'], refused: { junit: 'not yet' }, help: '' },
    { name: 'check', help: '' },
  ],
  examples: [],
  run: async () => exitCodes.clean,
};

function problems(...args: string[]): string[] {
  try {
    parseInvocation(command, args);
    return [];
  } catch (error) {
    if (error instanceof UsageError) return error.problems.map((p) => `${p.message}${p.hint === undefined ? '' : ` | ${p.hint}`}`);
    throw error;
  }
}

describe('command lines', () => {
  test('options stand anywhere, repeat, and may be joined to their value', () => {
    const got = parseInvocation(command, ['a', '-f', 'x', '--check', '--format=json', '-fy', '--file', '-', 'b']);
    expect(got.operands).toEqual(['a', 'b']);
    expect(got.texts('file')).toEqual(['x', 'y', '-']);
    expect(got.text('format')).toBe('json');
    expect([got.flag('check'), got.flag('help')]).toEqual([true, false]);
  });

  test('- is an operand and -- ends the options', () => {
    expect(parseInvocation(command, ['-', '--', '--check']).operands).toEqual(['-', '--check']);
  });

  test.each([
    [['a', '--chekc'], ['unknown option "--chekc" | did you mean --check?']],
    [['a', '-z'], ['unknown option "-z"']],
    [['a', '--format', 'jsn'], ['--format cannot be "jsn" | did you mean json?']],
    [['a', '--format', 'junit'], ['not yet | choose one of text, json']],
    [['a', '--format'], ['--format needs a value: --format FORMAT']],
    [['a', '--format='], ['--format is empty: it needs a value, --format FORMAT']],
    [['a', '--format', '--check'], ['--format needs a value: --format FORMAT']],
    [['a', '--check=yes'], ['--check takes no value | write --check alone']],
    [['a', '--format', 'json', '--format', 'text'], ['--format is given more than once | give it once']],
    [[], ['try needs PATH']],
    [
      ['a', 'b', 'c', '--nope'],
      ['unknown option "--nope"', 'one PATH too many: "c"'],
    ],
    [['a', '--constructor'], ['unknown option "--constructor"']],
    [['a', '--format', 'constructor'], ['--format cannot be "constructor" | choose one of text, json']],
  ])('%j has the problems %j', (args, want) => {
    expect(problems(...args)).toEqual(want);
  });

  test('--help wins over everything else', () => {
    expect(parseInvocation(command, ['--nope', '--help']).flag('help')).toBe(true);
  });

  test('an option that is not declared cannot be asked for', () => {
    expect(() => parseInvocation(command, ['a']).flag('output')).toThrow('declares no option');
  });

  test('no arguments at all crash it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.constantFrom('-f', '--', '-', '--format', '--check', '--no-check', '-fz'))),
        (args) => void problems(...args),
      ),
    );
  });
});

import { describe, expect, test } from 'vitest';
import { lineWidth, showsUnicode, wantsColour, wantsProgress } from './terminal.ts';

type Env = Readonly<Record<string, string>>;
const on = (isTerminal: boolean, env: Env, columns?: number): { isTerminal: boolean; env: Env; columns: number | undefined } => ({ isTerminal, env, columns });

describe('what a terminal gets', () => {
  test.each([
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [true, { TERM: 'dumb' }, false],
    [false, { FORCE_COLOR: '1' }, true],
    [false, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
    [true, { FORCE_COLOR: '0' }, false],
  ] as const)('terminal %j, %j: colour %j', (isTerminal, env, want) => {
    expect(wantsColour(on(isTerminal, env))).toBe(want);
  });

  test.each([
    [{}, true],
    [{ LANG: 'C' }, false],
    [{ LANG: 'en_US.UTF-8' }, true],
    [{ LANG: 'en_US.UTF-8', LC_ALL: 'POSIX' }, false],
    [{ LC_ALL: 'C.utf8' }, true],
    [{ TERM: 'dumb' }, false],
  ])('%j: Unicode %j', (env, want) => {
    expect(showsUnicode(on(true, env as Env))).toBe(want);
  });

  test.each([
    [true, 80, 80],
    [true, 20, 60],
    [true, 500, 140],
    [true, 0, 100],
    [true, undefined, 100],
    [false, 80, 100],
  ])('terminal %j of %j columns: lines of %j', (isTerminal, columns, want) => {
    expect(lineWidth(on(isTerminal, {}, columns))).toBe(want);
  });

  test.each([
    [true, {}, true],
    [false, {}, false],
    [true, { CI: 'true' }, false],
    [true, { CI: 'false' }, true],
    [true, { TERM: 'dumb' }, false],
  ])('terminal %j, %j: progress %j', (isTerminal, env, want) => {
    expect(wantsProgress(on(isTerminal, env as Env))).toBe(want);
  });
});

test.each([
  ['80', 80],
  ['20', 60],
  ['0', 100],
  ['wide', 100],
])('COLUMNS=%s counts in a pipe as well: lines of %j', (wanted, want) => {
  expect(lineWidth(on(false, { COLUMNS: wanted }))).toBe(want);
});

import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inspectFolder, isTaken, writeFolder, writeWhole } from './output.ts';
import { OutputRefused } from './output-refused.ts';
import { UnfinishedError } from './unfinished-error.ts';

let cwd = '';
beforeEach(() => {
  cwd = realpathSync(mkdtempSync(join(tmpdir(), 'ringfence-output-')));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const at = (path: string): string => join(cwd, path);
const read = (path: string): string => readFileSync(at(path), 'utf8');
const isOurs = (head: string): boolean => head.includes('OURS');
const pack = [
  { path: 'a.yaml', text: 'OURS a\n' },
  { path: 'sub/b.yaml', text: 'OURS b\n' },
];

describe('a folder', () => {
  test('is made, found unchanged, updated, and told what is stale', () => {
    expect(inspectFolder(cwd, 'pack', pack, isOurs).files.map((f) => f.state)).toEqual(['created', 'created']);
    writeFolder(cwd, 'pack', pack);
    expect([read('pack/a.yaml'), read('pack/sub/b.yaml')]).toEqual(['OURS a\n', 'OURS b\n']);
    expect(readdirSync(at('pack'))).toEqual(['a.yaml', 'sub']);
    expect(inspectFolder(cwd, 'pack', pack, isOurs)).toEqual({
      files: [
        { path: 'a.yaml', state: 'unchanged' },
        { path: 'sub/b.yaml', state: 'unchanged' },
      ],
      stale: [],
      foreign: [],
    });
    writeFileSync(at('pack/old.yaml'), 'OURS old\n');
    writeFileSync(at('pack/mine.yaml'), 'the user’s\n');
    writeFileSync(at('pack/sub/b.yaml'), 'OURS edited\n');
    const state = inspectFolder(cwd, 'pack', pack, isOurs);
    expect([state.files[1]?.state, state.stale, state.foreign]).toEqual(['changed', ['old.yaml'], []]);
    writeFolder(cwd, 'pack', pack);
    expect([read('pack/sub/b.yaml'), read('pack/mine.yaml'), read('pack/old.yaml')]).toEqual(['OURS b\n', 'the user’s\n', 'OURS old\n']);
  });

  test('of somebody else is not written over', () => {
    mkdirSync(at('theirs'));
    writeFileSync(at('theirs/a.yaml'), 'theirs\n');
    expect(inspectFolder(cwd, 'theirs', pack, isOurs).foreign).toEqual(['a.yaml']);
    // Nor where something of ours lies beside it.
    writeFileSync(at('theirs/old.yaml'), 'OURS old\n');
    mkdirSync(at('theirs/sub'));
    writeFileSync(at('theirs/sub/b.yaml'), 'OURS b before\n');
    expect(inspectFolder(cwd, 'theirs', pack, isOurs).foreign).toEqual(['a.yaml']);
  });

  test('is whole or untouched: a step that fails undoes the ones before', () => {
    writeFolder(cwd, 'pack', pack);
    writeFileSync(at('pack/blocked'), 'a file where a folder should be\n');
    const bad = [...pack.map((f) => ({ ...f, text: 'new\n' })), { path: 'blocked/c.yaml', text: 'c\n' }];
    expect(() => writeFolder(cwd, 'pack', bad)).toThrow(UnfinishedError);
    expect([read('pack/a.yaml'), read('pack/sub/b.yaml')]).toEqual(['OURS a\n', 'OURS b\n']);
    expect(readdirSync(at('pack')).sort()).toEqual(['a.yaml', 'blocked', 'sub']);
  });

  test('loses what is to go, and gets it back when a later step fails', () => {
    writeFolder(cwd, 'pack', [...pack, { path: 'old.yaml', text: Buffer.from('OURS old\n') }]);
    mkdirSync(at('elsewhere'));
    writeFileSync(at('elsewhere/theirs.yaml'), 'theirs\n');
    symlinkSync(at('elsewhere'), at('pack/link'));
    const changed = [{ path: 'a.yaml', text: 'OURS changed\n' }];
    expect(() => writeFolder(cwd, 'pack', changed, ['old.yaml', 'link/theirs.yaml'])).toThrow(OutputRefused);
    expect([read('pack/a.yaml'), read('pack/old.yaml'), read('elsewhere/theirs.yaml')]).toEqual(['OURS a\n', 'OURS old\n', 'theirs\n']);
    writeFolder(cwd, 'pack', changed, ['old.yaml', 'never-there.yaml']);
    expect([read('pack/a.yaml'), existsSync(at('pack/old.yaml'))]).toEqual(['OURS changed\n', false]);
  });

  test('is not left through a link', () => {
    mkdirSync(at('pack'));
    mkdirSync(at('elsewhere'));
    symlinkSync(at('elsewhere'), at('pack/sub'));
    expect(inspectFolder(cwd, 'pack', pack, isOurs).foreign).toEqual(['sub/b.yaml']);
    expect(() => writeFolder(cwd, 'pack', pack)).toThrow('outside');
    expect(existsSync(at('pack/a.yaml'))).toBe(false);
    expect(readdirSync(at('elsewhere'))).toEqual([]);
  });

  test('that is a file is refused', () => {
    writeFileSync(at('pack'), '');
    expect(() => inspectFolder(cwd, 'pack', pack, isOurs)).toThrow(OutputRefused);
  });

  test.each(['../x', '/x', 'a/../../x', 'a//x', 'a\\x', 'a\0'])('cannot hold %j', (path) => {
    expect(() => writeFolder(cwd, 'pack', [{ path, text: '' }])).toThrow('not a path inside a pack');
  });
});

describe('a file', () => {
  test('is written whole, and replaced', () => {
    writeWhole(cwd, 'report.json', 'one');
    writeWhole(cwd, 'report.json', 'two');
    expect(read('report.json')).toBe('two');
    expect(readdirSync(cwd)).toEqual(['report.json']);
    expect([isTaken(cwd, 'report.json'), isTaken(cwd, 'other.json')]).toEqual([true, false]);
  });

  test('behind a link is written in its own folder only', () => {
    mkdirSync(at('elsewhere'));
    writeFileSync(at('elsewhere/secret'), 'kept');
    writeFileSync(at('real'), 'old');
    symlinkSync(at('elsewhere/secret'), at('out'));
    symlinkSync(at('real'), at('near'));
    expect(() => writeWhole(cwd, 'out', 'x')).toThrow('link to another folder');
    writeWhole(cwd, 'near', 'new');
    expect([read('elsewhere/secret'), read('real'), lstatSync(at('near')).isSymbolicLink()]).toEqual(['kept', 'new', true]);
  });

  test.each([
    ['missing/report.json', 'there is no such folder'],
    ['.', 'it is a folder'],
  ])('%j is refused: %s', (path, why) => {
    expect(() => writeWhole(cwd, path, 'x')).toThrow(why);
  });
});

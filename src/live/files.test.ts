import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readPaths } from './files.ts';

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'ringfence-files-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(join(cwd, path, '..'), { recursive: true });
  writeFileSync(join(cwd, path), content);
}

async function read(
  paths: readonly string[],
  input = '',
  largest?: number,
): Promise<{ readonly files: readonly string[]; readonly texts: readonly string[]; readonly faults: readonly string[] }> {
  const { texts, diagnostics } = await readPaths(paths, { cwd, stdin: async () => Buffer.from(input), ...(largest === undefined ? {} : { largest }) });
  return {
    files: texts.map((t) => t.file),
    texts: texts.map((t) => t.text),
    faults: diagnostics.map((d) => `${d.severity} ${d.code} ${d.origin?.document.file}`),
  };
}

describe('paths', () => {
  test('files by any name, folders by their manifests, in order of names', async () => {
    for (const path of ['m/b.yaml', 'm/a.json', 'm/c/z.yml', 'm/.git/x.yaml', 'm/notes.txt', 'm/.dot.yaml', 'plain.txt']) write(path, path);
    expect(await read(['plain.txt', 'm'])).toMatchObject({ files: ['plain.txt', 'm/.dot.yaml', 'm/a.json', 'm/b.yaml', 'm/c/z.yml'], faults: [] });
    expect((await read(['./m/'])).files[1]).toBe('./m/a.json');
    expect((await read([join(cwd, 'm')])).files[1]).toBe(`${cwd}/m/a.json`);
    expect((await read(['.'])).files).toContain('./m/a.json');
  });
  test('dot-folders that hold manifests are named once', async () => {
    for (const path of ['m/a.yaml', 'm/.d/x/w.yaml', 'm/.e/w.json', 'm/.notes/n.txt', 'm/.github/ci.yaml', 'm/.git/x.yaml']) write(path, path);
    const { texts, diagnostics } = await readPaths(['m', 'm'], { cwd, stdin: async () => Buffer.from('') });
    expect(texts.map((t) => t.file)).toEqual(['m/a.yaml']);
    const skipped = diagnostics.filter((d) => d.code === 'skipped-folder');
    expect(skipped.map((d) => d.message)).toEqual(['Folders whose names start with a dot are not read, and there are manifests in "m/.d", "m/.e".']);
    expect((await read(['m', 'm/.d', 'm/.e'])).faults).toEqual([]);
  });
  test('a mounted ConfigMap, whose files lie in a dot-folder behind links, is read without a word', async () => {
    write('m/..2026/a.yaml', 'a');
    symlinkSync('..2026', join(cwd, 'm/..data'));
    symlinkSync('..data/a.yaml', join(cwd, 'm/a.yaml'));
    expect(await read(['m'])).toEqual({ files: ['m/a.yaml'], texts: ['a'], faults: [] });
  });
  test('a folder given twice was read, and is not empty', async () => {
    write('m/a.yaml', 'x');
    write('m/sub/b.yaml', 'y');
    expect((await read(['m', './m', 'm/sub'])).faults).toEqual(['warning read-twice ./m', 'warning read-twice m/sub']);
  });
  test('standard input, once', async () => {
    expect(await read(['-', '-'], 'a: 1')).toEqual({ files: ['-'], texts: ['a: 1'], faults: [] });
  });
  test('a file that two paths lead to is read once', async () => {
    write('m/a.yaml', 'x');
    expect((await read(['m', 'm/a.yaml', './m'])).files).toEqual(['m/a.yaml']);
  });
  test('what cannot be read is told, and the rest is read', async () => {
    write('a.yaml', 'x');
    mkdirSync(join(cwd, 'empty'));
    expect(await read(['gone.yaml', 'a.yaml', 'a.yaml/b', 'empty'])).toEqual({
      files: ['a.yaml'],
      texts: ['x'],
      faults: ['error no-such-file gone.yaml', 'error unreadable a.yaml/b', 'warning no-manifests empty'],
    });
  });
});

describe('links', () => {
  test('inside the folder they are followed, out of it refused, in circles once', async () => {
    write('m/real/a.yaml', 'a');
    write('secret.yaml', 'secret');
    write('outside/b.yaml', 'b');
    symlinkSync('real/a.yaml', join(cwd, 'm/same.yaml'));
    symlinkSync('../secret.yaml', join(cwd, 'm/leak.yaml'));
    symlinkSync('../outside', join(cwd, 'm/leak'));
    symlinkSync('..', join(cwd, 'm/real/up'));
    symlinkSync('loop.yaml', join(cwd, 'm/loop.yaml'));
    symlinkSync('gone.yaml', join(cwd, 'm/dangling.yaml'));
    expect(await read(['m'])).toEqual({
      files: ['m/real/a.yaml'],
      texts: ['a'],
      faults: ['error no-such-file m/dangling.yaml', 'error link-leaves-folder m/leak', 'error link-leaves-folder m/leak.yaml', 'error unreadable m/loop.yaml'],
    });
  });
  test('a folder whose name starts like the root’s is outside', async () => {
    write('m/a.yaml', 'a');
    write('m2/b.yaml', 'b');
    symlinkSync('../m2/b.yaml', join(cwd, 'm/b.yaml'));
    expect((await read(['m'])).faults).toEqual(['error link-leaves-folder m/b.yaml']);
  });
  test('a path the user names may itself be a link', async () => {
    write('real/a.yaml', 'a');
    symlinkSync('real', join(cwd, 'link'));
    expect((await read(['link'])).files).toEqual(['link/a.yaml']);
  });
});

describe('bytes', () => {
  const utf16 = (text: string, big: boolean): Buffer => {
    const bytes = Buffer.from(`\ufeff${text}`, 'utf16le');
    return big ? bytes.swap16() : bytes;
  };
  test.each<[string, Uint8Array]>([
    ['UTF-8', Buffer.from('a: é\n')],
    ['UTF-8 with a mark', Buffer.from('\ufeffa: é\n')],
    ['UTF-16, little end first', utf16('a: é\n', false)],
    ['UTF-16, big end first', utf16('a: é\n', true)],
  ])('%s', async (_name, bytes) => {
    write('a.yaml', bytes);
    expect((await read(['a.yaml'])).texts).toEqual(['a: é\n']);
  });
  test.each<[string, Uint8Array, string]>([
    ['a lone byte', Buffer.from([0x61, 0x0a, 0x62, 0xff]), 'line 2, byte 2'],
    ['a character cut short', Buffer.from([0x61, 0xe2, 0x82]), 'line 1, byte 2'],
    ['far into the file', Buffer.concat([Buffer.from('é\n'.repeat(10_000)), Buffer.from([0x80])]), 'line 10001, byte 1'],
    ['an overlong form', Buffer.from([0xc0, 0x80]), 'line 1, byte 1'],
  ])('no UTF-8: %s', async (_name, bytes, where) => {
    write('a.yaml', bytes);
    const { texts, diagnostics } = await readPaths(['a.yaml'], { cwd, stdin: async () => bytes });
    expect(texts).toEqual([]);
    expect(diagnostics).toMatchObject([{ code: 'not-text', message: expect.stringContaining(where) }]);
  });
  test('too much is refused before it is read whole', async () => {
    write('a.yaml', 'x'.repeat(2 * 2 ** 20 + 1));
    expect((await read(['a.yaml'], '', 2 * 2 ** 20)).faults).toEqual(['error too-large a.yaml']);
    const endless = openSync('/dev/zero', 'r');
    expect((await read([`/dev/fd/${endless}`], '', 2 * 2 ** 20)).faults).toEqual([`error too-large /dev/fd/${endless}`]);
    closeSync(endless);
    expect((await read(['-'], 'xyz', 2)).faults).toEqual(['error too-large -']);
  });
  test('what is neither a file nor a folder is refused before anybody waits for it, but for streams of the process', async () => {
    execFileSync('/bin/sh', ['-c', 'mkfifo "$1"', 'sh', join(cwd, 'pipe.yaml')]);
    expect((await read(['pipe.yaml', '/dev/zero'])).faults).toEqual(['error not-a-file pipe.yaml', 'error not-a-file /dev/zero']);
    expect((await read(['.'])).faults).toEqual(['warning no-manifests .']);
    write('a.yaml', 'a: 1');
    const stream = openSync(join(cwd, 'a.yaml'), 'r');
    expect((await read([`/dev/fd/${stream}`, '/dev/null'])).texts).toEqual(['a: 1', '']);
    closeSync(stream);
  });
  test('an empty file is an empty text', async () => {
    write('a.yaml', '');
    expect(await read(['a.yaml'])).toEqual({ files: ['a.yaml'], texts: [''], faults: [] });
  });
});

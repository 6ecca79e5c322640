import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readLogs } from './log-stream.ts';

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'ringfence-logs-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

async function read(paths: readonly string[], input = ''): Promise<{ readonly texts: readonly string[]; readonly faults: readonly string[] }> {
  const texts: string[] = [];
  const stdin = async function* (): AsyncGenerator<Uint8Array> {
    if (input !== '') yield Buffer.from(input);
  };
  const diagnostics = await readLogs(paths, { cwd, stdin }, async (file, chunks) => {
    const parts: Uint8Array[] = [];
    try {
      for await (const chunk of chunks) parts.push(chunk);
    } finally {
      texts.push(`${file}: ${Buffer.concat(parts).toString('utf8')}`);
    }
  });
  return { texts, faults: diagnostics.map((d) => `${d.severity} ${d.code}`) };
}

test('links of a folder lead to files, outside it too, and each file is read once', async () => {
  mkdirSync(join(cwd, 'pods'));
  mkdirSync(join(cwd, 'containers'));
  writeFileSync(join(cwd, 'pods', '0.log'), 'one');
  symlinkSync('../pods/0.log', join(cwd, 'containers', 'a.log'));
  symlinkSync('a.log', join(cwd, 'containers', 'b.log'));
  symlinkSync('../containers', join(cwd, 'containers', 'again'));
  symlinkSync('nowhere', join(cwd, 'containers', 'gone.log'));
  expect(await read(['containers'])).toEqual({ texts: ['containers/a.log: one'], faults: ['error unreadable-log'] });
});

test('a folder that lies too deep is named, and the rest is read', async () => {
  const deep = Array.from({ length: 18 }, () => 'd');
  mkdirSync(join(cwd, ...deep), { recursive: true });
  writeFileSync(join(cwd, ...deep, 'lost.log'), 'lost');
  writeFileSync(join(cwd, ...deep.slice(1), 'last.log'), 'last');
  const { texts, faults } = await read(['d']);
  expect(texts.map((t) => t.split('/').at(-1))).toEqual(['last.log: last']);
  expect(faults).toEqual(['error logs-too-deep']);
});

test('a folder without files, and logs that hold nothing, are faults', async () => {
  mkdirSync(join(cwd, 'empty'));
  writeFileSync(join(cwd, 'empty.log'), '');
  expect((await read(['empty'])).faults).toEqual(['error no-logs']);
  expect((await read(['empty.log'])).faults).toEqual(['error no-logs']);
  expect((await read(['-'])).faults).toEqual(['error no-logs']);
  expect((await read(['empty.log', '-'], 'x')).faults).toEqual([]);
});

test.each([
  ['with a mark', Buffer.from('\uFEFFtimed out ß', 'utf16le')],
  ['without one', Buffer.from('timed out ß', 'utf16le')],
  ['the other way round', Buffer.from('\uFEFFtimed out ß', 'utf16le').swap16()],
])('UTF-16 %s becomes UTF-8', async (_, bytes) => {
  writeFileSync(join(cwd, 'x.log'), bytes);
  expect(await read(['x.log'])).toEqual({ texts: ['x.log: timed out ß'], faults: [] });
});

test('gzip with several members is one log, also from a pipe that hands over one byte at a time', async () => {
  const packed = Buffer.concat([gzipSync('one '), gzipSync('two')]);
  writeFileSync(join(cwd, 'x.log'), packed);
  expect(await read(['x.log'])).toEqual({ texts: ['x.log: one two'], faults: [] });
  const stdin = async function* (): AsyncGenerator<Uint8Array> {
    for (const byte of packed) yield Uint8Array.of(byte);
  };
  let text = '';
  const faults = await readLogs(['-'], { cwd, stdin }, async (_, chunks) => {
    for await (const chunk of chunks) text += Buffer.from(chunk).toString('utf8');
  });
  expect([text, faults]).toEqual(['one two', []]);
});

test.each([
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd, 0, 0]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]],
  ['bzip2', [0x42, 0x5a, 0x68, 0x39, 0x31]],
  ['zip', [0x50, 0x4b, 0x03, 0x04, 0x14]],
])('what is packed with %s is not read as text', async (_, bytes) => {
  writeFileSync(join(cwd, 'x.log'), Uint8Array.from(bytes));
  expect(await read(['x.log'])).toEqual({ texts: [], faults: ['error unreadable-log'] });
});

test('a manifest is no log: named as one it is an error, among logs it is passed over', async () => {
  mkdirSync(join(cwd, 'dump'));
  writeFileSync(join(cwd, 'dump', 'job.yaml'), 'apiVersion: batch/v1\nkind: Job\n');
  expect(await read(['dump'])).toEqual({ texts: [], faults: ['warning manifest-as-log', 'error no-logs'] });
  writeFileSync(join(cwd, 'dump', 'rank0.log'), 'one');
  expect(await read(['dump'])).toEqual({ texts: ['dump/rank0.log: one'], faults: ['warning manifest-as-log'] });
  expect(await read(['dump/job.yaml'])).toEqual({ texts: [], faults: ['error manifest-as-log'] });
  expect(await read(['-'], '{"apiVersion": "v1", "kind": "Pod"}')).toEqual({ texts: [], faults: ['error manifest-as-log'] });
});

test('what whole members of gzip hold is read, whatever comes after them', async () => {
  writeFileSync(join(cwd, 'x.log.gz'), Buffer.concat([gzipSync('one'), Buffer.from('garbage')]));
  expect(await read(['x.log.gz'])).toEqual({ texts: ['x.log.gz: one'], faults: ['error unreadable-log'] });
});

test('the mark before UTF-8 is no part of the first line', async () => {
  writeFileSync(join(cwd, 'x.log'), '\uFEFFtimed out');
  expect(await read(['x.log'])).toEqual({ texts: ['x.log: timed out'], faults: [] });
});

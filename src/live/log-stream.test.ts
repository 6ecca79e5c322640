import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
    for await (const chunk of chunks) parts.push(chunk);
    texts.push(`${file}: ${Buffer.concat(parts).toString('utf8')}`);
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

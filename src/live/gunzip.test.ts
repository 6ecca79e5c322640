import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { gunzipped } from './gunzip.ts';

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(bytes: Buffer, size: number): Promise<{ readonly text: string; readonly error: string | null }> {
  let text = '';
  try {
    for await (const chunk of gunzipped(pieces(bytes, size))) text += Buffer.from(chunk).toString('latin1');
    return { text, error: null };
  } catch (error) {
    return { text, error: error instanceof Error ? error.message : String(error) };
  }
}

const long = Array.from({ length: 40_000 }, (_, i) => `line ${i} ${(i * 7919) % 104_729}\n`).join('');
const named = gzipSync('named\n');
const withName = Buffer.concat([named.subarray(0, 3), Buffer.from([8]), named.subarray(4, 10), Buffer.from('job.log\0'), named.subarray(10)]);

describe.each([1 << 20, 1000, 7])('gzip in pieces of %d bytes', (size) => {
  test.each([
    ['a member', gzipSync('one\n'), 'one\n', null],
    ['several', Buffer.concat([gzipSync('one\n'), gzipSync(long), gzipSync('')]), `one\n${long}`, null],
    ['a name in the header', withName, 'named\n', null],
    ['padding of zeros', Buffer.concat([gzipSync('one\n'), Buffer.alloc(600)]), 'one\n', null],
    ['garbage after a whole member', Buffer.concat([gzipSync(long), Buffer.from('some words')]), long, 'after what is packed come 10 bytes'],
    ['garbage after several', Buffer.concat([gzipSync('one\n'), gzipSync('two\n'), Buffer.from([0, 0, 7])]), 'one\ntwo\n', 'after what is packed come 3 bytes'],
    ['a member that breaks off', Buffer.concat([gzipSync('one\n'), gzipSync(long).subarray(0, 12)]), 'one\n', 'unexpected end of file'],
    ['a trailer that breaks off', gzipSync('one\n').subarray(0, -3), 'one\n', 'breaks off'],
    ['a sum that is wrong', Buffer.concat([gzipSync('one\n').subarray(0, -8), Buffer.alloc(8)]), 'one\n', 'damaged'],
  ])('%s', async (_, bytes, text, error) => {
    const found = await read(bytes, size);
    expect(found.text).toBe(text);
    if (error === null) expect(found.error).toBeNull();
    else expect(found.error).toContain(error);
  });
});

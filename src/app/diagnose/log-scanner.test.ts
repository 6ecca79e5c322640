import { describe, expect, test } from 'vitest';
import { AnchorSearch } from './anchor-search.ts';
import { LogScanner, type ScannedLog } from './log-scanner.ts';
import { anchors } from './sighting.ts';

const dropped = 'h-0:1:2 [0] misc/socket.cc:1 NCCL WARN socketPollConnect: Connect to 10.0.0.7<41235> returned 110(Connection timed out)';

function scanned(text: string, size: number): ScannedLog {
  const scanner = new LogScanner('x.log');
  const bytes = Buffer.from(text, 'utf8');
  for (let at = 0; at < bytes.length; at += size) scanner.feed(bytes.subarray(at, at + size));
  return scanner.end();
}

describe('a log that is read as it comes', () => {
  test.each([1, 7, 64, 100_000])('says the same in pieces of %i bytes', (size) => {
    const log = scanned(`one\ntwo ß\n${dropped}\nfour\r\n${dropped}\nlast line has no end: gai error: -3`, size);
    expect(log.lines).toBe(6);
    expect(
      log.sighted.map(({ sighting, quote }) => [sighting.signature.id, sighting.host, sighting.port, sighting.who?.name, quote.line, quote.count]),
    ).toEqual([['nccl/poll-connect', '10.0.0.7', 41_235, 'h-0', 3, 2]]);
  });

  test.each([1, 64, 100_000])('begins lines over again where a progress bar does, in pieces of %i bytes', (size) => {
    const bar = Array.from({ length: 4000 }, (_, i) => `\r 0%|####  | ${i}/4000`).join('');
    const log = scanned(`one\n${bar}\r${dropped}\rdone\r\ngai error: -3\r`, size);
    expect(log.lines).toBe(3);
    expect(log.sighted.map(({ quote }) => [quote.line, quote.text.slice(-8)])).toEqual([[2, 'med out)']]);
  });

  test.each([1, 9, 100_000])('knows who printed a line that a progress bar begins over again, in pieces of %i bytes', (size) => {
    const log = scanned(`[pod/llm-worker-3/pytorch]  0%|  |\r 50%|# |\r${dropped}\n${dropped.replace('10.0.0.7', '10.0.0.8')}\n`, size);
    expect(log.sighted.map(({ sighting: { who }, quote }) => [who?.name, who?.vouched, quote.line])).toEqual([
      ['llm-worker-3', true, 1],
      ['h-0', false, 2],
    ]);
  });

  test('reads what is escaped in JSON, by texts that no writer of JSON escapes', () => {
    // Sources: RFC 8259 §7; golang encoding/json, HTMLEscape; google/gson JsonWriter, HTML_SAFE_REPLACEMENT_CHARS; PHP json_encode, which escapes slashes.
    expect(anchors.filter((anchor) => !/^[ !#-%(-.0-;?-[\]-~]+$/.test(anchor))).toEqual([]);
    const hub = "OSError: We couldn't connect to 'https://huggingface.co' to load the files";
    const escaped = (text: string): string => text.replaceAll(/[<>&='/]/g, (c) => (c === '/' ? '\\/' : `\\u00${c.charCodeAt(0).toString(16)}`));
    const log = scanned([hub, dropped].map((text) => `{"msg":"${escaped(text)}"}\n${JSON.stringify({ log: JSON.stringify({ msg: text }) })}`).join('\n'), 1000);
    expect(log.sighted.map(({ sighting, quote }) => [sighting.host, sighting.port, quote.count])).toEqual([
      ['huggingface.co', 443, 2],
      ['10.0.0.7', 41_235, 2],
    ]);
  });

  test('keeps the beginning of a line that never ends', () => {
    const log = scanned(`${dropped}${'x'.repeat(3_000_000)}`, 65_536);
    expect(log.recognised).toBe(1);
    expect(log.sighted[0]?.quote.text.length).toBeLessThan(400);
  });
});

describe('the search for texts', () => {
  test('finds each line that holds one, and no other', () => {
    const search = new AnchorSearch(['abab', 'babc', 'c\u00df', 'aaab']);
    const lines = ['abab', 'xababab', 'ababc', 'aaaab', 'aab', 'c', 'c\u00df!', '', 'ab', 'ab'];
    const bytes = Buffer.from(`${lines.join('\n')}\n`, 'utf8');
    const found: (readonly [number, readonly number[]])[] = [];
    const count = search.lines(bytes, ({ before, texts }) => {
      found.push([before, texts]);
    });
    expect(count).toBe(lines.length);
    expect(found).toEqual([
      [0, [0]],
      [1, [0]],
      [2, [0, 1]],
      [3, [3]],
      [6, [2]],
    ]);
  });
});

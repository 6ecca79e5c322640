import fc from 'fast-check';
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

  test('reads texts in whose midst a colour begins, at any place of them, plain and in JSON', () => {
    const esc = String.fromCharCode(27);
    for (let at = dropped.indexOf('socketPoll'); at < dropped.indexOf('10.0'); at++) {
      const coloured = `${dropped.slice(0, at)}${esc}[1;31m${dropped.slice(at)}${esc}[0m`;
      const log = [coloured, JSON.stringify({ log: coloured }), JSON.stringify({ log: JSON.stringify({ msg: coloured }) })].join('\n');
      const found = scanned(log, 64).sighted.map(({ sighting, quote }) => [sighting.signature.id, sighting.host, quote.line, quote.count, quote.text]);
      expect(found, String(at)).toEqual([['nccl/poll-connect', '10.0.0.7', 1, 3, dropped]]);
    }
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

  test.each([1, 50, 1000, 16_384, 100_000])('puts together what a runtime cut in parts, in pieces of %i bytes', (size) => {
    const at = '2026-11-26T10:00:00.123456789Z';
    const long = `${'x'.repeat(16_300)} ${dropped}`;
    const other = JSON.stringify({ msg: dropped.replace('10.0.0.7', '10.0.0.8'), pad: 'y'.repeat(20_000) });
    const log = [
      `${at} stdout F before`,
      `${at} stdout P ${long.slice(0, 16_384)}`,
      `${at} stderr P ${other.slice(0, 16_384)}`,
      `${at} stdout F ${long.slice(16_384)}`,
      `${at} stderr P ${other.slice(16_384, 16_390)}`,
      `${at} stdout F ${dropped.replace('10.0.0.7', '10.0.0.9')}`,
      `${at} stderr F ${other.slice(16_390)}`,
      'after',
    ].join('\n');
    const found = scanned(log, size);
    expect(found.lines).toBe(8);
    expect(found.sighted.map(({ sighting, quote, first }) => [sighting.host, quote.line, first !== null])).toEqual([
      ['10.0.0.7', 2, true],
      ['10.0.0.9', 6, true],
      ['10.0.0.8', 3, true],
    ]);
  });

  test('parts are found behind lines that name a stream elsewhere', () => {
    const at = '2026-11-26T10:00:00.1Z';
    const lines = ['std std stdout F', `${at} stdout F a stderr P b`, `${at} stderr P ${dropped.slice(0, 60)}`, `${at} stderr F ${dropped.slice(60)}`];
    expect(scanned(`${lines.join('\n')}\n`, 1 << 20).sighted.map(({ sighting, quote }) => [sighting.host, quote.line])).toEqual([['10.0.0.7', 3]]);
  });

  test('reads a line in parts whose last part never comes, and keeps no more than a bounded beginning of one', () => {
    const part = (text: string): string => `2026-11-26T10:00:00Z stdout P ${text}\n`;
    expect(scanned(part(dropped.slice(0, 60)) + part(dropped.slice(60)), 40).sighted.map(({ quote }) => quote.line)).toEqual([1]);
    const many = scanned(part(dropped.slice(0, 60)) + part(dropped.slice(60)) + part('z'.repeat(16_384)).repeat(500), 65_536);
    expect([many.lines, many.recognised]).toEqual([502, 1]);
  });

  test('keeps the beginning of a line that never ends', () => {
    const log = scanned(`${dropped}${'x'.repeat(3_000_000)}`, 65_536);
    expect(log.recognised).toBe(1);
    expect(log.sighted[0]?.quote.text.length).toBeLessThan(400);
  });
});

describe('sightings that say the same', () => {
  test.each([
    ['another port below those that the kernel picks', '10.0.0.7<443>', '10.0.0.7<444>', 2],
    ['another that the kernel picked', '10.0.0.7<41235>', '10.0.0.7<41236>', 1],
    ['another far end', '10.0.0.7<443>', '10.0.0.8<443>', 2],
    ['another end', '110(Connection timed out)', '111(Connection refused)', 2],
    ['another printer', 'h-0:', 'h-1:', 2],
    ['another printer of the name, who is vouched for', 'h-0:', '[pod/h-0/x] h-0:', 2],
  ])('are told once: %s', (_, from, to, kept) => {
    const line = dropped.replace('10.0.0.7<41235>', from.startsWith('10.') ? from : '10.0.0.7<41235>');
    const log = scanned([line, line.replace(from, to), line].join('\n'), 1000);
    expect(log.sighted.map((s) => s.quote.count)).toEqual(kept === 1 ? [3] : [2, 1]);
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

  test.each([
    ['abcdef', 'fghijk'],
    ['abcdef', 'efghij'],
    ['abcdef', 'defghi'],
  ])('finds a text that begins in the end of another: %s, %s', (one, other) => {
    const both = one.slice(0, one.indexOf(other[0] as string)) + other;
    const found: (readonly number[])[] = [];
    new AnchorSearch([one, other]).lines(Buffer.from(`x${both}\n`), ({ texts }) => {
      found.push(texts);
    });
    expect(found).toEqual([[0, 1]]);
  });

  test('says of any bytes what looking for each text in each line says', () => {
    const letters = fc.constantFrom('a', 'b');
    const word = fc.string({ unit: letters, minLength: 3, maxLength: 6 });
    const bytes = fc.string({ unit: fc.oneof({ weight: 4, arbitrary: letters }, fc.constantFrom('\n', '\r', 'x')), maxLength: 200 });
    fc.assert(
      fc.property(fc.uniqueArray(word, { minLength: 1, maxLength: 8 }), bytes, (texts, body) => {
        const all = Buffer.from(`${body}\n`, 'utf8');
        const found: unknown[] = [];
        const count = new AnchorSearch(texts).lines(all, (line) => {
          found.push([line.lineStart, line.start, all.toString('utf8', line.start, line.end), line.before, line.texts.toSorted((a, b) => a - b)]);
        });
        const expected: unknown[] = [];
        let lineStart = 0;
        for (const [before, line] of body.split('\n').entries()) {
          let start = lineStart;
          for (const part of line.split('\r')) {
            const held = texts.flatMap((text, i) => (part.includes(text) ? [i] : []));
            if (held.length > 0) expected.push([lineStart, start, part, before, held]);
            start += part.length + 1;
          }
          lineStart += line.length + 1;
        }
        expect([count, found]).toEqual([body.split('\n').length, expected]);
      }),
      { numRuns: 1000 },
    );
  });

  test('needs texts of three bytes', () => {
    expect(() => new AnchorSearch(['abc', 'ab'])).toThrow(RangeError);
    expect(() => new AnchorSearch([])).toThrow(RangeError);
  });
});

import fc from 'fast-check';
import { analyse } from 'scslre';
import { describe, expect, test } from 'vitest';
import { diagnose } from '../src/app/diagnose/diagnose.ts';
import { LogScanner, type ScannedLog } from '../src/app/diagnose/log-scanner.ts';
import { diagnosisMarkdown } from '../src/report/diagnosis-markdown.ts';
import { diagnosisText } from '../src/report/diagnosis-text.ts';
import { penFor, plainStyle } from '../src/report/pen.ts';
import { displayWidth } from '../src/report/width.ts';
import { families } from '../src/signatures/registry.gen.ts';
import { trials } from './runs.ts';

const signatures = families.flatMap((f) => f.signatures);
const locator = { locate: () => ({ file: 'x', line: 1, column: 1, endLine: 1, endColumn: 1 }), line: () => undefined };

function scanned(bytes: Uint8Array, size: number): ScannedLog {
  const scanner = new LogScanner('x.log');
  for (let at = 0; at < bytes.length; at += size) scanner.feed(bytes.subarray(at, at + size));
  return scanner.end();
}

/** Lines that hold what signatures look for, amid anything: controls, marks that turn text around, brackets of Markdown, halves of surrogate pairs. */
const hostileLine: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(...signatures.map((s) => s.anchor)),
      fc.constantFrom(
        '\u001b[2J',
        '\u202e',
        '](http://x)',
        '`',
        '<script>',
        '\u0000',
        '{"log":"',
        '[pod/a/b] ',
        '10.0.0.1<99999>',
        ' failed : ',
        '\ud800',
        '| |',
      ),
      fc.string({ unit: 'binary', maxLength: 40 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

describe('logs that somebody wrote to harm', () => {
  test.each(signatures.map((s) => [s.id, s.pattern] as const))('the pattern of %s tries nothing twice', (_, pattern) => {
    expect(analyse(pattern, { reportTypes: { Move: false } }).reports.map((r) => r.type)).toEqual([]);
  });

  test('bytes of any kind are read, in pieces of any size, and say the same', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), fc.integer({ min: 1, max: 700 }), (bytes, size) => {
        expect(scanned(bytes, size)).toEqual(scanned(bytes, bytes.length + 1));
      }),
      trials(100),
    );
  });

  test('nothing of them reaches a terminal or a comment as it is', () => {
    fc.assert(
      fc.property(fc.array(hostileLine, { maxLength: 8 }), (lines) => {
        const diagnosis = diagnose([scanned(Buffer.from(lines.join('\n'), 'utf8'), 64)], null);
        const text = diagnosisText(diagnosis, { pen: penFor({ ...plainStyle, width: 80 }), locator });
        expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
        expect(text.split('\n').filter((line) => displayWidth(line) > 80)).toEqual([]);
        expect(diagnosisMarkdown(diagnosis, locator).replaceAll(/```[\s\S]*?```/g, '')).not.toMatch(/[^\\]\]\(http|<script>/);
      }),
      trials(300),
    );
  });
});

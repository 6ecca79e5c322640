import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { markdownCode, markdownFence, markdownText } from './markdown-escape.ts';
import { visible, visibleLines } from './visible.ts';
import { clip, displayWidth, wrap } from './width.ts';

describe('visible', () => {
  test.each([
    ['plain', 'plain'],
    ['\u001b[31mred', '\\x1b[31mred'],
    ['a\nb\tc\r', 'a\\nb\\tc\\r'],
    ['\u202egnp.exe', '\\u{202e}gnp.exe'],
    ['zero\u200bwidth', 'zero\\u{200b}width'],
    ['\u009b31m', '\\x9b31m'],
    ['\ud800', '\\u{d800}'],
    ['\u{e0041}', '\\u{e0041}'],
    ['日本 ✔ é', '日本 ✔ é'],
  ])('%j is shown as %j', (text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  test('nothing that acts on a terminal comes through, and it is stable', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = visible(text);
        expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        expect(visible(shown)).toBe(shown);
      }),
    );
  });

  test('lines keep their line feeds and nothing else', () => {
    expect(visibleLines('a:\r\n\tb: \u001b[0m')).toEqual(['a:', '  b: \\x1b[0m']);
  });
});

describe('width', () => {
  test.each([
    ['abc', 3],
    ['日本', 4],
    ['e\u0301', 1],
    ['\u001b[31mred\u001b[39m', 3],
    ['✔ ok', 4],
  ])('%j takes %i cells', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });

  test('wrapping loses no word and keeps to the width where words allow', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z日]{1,12}$/), { maxLength: 40 }), fc.integer({ min: 24, max: 60 }), (words, width) => {
        const lines = wrap(words.join(' '), width);
        expect(lines.join(' ')).toBe(words.join(' '));
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
      }),
    );
  });

  test('clipping keeps to the width and marks what was cut', () => {
    expect(clip('abcdef', 4, '…')).toBe('abc…');
    expect(clip('日本語', 4, '…')).toBe('日…');
    expect(clip('abcd', 4, '…')).toBe('abcd');
  });
});

describe('Markdown', () => {
  test.each([
    ['@team', '@<!-- -->team'],
    ['#12', '#<!-- -->12'],
    ['https://evil.example', 'https:<!-- -->//evil.example'],
    ['www.evil.example', 'www<!-- -->.evil.example'],
    ['a|b', 'a\\|b'],
    ['<b>&', '&lt;b&gt;&amp;'],
    ['[x](y)', '\\[x\\](y)'],
    ['a_b*c`d', 'a\\_b\\*c\\`d'],
    ['one\ntwo', 'one\\\\ntwo'],
  ])('%j is written %j', (text, written) => {
    expect(markdownText(text)).toBe(written);
  });

  test.each([
    ['www.evil.example', '<code>www<!-- -->.evil.example</code>'],
    ['foo@evil.com', '<code>foo@<!-- -->evil.com</code>'],
    ['https://evil.example', '<code>https:<!-- -->//evil.example</code>'],
    ['mailto:foo@evil.com', '<code>mailto:<!-- -->foo@<!-- -->evil.com</code>'],
  ])('as code, %j is written %j', (text, written) => {
    expect(markdownCode(text)).toBe(written);
  });

  test('no text breaks a table row, opens a tag or mentions anyone', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('|', '`', '<', '>', '@', 'a', '\\', '[', ']', '(', ')', '\n', '#', '1', ':', '/', '*') })),
        (text) => {
          for (const written of [markdownText(text), markdownCode(text)]) {
            expect(written).not.toMatch(/\n/);
            expect(written.replace(/\\\\|\\\|/g, '')).not.toContain('|');
            expect(written.replace(/<!-- -->|<\/?code>/g, '')).not.toMatch(/[<>]/);
            expect(written).not.toMatch(/@\w/);
          }
        },
      ),
    );
  });

  test('a fence is longer than any run of backticks in it', () => {
    expect(markdownFence(['a', '````'], 'yaml')).toEqual(['`````yaml', 'a', '````', '`````']);
  });
});

import { describe, expect, it } from 'vitest';
import { Reader } from '../../kernel/reader.ts';
import type { Diagnostic } from '../../kernel/result.ts';
import { nameMatch, patternSource, readMatch } from './fqdn.ts';

const matches = (pattern: string, name: string): boolean => new RegExp(patternSource(pattern)).test(name);

function faults(item: unknown): string[] {
  const diagnostics: Diagnostic[] = [];
  readMatch(new Reader(item, { document: { file: 'p', index: 0 }, path: [] }, diagnostics));
  return diagnostics.map((d) => d.code);
}

describe('a pattern', () => {
  // The examples of the API's own comment, and what differs from other languages.
  const rows: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['*.google.com', ['www.google.com', 'mail.google.com'], ['google.com', 'sub.subdomain.google.com', 'kubernetes.io', 'xgoogle.com']],
    ['sub*.google.com', ['sub.google.com', 'subdomain.google.com'], ['www.google.com', 'mail.google.com', 'google.com', 'sub.a.google.com']],
    ['*.*.google.com', ['sub.subdomain.google.com'], ['google.com', 'mail.google.com', 'a.b.c.google.com']],
    ['*a*.google.com', ['mail.google.com', 'maps.google.com', 'a.google.com'], ['google.com', 'cloud.google.com', 'x.maps.google.com']],
    ['*', ['www.google.com', 'kubernetes.io', 'sub.subdomain.google.com'], ['a..b']],
    ['**.google.com', ['www.google.com'], ['a.b.google.com', 'google.com']],
    ['www.*.com', ['www.google.com', 'www..com'], ['www.a.b.com']],
    ['*.Google.COM.', ['www.google.com'], ['www.google.comx']],
    ['a*b*c.io', ['abc.io', 'axbxc.io', 'abcbc.io'], ['ac.io', 'ab.c.io', 'acb.io']],
  ];
  it.each(rows)('%s', (pattern, yes, no) => {
    expect(yes.filter((name) => !matches(pattern, name))).toEqual([]);
    expect(no.filter((name) => matches(pattern, name))).toEqual([]);
  });

  it('is decided in a time that grows with the name alone', () => {
    expect(matches(`${'a*'.repeat(60)}b.com`, `${'a'.repeat(250)}.com`)).toBe(false);
  });
});

describe('an item of matches', () => {
  it.each([
    [{ name: 'data.example.com' }, []],
    [{ pattern: '*' }, []],
    [{ name: 'single' }, []],
    [{ name: '*.example.com' }, ['bad-name']],
    [{ pattern: 'a b' }, ['bad-name']],
    [{ pattern: 'a..b' }, ['bad-name']],
    [{ pattern: '-a.com' }, ['bad-name']],
    [{ name: 'https://a.com' }, ['bad-name']],
    [{ name: 'a.com', pattern: '*' }, ['one-of']],
    [{}, ['one-of']],
    [{ name: 4 }, ['wrong-type']],
    [{ matchName: 'a.com' }, ['unknown-field']],
    [null, ['wrong-type']],
  ])('%j', (item, codes) => {
    expect(faults(item)).toEqual(codes);
  });

  it('is a name when its pattern has no star', () => {
    expect(nameMatch('Data.Example.com.')).toEqual({ kind: 'exact', name: 'data.example.com' });
  });
});

import { describe, expect, it } from 'vitest';
import { Reader } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import { domainName, readDomainName } from './domain-name-syntax.ts';

const matches = (text: string, name: string): boolean => {
  const match = domainName(text);
  return match.kind === 'exact' ? match.name === name : new RegExp(match.source).test(name);
};

describe('a DomainName', () => {
  // The examples of the API's own comment, and what users get wrong.
  const rows: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['kubernetes.io', ['kubernetes.io'], ['www.kubernetes.io', 'blog.kubernetes.io', 'my-kubernetes.io', 'wikipedia.org']],
    ['blog.kubernetes.io', ['blog.kubernetes.io'], ['www.kubernetes.io', 'kubernetes.io']],
    [
      '*.kubernetes.io',
      ['www.kubernetes.io', 'blog.kubernetes.io', 'latest.blog.kubernetes.io'],
      ['kubernetes.io', 'wikipedia.org', 'xkubernetes.io', '.kubernetes.io'],
    ],
    ['*.Kubernetes.IO.', ['www.kubernetes.io'], ['www.kubernetes.iox']],
    [
      '*.s3.eu-west-1.amazonaws.com',
      ['b.s3.eu-west-1.amazonaws.com', 'a.b.s3.eu-west-1.amazonaws.com'],
      ['s3.eu-west-1.amazonaws.com', 'b.s3-eu-west-1.amazonaws.com'],
    ],
  ];
  it.each(rows)('%s', (text, yes, no) => {
    expect(yes.filter((name) => !matches(text, name))).toEqual([]);
    expect(no.filter((name) => matches(text, name))).toEqual([]);
  });

  it.each([
    '*',
    '*.',
    '*.com',
    'localhost',
    'a..b',
    '.a.b',
    '*a.example.com',
    'a.*.com',
    '**.a.com',
    '-a.com',
    'a-.com',
    'a b.com',
    'https://a.com',
    '1.2.3.4/32',
    '',
  ])('%j is none', (text) => {
    const diagnostics: Diagnostic[] = [];
    expect(readDomainName(new Reader(text, { document: { file: 'p', index: 0 }, path: [] }, diagnostics))).toBeUndefined();
    expect(diagnostics).toMatchObject([{ code: 'bad-name', severity: 'error' }]);
  });

  it('is decided in a time that grows with the name alone', () => {
    const hostile = `*.${'a-'.repeat(100)}a.com`;
    expect(matches(hostile, `${'x.'.repeat(120)}y`)).toBe(false);
    expect(matches('*.a.com', `${'a'.repeat(63)}.`.repeat(3))).toBe(false);
  });
});

import { describe, expect, test } from 'vitest';
import { domainName, hostName } from './text.ts';

describe('names are taken as DNS takes them', () => {
  test.each([
    ['S3.Example.COM', 's3.example.com'],
    ['s3.example.com.', 's3.example.com'],
    [`${'a.'.repeat(126)}a.`, `${'a.'.repeat(126)}a`],
    ['s3.example.com..', null],
    ['*.example.com', null],
    ['.', null],
    ['example.', null],
  ])('%s', (text, name) => {
    const read = hostName.safeParse(text);
    expect(read.success ? read.data : null).toBe(name);
  });

  test('a domain may be one label', () => {
    expect(domainName.parse('Local.')).toBe('local');
    expect(domainName.safeParse('').success).toBe(false);
  });
});

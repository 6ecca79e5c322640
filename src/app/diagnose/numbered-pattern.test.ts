import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { families } from '../../signatures/registry.gen.ts';
import { groupOf, withNumbers } from './numbered-pattern.ts';

describe('a pattern with numbers for names', () => {
  test.each([
    ['names', /a(?<host>b)(?<port>\d)/, 'ab1', { host: 'b', port: '1' }],
    ['groups without a name before those with one', /(a|x)(?<host>b)/, 'xb', { host: 'b', port: undefined }],
    ['groups that are not kept', /(?:a)(?=b)(?<!x)(?<host>b)/, 'ab', { host: 'b', port: undefined }],
    ['brackets in a class, and such that are escaped', /\([(?<x>)\]]*\)(?<host>b)\\(?<port>\d)/, '((?<x>])b\\7', { host: 'b', port: '7' }],
    ['a group that found nothing', /a(?:(?<host>b)|(?<port>\d))/, 'a1', { host: undefined, port: '1' }],
    ['a group that names itself again', /(?<x>a)\1(?<host>b)/, 'aab', { host: 'b', port: undefined }],
  ] as const)('keeps %s', (_, pattern, text, want) => {
    const { pattern: numbered, groups } = withNumbers(pattern);
    const match = numbered.exec(text);
    if (match === null) throw new Error('nothing fits');
    expect({ host: groupOf(match, groups.host), port: groupOf(match, groups.port) }).toEqual(want);
  });

  test('finds in the logs of all cases what the one with names finds', () => {
    const folder = join(import.meta.dirname, '../../../cases/logs');
    const lines = readdirSync(folder).flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n'));
    let fits = 0;
    for (const { pattern } of families.flatMap((f) => f.signatures)) {
      const { pattern: numbered, groups } = withNumbers(pattern);
      for (const line of lines) {
        const match = numbered.exec(line);
        const named = pattern.exec(line);
        expect(match === null ? null : [...match]).toEqual(named === null ? null : [...named]);
        if (match === null) continue;
        fits++;
        for (const name of ['from', 'host', 'host6', 'port', 'scheme', 'errno'] as const) expect(groupOf(match, groups[name])).toBe(named?.groups?.[name]);
      }
    }
    expect(fits).toBeGreaterThan(100);
  });
});

import { describe, expect, test } from 'vitest';
import { matchesName } from '../engine/match.ts';
import { type IntendedName, isIntended, liesWithin, type NameIntent } from '../model/name-intent.ts';
import type { NameMatch } from '../model/policy.ts';
import { dialects } from './registry.gen.ts';

/** What a wildcard means in each language, name by name, and which intent each can say: a row for each language that has rules on names, and for those that have none. */

const names = ['a.com', 'x.a.com', 'y.x.a.com', 'z.y.x.a.com', 'xa.com', 'x.a.com.evil.org', 'a-com', 'x.b.com'] as const;
const exact: NameIntent = { kind: 'exact', name: 'x.a.com' };
const one: NameIntent = { kind: 'one-label-under', domain: 'a.com' };
const any: NameIntent = { kind: 'any-depth-under', domain: 'a.com' };

/** The text that each language writes for the intent; null where it must refuse. */
const written: Readonly<Record<string, { readonly version: string | null; readonly one: string | null; readonly any: string | null }>> = {
  antrea: { version: null, one: null, any: '*.a.com' },
  cilium: { version: null, one: '*.a.com', any: '**.a.com' },
  'cilium before 1.19': { version: '1.18', one: '*.a.com', any: null },
  gke: { version: null, one: '*.a.com', any: null },
  eks: { version: null, one: null, any: '*.a.com' },
  'network-policy-api': { version: null, one: null, any: '*.a.com' },
};

const textOf = (match: NameMatch): string => (match.kind === 'exact' ? match.name : match.text);

describe('names that are wanted', () => {
  for (const [title, row] of Object.entries(written)) {
    const dialect = dialects.find((d) => d.id === title.split(' ')[0]);
    const intend = (intent: NameIntent): IntendedName | undefined => dialect?.intend?.(intent, row.version);
    test.each([
      ['exact', exact, 'x.a.com'],
      ['one label under', one, row.one],
      ['any depth under', any, row.any],
    ] as const)(`in ${title}: %s`, (_, intent, text) => {
      const said = intend(intent);
      expect(said).toBeDefined();
      if (said === undefined || 'refused' in said) {
        expect(text).toBeNull();
        return;
      }
      expect(textOf(said.match)).toBe(text);
      for (const name of names) expect(matchesName(said.match, name), name).toBe(isIntended(intent, name));
      expect(liesWithin(said.match, intent)).toBe(true);
    });
  }

  test('no language that knows names is left out of this table', () => {
    const known = new Set(Object.keys(written).map((title) => title.split(' ')[0]));
    expect(dialects.filter((d) => d.intend !== undefined).map((d) => d.id)).toEqual(dialects.map((d) => d.id).filter((id) => known.has(id)));
  });

  test('a wider pattern does not lie within a narrower intent', () => {
    const match = (id: string, intent: NameIntent): NameMatch => {
      const said = dialects.find((d) => d.id === id)?.intend?.(intent, null);
      if (said === undefined || 'refused' in said) throw new Error(`${id} refuses`);
      return said.match;
    };
    expect(liesWithin(match('cilium', any), one)).toBe(false);
    expect(liesWithin(match('eks', any), one)).toBe(false);
    expect(liesWithin(match('cilium', one), any)).toBe(true);
    expect(liesWithin(match('cilium', one), exact)).toBe(false);
    expect(liesWithin(match('cilium', { kind: 'one-label-under', domain: 'x.a.com' }), one)).toBe(false);
    expect(liesWithin(match('gke', exact), one)).toBe(true);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nameMatch, patternSource } from './fqdn.ts';

const matches = (pattern: string, name: string) => new RegExp(patternSource(pattern)).test(name);

describe('matchPattern', () => {
  // Rows of cilium's own documentation (fqdn.go, matchpattern.go) and of what users get wrong.
  const rows: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['*.cilium.io', ['www.cilium.io', 'blog.cilium.io', 'a_b.cilium.io', '.cilium.io'], ['cilium.io', 'a.b.cilium.io', 'google.com', 'xcilium.io']],
    ['*cilium.io', ['cilium.io', 'subcilium.io', 'sub-cilium.io'], ['www.cilium.io', 'blog.cilium.io']],
    ['sub*.cilium.io', ['sub.cilium.io', 'subdomain.cilium.io'], ['www.cilium.io', 'cilium.io', 'asub.cilium.io']],
    ['**.cilium.io', ['app.cilium.io', 'test.app.cilium.io'], ['cilium.io', '.cilium.io', 'a..cilium.io', 'xcilium.io']],
    ['****.cilium.io', ['test.app.cilium.io'], ['cilium.io']],
    ['**cilium.io', ['subcilium.io', 'cilium.io'], ['a.cilium.io']],
    ['a.**.io', ['a.b.io', 'a..io'], ['a.b.c.io']],
    ['*', ['a', 'a.b.c'], ['a..b']],
    ['**', ['a', 'a.b.c'], ['a..b']],
    ['**.', ['a.b'], []],
    ['*.s3.eu-west-1.amazonaws.com', ['b.s3.eu-west-1.amazonaws.com'], ['a.b.s3.eu-west-1.amazonaws.com', 's3.eu-west-1.amazonaws.com']],
    ['*.*.svc.cluster.local', ['a.b.svc.cluster.local'], ['b.svc.cluster.local', 'a.b.c.svc.cluster.local']],
    ['*.Example.COM.', ['www.example.com'], ['www.example.comx']],
    ['a*b*c.io', ['abc.io', 'axbxc.io', 'abcbc.io'], ['ac.io', 'ab.c.io', 'acb.io']],
    ['*ab', ['ab', 'aab', 'abab'], ['aba', 'a.ab']],
  ];
  it.each(rows)('%s', (pattern, yes, no) => {
    expect(yes.filter((name) => !matches(pattern, name))).toEqual([]);
    expect(no.filter((name) => matches(pattern, name))).toEqual([]);
  });

  /** The expression as Cilium writes it, over the name with its trailing dot. Backtracks, so only for short names. */
  function reference(pattern: string): RegExp {
    const bare = pattern.toLowerCase();
    if (/^\*+\.?$/.test(bare)) return /(^([-a-zA-Z0-9_]+[.])+$)|(^[.]$)/;
    const escaped = (bare.endsWith('.') ? bare : `${bare}.`).replaceAll('.', '[.]');
    const deep = escaped.replace(/^\*{2,}\[\.\]/, '([-a-zA-Z0-9_]+([.][-a-zA-Z0-9_]+){0,})[.]');
    return new RegExp(`^${deep.replace(/(?<![)}])\*+(?!\))/g, '[-a-zA-Z0-9_]*')}$`);
  }

  const text = (letters: string, maxLength: number) => fc.array(fc.constantFrom(...letters), { maxLength }).map((parts) => parts.join(''));

  it('matches the names that the expression of Cilium matches', () => {
    const label = text('ab*-', 4).filter((s) => s !== '');
    const pattern = fc
      .tuple(fc.constantFrom('', '*.', '**.', '***.'), fc.array(label, { minLength: 1, maxLength: 3 }), fc.constantFrom('', '.'))
      .map(([front, labels, dot]) => front + labels.join('.') + dot);
    fc.assert(
      fc.property(pattern, text('aab.-', 9), (p, name) => {
        expect(matches(p, name)).toBe(reference(p).test(`${name}.`));
      }),
      { numRuns: 1500 },
    );
  });

  it('does not backtrack on hostile patterns', () => {
    const hostile = [`${'*a'.repeat(120)}b`, `**.${'*a'.repeat(100)}`, `${'*'.repeat(250)}a`, `${'*aa'.repeat(80)}.com`, `${'*.'.repeat(120)}x`];
    for (const pattern of hostile) {
      expect(pattern.length).toBeLessThanOrEqual(255);
      for (const name of ['a'.repeat(253), `${'a.'.repeat(126)}a`, `${'aa-'.repeat(84)}`, `${'-'.repeat(252)}!`]) matches(pattern, name);
    }
  });
});

describe('names', () => {
  it.each([
    ['Example.COM', { kind: 'exact', name: 'example.com' }],
    ['example.com.', { kind: 'exact', name: 'example.com' }],
  ])('%s', (text, expected) => {
    expect(nameMatch(text)).toEqual(expected);
  });
});

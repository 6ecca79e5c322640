import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readQuery } from './promql.ts';

describe('a query', () => {
  test('tells its selectors with matchers, range, offset and what stands around them', () => {
    const { selectors, faults } = readQuery('sum by (a) (rate(x{l="v\\"w",m=~`a|b`}[5m] offset 1h)) > 0');
    expect(faults).toEqual([]);
    expect(selectors).toMatchObject([
      {
        metric: 'x',
        matchers: [
          { label: 'l', op: '=', value: 'v"w' },
          { label: 'm', op: '=~', value: 'a|b' },
        ],
        range: '5m',
        offset: true,
        within: ['rate', 'sum'],
      },
    ]);
  });

  test.each([
    ['{__name__="x", a!="b"}', 'x'],
    ['{"x", a!="b"}', 'x'],
    ['{__name__=~"x.*"}', null],
    ['x @ start()', 'x'],
  ])('names its metric: %s', (text, metric) => {
    expect(readQuery(text).selectors.map((s) => s.metric)).toEqual([metric]);
  });

  test('tells what it groups and matches by, on which side, and what labels are made on the way', () => {
    const { groupings } = readQuery('a * on (i) group_left (n) b');
    expect(groupings.map((g) => [g.kind, g.labels, g.selectors.map((s) => s.metric), g.made])).toEqual([
      ['on', ['i'], ['a'], ['n']],
      ['on', ['i'], ['b'], ['n']],
    ]);
    expect(readQuery('sum by (d) (label_replace(a, "d", "$1", "e", "(.*)"))').groupings).toMatchObject([{ kind: 'by', labels: ['d'], made: ['d'] }]);
    expect(readQuery('sum(count_values("v", a)) by (v)').groupings).toMatchObject([{ made: ['v'] }]);
  });

  test('tells what it compares', () => {
    const { comparisons, operators } = readQuery('a > 1.5 * avg_over_time(b[7d:1h]) and c unless d');
    expect(comparisons.map((c) => [c.left.map((s) => s.metric), c.right.map((s) => s.metric)])).toEqual([[['a'], ['b']]]);
    expect([...operators].sort()).toEqual(['and', 'unless']);
  });

  test.each(['sum(x)[7d]', 'sum(', 'x{', 'rate(x[5m)', 'x y', ''])('is refused where it is no PromQL: %s', (text) => {
    expect(readQuery(text).faults).not.toEqual([]);
  });

  test('may be as deep or as long as anybody likes', () => {
    expect(readQuery(`${'('.repeat(1000)}x${')'.repeat(1000)}`)).toMatchObject({ selectors: [{ metric: 'x' }], faults: [] });
    expect(readQuery(`${'('.repeat(9000)}x${')'.repeat(9000)}`).faults).not.toEqual([]);
    expect(readQuery('x+'.repeat(20_000)).faults).toHaveLength(1);
  });

  test('may be anything', () => {
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => void readQuery(text)));
    const words = ['sum', 'by', '(', ')', '{', '}', '=', '"a"', 'x', '[5m]', '>', 'on', ',', 'and', 'offset', '1h', '`'];
    fc.assert(fc.property(fc.array(fc.constantFrom(...words), { maxLength: 40 }), (parts) => void readQuery(parts.join(' '))));
  });
});

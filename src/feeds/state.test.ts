import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sharedFolder } from '../../cases/foreign/shared-data.ts';
import { readFeed } from '../app/feeds/read-feed.ts';
import type { FeedFilter, FeedSource } from '../model/feed.ts';
import { type IpSet, ipSubtract, ipUnionAll, noAddresses, parseCidr, sameIps, toCidrs } from '../space/ip-set.ts';
import type { Feed } from './feed.ts';
import { providers } from './registry.gen.ts';
import { select } from './select.ts';
import { staleFindings, stalenessOf } from './staleness.ts';
import { type Decision, defaultHoldHours, defaultMostGained, defaultMostLost, type FeedRules, type FeedState, openOf, rollBack, take } from './state.ts';

const filter: FeedFilter = { services: ['S3'], regions: [], families: 'both' };
const rules: FeedRules = {
  holdHours: defaultHoldHours,
  mostLost: defaultMostLost,
  allowShrink: false,
  mostGained: defaultMostGained,
  allowGrowth: false,
  allowLeap: false,
};
const set = (...cidrs: readonly string[]): IpSet => ipUnionAll(cidrs.flatMap((text) => parseCidr(text)?.set ?? []));

function source(version: number | null, more: Partial<FeedSource> = {}): FeedSource {
  return {
    provider: 'aws',
    version: version === null ? null : { text: String(version), order: version },
    date: null,
    fetched: null,
    files: [{ name: 'f', from: null, sha256: String(version) }],
    ...more,
  };
}

function offer(from: FeedSource, listed: IpSet, with_: FeedFilter = filter, underOld: IpSet = listed): Parameters<typeof take>[1] {
  return { filter: with_, source: from, set: listed, underOld, counter: null };
}

function taken(decision: Decision): Extract<Decision, { kind: 'taken' }> {
  if (decision.kind === 'refused') throw new Error(decision.findings.map((f) => f.message).join('\n'));
  return decision;
}

const checksOf = (decision: Decision): readonly string[] => decision.findings.map((f) => `${f.check}: ${f.message}`);
const day = (n: number): string => `2026-11-${String(n).padStart(2, '0')}T00:00:00Z`;
const five = ['203.0.113.0/28', '203.0.113.32/28', '203.0.113.64/28', '203.0.113.96/28', '203.0.113.128/28', '203.0.113.160/28'];

describe('editions', () => {
  const first = taken(take(null, offer(source(7), set(...five)), day(1), rules)).state;

  test('an older one is refused, and the same version with other prefixes', () => {
    expect(checksOf(take(first, offer(source(6), set(...five)), day(2), rules))).toEqual([
      'feed-rollback: The feed goes backwards: version 6 is offered, and version 7 is there already. Nothing was changed.',
    ]);
    expect(checksOf(take(first, offer(source(7), set(...five, '203.0.113.250/32')), day(2), rules))[0]).toMatch(
      /^feed-rollback: Version 7 is in force with other prefixes/,
    );
  });

  test('one of a time to come is refused, at the start too', () => {
    expect(checksOf(take(null, offer(source(9, { date: day(3) }), set(...five)), day(2), rules))[0]).toMatch(
      /^feed-rollback: Version 9 \(2026-11-03\) is of a time to come/,
    );
  });

  test('one that says it was downloaded in a time to come is refused: it would lock out every later one', () => {
    expect(checksOf(take(null, offer(source(null, { fetched: day(9) }), set(...five)), day(2), rules))[0]).toMatch(
      /^feed-rollback: The download of 2026-11-09/,
    );
  });

  test('without versions an older download is refused', () => {
    const state = taken(take(null, offer(source(null, { fetched: day(2) }), set(...five)), day(2), rules)).state;
    expect(checksOf(take(state, offer(source(null, { fetched: day(1) }), set(...five)), day(3), rules))[0]).toMatch(
      /^feed-rollback: The download of 2026-11-01/,
    );
    expect(take(state, offer(source(null), set(...five)), day(3), rules).kind).toBe('taken');
  });

  test('one that lacks more than a fifth is refused, each family for itself, until a person allows it', () => {
    const v6 = ['2001:db8::/33', '2001:db8:8000::/34', '2001:db8:c000::/34'];
    const both = taken(take(null, offer(source(7), set(...five, ...v6)), day(1), rules)).state;
    const less = offer(source(8), set(...five, '2001:db8::/33'));
    expect(checksOf(take(both, less, day(2), rules))).toEqual([
      'feed-shrink: Version 8 lacks 50 % of the IPv6 addresses that were listed before; more than 20 % is taken for a fault of the feed. Nothing was changed.',
    ]);
    const allowed = taken(take(both, less, day(2), { ...rules, allowShrink: true }));
    // Allowed is not shut: what is missing is held.
    expect(sameIps(openOf(allowed.state), openOf(both))).toBe(true);
    expect(take(both, offer(source(8), set(...five.slice(1), ...v6)), day(2), rules).kind).toBe('taken');
  });
});

describe('growth', () => {
  const v6 = ['2001:db8::/33', '2001:db8:8000::/34'];
  const both = taken(take(null, offer(source(7), set(...five, ...v6)), day(1), rules)).state;

  test('by more than a half is refused, each family for itself, until a person allows it', () => {
    const much = offer(source(8), set(...five, ...v6, '203.0.113.192/26', '2001:db8:c000::/34'));
    expect(checksOf(take(both, much, day(2), rules))).toEqual([
      'feed-growth: Version 8 adds 67 % to the IPv4 addresses that are open; more than 50 % is taken for a fault of the feed, or an attack on it. Nothing was changed.',
    ]);
    expect(toCidrs(taken(take(both, much, day(2), { ...rules, allowGrowth: true })).opened)).toEqual(['203.0.113.192/26', '2001:db8:c000::/34']);
    expect(take(both, offer(source(8), set(...five, ...v6, '203.0.113.192/28')), day(2), rules).kind).toBe('taken');
  });

  test('by a family that had no address is refused, however little it is', () => {
    const one = taken(take(null, offer(source(7), set(...five)), day(1), rules)).state;
    expect(checksOf(take(one, offer(source(8), set(...five, '2001:db8::/128')), day(2), rules))[0]).toMatch(
      /^feed-growth: Version 8 lists IPv6 addresses where none were open before/,
    );
  });

  test('is not what comes back from the hold-down, and is told beside a loss', () => {
    const third = taken(take(both, offer(source(8), set(...five.slice(0, 2), ...v6)), day(2), { ...rules, allowShrink: true })).state;
    expect(take(third, offer(source(9), set(...five, ...v6)), day(2), rules).kind).toBe('taken');
    expect(checksOf(take(both, offer(source(8), set('198.51.100.0/24', ...v6)), day(2), rules)).map((c) => c.split(':')[0])).toEqual([
      'feed-shrink',
      'feed-growth',
    ]);
  });
});

describe('a removal', () => {
  const first = taken(take(null, offer(source(1), set(...five)), day(1), rules)).state;
  const gone = set(...five.slice(1));
  const missed = taken(take(first, offer(source(2), gone), day(2), rules));

  test('is held, and shut a day later by an edition that still lacks it', () => {
    expect(toCidrs(missed.missed)).toEqual(['203.0.113.0/28']);
    expect(missed.shut).toEqual(noAddresses);
    const early = taken(take(missed.state, offer(source(2), gone), '2026-11-02T23:59:59Z', rules));
    expect(toCidrs(openOf(early.state))).toEqual(toCidrs(set(...five)));
    const late = taken(take(missed.state, offer(source(2), gone), day(3), rules));
    expect(toCidrs(late.shut)).toEqual(['203.0.113.0/28']);
    expect(late.state.held).toEqual([]);
  });

  test('is cancelled when the prefix comes back, and counts anew when it goes again', () => {
    const back = taken(take(missed.state, offer(source(3), set(...five)), '2026-11-02T20:00:00Z', rules));
    expect(checksOf(back)).toEqual(['feed-flap: 203.0.113.0/28 had gone and came back: its removal is cancelled.']);
    const again = taken(take(back.state, offer(source(4), gone), '2026-11-02T22:00:00Z', rules));
    const nextDay = taken(take(again.state, offer(source(4), gone), '2026-11-03T12:00:00Z', rules));
    expect(nextDay.shut).toEqual(noAddresses);
  });

  test('is held when the clock goes backwards', () => {
    expect(taken(take(missed.state, offer(source(2), gone), day(1), rules)).shut).toEqual(noAddresses);
  });
});

describe('by hand', () => {
  const first = taken(take(null, offer(source(1), set(...five)), day(1), rules)).state;
  const more = taken(take(first, offer(source(2), set(...five, '203.0.113.250/32')), day(2), rules)).state;

  test('a rollback gives what was open before, and waits for a newer edition', () => {
    const back = rollBack(more) as FeedState;
    expect(openOf(back)).toEqual(openOf(first));
    expect(checksOf(take(back, offer(source(2), openOf(more)), day(3), rules))).toEqual([
      'feed-rollback: Version 2 was rolled back by hand, and is not taken again. Nothing was changed.',
    ]);
    const newer = taken(take(back, offer(source(3), openOf(more)), day(3), rules));
    expect(newer.state.rejected).toBeNull();
    expect(rollBack(back)).toBeNull();
  });

  test('an edition with a version out of all reason does not lock out the real ones for good', () => {
    const poisoned = taken(take(more, offer(source(9_000_000_000_000), set(...five, '203.0.113.192/28')), day(3), rules)).state;
    expect(take(poisoned, offer(source(3), openOf(more)), day(3), rules).kind).toBe('refused');
    const back = rollBack(poisoned) as FeedState;
    const real = taken(take(back, offer(source(3), openOf(more)), day(4), rules));
    expect(take(real.state, offer(source(9_000_000_000_000), openOf(poisoned)), day(4), rules).kind).toBe('refused');
    expect(take(real.state, offer(source(2), openOf(more)), day(4), rules).kind).toBe('refused');
  });

  test('a number that counts leaps no further than twice the pace of the feed, at the start neither, unless a person says so', () => {
    const counter = { order: 363, at: '2025-07-22T00:00:00Z', perYear: 52 };
    const counted = (version: number, more: Partial<FeedSource> = {}): Parameters<typeof take>[1] => ({
      ...offer(source(version, more), set(...five)),
      counter,
    });
    const begun = (version: number): FeedState => taken(take(null, counted(version, { date: day(1) }), day(1), rules)).state;
    expect(checksOf(take(null, counted(999_999_999), day(1), rules))[0]).toMatch(/^feed-leap: Version 999999999 is offered, and no edition .* above 507/);
    expect(take(null, counted(999_999_999), day(1), { ...rules, allowLeap: true }).kind).toBe('taken');
    // Ten in a row, and two a week from then on.
    expect(take(begun(400), counted(410), day(1), rules).kind).toBe('taken');
    expect(checksOf(take(begun(400), counted(412), day(1), rules))[0]).toMatch(/^feed-leap/);
    expect(take(begun(400), counted(412), day(8), rules).kind).toBe('taken');
    // Years without an edition, and an edition of which nobody knows the day.
    expect(take(begun(400), counted(560), '2028-11-01T00:00:00Z', rules).kind).toBe('taken');
    const dateless = taken(take(null, counted(400), day(1), rules)).state;
    expect([take(dateless, counted(500), day(1), rules).kind, take(dateless, counted(600), day(1), rules).kind]).toEqual(['taken', 'refused']);
  });

  test('another filter starts the set anew, but not from an edition that has shrunk', () => {
    const narrow: FeedFilter = { ...filter, regions: ['us-east-1'] };
    const now = taken(take(more, offer(source(3), set(...five.slice(4)), narrow, openOf(more)), day(3), rules));
    expect(toCidrs(openOf(now.state))).toEqual(toCidrs(set(...five.slice(4))));
    expect(now.state.held).toEqual([]);
    expect(take(more, offer(source(3), set(...five.slice(4)), narrow, noAddresses), day(3), rules).kind).toBe('refused');
  });
});

describe('age', () => {
  test.each([
    ['fresh', { date: day(1), fetched: day(9) }, false],
    ['old by its date, though downloaded today', { date: '2026-10-01T00:00:00Z', fetched: day(10) }, true],
    ['not downloaded for long', { date: null, fetched: '2026-10-01T00:00:00Z' }, true],
    ['not known', { date: null, fetched: null }, true],
    ['in the future', { date: day(12), fetched: null }, false],
  ])('%s', (_, dates, stale) => {
    const of = stalenessOf(source(1, dates), 14, day(10));
    expect(of.stale).toBe(stale);
    expect(staleFindings(source(1, dates), of).map((f) => f.check)).toEqual(stale ? ['feed-stale'] : []);
  });
});

const snapshots = sharedFolder('ip-ranges');

describe.skipIf(snapshots === undefined)('published editions, one after the other (skipped where ../shared/data/ip-ranges is absent)', () => {
  const feedOf = (id: string, name: string): Feed => {
    const provider = providers.find((p) => p.id === id);
    const { result } = readFeed(provider as NonNullable<typeof provider>, [{ file: name, text: readFileSync(join(snapshots ?? '', name), 'utf8') }]);
    if (!result.ok) throw new Error(name);
    return result.value;
  };
  const cache = new Map<string, Feed>();
  const edition = (name: string): Feed => {
    const known = cache.get(name) ?? feedOf(name.slice(0, name.indexOf('/')), name);
    cache.set(name, known);
    return known;
  };
  const step = (state: FeedState | null, name: string, with_: FeedFilter, now: string): Decision => {
    const feed = edition(name);
    const listed = select(feed, with_);
    if (!listed.ok) throw new Error(listed.diagnostics[0]?.message);
    const from: FeedSource = { provider: feed.provider, version: feed.version, date: feed.date, fetched: null, files: [{ name, from: null, sha256: name }] };
    return take(state, { ...offer(from, listed.value, with_), counter: providers.find((p) => p.id === feed.provider)?.counter ?? null }, now, rules);
  };
  const s3 = (...regions: readonly string[]): FeedFilter => ({ services: ['S3'], regions, families: 'both' });
  const flap = ['aws/ip-ranges.2026-08-22T11-57.json', 'aws/ip-ranges.2026-08-22T15-17.json'] as const;
  const nothing = { opened: noAddresses, missed: noAddresses, returned: noAddresses, shut: noAddresses };

  test('the flap of 2026-08-22 moves no rule on S3, and EC2 of its region is never shut', () => {
    const s3Before = taken(step(null, flap[0], s3(), '2026-08-22T12:00:00Z')).state;
    expect(taken(step(s3Before, flap[1], s3(), '2026-08-22T15:30:00Z'))).toMatchObject(nothing);
    const ec2: FeedFilter = { services: ['EC2'], regions: ['ap-southeast-3'], families: 'v4' };
    const [with_, without] = [flap[0], flap[1]].map((name) => {
      const listed = select(edition(name), ec2);
      return listed.ok ? listed.value : noAddresses;
    }) as [IpSet, IpSet];
    const flapping = toCidrs(ipUnionAll([ipSubtract(with_, without), ipSubtract(without, with_)]));
    expect(flapping).toEqual(['1.178.86.0/24']);
    // In and out every two hours for three days, under versions that rise: opened once, never shut.
    let state: FeedState | null = null;
    let shut = 0;
    let flaps = 0;
    for (let i = 0; i < 36; i++) {
      const now = new Date(Date.parse('2026-08-22T00:00:00Z') + i * 7_200_000).toISOString();
      const listed = i % 2 === 0 ? with_ : without;
      const next = taken(take(state, offer(source(1000 + i), listed, ec2), now, rules));
      shut += toCidrs(next.shut).length;
      flaps += next.findings.length;
      state = next.state;
    }
    expect(shut).toBe(0);
    expect(flaps).toBe(17);
  });

  test('the S3 change of 2026-04-13 opens eleven prefixes in three regions and moves no other', () => {
    const [before, after] = ['aws/ip-ranges.2026-04-13T20-07.json', 'aws/ip-ranges.2026-04-13T22-07.json'];
    const opened = (...regions: readonly string[]): number => {
      const state = taken(step(null, before as string, s3(...regions), '2026-04-13T20:30:00Z')).state;
      const next = taken(step(state, after as string, s3(...regions), '2026-04-13T22:30:00Z'));
      expect(next.missed).toEqual(noAddresses);
      return toCidrs(next.opened).length;
    };
    for (const region of ['us-east-1', 'ap-southeast-1', 'eu-west-1']) expect(opened(region), region).toBeGreaterThan(0);
    for (const region of ['us-east-2', 'us-west-2', 'eu-central-1', 'GLOBAL']) expect(opened(region), region).toBe(0);
  });

  test('no step from one edition to the next is too much growth, for any service or region of AWS and Azure; a feed with half of another network is', () => {
    for (const [before, after] of [
      ['aws/ip-ranges.2026-04-13T20-07.json', 'aws/ip-ranges.2026-04-13T22-07.json'],
      [flap[0], flap[1]],
      ['azure/ServiceTags_Public.331.2024-11-12.rollback.json', 'azure/ServiceTags_Public.332.2024-11-12.json'],
    ] as const) {
      for (const service of new Set(edition(before).groups.map((g) => g.service))) {
        const filtered: FeedFilter = { services: [service], regions: [], families: 'both' };
        const state = taken(step(null, before, filtered, '2026-08-22T12:00:00Z')).state;
        expect(
          checksOf(step(state, after, filtered, '2026-08-22T16:00:00Z')).filter((c) => c.startsWith('feed-growth')),
          `${after} ${service}`,
        ).toEqual([]);
      }
    }
    const state = taken(step(null, flap[0], s3(), '2026-08-22T12:00:00Z')).state;
    const listed = ipUnionAll([state.listed, set('16.0.0.0/8')]);
    expect(checksOf(take(state, offer(source(9_000_000_000), listed, s3()), '2026-08-22T16:00:00Z', rules))[0]).toMatch(
      /^feed-growth: .* adds \d+ % to the IPv4/,
    );
  });

  test('a year: nothing that S3 had over IPv4 is missed', () => {
    const state = taken(step(null, 'aws/ip-ranges.2025-08-22.json', { ...s3(), families: 'v4' }, '2025-08-23T00:00:00Z')).state;
    const next = taken(step(state, flap[1], { ...s3(), families: 'v4' }, '2026-08-22T16:00:00Z'));
    expect(next.missed).toEqual(noAddresses);
    expect(toCidrs(next.opened).length).toBeGreaterThan(20);
    expect(step(next.state, 'aws/ip-ranges.2025-08-22.json', { ...s3(), families: 'v4' }, '2026-08-22T17:00:00Z').kind).toBe('refused');
  });

  test('Google’s new tokens without a change move nothing', () => {
    const all: FeedFilter = { services: [], regions: [], families: 'both' };
    const state = taken(step(null, 'gcp/cloud.2025-07-24.prev.json', all, '2025-07-25T03:00:00Z')).state;
    const next = taken(step(state, 'gcp/cloud.2025-07-24.json', all, '2025-07-25T04:00:00Z'));
    expect(next).toMatchObject(nothing);
    expect({ ...next.state, latest: null }).toEqual({ ...state, latest: null });
  });

  test('Azure 332, 331, 332: the step back is refused and the state stays', () => {
    const storage: FeedFilter = { services: ['Storage'], regions: [], families: 'both' };
    const state = taken(step(null, 'azure/ServiceTags_Public.332.2024-11-12.json', storage, '2024-11-12T10:00:00Z')).state;
    const back = step(state, 'azure/ServiceTags_Public.331.2024-11-12.rollback.json', storage, '2024-11-12T10:30:00Z');
    expect(checksOf(back)[0]).toBe('feed-rollback: The feed goes backwards: version 331 is offered, and version 332 is there already. Nothing was changed.');
    expect(taken(step(state, 'azure/ServiceTags_Public.332.2024-11-12.json', storage, '2024-11-12T11:00:00Z')).state).toEqual(state);
    expect(step(state, 'azure/ServiceTags_Public.363.2025-07-22.json', storage, '2025-07-22T11:00:00Z').kind).toBe('taken');
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sharedFolder } from '../../cases/foreign/shared-data.ts';
import { readFeed } from '../app/feeds/read-feed.ts';
import type { FeedFilter } from '../model/feed.ts';
import { type IpSet, toCidrs } from '../space/ip-set.ts';
import type { Feed } from './feed.ts';
import { sharedStoreFindings } from './overlap.ts';
import type { FeedProvider } from './provider.ts';
import { providers } from './registry.gen.ts';
import { filterOf, select } from './select.ts';

const all: FeedFilter = { services: [], regions: [], families: 'both' };

function providerOf(id: string): FeedProvider {
  const found = providers.find((p) => p.id === id);
  if (found === undefined) throw new Error(`no provider ${id}`);
  return found;
}

function read(id: string, ...texts: readonly string[]): Feed {
  const { result } = readFeed(
    providerOf(id),
    texts.map((text, i) => ({ file: `${i}.json`, text })),
  );
  if (!result.ok) throw new Error(result.diagnostics.map((d) => d.message).join('\n'));
  return result.value;
}

function taken(feed: Feed, filter: Partial<FeedFilter>): IpSet {
  const result = select(feed, filterOf({ ...all, ...filter }));
  if (!result.ok) throw new Error(result.diagnostics.map((d) => d.message).join('\n'));
  return result.value;
}

/** Faults as `line:column code`. */
function faults(id: string, ...texts: readonly string[]): readonly string[] {
  const { result, locator } = readFeed(
    providerOf(id),
    texts.map((text, i) => ({ file: `f${i}`, text })),
  );
  return result.diagnostics.map((d) => {
    const place = d.origin === null ? null : locator.locate(d.origin);
    return `${place?.file}:${place?.line}:${place?.column} ${d.code}`;
  });
}

const google = (token: string, ...prefixes: readonly string[]): string =>
  JSON.stringify({ syncToken: token, creationTime: 'x', prefixes: prefixes.map((p) => (p.includes(':') ? { ipv6Prefix: p } : { ipv4Prefix: p })) });

/** A small edition of each, and what is read of it. */
const editions: Readonly<
  Record<
    string,
    { readonly texts: readonly string[]; readonly filter: Partial<FeedFilter>; readonly gives: readonly string[]; readonly version: number | null }
  >
> = {
  aws: {
    texts: [
      JSON.stringify({
        syncToken: '1787411825',
        createDate: '2026-08-22-15-17-05',
        prefixes: [
          { ip_prefix: '52.216.0.0/16', region: 'us-east-1', service: 'S3', network_border_group: 'us-east-1' },
          { ip_prefix: '52.217.0.0/16', region: 'us-east-1', service: 'S3', network_border_group: 'us-east-1' },
          { ip_prefix: '3.5.0.0/19', region: 'eu-west-1', service: 'S3', network_border_group: 'eu-west-1' },
        ],
        ipv6_prefixes: [{ ipv6_prefix: '2600:1FA0:8000::/40', region: 'us-east-1', service: 'S3', network_border_group: 'us-east-1' }],
      }),
    ],
    filter: { services: ['S3'], regions: ['us-east-1'] },
    gives: ['52.216.0.0/15', '2600:1fa0:8000::/40'],
    version: 1787411825,
  },
  gcp: { texts: [google('1697529846610', '34.1.208.0/20', '34.1.208.0/24')], filter: {}, gives: ['34.1.208.0/20'], version: 1697529846610 },
  google: { texts: [google('1697529846610', '8.8.8.0/24', '2001:4860::/32')], filter: { families: 'v4' }, gives: ['8.8.8.0/24'], version: 1697529846610 },
  'google-apis': {
    texts: [google('1697529846610', '34.0.0.0/22'), google('1697529846610', '34.0.1.0/24')],
    filter: {},
    gives: ['34.0.0.0/24', '34.0.2.0/23'],
    version: 1697529846610,
  },
  azure: {
    texts: [
      JSON.stringify({
        changeNumber: 363,
        cloud: 'Public',
        values: [
          { name: 'Storage', id: 'Storage', properties: { region: '', addressPrefixes: ['20.38.64.0/19', '20.60.0.0/24'] } },
          { name: 'Storage.WestEurope', id: 'x', properties: { region: 'westeurope', addressPrefixes: ['20.60.0.0/24', '2603:1020:206:1::/64'] } },
          { name: 'AzureFrontDoor.Backend', id: 'x', properties: { region: '', addressPrefixes: ['4.213.81.64/29'] } },
        ],
      }),
    ],
    filter: { services: ['Storage'], regions: ['westeurope'] },
    gives: ['20.60.0.0/24', '2603:1020:206:1::/64'],
    version: 363,
  },
  oci: {
    texts: [
      JSON.stringify({
        last_updated_timestamp: '2025-07-21T07:13:25.457838',
        regions: [
          {
            region: 'us-ashburn-1',
            cidrs: [
              { cidr: '134.70.24.0/21', tags: ['OSN', 'OBJECT_STORAGE'] },
              { cidr: '129.80.0.0/16', tags: ['OCI'] },
            ],
          },
        ],
      }),
    ],
    filter: { services: ['OBJECT_STORAGE'] },
    gives: ['134.70.24.0/21'],
    version: Date.parse('2025-07-21T07:13:25Z'),
  },
  github: {
    texts: [
      JSON.stringify({
        verifiable_password_authentication: false,
        ssh_keys: ['ssh-ed25519 AAAA'],
        git: ['192.30.252.0/22'],
        web: ['140.82.112.0/20'],
        domains: { a: ['*.github.com'] },
      }),
    ],
    filter: { services: ['git'] },
    gives: ['192.30.252.0/22'],
    version: null,
  },
  cloudflare: {
    texts: ['173.245.48.0/20\r\n103.21.244.0/22\n\n', '2400:cb00::/32'],
    filter: {},
    gives: ['103.21.244.0/22', '173.245.48.0/20', '2400:cb00::/32'],
    version: null,
  },
};

describe('each provider', () => {
  test.each(providers.map((p) => p.id))('%s is read', (id) => {
    const edition = editions[id];
    if (edition === undefined) throw new Error(`write an edition of ${id} here`);
    const feed = read(id, ...edition.texts);
    expect(toCidrs(taken(feed, edition.filter))).toEqual(edition.gives);
    expect(feed.version?.order ?? null).toBe(edition.version);
    expect(
      providerOf(id)
        .cannotTell(feed, filterOf({ ...all, ...edition.filter }))
        .every((note) => note.endsWith('.')),
    ).toBe(true);
  });

  test.each(providers.map((p) => p.id))('%s refuses what is no feed, without a throw', (id) => {
    const { files } = providerOf(id);
    for (const text of [
      '',
      '[]',
      '{}',
      'null',
      '"x"',
      '{"__proto__": 1, "constructor": [1]}',
      '{"prefixes": {}, "values": 3, "regions": [7], "syncToken": {}, "git": [[]]}',
    ]) {
      const { result } = readFeed(
        providerOf(id),
        files.map(({ name }) => ({ file: name, text })),
      );
      expect(result.ok, text).toBe(false);
      expect(result.diagnostics.length).toBeGreaterThan(0);
    }
  });
});

describe('faults are told at their place', () => {
  const aws = (prefix: string): string =>
    `{"syncToken": "1787411825", "ipv6_prefixes": [],\n"prefixes": [{"service": "S3", "region": "r", "ip_prefix": ${prefix}}]}`;

  test.each([
    ['host bits', '"52.216.0.1/16"'],
    ['no prefix', '"52.216.0.0"'],
    ['no text', '4'],
    ['half of the internet', '"0.0.0.0/1"'],
    ['the metadata service', '"169.254.169.254/32"'],
    ['a private block', '"10.20.0.0/16"'],
    ['a block that holds private ones', '"172.0.0.0/8"'],
    ['loopback over IPv6', '"::1/128"'],
    ['unique local', '"fc00::/18"'],
    ['6to4', '"2002:a00::/24"'],
    ['IPv4 as IPv6', '"::ffff:52.216.0.0/112"'],
  ])('%s', (_, prefix) => {
    expect(faults('aws', aws(prefix))[0]).toBe('f0:2:60 bad-prefix');
  });

  test('a key that stands twice', () => {
    expect(faults('aws', '{"syncToken": "1", "syncToken": "2"}')[0]).toMatch(/^f0:1:\d+ duplicate-key$/);
  });

  test('a line of a list', () => {
    expect(faults('cloudflare', '173.245.48.0/20\nnonsense', '')).toEqual(['f0:2:1 bad-prefix']);
  });

  test('versions that do not compare', () => {
    for (const token of ['"latest"', '1.5', '"99999999999999999999"', '"-1"', 'null', '"17874118250000"'])
      expect(
        faults('aws', `{"syncToken": ${token}, "prefixes": [{"service": "S3", "region": "r", "ip_prefix": "52.216.0.0/16"}], "ipv6_prefixes": []}`),
        token,
      ).toHaveLength(1);
  });

  test('two files of different moments are not subtracted', () => {
    expect(faults('google-apis', google('1697529846610', '34.0.0.0/22'), google('1697529846611', '34.0.1.0/24'))[0]).toMatch(/^f1:1:\d+ tokens-differ$/);
  });

  test('a flood of them is counted', () => {
    expect(faults('cloudflare', 'x\n'.repeat(200_000), '')).toHaveLength(101);
    const entries = JSON.stringify(Array.from({ length: 100_000 }, () => ({})));
    expect(faults('aws', `{"syncToken": "1787411825", "prefixes": ${entries}, "ipv6_prefixes": []}`)).toHaveLength(101);
  });

  test('the day in the name of Azure’s file is its date, unless there is no such day', () => {
    const azure = editions.azure?.texts[0] ?? '';
    const dateOf = (name: string): string | null => {
      const { result } = readFeed(providerOf('azure'), [{ file: name, text: azure }]);
      return result.ok ? result.value.date : 'refused';
    };
    expect(dateOf('ServiceTags_Public_20250722.json')).toBe('2025-07-22T00:00:00Z');
    expect([dateOf('ServiceTags_Public_20250230.json'), dateOf('x.json')]).toEqual([null, null]);
  });
});

describe('a filter', () => {
  const feed = read('aws', ...(editions.aws?.texts ?? []));
  const refused = (filter: Partial<FeedFilter>): readonly string[] => {
    const result = select(feed, filterOf({ ...all, ...filter }));
    return result.ok ? [] : result.diagnostics.map((d) => `${d.code}: ${d.hint}`);
  };

  test('that names what is not there is refused, and says what was meant', () => {
    expect(refused({ services: ['s3'] })).toEqual(['unknown-service: Did you mean S3?']);
    expect(refused({ services: ['S3'], regions: ['us-east1', 'constructor'] })).toEqual([
      'unknown-region: It has eu-west-1, us-east-1.',
      'unknown-region: Did you mean us-east-1?',
    ]);
  });

  test('that takes nothing is refused', () => {
    expect(refused({ services: ['S3'], regions: ['eu-west-1'], families: 'v6' })).toEqual(['nothing-taken: Widen the filter.']);
  });

  test('that names no service of several is refused: it would take all of a cloud', () => {
    const github = read('github', ...(editions.github?.texts ?? []));
    const result = select(github, all);
    expect(result.ok ? [] : result.diagnostics.map((d) => d.code)).toEqual(['no-service']);
  });

  test('is canonical: order and repeats count nothing', () => {
    expect(filterOf({ services: ['b', 'a', 'b'], regions: [], families: 'v4' })).toEqual({ services: ['a', 'b'], regions: [], families: 'v4' });
  });
});

const snapshots = sharedFolder('ip-ranges');

describe.skipIf(snapshots === undefined)('editions that were published (skipped where ../shared/data/ip-ranges is absent)', () => {
  const published = (id: string, ...names: readonly string[]): Feed => read(id, ...names.map((name) => readFileSync(join(snapshots ?? '', name), 'utf8')));
  const counts = (set: IpSet): readonly [number, number] => [toCidrs({ ...set, v6: [] }).length, toCidrs({ ...set, v4: [] }).length];
  // Read where a test runs: the body of a suite runs although it is skipped.
  const aws = (): Feed => published('aws', 'aws/ip-ranges.2026-08-22T15-17.json');

  test('merging is exact: as many blocks as another implementation gives', () => {
    const feed = aws();
    expect(counts(taken(feed, { services: feed.groups.map((g) => g.service) }))[0]).toBe(1753);
    expect(counts(taken(published('gcp', 'gcp/cloud.2025-07-24.json'), {}))[0]).toBe(349);
    expect(counts(taken(published('google-apis', 'gcp/goog.2023-10-17.json', 'gcp/cloud.2023-10-17.json'), {}))).toEqual([199, 76]);
  });

  test('S3 by region', () => {
    const feed = aws();
    for (const [region, v4] of [
      ['us-east-1', 15],
      ['us-east-2', 22],
      ['eu-west-1', 10],
      ['ap-southeast-1', 16],
    ] as const)
      expect(counts(taken(feed, { services: ['S3'], regions: [region] }))[0], region).toBe(v4);
  });

  test('169 of 441 S3 prefixes are EC2’s too, and it is said', () => {
    const source = { provider: 'aws', version: null, date: null, fetched: null, files: [] } as const;
    const said = (regions: readonly string[], services = ['S3']) =>
      sharedStoreFindings(aws(), { services, regions, families: 'v4' }, source).map((one) => one.message);
    expect(said([])[0]).toMatch(/^262 of these 441 S3 prefixes hold addresses that are listed for EC2 too \(169 as they stand; /);
    expect(said(['us-east-1'])[0]).toContain('45,600 of 307,744 IPv4 addresses');
    expect(said(['eu-central-1'])[0]).toContain('4,128 of 11,808 IPv4 addresses');
    expect(said([], ['ROUTE53_RESOLVER'])).toEqual([]);
  });

  test('Azure, OCI, GitHub, Cloudflare', () => {
    const azure = published('azure', 'azure/ServiceTags_Public.363.2025-07-22.json');
    expect(azure.groups.reduce((sum, g) => sum + g.v4.length + g.v6.length, 0)).toBe(90_493);
    expect(taken(azure, { services: ['Storage'], regions: ['westeurope'] }).v4.length).toBeGreaterThan(10);
    expect(published('oci', 'oci/public_ip_ranges.2025-07-21.json').version?.text).toBe('2025-07-21T07:13:25.457838');
    expect(counts(taken(published('cloudflare', 'cloudflare/ips-v4.txt', 'cloudflare/ips-v6.txt'), {}))).toEqual([15, 7]);
    expect(taken(published('github', 'github/meta.2025-07-25.json'), { services: ['git'] }).v4.length).toBeGreaterThan(0);
  });
});

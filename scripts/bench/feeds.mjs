// How fast feeds are read, merged and compared, in a process of its own: node --expose-gc scripts/bench/feeds.mjs SHAPE prints figures as JSON.
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { built } from '../steps/printing.mjs';
import { numbers } from './teams.mjs';

const rounds = 7;

/** As many prefixes as Amazon's list of 2026-08-22 has: some touch, some lie in others, most are wide enough to be believed. */
function amazon(version) {
  const random = numbers(20_260_822);
  const services = ['AMAZON', 'AMAZON', 'AMAZON', 'EC2', 'S3', 'CLOUDFRONT'];
  const entry = (key, prefix) => ({ [key]: prefix, region: `region-${random(36)}`, service: services[random(services.length)], network_border_group: 'x' });
  const prefixes = Array.from({ length: 10_668 }, () => {
    const length = 16 + random(13);
    const size = 2 ** (32 - length);
    const at = Math.floor((2 ** 24 * (12 + random(60)) + random(2 ** 24)) / size) * size;
    return entry('ip_prefix', `${[24, 16, 8, 0].map((shift) => Math.floor(at / 2 ** shift) % 256).join('.')}/${length}`);
  });
  const ipv6 = Array.from({ length: 6160 }, () => entry('ipv6_prefix', `2600:${(0x1f00 + random(255)).toString(16)}:${(random(255) * 256).toString(16)}::/40`));
  return JSON.stringify({ syncToken: String(1_787_411_825 + version), prefixes, ipv6_prefixes: ipv6 }, null, 2);
}

/** As many tags and prefixes as Azure's list of 2025-07-22 has, and about as long. */
function azure(version) {
  const random = numbers(363 + version);
  const values = Array.from({ length: 2967 }, (_, i) => {
    const region = i % 8 === 0 ? '' : `region${i % 60}`;
    const service = ['Storage', 'Sql', 'AzureCloud', 'AzureMonitor', 'KeyVault'][i % 5];
    const addressPrefixes = Array.from({ length: 30 + (i % 2) }, () =>
      random(4) === 0
        ? `2603:${(0x1000 + random(64)).toString(16)}:${random(4096).toString(16)}::/48`
        : `${[4, 13, 20, 40, 52, 104][random(6)]}.${random(256)}.${random(256)}.${8 * random(32)}/29`,
    );
    return {
      name: region === '' ? service : `${service}.${region}`,
      id: `${i}`,
      properties: { changeNumber: 1, region, systemService: service, addressPrefixes },
    };
  });
  return JSON.stringify({ changeNumber: 363 + version, cloud: 'Public', values }, null, 2);
}

export const feeds = {
  'feed-amazon': {
    what: 'a list as long as Amazon’s, all of its IPv4',
    provider: 'aws',
    make: amazon,
    filter: { services: ['AMAZON', 'CLOUDFRONT', 'EC2', 'S3'], regions: [], families: 'v4' },
  },
  'feed-azure': {
    what: 'a list as long as Azure’s, Storage of every region',
    provider: 'azure',
    make: azure,
    filter: { services: ['Storage'], regions: [], families: 'both' },
  },
};

async function measure(name) {
  const { provider: id, make, filter } = feeds[name];
  const [{ readFeed }, { providers }, { select }, { take }] = await Promise.all(
    ['app/feeds/read-feed.js', 'feeds/registry.gen.js', 'feeds/select.js', 'feeds/state.js'].map(built),
  );
  const provider = providers.find((p) => p.id === id);
  const texts = [0, 1].map((version) => make(version));
  const best = { read: Number.POSITIVE_INFINITY, merge: Number.POSITIVE_INFINITY, diff: Number.POSITIVE_INFINITY };
  const time = (what, work) => {
    globalThis.gc?.();
    const start = performance.now();
    const made = work();
    best[what] = Math.min(best[what], performance.now() - start);
    return made;
  };
  let counts = { prefixes: 0, intervals: 0 };
  for (let round = 0; round < rounds; round++) {
    let state = null;
    for (const text of texts) {
      const { result } = time('read', () => readFeed(provider, [{ file: 'feed.json', text }]));
      if (!result.ok) throw new Error(`the reader refuses what the benchmark wrote: ${result.diagnostics[0].message}`);
      const set = time('merge', () => select(result.value, filter));
      if (!set.ok) throw new Error(set.diagnostics[0].message);
      const source = { provider: id, version: result.value.version, date: null, fetched: null, files: [{ name: 'x', from: null, sha256: text.slice(0, 64) }] };
      const offer = { filter, source, set: set.value, underOld: set.value, counter: null };
      const compare = () =>
        take(state, offer, '2026-11-27T00:00:00Z', { holdHours: 24, mostLost: 100, allowShrink: true, mostGained: 100, allowGrowth: true, allowLeap: true });
      // The first edition has nothing to be compared with.
      state = (state === null ? compare() : time('diff', compare)).state;
      counts = {
        prefixes: result.value.groups.reduce((sum, g) => sum + g.v4.length + g.v6.length, 0),
        intervals: set.value.v4.length + set.value.v6.length,
      };
    }
  }
  return { name, megabytes: texts[0].length / 1e6, ...counts, ...best };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(JSON.stringify(await measure(process.argv[2])));

import type { FeedFilter, FeedSource } from '../model/feed.ts';
import type { Finding } from '../model/finding.ts';
import { type IpSet, ipIntersect, ipUnionAll, ipv4, ipv6 } from '../space/ip-set.ts';
import type { Feed } from './feed.ts';

/** Of the S3 prefixes that `filter` takes: how many there are, how many hold an address of EC2, how many stand there for EC2 as they are; and their IPv4 addresses. */
export interface S3Shared {
  readonly all: number;
  readonly shared: number;
  readonly same: number;
  readonly addresses: number;
  readonly sharedAddresses: number;
}

export function s3SharedWithEc2(feed: Feed, filter: FeedFilter): S3Shared {
  const listed = feed.groups.filter((g) => g.service === 'EC2');
  const ec2 = ipUnionAll(listed);
  const asListed = new Set(listed.flatMap((g) => [...g.v4, ...g.v6]).map(([low, high]) => `${low} ${high}`));
  const taken = feed.groups.filter((g) => g.service === 'S3' && (filter.regions.length === 0 || filter.regions.includes(g.region ?? '')));
  const v4 = filter.families === 'v6' ? [] : taken.flatMap((g) => g.v4);
  const v6 = filter.families === 'v4' ? [] : taken.flatMap((g) => g.v6);
  const shared = v4.filter((interval) => ipv4.meets(ec2.v4, interval)).length + v6.filter((interval) => ipv6.meets(ec2.v6, interval)).length;
  const same = [...v4, ...v6].filter(([low, high]) => asListed.has(`${low} ${high}`)).length;
  const s3 = ipUnionAll([{ v4, v6: [] }]);
  return { all: v4.length + v6.length, shared, same, addresses: count(s3), sharedAddresses: count(ipIntersect(s3, ec2)) };
}

/** The finding that published addresses of S3 are, where some are listed for EC2 too: the check of this name says it of what was applied. */
export function sharedStoreFindings(feed: Feed, filter: FeedFilter, source: FeedSource): readonly Finding[] {
  if (feed.provider !== 'aws' || !filter.services.includes('S3')) return [];
  const { all, shared, same, addresses, sharedAddresses } = s3SharedWithEc2(feed, filter);
  if (shared === 0) return [];
  return [
    {
      check: 'store-addresses-shared',
      severity: 'low',
      confidence: 'possible',
      message: `${shared} of these ${all} S3 prefixes ${shared === 1 ? 'holds' : 'hold'} addresses that are listed for EC2 too (${same} as ${same === 1 ? 'it stands' : 'they stand'}; ${grouped(sharedAddresses)} of ${grouped(addresses)} IPv4 addresses): the feed cannot say that no customer’s machine has an address there.`,
      primary: null,
      related: [],
      fix: 'Point the job at an interface endpoint, which makes the rule a few /32s of your own network.',
      subjects: [source.provider],
    },
  ];
}

function count({ v4 }: IpSet): number {
  return v4.reduce((sum, [low, high]) => sum + high - low + 1, 0);
}

function grouped(n: number): string {
  return n.toLocaleString('en-US');
}

import type { FeedFilter } from '../model/feed.ts';
import { ipUnionAll, ipv4, ipv6 } from '../space/ip-set.ts';
import type { Feed } from './feed.ts';

/** Of the S3 prefixes that `filter` takes: how many there are, how many hold an address of EC2, and how many stand there for EC2 as they are. */
export function s3SharedWithEc2(feed: Feed, filter: FeedFilter): { readonly all: number; readonly shared: number; readonly same: number } {
  const listed = feed.groups.filter((g) => g.service === 'EC2');
  const ec2 = ipUnionAll(listed);
  const asListed = new Set(listed.flatMap((g) => [...g.v4, ...g.v6]).map(([low, high]) => `${low} ${high}`));
  const taken = feed.groups.filter((g) => g.service === 'S3' && (filter.regions.length === 0 || filter.regions.includes(g.region ?? '')));
  const v4 = filter.families === 'v6' ? [] : taken.flatMap((g) => g.v4);
  const v6 = filter.families === 'v4' ? [] : taken.flatMap((g) => g.v6);
  const shared = v4.filter((interval) => ipv4.meets(ec2.v4, interval)).length + v6.filter((interval) => ipv6.meets(ec2.v6, interval)).length;
  const same = [...v4, ...v6].filter(([low, high]) => asListed.has(`${low} ${high}`)).length;
  return { all: v4.length + v6.length, shared, same };
}

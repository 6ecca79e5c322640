import type { FeedId, FeedVersion } from '../model/feed.ts';
import type { Interval } from '../space/interval-set.ts';

/** The prefixes that a feed lists under one service and region, as written: neither sorted nor merged. `region` null: the feed knows none here. */
export interface FeedGroup {
  readonly service: string;
  readonly region: string | null;
  readonly v4: readonly Interval<number>[];
  readonly v6: readonly Interval<bigint>[];
}

/** A feed as read. `date` is its own, as an ISO moment; null when it carries none. */
export interface Feed {
  readonly provider: FeedId;
  readonly version: FeedVersion | null;
  readonly date: string | null;
  readonly groups: readonly FeedGroup[];
}

/** How many prefixes a group lists. */
export function prefixCount({ v4, v6 }: FeedGroup): number {
  return v4.length + v6.length;
}

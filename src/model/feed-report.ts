import type { FeedSource } from './feed.ts';
import type { Finding } from './finding.ts';

/** What became of one feed that was fetched. `kept`: the bundle holds a newer edition, which stays. */
export interface FetchedFeed {
  readonly source: FeedSource;
  readonly state: 'created' | 'changed' | 'unchanged' | 'kept';
  readonly prefixes: number;
  readonly services: number;
}

export interface FeedFetchReport {
  readonly folder: string;
  readonly feeds: readonly FetchedFeed[];
  readonly findings: readonly Finding[];
}

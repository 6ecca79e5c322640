import type { FeedFilter, FeedSource, HeldRemoval } from './feed.ts';
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

export const feedTargetKinds = ['NetworkPolicy', 'CiliumCIDRGroup', 'GlobalNetworkSet', 'NetworkSet'] as const;

/** What the addresses of a feed are written as, and for which pods: those of `selector` in `namespace` (null: nobody, sets alone are written), on `ports`. */
export interface FeedTarget {
  readonly kind: (typeof feedTargetKinds)[number];
  readonly name: string;
  readonly namespace: string | null;
  readonly selector: readonly (readonly [key: string, value: string])[];
  readonly ports: readonly number[];
}

/** How a file of a folder compares with what it should be. */
export interface FeedFileState {
  readonly path: string;
  readonly state: 'created' | 'changed' | 'unchanged' | 'removed';
}

/** A held removal, and when it is shut at the earliest. */
export interface HeldUntil extends HeldRemoval {
  readonly until: string;
}

/** What an edition changes, or has changed, in a folder. Blocks in address order. */
export interface FeedChangeReport {
  readonly folder: string;
  readonly target: FeedTarget;
  readonly filter: FeedFilter;
  readonly byHand: readonly string[];
  readonly outcome: 'taken' | 'refused' | 'rolled-back';
  /** The edition that was in force before; null when there was none. */
  readonly before: FeedSource | null;
  readonly offered: FeedSource;
  readonly opened: readonly string[];
  readonly missed: readonly string[];
  readonly returned: readonly string[];
  readonly shut: readonly string[];
  readonly held: readonly HeldUntil[];
  /** Blocks that are open afterwards. */
  readonly open: { readonly v4: number; readonly v6: number };
  /** Empty when the edition is refused. */
  readonly files: readonly FeedFileState[];
  /** Whether the files were written; false where it was only asked. */
  readonly applied: boolean;
  readonly findings: readonly Finding[];
  /** What the feed cannot tell. */
  readonly notes: readonly string[];
}

/** One folder of feeds as it stands. */
export interface FeedStanding {
  readonly folder: string;
  readonly target: FeedTarget;
  readonly filter: FeedFilter;
  readonly byHand: readonly string[];
  readonly latest: FeedSource;
  readonly editionDays: number | null;
  readonly downloadDays: number | null;
  readonly bound: number;
  readonly stale: boolean;
  readonly open: { readonly v4: number; readonly v6: number };
  readonly held: readonly HeldUntil[];
  /** The edition that feeds apply --rollback goes back to. */
  readonly previous: FeedSource | null;
  readonly rejected: FeedSource | null;
  /** Files that are not what was written: changed by hand, or missing. */
  readonly astray: readonly string[];
}

export interface FeedStatusReport {
  readonly feeds: readonly FeedStanding[];
  readonly findings: readonly Finding[];
}

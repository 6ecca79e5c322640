import type { Reader } from '../kernel/reader.ts';
import type { FeedFilter, FeedId } from '../model/feed.ts';
import type { Counter } from './counter.ts';
import type { Feed } from './feed.ts';

/** One file of a feed. `lines` is plain text, which is read as a list of its lines. `url` null: the provider gives each edition an address of its own. */
export interface FeedFile {
  readonly name: string;
  readonly url: string | null;
  readonly format: 'json' | 'lines';
}

/** One file's content, and the name it came under, which may tell its date. */
export interface FeedContent {
  readonly at: Reader;
  readonly file: string;
}

/** A list of addresses that somebody publishes. One file in `src/feeds`; what it means is here, how it is fetched and applied is not. */
export interface FeedProvider {
  readonly id: FeedId;
  readonly title: string;
  readonly files: readonly FeedFile[];
  /** Where people find `files`, and what the feed is. */
  readonly source: string;
  /**
   * Days after which an edition is old by its own date, or by the day of its download where it has none: several times the longest usual pause between two.
   */
  readonly freshDays: number;
  /** How it counts its editions, where their number is no date. */
  readonly counter?: Counter;
  /** A service and region to show in help and messages. */
  readonly example: string;
  /** The feed in `contents` (in the order of `files`). Faults go to the readers; what comes back then is not to be used. */
  read(contents: readonly FeedContent[]): Feed;
  /** What the feed cannot tell about the part that `filter` names. Sentences, each with what to do instead. */
  cannotTell(feed: Feed, filter: FeedFilter): readonly string[];
}

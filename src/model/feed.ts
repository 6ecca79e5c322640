/** The lists of addresses that providers publish, and that are read. */
export type FeedId = (typeof feedIds)[number];

export const feedIds = ['aws', 'gcp', 'google', 'google-apis', 'azure', 'oci', 'github', 'cloudflare'] as const;

/** What a feed calls itself: its token, change number or time of change. `order` compares: a higher one is newer. */
export interface FeedVersion {
  readonly text: string;
  readonly order: number;
}

/** Which families of addresses are wanted. */
export type Families = 'v4' | 'v6' | 'both';

/** Which part of a feed is wanted. Names are the feed's own; no service, or no region, is all of them. In code-unit order, without repeats. */
export interface FeedFilter {
  readonly services: readonly string[];
  readonly regions: readonly string[];
  readonly families: Families;
}

/** Where the bytes of a feed are from. `fetched` is the moment of the download (`2026-11-27T03:00:00Z`); null when nobody wrote it down. */
export interface FeedSource {
  readonly provider: FeedId;
  readonly version: FeedVersion | null;
  /** The feed's own date, as an ISO moment; null when it has none. */
  readonly date: string | null;
  readonly fetched: string | null;
  /** `from` is the address, or the name of the file, that the bytes came from. */
  readonly files: readonly { readonly name: string; readonly from: string | null; readonly sha256: string }[];
}

/** Addresses that the feed lists no more and that stay open for a while. */
export interface HeldRemoval {
  /** When they were first missed, as an ISO moment. */
  readonly since: string;
  readonly cidrs: readonly string[];
}

import type { FeedSource } from '../model/feed.ts';
import type { Finding } from '../model/finding.ts';
import { editionText } from './refusals.ts';

/** How old an edition and its download are, in whole days (null: not known), and whether that is too old. */
export interface Staleness {
  readonly editionDays: number | null;
  readonly downloadDays: number | null;
  readonly bound: number;
  readonly stale: boolean;
}

/**
 * Stale is what is older than `bound` days by its own date, or was not downloaded since; and what carries neither date: of that nobody knows. `now` is an ISO
 * moment; ages in the future count as 0.
 */
export function stalenessOf({ date, fetched }: FeedSource, bound: number, now: string): Staleness {
  const days = (moment: string | null): number | null =>
    moment === null ? null : Math.max(0, Math.floor((Date.parse(now) - Date.parse(moment)) / 86_400_000));
  const [editionDays, downloadDays] = [days(date), days(fetched)];
  const stale = (editionDays === null && downloadDays === null) || (editionDays ?? 0) > bound || (downloadDays ?? 0) > bound;
  return { editionDays, downloadDays, bound, stale };
}

/** The finding that a stale feed is; none when it is fresh. */
export function staleFindings(source: FeedSource, { editionDays, downloadDays, bound, stale }: Staleness): readonly Finding[] {
  if (!stale) return [];
  const age =
    editionDays === null && downloadDays === null
      ? 'its age is not known: it carries no date, and when it was downloaded was not written down'
      : (editionDays ?? 0) > bound
        ? `it is ${editionDays} days old`
        : `it was downloaded ${downloadDays} days ago`;
  return [
    {
      check: 'feed-stale',
      severity: 'medium',
      confidence: 'certain',
      message: `The addresses are those of ${editionText(source)}, and ${age}; more than ${bound} days is stale. What the provider added since is shut, and what it gave up may be somebody else's.`,
      primary: null,
      related: [],
      fix: `Run ringfence feeds fetch ${source.provider} and apply the result; feeds fetch writes down when it was.`,
      subjects: [source.provider],
    },
  ];
}

import type { FeedSource } from '../model/feed.ts';

/** A number that goes up with each edition and is no date: how far it had come at a moment, and how many editions a year there are. */
export interface Counter {
  readonly order: number;
  readonly at: string;
  readonly perYear: number;
}

/** Editions in a row that are no leap: a few corrections in a day. */
const slack = 10;
/** Twice the pace that was seen is believed. */
const faster = 2;
const year = 365 * 24 * 3_600_000;

/**
 * The highest number that an edition of `now` can have, by the pace of the provider since the edition in force, or since the one that is known. A higher one is
 * a slip or an attack: once taken, every real edition would look old for years.
 */
export function mostCounted(counter: Counter, latest: FeedSource | null, now: string): number {
  const reached = (order: number, since: number): number =>
    order + slack + Math.max(0, Math.ceil((faster * counter.perYear * (Date.parse(now) - since)) / year));
  const known = reached(counter.order, Date.parse(counter.at));
  if (latest === null || latest.version === null) return known;
  const moments = [latest.date, latest.fetched].flatMap((moment) => (moment === null ? [] : [Date.parse(moment)]));
  return moments.length > 0 ? reached(latest.version.order, Math.max(...moments)) : Math.max(known, latest.version.order + slack);
}

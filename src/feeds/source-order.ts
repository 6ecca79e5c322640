import type { FeedSource } from '../model/feed.ts';

/** Editions that carry no version are compared by the moment of their download. */
export function isOlder(a: FeedSource, b: FeedSource): boolean {
  if (a.version === null || b.version === null)
    return a.version !== b.version || (a.fetched !== null && b.fetched !== null && Date.parse(a.fetched) < Date.parse(b.fetched));
  return a.version.order < b.version.order;
}

/** Whether `a` is another edition than `b`, and a later one as far as that can be told. */
export function isNewer(a: FeedSource, b: FeedSource): boolean {
  if (a.version !== null && b.version !== null) return a.version.order > b.version.order;
  return !isOlder(a, b) && a.files.some(({ sha256 }, i) => sha256 !== b.files[i]?.sha256);
}

/** Whether the two are one edition: of one version, or of the same bytes. */
export function isSame(a: FeedSource, b: FeedSource): boolean {
  return (a.version !== null && a.version.order === b.version?.order) || a.files.every(({ sha256 }, i) => sha256 === b.files[i]?.sha256);
}

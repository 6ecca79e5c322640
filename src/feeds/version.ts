import { type Reader, shown } from '../kernel/reader.ts';
import type { FeedVersion } from '../model/feed.ts';

/** A version that counts: digits, as text or as a number, small enough to be exact. Undefined, with an error, when it is anything else or absent. */
export function countedVersion(at: Reader): FeedVersion | null {
  const text = typeof at.value === 'number' ? String(at.value) : typeof at.value === 'string' ? at.value : '';
  const order = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(order)) return { text, order };
  at.error('bad-version', `The version is ${at.describe()}; expected a number, which says whether one edition is newer than another.`);
  return null;
}

/** The moment that a count of milliseconds since 1970 names; null, with an error at `at`, when it is none that a feed can carry. */
export function momentOf(at: Reader, milliseconds: number): string | null {
  // 1990 and 2200: outside, the unit is another one.
  if (milliseconds > 631_152_000_000 && milliseconds < 7_258_118_400_000) return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
  at.error('bad-date', `${shown(at.value)} is no date; expected the moment at which the feed was made.`);
  return null;
}

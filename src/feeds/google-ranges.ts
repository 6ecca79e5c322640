import type { Reader } from '../kernel/reader.ts';
import type { FeedVersion } from '../model/feed.ts';
import type { FeedGroup } from './feed.ts';
import { Gathering } from './gathering.ts';
import { countedVersion, momentOf } from './version.ts';

/** One of Google's files. */
interface GoogleRanges {
  readonly version: FeedVersion | null;
  readonly date: string | null;
  readonly groups: readonly FeedGroup[];
}

/**
 * Reads goog.json or cloud.json; entries without a service are of `service`. `syncToken` is the publication time in milliseconds.
 * Source: Google Workspace documentation, obtain Google IP address ranges.
 */
export function readGoogleRanges(at: Reader | undefined, service: string): GoogleRanges {
  const gathering = new Gathering();
  if (at === undefined || !at.expect('an object')) return { version: null, date: null, groups: [] };
  const version = at.required('syncToken') ? countedVersion(at.field('syncToken')) : null;
  if (at.required('prefixes')) {
    for (const entry of at.field('prefixes').each()) {
      if (!entry.expect('an object')) continue;
      const keys = ['ipv4Prefix', 'ipv6Prefix'].filter((key) => entry.has(key));
      const [key] = keys;
      if (key === undefined || keys.length > 1) {
        entry.error(
          'one-of',
          `This entry has ${key === undefined ? 'neither' : 'both'} ipv4Prefix ${key === undefined ? 'nor' : 'and'} ipv6Prefix; expected one of them.`,
        );
        continue;
      }
      gathering.add(entry.field(key), entry.field('service').string() ?? service, entry.field('scope').string() ?? null);
    }
  }
  const date = version === null ? null : momentOf(at.field('syncToken'), version.order);
  return { version, date, groups: gathering.groups(at) };
}

/** Where Google serves them. */
export const googleFiles: { readonly goog: string; readonly cloud: string } = {
  goog: 'https://www.gstatic.com/ipranges/goog.json',
  cloud: 'https://www.gstatic.com/ipranges/cloud.json',
};

/** 724 tokens in six months, by the history of femueller/cloud-ip-ranges: several editions a day, nearly all of them without a change. */
export const googleFreshDays = 14;
export const googleSource = 'https://support.google.com/a/answer/10026322';

import type { FeedSource } from '../model/feed.ts';
import type { Finding } from '../model/finding.ts';
import { type IpSet, toCidrs } from '../space/ip-set.ts';

/** Blocks that a message lists before it counts the rest. */
const mostListed = 5;

function finding(check: string, severity: Finding['severity'], source: FeedSource, message: string, fix: string): Finding {
  return { check, severity, confidence: 'certain', message, primary: null, related: [], fix, subjects: [source.provider] };
}

/** An edition as a message names it: `version 363 (2025-07-22)`. */
export function editionText({ version, date, fetched }: FeedSource): string {
  const day = (date ?? fetched)?.slice(0, 10);
  if (version === null) return fetched === null ? 'an edition of no known date' : `the download of ${fetched}`;
  return `version ${version.text}${day === undefined ? '' : ` (${day})`}`;
}

/** Versions tell, or the moments of the downloads where the feed carries none. */
export function olderThan(source: FeedSource, there: FeedSource): Finding {
  const message =
    source.version === null
      ? `${upper(editionText(source))} is older than ${editionText(there)}, which is there already; the feed itself carries no version.`
      : `The feed goes backwards: ${editionText(source)} is offered, and ${editionText(there)} is there already.`;
  return finding(
    'feed-rollback',
    'high',
    source,
    `${message} Nothing was changed.`,
    'Fetch it again: a cache or a mirror gave an old copy. To go back on purpose, or where the edition there has a number that the provider never gave, use feeds apply --rollback.',
  );
}

export function otherContent(source: FeedSource): Finding {
  return finding(
    'feed-rollback',
    'high',
    source,
    `${upper(editionText(source))} is in force with other prefixes under the same version: one of the two copies is not what was published. Nothing was changed.`,
    'Fetch it again from the provider and compare; the next version is taken as usual.',
  );
}

export function fromTheFuture(source: FeedSource, now: string): Finding {
  return finding(
    'feed-rollback',
    'high',
    source,
    `${upper(editionText(source))} is of a time to come (it is ${now}): once taken, every real edition would look old. Nothing was changed.`,
    'Check the clock of this machine, then fetch the feed again.',
  );
}

export function rolledBack(source: FeedSource): Finding {
  return finding(
    'feed-rollback',
    'medium',
    source,
    `${upper(editionText(source))} was rolled back by hand, and is not taken again. Nothing was changed.`,
    'Wait for another edition; it is taken as usual.',
  );
}

export function shrunk(source: FeedSource, family: 'v4' | 'v6', lost: number, most: number): Finding {
  // Never rounded up to all, nor down to what would be taken.
  const percent = String(Math.ceil(lost) === 100 || lost < most + 1 ? Math.floor(lost * 100) / 100 : Math.round(lost));
  return finding(
    'feed-shrink',
    'high',
    source,
    `${upper(editionText(source))} lacks ${percent} % of the IP${family} addresses that were listed before; more than ${most} % is taken for a fault of the feed. Nothing was changed.`,
    'Look at feeds diff. If the provider means it, apply with --allow-shrink: what is missing is then held before it is shut.',
  );
}

export function grown(source: FeedSource, family: 'v4' | 'v6', gained: number, most: number): Finding {
  const share = Number.isFinite(gained)
    ? `adds ${gained < most + 1 ? Math.ceil(gained * 100) / 100 : Math.round(gained)} % to the IP${family} addresses that are open; more than ${most} % is`
    : `lists IP${family} addresses where none were open before, which is`;
  return finding(
    'feed-growth',
    'high',
    source,
    `${upper(editionText(source))} ${share} taken for a fault of the feed, or an attack on it. Nothing was changed.`,
    'Compare it with what the provider says elsewhere. If the provider means it, apply with --allow-growth: it is open at once.',
  );
}

/** `most` is the highest number that is believed. */
export function leapt(source: FeedSource, most: number): Finding {
  return finding(
    'feed-leap',
    'high',
    source,
    `${upper(editionText(source))} is offered, and no edition of today can have a number above ${most} at twice the pace of this feed: once taken, every real edition would look old. Nothing was changed.`,
    'Fetch it again from the provider. If the provider numbers its editions anew, apply with --allow-leap.',
  );
}

export function flapped(source: FeedSource, returned: IpSet): Finding {
  const cidrs = toCidrs(returned);
  const rest = cidrs.length - mostListed;
  return finding(
    'feed-flap',
    'info',
    source,
    `${cidrs.slice(0, mostListed).join(', ')}${rest > 0 ? ` and ${rest} more` : ''} had gone and came back: ${cidrs.length === 1 ? 'its' : 'their'} removal is cancelled.`,
    'Nothing to do: the hold-down kept the addresses open. Lengthen it if they stay away for longer.',
  );
}

function upper(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

import type { FeedFilter, FeedSource } from '../model/feed.ts';
import type { Finding } from '../model/finding.ts';
import { type IpSet, ipIntersect, ipIsEmpty, ipSubtract, ipUnionAll, noAddresses, sameIps } from '../space/ip-set.ts';
import { type Counter, mostCounted } from './counter.ts';
import { flapped, fromTheFuture, grown, leapt, olderThan, otherContent, rolledBack, shrunk } from './refusals.ts';
import { isNewer, isOlder, isSame } from './source-order.ts';

/** Addresses that the last edition did not list, and since when they are missed (an ISO moment). */
export interface Held {
  readonly since: string;
  readonly set: IpSet;
}

/** What was taken of a feed so far. `listed` and `held` have no address in common; together they are what is open. */
export interface FeedState {
  readonly filter: FeedFilter;
  /** The last edition that was taken. */
  readonly latest: FeedSource;
  /** What it lists under the filter. */
  readonly listed: IpSet;
  /** Oldest first; no two of one moment. */
  readonly held: readonly Held[];
  /** What was open before the last change, and the edition it was of; null before there was one. */
  readonly previous: { readonly open: IpSet; readonly source: FeedSource } | null;
  /** The edition that a person rolled back: it is not taken again. Others are, older ones than it too, if they are newer than `latest`. */
  readonly rejected: FeedSource | null;
}

/** What is offered: an edition, what it lists under the filter, and under the filter of the state, which is the same set unless a person changed the filter. */
export interface Offer {
  readonly filter: FeedFilter;
  readonly source: FeedSource;
  readonly set: IpSet;
  readonly underOld: IpSet;
  /** How the provider counts its editions, where their number is no date; null where it is one, or there is none. */
  readonly counter: Counter | null;
}

export interface FeedRules {
  /** How long an address stays open that is listed no more, in hours. */
  readonly holdHours: number;
  /** An edition that has lost more than this share of the addresses of either family is refused, in percent. */
  readonly mostLost: number;
  /** A person has looked at the loss. */
  readonly allowShrink: boolean;
  /** An edition that adds more than this share to the addresses of either family is refused, in percent of what is open. */
  readonly mostGained: number;
  /** A person has looked at what is added. */
  readonly allowGrowth: boolean;
  /** A person knows that the provider numbers anew. */
  readonly allowLeap: boolean;
}

/** 24 h outlasts the flaps that were seen: 1.178.86.0/24 went and came every one to three hours for days in August 2026. Source: history of seligman/aws-ip-ranges. */
export const defaultHoldHours = 24;
/** In the year to 2026-08-22 no IPv4 prefix of S3 was removed; a loss of a fifth is no house-keeping. Source: history of seligman/aws-ip-ranges. */
export const defaultMostLost = 20;
/**
 * No edition of the snapshots adds more than 11 % to S3 or Azure Storage of a region, and eight months of Azure Storage added 25 %. Small sets of others do double
 * in a year: a person looks at those. Source: histories of seligman/aws-ip-ranges and femueller/cloud-ip-ranges.
 */
export const defaultMostGained = 50;

/**
 * What becomes of an offer. Refused: the state stays as it is, and `findings` say why. Taken: `opened` is new; `missed` is listed no more and held;
 * `returned` was held and is listed again; `shut` is open no more. Nothing is ever opened that the edition does not list.
 */
export type Decision =
  | { readonly kind: 'refused'; readonly findings: readonly Finding[] }
  | {
      readonly kind: 'taken';
      readonly state: FeedState;
      readonly opened: IpSet;
      readonly missed: IpSet;
      readonly returned: IpSet;
      readonly shut: IpSet;
      readonly findings: readonly Finding[];
    };

/** What a state opens. */
export function openOf({ listed, held }: FeedState): IpSet {
  return ipUnionAll([listed, ...held.map((h) => h.set)]);
}

/**
 * The next step. The sets decide, never the token: a new edition that lists the same changes nothing but `latest`. Additions count at once; what is missed
 * is held, and shut only by an edition that is taken when the hold-down is over and does not list it either. `now` is an ISO moment. Another filter than the
 * state's is the word of a person: the set starts anew from the edition, without hold-down.
 */
export function take(state: FeedState | null, offer: Offer, now: string, rules: FeedRules): Decision {
  const findings = refusalsOf(state, offer, now, rules);
  if (findings.length > 0) return { kind: 'refused', findings };
  if (state === null) {
    const first: FeedState = { filter: offer.filter, latest: offer.source, listed: offer.set, held: [], previous: null, rejected: null };
    return { kind: 'taken', state: first, opened: offer.set, missed: noAddresses, returned: noAddresses, shut: noAddresses, findings };
  }
  const before = openOf(state);
  const kept = sameFilter(state.filter, offer.filter) ? heldNext(state, offer.set, now, rules.holdHours) : [];
  const after = ipUnionAll([offer.set, ...kept.map((h) => h.set)]);
  const missed = ipUnionAll(kept.filter((h) => h.since === now).map((h) => ipIntersect(h.set, state.listed)));
  const returned = ipIntersect(ipUnionAll(state.held.map((h) => h.set)), offer.set);
  const next: FeedState = {
    filter: offer.filter,
    latest: isLater(offer.source, state.latest) ? offer.source : state.latest,
    listed: offer.set,
    held: kept,
    previous: sameIps(before, after) ? state.previous : { open: before, source: state.latest },
    rejected: state.rejected !== null && isNewer(offer.source, state.rejected) ? null : state.rejected,
  };
  return {
    kind: 'taken',
    state: next,
    opened: ipSubtract(after, before),
    missed,
    returned,
    shut: ipSubtract(before, after),
    findings: ipIsEmpty(returned) ? [] : [flapped(offer.source, returned)],
  };
}

/** The state before the last change, with the edition that made it rejected; null when there is none to go back to. */
export function rollBack(state: FeedState): FeedState | null {
  if (state.previous === null) return null;
  return { ...state, latest: state.previous.source, listed: state.previous.open, held: [], previous: null, rejected: state.latest };
}

export function sameFilter(a: FeedFilter, b: FeedFilter): boolean {
  const same = (x: readonly string[], y: readonly string[]): boolean => x.length === y.length && x.every((name, i) => name === y[i]);
  return a.families === b.families && same(a.services, b.services) && same(a.regions, b.regions);
}

function heldNext({ listed, held }: FeedState, set: IpSet, now: string, holdHours: number): readonly Held[] {
  const missing = ipSubtract(listed, set);
  const joined = [...held.map((h) => ({ since: h.since, set: ipSubtract(h.set, set) })), { since: now, set: missing }];
  const moments = [...new Set(joined.map((h) => h.since))].sort();
  return moments
    .map((since) => ({ since, set: ipUnionAll(joined.filter((h) => h.since === since).map((h) => h.set)) }))
    .filter((h) => !ipIsEmpty(h.set) && Date.parse(now) - Date.parse(h.since) < holdHours * 3_600_000);
}

function refusalsOf(state: FeedState | null, { source, underOld, counter }: Offer, now: string, rules: FeedRules): readonly Finding[] {
  // Half a day of clocks that disagree.
  const ahead = (moment: string | null): boolean => moment !== null && Date.parse(moment) - Date.parse(now) > 12 * 3_600_000;
  if (ahead(source.date) || ahead(source.fetched)) return [fromTheFuture(source, now)];
  const most = counter === null ? Number.POSITIVE_INFINITY : mostCounted(counter, state?.latest ?? null, now);
  if (!rules.allowLeap && source.version !== null && source.version.order > most) return [leapt(source, most)];
  if (state === null) return [];
  const { latest, rejected } = state;
  if (rejected !== null && isSame(source, rejected)) return [rolledBack(source)];
  if (isOlder(source, latest)) return [olderThan(source, latest)];
  const changed = !sameIps(underOld, state.listed);
  // A state that was just rolled back lists what was open, not what its edition lists.
  const justBack = rejected !== null && state.previous === null;
  if (changed && !justBack && source.version !== null && source.version.order === latest.version?.order) return [otherContent(source)];
  const open = openOf(state);
  return (['v4', 'v6'] as const).flatMap((family) => {
    const lost = share(family, ipSubtract(state.listed, underOld), state.listed);
    const gained = share(family, ipSubtract(underOld, open), open);
    return [
      ...(!rules.allowShrink && lost > rules.mostLost ? [shrunk(source, family, lost, rules.mostLost)] : []),
      ...(!rules.allowGrowth && gained > rules.mostGained ? [grown(source, family, gained, rules.mostGained)] : []),
    ];
  });
}

/** Whether `a` should stand in the state in place of `b`: the same edition, downloaded no later, changes no byte. */
function isLater(a: FeedSource, b: FeedSource): boolean {
  return isNewer(a, b) || (a.fetched !== null && (b.fetched === null || Date.parse(a.fetched) > Date.parse(b.fetched)));
}

/** How many addresses of a family `part` has, in percent of those of `whole`; of none, any are infinitely many. */
function share(family: 'v4' | 'v6', part: IpSet, whole: IpSet): number {
  const counted = addresses(family, part);
  return counted === 0 ? 0 : (100 * counted) / addresses(family, whole);
}

function addresses(family: 'v4' | 'v6', set: IpSet): number {
  return family === 'v4'
    ? set.v4.reduce((sum, [low, high]) => sum + high - low + 1, 0)
    : Number(set.v6.reduce((sum, [low, high]) => sum + high - low + 1n, 0n));
}

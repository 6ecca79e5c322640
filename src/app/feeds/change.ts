import type { Feed } from '../../feeds/feed.ts';
import { sharedStoreFindings } from '../../feeds/overlap.ts';
import type { FeedProvider } from '../../feeds/provider.ts';
import { filterOf, select } from '../../feeds/select.ts';
import { staleFindings, stalenessOf } from '../../feeds/staleness.ts';
import { type FeedRules, rollBack, sameFilter, take } from '../../feeds/state.ts';
import { ok, type Result } from '../../kernel/result.ts';
import type { FeedFilter, FeedSource } from '../../model/feed.ts';
import type { FeedChangeReport, FeedTarget, HeldUntil } from '../../model/feed-report.ts';
import { type IpSet, ipSubtract, noAddresses, toCidrs } from '../../space/ip-set.ts';
import { nextFolder } from './folder-files.ts';
import { type FeedFolder, openedBy } from './state-file.ts';

/** Entries that a pod's policy map of Cilium holds by default. Source: Cilium documentation, eBPF maps (policymap, 16,384). */
const ciliumEntries = 16_384;

/** An edition that is offered to a folder. */
export interface FeedOffer {
  readonly folder: string;
  /** Null: nothing was written there yet. */
  readonly before: FeedFolder | null;
  readonly provider: FeedProvider;
  readonly feed: Feed;
  readonly source: FeedSource;
  readonly filter: FeedFilter;
  readonly target: FeedTarget;
  readonly also: readonly string[];
}

/** What becomes of the folder (null: nothing), and the report, whose files the caller fills in. */
export interface FeedChange {
  readonly next: FeedFolder | null;
  readonly report: FeedChangeReport;
}

/** Takes an edition, or refuses it. `now` is an ISO moment. A filter that takes nothing of the feed is an error. */
export function changeOf(offer: FeedOffer, rules: FeedRules, now: string): Result<FeedChange> {
  const { before, feed, source, target, also, provider } = offer;
  const filter = filterOf(offer.filter);
  const chosen = select(feed, filter);
  if (!chosen.ok) return chosen;
  const old = before === null || sameFilter(before.state.filter, filter) ? chosen : select(feed, before.state.filter);
  const decision = take(
    before?.state ?? null,
    { filter, source, set: chosen.value, underOld: old.ok ? old.value : noAddresses, counter: provider.counter ?? null },
    now,
    rules,
  );
  const refused = decision.kind === 'refused';
  const next = refused ? null : nextFolder(before, { target, state: decision.state, also }, source);
  const after = next ?? before;
  const inForce = after?.state.latest ?? source;
  const shown = (set: IpSet): readonly string[] => (refused ? [] : toCidrs(set));
  const report: FeedChangeReport = {
    folder: offer.folder,
    target,
    filter,
    byHand: also,
    outcome: decision.kind,
    before: before?.state.latest ?? null,
    offered: source,
    opened: refused ? [] : shown(decision.opened),
    missed: refused ? [] : shown(decision.missed),
    returned: refused ? [] : shown(decision.returned),
    shut: refused ? [] : shown(decision.shut),
    held: after === null ? [] : heldUntil(after, rules.holdHours),
    open: after === null ? { v4: 0, v6: 0 } : openCounts(after),
    files: [],
    applied: false,
    findings: [
      ...decision.findings,
      ...staleFindings(inForce, stalenessOf(inForce, provider.freshDays, now)),
      ...(refused ? [] : sharedStoreFindings(feed, filter, source)),
    ],
    notes: refused ? [] : [...provider.cannotTell(feed, filter), ...(after === null ? [] : limitNotes(after))],
  };
  return ok({ next, report });
}

/** Goes back to what was open before the last change; null when nothing is kept to go back to. */
export function rolledBackChange(folder: string, before: FeedFolder, holdHours: number): FeedChange | null {
  const state = rollBack(before.state);
  if (state === null) return null;
  const next = nextFolder(before, { target: before.target, state, also: before.also }, state.latest);
  const [was, is] = [openedBy(before), openedBy(next)];
  return {
    next,
    report: {
      folder,
      target: next.target,
      filter: state.filter,
      byHand: next.also,
      outcome: 'rolled-back',
      before: before.state.latest,
      offered: state.latest,
      opened: toCidrs(ipSubtract(is, was)),
      missed: [],
      returned: [],
      shut: toCidrs(ipSubtract(was, is)),
      held: heldUntil(next, holdHours),
      open: openCounts(next),
      files: [],
      applied: false,
      findings: [],
      notes: [],
    },
  };
}

/** What is held in a folder, and until when at least. */
export function heldUntil({ state }: FeedFolder, holdHours: number): readonly HeldUntil[] {
  return state.held.map(({ since, set }) => ({
    since,
    until: new Date(Date.parse(since) + holdHours * 3_600_000).toISOString().replace(/\.\d+Z$/, 'Z'),
    cidrs: toCidrs(set),
  }));
}

/** How many blocks a folder opens. */
export function openCounts(folder: FeedFolder): { readonly v4: number; readonly v6: number } {
  const { v4, v6 } = openedBy(folder);
  return { v4: toCidrs({ v4, v6: [] }).length, v6: toCidrs({ v4: [], v6 }).length };
}

function limitNotes(folder: FeedFolder): readonly string[] {
  const { v4, v6 } = openCounts(folder);
  return folder.target.kind === 'CiliumCIDRGroup' && v4 + v6 > ciliumEntries
    ? [
        `${v4 + v6} blocks are more than the ${ciliumEntries} entries that Cilium's policy map holds for a pod by default: raise bpf-policy-map-max, or take a narrower filter.`,
      ]
    : [];
}

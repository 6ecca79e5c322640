import type { FeedProvider } from '../../feeds/provider.ts';
import { staleFindings, stalenessOf } from '../../feeds/staleness.ts';
import type { FeedStanding } from '../../model/feed-report.ts';
import type { Finding } from '../../model/finding.ts';
import { heldUntil, openCounts } from './change.ts';
import type { FeedFolder } from './state-file.ts';

/** How a folder stands. `bound` null: the provider's own; `astray` are files that are not as they were written. */
export function standingOf(
  folder: string,
  kept: FeedFolder,
  provider: FeedProvider,
  { bound, holdHours, now, astray }: { readonly bound: number | null; readonly holdHours: number; readonly now: string; readonly astray: readonly string[] },
): { readonly standing: FeedStanding; readonly findings: readonly Finding[] } {
  const { target, state, also } = kept;
  const age = stalenessOf(state.latest, bound ?? provider.freshDays, now);
  return {
    standing: {
      folder,
      target,
      filter: state.filter,
      byHand: also,
      latest: state.latest,
      ...age,
      open: openCounts(kept),
      held: heldUntil(kept, holdHours),
      previous: state.previous?.source ?? null,
      rejected: state.rejected,
      astray,
    },
    findings: staleFindings(state.latest, age).map((finding) => ({ ...finding, subjects: [folder] })),
  };
}

import { unreadEntryKinds } from '../exposure/controllers.ts';
import { compareText } from '../kernel/stable.ts';
import type { ExposedWorkload, ExposureReport, HopDecision } from '../model/exposure-report.ts';
import { groupOf } from '../model/metadata.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { workloadTitle } from '../model/workload.ts';
import type { ClaimMatrix } from './claims/claim-matrix.ts';
import { waysIn } from './exposure/paths.ts';
import { trainingWorkloads } from './training.ts';

/** The most workloads, ways to one, and loose entries that a report lists. */
const workloadsListed = 500;
const pathsListed = 50;
const looseListed = 200;

const openness: Readonly<Record<HopDecision, number>> = { allowed: 0, unknown: 1, denied: 2 };

const reports = new WeakMap<ClaimMatrix, ExposureReport>();

/** Who outside the cluster can reach which workload, and through what. Pure; kept for a matrix as long as it lives. Workloads to which nothing leads are not listed. */
export function exposure(matrix: ClaimMatrix): ExposureReport {
  const known = reports.get(matrix);
  if (known !== undefined) return known;
  const made = reported(matrix);
  reports.set(matrix, made);
  return made;
}

function reported(matrix: ClaimMatrix): ExposureReport {
  const { snapshot, profile } = matrix;
  const { paths, loose, entries } = waysIn(matrix, { fronts: true });
  const training = trainingWorkloads(snapshot);
  const workloads = snapshot.workloads
    .flatMap((w): ExposedWorkload[] => {
      const ways = paths.get(w.id);
      if (ways === undefined) return [];
      const sorted = [...ways].sort((a, b) => openness[a.verdict] - openness[b.verdict] || compareText(a.entry.id, b.entry.id));
      return [
        {
          id: w.id,
          title: workloadTitle(w),
          namespace: w.namespace,
          training: training.has(w.id),
          verdict: sorted[0]?.verdict ?? 'denied',
          paths: sorted.slice(0, pathsListed),
          omitted: Math.max(0, sorted.length - pathsListed),
        },
      ];
    })
    .sort((a, b) => openness[a.verdict] - openness[b.verdict] || Number(b.training) - Number(a.training) || compareText(a.title, b.title));
  const tally = (verdict: HopDecision): number => workloads.filter((w) => w.verdict === verdict).length;
  return {
    profile: profile.id,
    counts: { entries, workloads: workloads.length, allowed: tally('allowed'), unknown: tally('unknown'), denied: tally('denied') },
    workloads: workloads.slice(0, workloadsListed),
    loose: loose.slice(0, looseListed),
    unread: unreadEntries(snapshot),
    omitted: { workloads: Math.max(0, workloads.length - workloadsListed), loose: Math.max(0, loose.length - looseListed) },
    assumptions: profile.assumptions,
  };
}

/** Kinds that open ways in and that nothing reads. */
function unreadEntries(snapshot: Snapshot): ExposureReport['unread'] {
  return [...snapshot.unread]
    .filter(([kind]) => unreadEntryKinds.has(`${groupOf(kind.slice(0, kind.lastIndexOf('/')))}/${kind.slice(kind.lastIndexOf('/') + 1)}`))
    .map(([kind, count]) => ({ kind, count }));
}

import type { ScanReport, TrainingWorkload } from '../model/scan-report.ts';
import type { VerifyReport } from '../model/verify-report.ts';
import { visible } from './visible.ts';
import { counted, listed } from './words.ts';

/** The training workload that can do the most harm: most pods for certain, then most pods perhaps. */
function worst(training: readonly TrainingWorkload[]): TrainingWorkload | undefined {
  const harm = (w: TrainingWorkload): number => w.podsWithin.allowed * 1e7 + w.podsWithin.unknown;
  return training.reduce<TrainingWorkload | undefined>((most, w) => (most === undefined || harm(w) > harm(most) ? w : most), undefined);
}

/** What a compromised pod of `w` can get at, as the end of a sentence: `can reach 41 of 43 pods, the metadata service and the internet`. */
export function reachSentence(w: TrainingWorkload): string {
  const { allowed, unknown, total } = w.podsWithin;
  const directly = (kind: 'metadata' | 'internet'): boolean => w.reaches.some((p) => p.party.kind === kind && p.certainty === 'allowed');
  const nodes = new Set(
    w.blastRadius
      .filter((ring) => ring.hop === 1)
      .flatMap((ring) => ring.reached)
      .filter((r) => r.party.kind === 'node' && r.certainty === 'allowed')
      .map((r) => r.party.id),
  ).size;
  const certain = [
    ...(allowed > 0 ? [`${allowed} of ${counted(total, 'pod')}`] : []),
    ...(nodes > 0 ? [counted(nodes, 'node')] : []),
    ...(directly('metadata') ? ['the metadata service'] : []),
    ...(directly('internet') ? ['the internet'] : []),
  ];
  const perhaps = unknown > 0 ? `${counted(unknown, 'pod')} more cannot be ruled out` : '';
  if (certain.length === 0)
    return perhaps === '' ? 'can reach no other pod' : `can reach no other pod for certain, but ${counted(unknown, 'pod')} cannot be ruled out`;
  return `can reach ${listed(certain)}${perhaps === '' ? '' : `; ${perhaps}`}`;
}

/** The verdict of a scan in a sentence. */
export function scanHeadline(report: ScanReport): string {
  const top = worst(report.training);
  if (top === undefined) return `No training workload found among ${counted(report.counts.workloads, 'workload')}`;
  return `${visible(top.title)} ${reachSentence(top)}`;
}

/** How the claims of one zone stand: `11 of 14 claims hold, 2 fail, 1 is undecided`. */
export function claimTally(zone: VerifyReport['zones'][number]): string {
  const of = (status: string): number => zone.claims.filter((c) => c.status === status).length;
  const [holds, fails, undecided] = [of('holds'), of('fails'), of('undecided')];
  if (zone.claims.length === 0) return 'no claim to check';
  if (holds === zone.claims.length) return `${holds === 1 ? 'the one claim holds' : `all ${holds} claims hold`}`;
  return [
    `${holds} of ${counted(zone.claims.length, 'claim')} ${holds === 1 ? 'holds' : 'hold'}`,
    ...(fails > 0 ? [`${fails} ${fails === 1 ? 'fails' : 'fail'}`] : []),
    ...(undecided > 0 ? [`${undecided} ${undecided === 1 ? 'is' : 'are'} undecided`] : []),
  ].join(', ');
}

import type { Diagnostic } from '../kernel/result.ts';
import type { Passage, ScanReport, TrainingWorkload } from '../model/scan-report.ts';
import type { VerifyReport } from '../model/verify-report.ts';
import { TransportSet } from '../space/transport-set.ts';
import { visible } from './visible.ts';
import { counted, listed } from './words.ts';

/** What is missing from the picture because of faults in the input: `input incomplete: 2 objects could not be read`; null when nothing is. */
export function incompleteText(diagnostics: readonly Diagnostic[]): string | null {
  const broken = unreadObjects(diagnostics);
  return broken === 0 ? null : `input incomplete: ${counted(broken, 'object')} could not be read`;
}

/** How many objects (or whole files) have an error. */
export function unreadObjects(diagnostics: readonly Diagnostic[]): number {
  const errors = diagnostics.filter((d) => d.severity === 'error');
  return new Set(errors.map(({ origin, message }) => (origin === null ? message : `${origin.document.index} ${origin.document.file}`))).size;
}

/** Kinds that nothing reads, in words: `kubeflow.org/v1/MPIJob (2)`, at most twelve; null when there is none. */
export function unreadKinds(unread: ScanReport['unread']): string | null {
  if (unread.length === 0) return null;
  const kinds = unread.slice(0, 12).map((u) => `${visible(u.kind)} (${u.count})`);
  return `${kinds.join(', ')}${unread.length > 12 ? ` and ${counted(unread.length - 12, 'more kind')}` : ''}`;
}

/** What a passage's ports are, for people: what is declared there, and all that is open; `brief` leaves out that all the rest is open too. */
export function passagePorts({ ports, listening }: Pick<Passage, 'ports' | 'listening'>, brief: boolean): string {
  if (listening === null || listening === ports) return visible(ports);
  if (listening === nothing) return `${visible(ports)} (it declares none of these)`;
  return brief ? visible(listening) : `${visible(listening)} (open: ${visible(ports)})`;
}

/** How a TransportSet says that it is empty. */
const nothing = TransportSet.empty.toString();

/** The training workload that can do the most harm: most pods for certain, then most pods perhaps. */
function worst(training: readonly TrainingWorkload[]): TrainingWorkload | undefined {
  const beyond = (w: TrainingWorkload): number => w.reaches.filter((p) => p.party.kind !== 'workload' && p.certainty === 'allowed').length;
  const harm = (w: TrainingWorkload): number => w.podsWithin.allowed * 1e9 + w.podsWithin.unknown * 1e3 + beyond(w);
  return training.reduce<TrainingWorkload | undefined>((most, w) => (most === undefined || harm(w) > harm(most) ? w : most), undefined);
}

/**
 * What a compromised pod of `w` can get at, as the end of a sentence: `can reach 41 of 43 pods, the metadata service and the internet`. Whom it meets on a
 * fabric is said after it.
 */
export function reachSentence(w: TrainingWorkload): string {
  const met =
    w.fabric.shared.filter((p) => p.certainty === 'allowed').length + (w.fabric.shared.every((p) => p.certainty === 'allowed') ? w.fabric.omitted : 0);
  return `${networkSentence(w)}${met === 0 ? '' : `; past every policy, it shares a fabric with ${counted(met, 'workload')} of other namespaces`}`;
}

function networkSentence(w: TrainingWorkload): string {
  const { allowed, unknown, total } = w.podsWithin;
  const directly = (kind: 'metadata' | 'internet'): boolean => w.reaches.some((p) => p.party.kind === kind && p.certainty === 'allowed');
  const nodes = new Set(
    w.blastRadius
      .filter((ring) => ring.hop === 1)
      .flatMap((ring) => ring.reached)
      .filter((r) => r.party.kind === 'node' && r.certainty === 'allowed')
      .map((r) => r.party.id),
  ).size;
  const patterns = directly('internet')
    ? []
    : w.reaches.filter((p) => p.party.kind === 'name' && p.party.id.includes('*') && p.certainty === 'allowed').map((p) => visible(p.party.id));
  const certain = [
    ...(allowed > 0 ? [`${allowed} of ${counted(total, 'pod')}`] : []),
    ...(nodes > 0 ? [counted(nodes, 'node')] : []),
    ...(directly('metadata') ? ['the metadata service'] : []),
    ...(directly('internet') ? ['the internet'] : []),
    ...(patterns.length > 2 ? [`any name that matches one of ${patterns.length} patterns`] : patterns.map((p) => `any name that matches ${p}`)),
  ];
  const perhaps = unknown > 0 ? `${counted(unknown, 'pod')} more cannot be ruled out` : '';
  if (certain.length === 0) return perhaps === '' ? withoutPods(w) : `can reach no other pod for certain, but ${counted(unknown, 'pod')} cannot be ruled out`;
  const none = allowed === 0 ? 'no other pod, but ' : '';
  return `can reach ${none}${listed(certain)}${perhaps === '' ? '' : `; ${perhaps}`}`;
}

/** What is said where no pod can be reached, and nothing else for certain. */
function withoutPods({ reaches }: TrainingWorkload): string {
  const perhaps = reaches.filter((p) => p.certainty === 'unknown').length;
  return perhaps === 0 ? 'can reach no other pod' : `can reach nothing for certain, but ${counted(perhaps, 'party', 'parties')} cannot be ruled out`;
}

/** The verdict of a scan in a sentence. */
export function scanHeadline(report: ScanReport): string {
  const top = worst(report.training);
  if (top === undefined) return `No training workload found among ${counted(report.counts.workloads, 'workload')}`;
  return `${visible(top.title)} ${reachSentence(top)}`;
}

/** How the claims of one zone stand: `11 of 14 claims hold, 2 fail, 1 is undecided`; an input with errors is said first, for no tally of a part is the whole. */
export function claimTally(zone: VerifyReport['zones'][number], diagnostics: readonly Diagnostic[]): string {
  const missing = incompleteText(diagnostics);
  return missing === null ? tally(zone) : `${missing}; of the rest, ${tally(zone)}`;
}

function tally(zone: VerifyReport['zones'][number]): string {
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

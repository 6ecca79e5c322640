import { decide } from '../../engine/decide.ts';
import { secondaryNetworksOf } from '../../engine/secondary-plane.ts';
import type { Seen } from '../../engine/seen-by.ts';
import { stableJson } from '../../kernel/stable.ts';
import type { ChangedObject, DiffReport, FlowState, TrafficChange, UndecidedTraffic } from '../../model/diff-report.ts';
import { policyText } from '../../model/policy-text.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Endpoint, Packet, Verdict } from '../../model/verdict.ts';
import { type Workload, type WorkloadId, workloadTitle } from '../../model/workload.ts';
import { assumptionsOf, type Modes, plainModes } from '../modes.ts';
import { namesTaken } from '../names-taken.ts';
import { causesOf } from './causes.ts';
import { Describing } from './describe.ts';
import { type Difference, difference, type Rectangle } from './difference.ts';
import { examplePacket } from './example.ts';
import { changedFilters } from './filters.ts';
import { changedPolicies } from './same-policies.ts';
import { undoneFilters } from './undone.ts';

/** One side of a comparison. `title` is what the user calls it. */
export interface DiffSide extends Seen {
  readonly title: string;
}

/** All traffic that two clusters, or one cluster under two profiles, differ in. With `strict`, what is not known counts as allowed on both sides. Pure. */
export function diff(before: DiffSide, after: DiffSide, modes: Modes = plainModes): DiffReport {
  const found = difference(before, after, modes.strict);
  const describing = new Describing(found.refinement);
  const filters = changedFilters(found.policies);
  const undone = undoneFilters(before, after, new Set(filters.map((f) => f.title)), (b, a) => difference(b, a));
  const changes = found.rectangles.map((r) => changeOf(before, after, found, describing, r)).sort((a, b) => rank(a) - rank(b));
  return {
    before: { title: before.title, profile: before.profile.id },
    after: { title: after.title, profile: after.profile.id },
    changes,
    undecided: found.undecided.map((r) => trafficOf(before, after, found, describing, r)),
    policies: changedPolicies(found.policies),
    filters: [...filters, ...undone.filters],
    workloads: workloadsThatCameOrWent(before.snapshot, after.snapshot),
    assumptions: [
      ...new Set([
        ...hidden(before, after),
        ...notCompared(before, after, undone.all),
        ...assumptionsOf(modes, before.profile),
        ...after.profile.assumptions,
        ...[before, after].flatMap(({ snapshot, profile }) => namesTaken(snapshot, profile, false)),
      ]),
    ],
  };
}

/** Nobody knows whether what could not be read is the same on both sides. */
function hidden(...sides: readonly Seen[]): readonly string[] {
  const unread = sides.every(({ snapshot }) => snapshot.policies.some((p) => p.unread === true));
  return unread ? ['Policies or documents could not be read on both sides: one that has the same name on both counts as unchanged.'] : [];
}

/** What the comparison does not speak of: whoever reads that nothing differs must know of what. */
function notCompared(before: Seen, after: Seen, allFilters: boolean): readonly string[] {
  const networks = [...new Set([before, after].flatMap(({ snapshot }) => secondaryNetworksOf(snapshot)))].sort();
  const policies = ({ snapshot }: Seen): string => stableJson(snapshot.secondary.policies.map(policyText).sort());
  const differ = policies(before) === policies(after) ? '' : ' Policies for them differ.';
  return [
    'Pods of the input alone are compared. Of pods to come ask both sides: ringfence query with anyPodIn, or verify.',
    ...(networks.length === 0 && differ === ''
      ? []
      : [`Traffic on secondary networks is not compared (${few(networks)}).${differ} Ask with: ringfence explain --network.`]),
    ...(allFilters ? [] : ['Not all traffic was looked at for filters above layer 4 that a plain rule undoes.']),
  ];
}

function few(names: readonly string[]): string {
  if (names.length === 0) return 'none is attached to';
  return names.length <= mostNamed ? names.join(', ') : `${names.slice(0, mostNamed).join(', ')} and ${names.length - mostNamed} more`;
}

const mostNamed = 5;

const openness: Readonly<Record<FlowState, number>> = { denied: 0, unknown: 1, allowed: 2 };

/** Certain gains first, then certain losses, then what is only possible; changes by rules before those by workloads that came or went. */
function rank(change: TrafficChange): number {
  return (change.because === 'workloads' ? 4 : 0) + (change.certainty === 'possible' ? 2 : 0) + (change.effect === 'lost' ? 1 : 0);
}

function changeOf(before: Seen, after: Seen, found: Difference, describing: Describing, rectangle: Rectangle): TrafficChange {
  return {
    effect: openness[rectangle.after] > openness[rectangle.before] ? 'gained' : 'lost',
    certainty: rectangle.before === 'unknown' || rectangle.after === 'unknown' ? 'possible' : 'certain',
    because: rectangle.because,
    before: rectangle.before,
    after: rectangle.after,
    ...trafficOf(before, after, found, describing, rectangle),
  };
}

function trafficOf(before: Seen, after: Seen, found: Difference, describing: Describing, rectangle: Rectangle): UndecidedTraffic {
  const packet = examplePacket(found.refinement, rectangle);
  const verdicts = { before: verdictOn(before, packet), after: verdictOn(after, packet) };
  return {
    from: describing.end(rectangle.from),
    to: describing.end(rectangle.to),
    ports: rectangle.ports.toString(),
    example: { packet, ...verdicts },
    causes: causesOf(packet, { seen: before, verdict: verdicts.before }, { seen: after, verdict: verdicts.after }),
  };
}

/** Null where an end does not exist on that side. */
function verdictOn({ snapshot, profile }: Seen, packet: Packet): Verdict | null {
  const exists = (end: Endpoint): boolean =>
    end.kind !== 'pod' ||
    snapshot.workloads.some((w) => w.id === end.workload && w.lifecycle !== 'finished' && (end.replica === 0 || end.replica < w.replicas));
  return exists(packet.from) && exists(packet.to) ? decide(snapshot, profile, packet) : null;
}

function workloadsThatCameOrWent(before: Snapshot, after: Snapshot): (ChangedObject & { readonly id: WorkloadId })[] {
  const live = (s: Snapshot): Map<WorkloadId, Workload> => new Map(s.workloads.filter((w) => w.lifecycle !== 'finished').map((w) => [w.id, w]));
  const [b, a] = [live(before), live(after)];
  const entry = (w: Workload, how: 'added' | 'removed'): ChangedObject & { readonly id: WorkloadId } => ({
    id: w.id,
    title: workloadTitle(w),
    how,
    origin: w.origin,
  });
  return [
    ...[...a.values()].filter((w) => !b.has(w.id)).map((w) => entry(w, 'added')),
    ...[...b.values()].filter((w) => !a.has(w.id)).map((w) => entry(w, 'removed')),
  ];
}

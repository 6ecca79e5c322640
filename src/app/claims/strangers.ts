import { directoryOf } from '../../engine/directory.ts';
import type { Flow } from '../../engine/flow.ts';
import type { ReachParty } from '../../engine/reach.ts';
import type { Direction } from '../../model/policy.ts';
import type { Workload, WorkloadId } from '../../model/workload.ts';
import type { TransportSet } from '../../space/transport-set.ts';
import type { Passage } from './alike-members.ts';
import { type ClaimMatrix, contactGroups, partyOf } from './claim-matrix.ts';
import { beyond, doubtOf, type Tally, type Weight } from './judge.ts';
import type { Member } from './member.ts';

/** What a flow has beyond a permit: this, for certain or perhaps; null for nothing. */
export type Beyond = Pick<Passage, 'ports' | 'certain'> | null;

/** What may pass from one party to another beyond what is permitted. */
export function beyondPermit(reach: ClaimMatrix, [from, to]: readonly [ReachParty, ReachParty], permitted: TransportSet): Beyond {
  return beyondIn(reach, reach.between(from, to), permitted);
}

export function beyondIn({ profile }: ClaimMatrix, flow: Flow, permitted: TransportSet): Beyond {
  const { allowed, unknown } = beyond(profile, flow, permitted);
  if (!allowed.isEmpty) return { ports: allowed, certain: true };
  return unknown.isEmpty ? null : { ports: unknown, certain: false };
}

/** What is asked about workloads that are no members. */
export interface StrangerQuestion {
  /** Whether this one is asked about. */
  readonly concerns: (far: WorkloadId) => boolean;
  readonly permitted: (far: Workload) => TransportSet;
  /** What of it counts for this one; null: nothing. */
  readonly counts: (far: Workload, found: NonNullable<Beyond>) => Beyond;
  readonly rank: (far: Workload) => number;
  readonly told: (far: Workload) => Told;
}

/** A passage but for what was found and how telling it is. */
export type Told = Pick<Passage, 'far' | 'destination' | 'story'>;

/** Counts what was found, if anything. Far ends that are no workload come after those that are, in the order in which they are told. */
export function tell(
  tally: Tally<Passage>,
  found: Beyond,
  { rank, doubt = 0, place = Number.POSITIVE_INFINITY }: Pick<Weight, 'rank'> & Partial<Weight>,
  told: () => Told,
): void {
  if (found !== null) tally.add({ certain: found.certain, rank, doubt, place }, () => ({ ...told(), ...found, rank }));
}

/** Tells of all workloads that a member may exchange anything with; flows are worked out once for those that no rule tells apart. */
export function strangers(
  reach: ClaimMatrix,
  { workload }: Member,
  direction: Direction,
  hosts: boolean,
  tally: Tally<Passage>,
  { concerns, permitted, counts, rank, told }: StrangerQuestion,
): void {
  const directory = directoryOf(reach.snapshot);
  const own = partyOf(workload);
  for (const group of contactGroups(reach, workload, direction, hosts)) {
    let last: TransportSet | undefined;
    let found: Beyond = null;
    for (const id of group) {
      const w = concerns(id) ? directory.workloads.get(id) : undefined;
      if (w === undefined) continue;
      const permit = permitted(w);
      if (last !== permit) {
        const far = partyOf(w);
        found = beyondPermit(reach, direction === 'egress' ? [own, far] : [far, own], permit);
        last = permit;
      }
      const counted = found === null ? null : counts(w, found);
      if (counted === null) continue;
      const weight: Weight = { certain: counted.certain, rank: rank(w), doubt: doubtOf(w), place: directory.placeOf(id) };
      if (tally.counts(weight.certain, weight.doubt, weight.rank, weight.place)) tally.keep(weight, { ...told(w), ...counted, rank: weight.rank });
    }
  }
}

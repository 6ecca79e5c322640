import { decide } from '../../engine/decide.ts';
import { type Directory, directoryOf, withPolicies } from '../../engine/directory.ts';
import type { Flow } from '../../engine/flow.ts';
import { portless } from '../../engine/rules.ts';
import { believablePort, standing } from '../../engine/witness.ts';
import type { ClaimResult, Counterexample } from '../../model/claim.ts';
import type { Profile } from '../../model/profile.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Endpoint, Packet } from '../../model/verdict.ts';
import type { Workload } from '../../model/workload.ts';
import type { Protocol, TransportSet } from '../../space/transport-set.ts';
import type { ClaimMatrix } from './claim-matrix.ts';
import { representativeKind } from './representatives.ts';

/** One passage that a claim forbids, before a packet is chosen to show it. Lower `rank` is more telling. */
export interface Excess {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly destination: Workload | null;
  readonly ports: TransportSet;
  readonly certain: boolean;
  readonly rank: number;
  readonly story: (port: string) => string;
}

/** How many packets a refuted claim shows: enough to see the pattern, few enough to read. */
const shown = 5;

/**
 * What a flow has beyond what is permitted: for certain, and perhaps. Where the profile leaves ICMP and other protocols to the CNI, no policy could
 * settle them: they are left out here and named under what is not covered. What is certain to pass still counts.
 */
export function beyond(profile: Profile, flow: Flow, permitted: TransportSet): { readonly allowed: TransportSet; readonly unknown: TransportSet } {
  const unknown = flow.unknown.subtract(permitted);
  return { allowed: flow.allowed.subtract(permitted), unknown: profile.otherProtocolsByRule === 'unknown' ? unknown.subtract(portless) : unknown };
}

/** What makes one passage more telling than another; see `Tally`. */
export interface Weight extends Pick<Excess, 'certain' | 'rank'> {
  readonly doubt: number;
  readonly place: number;
}

/** Passages that a claim forbids: how many pass for certain, and the most telling of all. */
export interface Excesses<T = Excess> {
  readonly certain: number;
  /** At most as many as a claim shows; none where there are none. */
  readonly telling: readonly T[];
}

/**
 * Counts passages and keeps the most telling: those that pass for certain first, then those between pods that run, then by rank, then by place. There may be
 * a hundred thousand, of which a handful is shown: only those that are kept are made.
 */
export class Tally<T> implements Excesses<T> {
  certain = 0;
  readonly #best: { readonly weight: Weight; readonly passage: T }[] = [];

  get telling(): readonly T[] {
    return this.#best.map((b) => b.passage);
  }

  add(weight: Weight, make: () => T): void {
    if (this.counts(weight.certain, weight.doubt, weight.rank, weight.place)) this.keep(weight, make());
  }

  /** Counts a passage in; whether it is to be kept. Plain arguments: there may be a hundred thousand, of which nothing is made. */
  counts(certain: boolean, doubt: number, rank: number, place: number): boolean {
    if (certain) this.certain++;
    const last = this.#best[shown - 1];
    return last === undefined || isBefore(certain, doubt, rank, place, last.weight);
  }

  /** Keeps a passage that was counted. */
  keep(weight: Weight, passage: T): void {
    const { certain, doubt, rank, place } = weight;
    let at = this.#best.length;
    for (let b = this.#best[at - 1]; b !== undefined && isBefore(certain, doubt, rank, place, b.weight); b = this.#best[at - 1]) at--;
    this.#best.splice(at, 0, { weight, passage });
    if (this.#best.length > shown) this.#best.pop();
  }
}

function isBefore(certain: boolean, doubt: number, rank: number, place: number, b: Weight): boolean {
  if (certain !== b.certain) return certain;
  if (doubt !== b.doubt) return doubt < b.doubt;
  return rank === b.rank ? place < b.place : rank < b.rank;
}

/** The excesses of a claim that asks about each pair, in the order of their telling. */
export function tallied(reach: ClaimMatrix, excesses: readonly Excess[]): Excesses {
  const { workloads } = directoryOf(reach.snapshot);
  const tally = new Tally<Excess>();
  for (const [place, excess] of excesses.entries()) {
    const { certain, rank, from, to } = excess;
    tally.add({ certain, rank, place, doubt: unreality(workloads, from) + unreality(workloads, to) }, () => excess);
  }
  return tally;
}

/** How far an end is from a pod that runs now; see `doubtOf`. */
export function unreality(workloads: Directory['workloads'], end: Endpoint): number {
  const workload = end.kind === 'pod' ? workloads.get(end.workload) : undefined;
  return workload === undefined ? 0 : doubtOf(workload);
}

/** How far a workload is from a pod that runs now: representatives are further than any pod of the input. */
export function doubtOf(workload: Workload): number {
  const kind = representativeKind(workload);
  return kind === 'possible' ? 6 : kind === 'declared' ? 3 : standing(workload);
}

/** A packet with the definition's verdict on it. */
export function witnessed(reach: ClaimMatrix, packet: Packet, story: string): Counterexample {
  return { packet, verdict: decide(around(reach, packet), reach.profile, packet), story };
}

/** The picture with the policies that may be about either end alone: no other has a say. Where some language may not be enforced, verdicts name every kind of it. */
function around({ snapshot, profile }: ClaimMatrix, { from, to }: Packet): Snapshot {
  if (profile.foreignPolicies === 'unknown') return snapshot;
  const directory = directoryOf(snapshot);
  const places = [from, to].flatMap((end) => (end.kind === 'pod' ? (directory.workloads.get(end.workload)?.namespace ?? []) : []));
  return withPolicies(snapshot, directory.policiesFor(places));
}

export function portText(protocol: Protocol, port: number): string {
  return protocol === 'OTHER' ? 'other IP protocols' : protocol === 'ICMP' ? `ICMP type ${port}` : `${port}/${protocol}`;
}

/** What would have to be known, in a line each, from the gaps of undecided packets. */
export function reasonsOf(examples: readonly Counterexample[]): string[] {
  return [...new Set(examples.flatMap((e) => e.verdict.gaps.map((g) => `not known: ${g.text}; ${g.mend}`)))];
}

/** A claim that no packet may refute. Excesses that are certain refute it; excesses in doubt leave it undecided. */
export function safetyClaim(reach: ClaimMatrix, excesses: Excesses, about: Pick<ClaimResult, 'id' | 'title' | 'evidence' | 'fix' | 'origin'>): ClaimResult {
  const { certain, telling } = excesses;
  const examples = (certain > 0 ? telling.filter((e) => e.certain) : telling).map((e) => {
    const { protocol, port } = believablePort(e.ports, e.destination);
    return witnessed(reach, { from: e.from, to: e.to, protocol, port }, e.story(portText(protocol, port)));
  });
  const status = certain > 0 ? 'fails' : telling.length > 0 ? 'undecided' : 'holds';
  return {
    ...about,
    group: 'safety',
    status,
    counterexamples: examples,
    reasons:
      status === 'undecided'
        ? reasonsOf(examples)
        : status === 'fails' && certain > examples.length
          ? [`${certain} such passages in all; the most telling are shown`]
          : [],
    fix: status === 'holds' ? null : about.fix,
  };
}

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

/**
 * Turns the most telling excesses into packets, each decided by the definition. Those that pass for certain come first; pods that run before those that
 * would have to be created first.
 */
export function counterexamples(reach: ClaimMatrix, excesses: readonly Excess[]): Counterexample[] {
  const { workloads } = directoryOf(reach.snapshot);
  const doubt = ({ from, to }: Excess): number => [from, to].reduce((sum, end) => sum + unreality(workloads, end), 0);
  return [...excesses]
    .map((excess) => ({ ...excess, doubt: doubt(excess) }))
    .sort((a, b) => Number(b.certain) - Number(a.certain) || a.doubt - b.doubt || a.rank - b.rank)
    .slice(0, shown)
    .map((e) => {
      const { protocol, port } = believablePort(e.ports, e.destination);
      return witnessed(reach, { from: e.from, to: e.to, protocol, port }, e.story(portText(protocol, port)));
    });
}

/** How far an end of a packet is from a pod that runs now: representatives are further than any pod of the input. */
function unreality(workloads: Directory['workloads'], end: Endpoint): number {
  const workload = end.kind === 'pod' ? workloads.get(end.workload) : undefined;
  if (workload === undefined) return 0;
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
export function safetyClaim(
  reach: ClaimMatrix,
  excesses: readonly Excess[],
  about: Pick<ClaimResult, 'id' | 'title' | 'evidence' | 'fix' | 'origin'>,
): ClaimResult {
  const certain = excesses.filter((e) => e.certain);
  const examples = counterexamples(reach, certain.length > 0 ? certain : excesses);
  const status = certain.length > 0 ? 'fails' : excesses.length > 0 ? 'undecided' : 'holds';
  return {
    ...about,
    group: 'safety',
    status,
    counterexamples: examples,
    reasons:
      status === 'undecided'
        ? reasonsOf(examples)
        : status === 'fails' && certain.length > examples.length
          ? [`${certain.length} such passages in all; the most telling are shown`]
          : [],
    fix: status === 'holds' ? null : about.fix,
  };
}

import { directoryOf, podLabels, seenLabels } from '../../engine/directory.ts';
import type { Flow } from '../../engine/flow.ts';
import { matchPods } from '../../engine/match.ts';
import type { Quantifier, ReachParty } from '../../engine/reach.ts';
import type { PartyAtom } from '../../model/certificate.ts';
import type { Direction } from '../../model/policy.ts';
import { enforces, type Profile } from '../../model/profile.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { WorkloadId } from '../../model/workload.ts';
import { type IpSet, ipIntersect, ipIsEmpty } from '../../space/ip-set.ts';
import { TransportSet } from '../../space/transport-set.ts';
import type { ClaimMatrix } from '../claims/claim-matrix.ts';

/** One atom as the matrix asks for it: its pods by workload, or its addresses. */
export interface KnownAtom {
  readonly atom: PartyAtom;
  /** How many pods of each workload are in it; 2 where a workload's pods do not differ, so that there could be another. */
  readonly pods: ReadonlyMap<WorkloadId, number>;
  readonly addresses: IpSet | null;
}

/**
 * The matrix as a certificate has it: claims asked of it are answered from packets that were decided one by one, not from the engine.
 * Asked for what the certificate does not hold, it throws RangeError.
 */
export class CertifiedMatrix implements ClaimMatrix {
  readonly snapshot: Snapshot;
  readonly profile: Profile;
  readonly parties: readonly ReachParty[];
  readonly #atoms: readonly KnownAtom[];
  readonly #flows: ReadonlyMap<string, Flow>;

  /** `flows` are by `from to` atom index. */
  constructor(snapshot: Snapshot, profile: Profile, atoms: readonly KnownAtom[], flows: ReadonlyMap<string, Flow>) {
    this.snapshot = snapshot;
    this.profile = profile;
    this.#atoms = atoms;
    this.#flows = flows;
    const workloads = snapshot.workloads.filter((w) => w.lifecycle !== 'finished').map((w): ReachParty => ({ kind: 'workload', id: w.id }));
    this.parties = [...workloads, ...atoms.flatMap(({ atom, addresses }) => outside(atom, addresses))];
  }

  between(from: ReachParty, to: ReachParty, quantifier: Quantifier = 'some'): Flow {
    const targets = this.#indices(to);
    const flows = this.#indices(from).flatMap((a) => targets.flatMap((b) => (this.#alone(from, to, a, b) ? this.#itself(from) : [this.#flow(a, b)])));
    const open = flows.map((f) => f.allowed.union(f.unknown));
    if (quantifier === 'some' || flows.length === 0) {
      const allowed = TransportSet.unionAll(flows.map((f) => f.allowed));
      return { allowed, unknown: TransportSet.unionAll(open).subtract(allowed) };
    }
    const allowed = flows.reduce((all, f) => all.intersect(f.allowed), TransportSet.full);
    return { allowed, unknown: open.reduce((all, set) => all.intersect(set), TransportSet.full).subtract(allowed) };
  }

  isolated(workload: WorkloadId, direction: Direction): boolean {
    const own = directoryOf(this.snapshot).workloads.get(workload);
    if (own === undefined || own.hostNetwork) return false;
    const isolating = this.snapshot.policies.filter((p) => p.isolates[direction] && enforces(this.profile, p));
    const samples = this.#atoms.flatMap(({ atom }) => (atom.kind === 'pods' ? atom.members : [])).filter((m) => m.workload === workload);
    return samples.every(({ replicas }) => {
      const labels = seenLabels(this.profile, podLabels(own, replicas?.[0] ?? 0));
      return isolating.some(({ subject }) => subject.kind === 'pods' && matchPods(this.snapshot, subject.match, own, labels).is === 'yes');
    });
  }

  #flow(a: number, b: number): Flow {
    const flow = this.#flows.get(`${a} ${b}`);
    if (flow === undefined) throw new RangeError(`a claim asks about traffic that the certificate does not hold: atom ${a} to atom ${b}`);
    return flow;
  }

  /** One pod cannot talk to another of its workload where there is none. */
  #alone(from: ReachParty, to: ReachParty, a: number, b: number): boolean {
    return a === b && from.kind === 'workload' && to.kind === 'workload' && from.id === to.id && (this.#atoms[a]?.pods.get(from.id) ?? 0) < 2;
  }

  /** The only pod of a workload always reaches itself; of one that has others, a pod and itself are no pair. */
  #itself(party: ReachParty): Flow[] {
    const only = party.kind === 'workload' && (directoryOf(this.snapshot).workloads.get(party.id)?.replicas ?? 0) < 2;
    return only ? [{ allowed: TransportSet.full, unknown: TransportSet.empty }] : [];
  }

  #indices(party: ReachParty): number[] {
    const found = this.#atoms.flatMap((known, i) => (holds(known, party) ? [i] : []));
    if (found.length === 0) throw new RangeError(`a claim asks about a ${party.kind} that the certificate does not hold`);
    return found;
  }
}

function holds({ atom, pods, addresses }: KnownAtom, party: ReachParty): boolean {
  const [first] = atom.representatives;
  switch (party.kind) {
    case 'workload':
      return pods.has(party.id);
    case 'external':
      return addresses !== null && !ipIsEmpty(ipIntersect(addresses, party.addresses));
    case 'node':
      return first?.kind === 'node' && first.node === party.node;
    case 'name':
      return first?.kind === 'name' && first.name === party.name;
  }
}

function outside(atom: PartyAtom, addresses: IpSet | null): ReachParty[] {
  const [first] = atom.representatives;
  if (addresses !== null) return [{ kind: 'external', addresses }];
  if (first?.kind === 'node') return [first];
  if (first?.kind === 'name' && atom.kind === 'name') return [{ ...first, ...(atom.pattern === null ? {} : { pattern: atom.pattern }) }];
  return [];
}

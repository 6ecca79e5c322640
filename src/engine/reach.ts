import { kept } from '../kernel/memo.ts';
import type { Direction, Policy } from '../model/policy.ts';
import { enforces, type Profile } from '../model/profile.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Workload, WorkloadId } from '../model/workload.ts';
import { type IpSet, ipIntersect, ipIsEmpty } from '../space/ip-set.ts';
import { TransportSet } from '../space/transport-set.ts';
import { type AddressAtom, addressAtoms, blocksOf } from './blocks.ts';
import { classify, type PodClass, vocabularyOf } from './classes.ts';
import { directoryOf } from './directory.ts';
import type { Flow } from './flow.ts';
import { isOwnNode } from './match.ts';
import { nameParties, namesOf } from './name-parties.ts';
import { pairwise, type Rectangle, rectangles } from './rectangles.ts';
import { type ClassIndex, indexClasses } from './rules.ts';
import { type PeerRef, SideModel } from './side-model.ts';
import { open, type SideFlow } from './solve.ts';
import { specialise } from './specialise.ts';

/**
 * A party of the reachability matrix: all pods of one workload, one node (null: a node no input names), a block of outside addresses, or an outside
 * DNS name (of those that a rule's pattern admits, one that stands for all; `pattern` is what the rule says).
 */
export type ReachParty =
  | { readonly kind: 'workload'; readonly id: WorkloadId }
  | { readonly kind: 'node'; readonly node: string | null }
  | { readonly kind: 'external'; readonly addresses: IpSet }
  | { readonly kind: 'name'; readonly name: string; readonly pattern?: string };

export type Quantifier = 'some' | 'every';

/**
 * All traffic between all parties, symbolically; agrees with `decide` on every packet.
 * A workload to itself means one replica to another (a pod to itself is never blocked).
 * `every`: what holds for all pairs of pods; `some` (the default): what holds for at least one pair.
 */
export interface Reachability {
  readonly snapshot: Snapshot;
  readonly profile: Profile;
  /** Workloads that hold a network identity (finished ones do not), nodes, outside address blocks (they partition all outside addresses), names that rules mention. */
  readonly parties: readonly ReachParty[];
  /** Pods that no rule can tell apart, with the workloads they belong to. Ids are indices. */
  readonly classes: readonly PodClass[];
  between(from: ReachParty, to: ReachParty, quantifier?: Quantifier): Flow;
  /** Between two pods of these classes (distinct pods, also of one class). */
  betweenClasses(from: number, to: number): Flow;
  /** All traffic between pods, as rectangles of classes; what none holds is denied. hostNetwork classes come one by one. Lazy: the first costs little. */
  rectangles(): Iterable<Rectangle>;
  /** One side alone: what the source's egress, or the destination's ingress, lets pass. */
  side(direction: Direction, from: ReachParty, to: ReachParty, quantifier?: Quantifier): Flow;
  /** Is the workload under default deny in this direction (some policy that isolates is certain to select all its pods)? */
  isolated(workload: WorkloadId, direction: Direction): boolean;
}

/** Solves a snapshot. Throws RangeError when a party names a workload that the snapshot does not have. */
export function reach(snapshot: Snapshot, profile: Profile): Reachability {
  return new Solved(snapshot, profile);
}

/** One party, down to what rules can tell apart. */
type Unit =
  | { readonly kind: 'class'; readonly class: PodClass; readonly workload: Workload }
  | { readonly kind: 'node'; readonly node: string | null }
  | { readonly kind: 'atom'; readonly id: number }
  | { readonly kind: 'name'; readonly name: string };

/** The two sides under one set of policies. */
interface Reading {
  readonly ingress: SideModel;
  readonly egress: SideModel;
}

const nothing: Flow = { allowed: TransportSet.empty, unknown: TransportSet.empty };

class Solved implements Reachability {
  readonly snapshot: Snapshot;
  readonly profile: Profile;
  readonly parties: readonly ReachParty[];
  readonly classes: readonly PodClass[];
  readonly #byWorkload = new Map<WorkloadId, PodClass[]>();
  readonly #soles = new Map<WorkloadId, Unit>();
  readonly #atoms: readonly AddressAtom[];
  /** One model a reading of the policies: those the profile enforces, and, where that is not known, all of them. */
  readonly #readings: readonly Reading[];
  readonly #flows = new Map<SideFlow, Map<SideFlow, Flow>>();

  constructor(snapshot: Snapshot, profile: Profile) {
    this.snapshot = snapshot;
    this.profile = profile;
    const enforced = snapshot.policies.filter((p) => enforces(profile, p));
    const foreign = profile.foreignPolicies === 'unknown' && enforced.length < snapshot.policies.length;
    const all = foreign ? snapshot.policies : enforced;
    this.classes = classify(snapshot, profile, vocabularyOf(snapshot, profile, all));
    for (const c of this.classes) for (const id of c.workloads) kept(this.#byWorkload, id, () => [] as PodClass[]).push(c);
    const { workloads } = directoryOf(snapshot);
    for (const [id, [only, ...more]] of this.#byWorkload) {
      if (only !== undefined && more.length === 0) this.#soles.set(id, { kind: 'class', class: only, workload: workloads.get(id) as Workload });
    }
    this.#atoms = addressAtoms(blocksOf(all));
    const index = indexClasses(this.classes);
    this.#readings = (foreign ? [enforced, all] : [enforced]).map((policies) => this.#model(policies, index));
    this.parties = partiesOf(snapshot, all, this.#atoms);
  }

  between(from: ReachParty, to: ReachParty, quantifier: Quantifier = 'some'): Flow {
    const a = this.#soleUnit(from);
    const b = a === undefined ? undefined : this.#soleUnit(to);
    if (a !== undefined && b !== undefined && a !== b) return this.#between(a, b);
    return quantify(
      this.#pairs(from, to).map(([a, b]) => this.#between(a, b)),
      quantifier,
    );
  }

  betweenClasses(from: number, to: number): Flow {
    const a = this.classes[from];
    const b = this.classes[to];
    if (a === undefined || b === undefined) throw new RangeError(`no class ${a === undefined ? from : to}`);
    return this.#between({ kind: 'class', class: a, workload: a.sample }, { kind: 'class', class: b, workload: b.sample });
  }

  *rectangles(): Generator<Rectangle> {
    const [reading, ...others] = this.#readings as readonly [Reading, ...Reading[]];
    const pods = this.classes.filter((c) => !c.sample.hostNetwork);
    const between = (from: number, to: number): Flow => this.betweenClasses(from, to);
    const ids = pods.map((c) => c.id);
    if (others.length === 0) yield* rectangles(pods, reading.egress, reading.ingress, (e, i) => this.#both(e, i), between);
    else yield* pairwise(ids, ids, between);
    const hosts = this.classes.filter((c) => c.sample.hostNetwork).map((c) => c.id);
    yield* pairwise(
      hosts,
      this.classes.map((c) => c.id),
      between,
    );
    yield* pairwise(ids, hosts, between);
  }

  side(direction: Direction, from: ReachParty, to: ReachParty, quantifier: Quantifier = 'some'): Flow {
    const one = (from: Unit, to: Unit): Flow =>
      this.#agreed(this.#readings.map((r) => toFlow(direction === 'egress' ? this.#egress(r.egress, from, to) : this.#ingress(r.ingress, from, to))));
    return quantify(
      this.#pairs(from, to).map(([a, b]) => one(a, b)),
      quantifier,
    );
  }

  isolated(workload: WorkloadId, direction: Direction): boolean {
    const classes = this.#classesOf(workload);
    return classes.length > 0 && this.#readings.every((r) => classes.every((c) => !c.sample.hostNetwork && r[direction].isolated(c.id)));
  }

  #model(policies: readonly Policy[], index: ClassIndex): { ingress: SideModel; egress: SideModel } {
    const own = specialise(this.snapshot, policies);
    const side = (direction: Direction): SideModel => new SideModel(this.snapshot, this.profile, direction, own, index, this.#atoms);
    return { ingress: side('ingress'), egress: side('egress') };
  }

  #classesOf(workload: WorkloadId): readonly PodClass[] {
    const classes = this.#byWorkload.get(workload);
    if (classes !== undefined) return classes;
    if (directoryOf(this.snapshot).workloads.has(workload)) return [];
    throw new RangeError(`no workload ${workload} in the snapshot`);
  }

  #units(party: ReachParty): Unit[] {
    switch (party.kind) {
      case 'workload': {
        const classes = this.#classesOf(party.id);
        const workload = directoryOf(this.snapshot).workloads.get(party.id) as Workload;
        return classes.map((c) => ({ kind: 'class', class: c, workload }));
      }
      case 'external':
        return this.#atoms.flatMap((a, id): Unit[] => (ipIsEmpty(ipIntersect(a.addresses, party.addresses)) ? [] : [{ kind: 'atom', id }]));
      case 'node':
      case 'name':
        return [party];
    }
  }

  /** A workload of one class, as most are: the answer then needs no quantifier. */
  #soleUnit(party: ReachParty): Unit | undefined {
    return party.kind === 'workload' ? this.#soles.get(party.id) : undefined;
  }

  /** Every pair of distinct pods, down to what rules can tell apart. */
  #pairs(from: ReachParty, to: ReachParty): (readonly [Unit, Unit])[] {
    const targets = this.#units(to);
    const alone = (a: Unit, b: Unit): boolean =>
      a.kind === 'class' && b.kind === 'class' && a.workload === b.workload && a.class === b.class && a.class.lone.has(a.workload.id);
    return this.#units(from).flatMap((a) => targets.flatMap((b) => (alone(a, b) ? [] : [[a, b] as const])));
  }

  #between(from: Unit, to: Unit): Flow {
    const [first, ...others] = this.#readings as readonly [Reading, ...Reading[]];
    const flow = this.#both(this.#egress(first.egress, from, to), this.#ingress(first.ingress, from, to));
    if (others.length === 0) return flow;
    return this.#agreed([flow, ...others.map((r) => this.#both(this.#egress(r.egress, from, to), this.#ingress(r.ingress, from, to)))]);
  }

  #both(egress: SideFlow, ingress: SideFlow): Flow {
    const row = kept(this.#flows, egress, () => new Map<SideFlow, Flow>());
    return kept(row, ingress, () => {
      const allowed = egress.mayAllow.subtract(egress.mayDeny).intersect(ingress.mayAllow.subtract(ingress.mayDeny));
      return { allowed, unknown: egress.mayAllow.intersect(ingress.mayAllow).subtract(allowed) };
    });
  }

  /** What all readings say; where they differ, nobody knows. */
  #agreed(flows: readonly Flow[]): Flow {
    const [first, ...others] = flows as readonly [Flow, ...Flow[]];
    if (others.every((f) => f === first)) return first;
    const allowed = others.reduce((sum, f) => sum.intersect(f.allowed), first.allowed);
    return { allowed, unknown: TransportSet.unionAll(flows.flatMap((f) => [f.allowed, f.unknown])).subtract(allowed) };
  }

  #egress(model: SideModel, from: Unit, to: Unit): SideFlow {
    return this.#ofSubject(model, from, asPeer(to), to.kind === 'class' ? to.workload : null);
  }

  #ingress(model: SideModel, from: Unit, to: Unit): SideFlow {
    if (to.kind !== 'class') return this.#ofSubject(model, to, asPeer(from), null);
    const flow = this.#ofSubject(model, to, asPeer(from), to.workload);
    const node = from.kind === 'node' ? from.node : from.kind === 'class' && from.workload.hostNetwork ? from.workload.node : undefined;
    if (node === undefined || to.workload.hostNetwork || this.profile.ownNodeReachesPod === 'no') return flow;
    const own = isOwnNode(this.snapshot, { kind: 'pod', workload: to.workload, labels: to.class.labels }, node).is;
    return own === 'yes' ? open : own === 'no' ? flow : { mayAllow: TransportSet.full, mayDeny: flow.mayDeny };
  }

  #ofSubject(model: SideModel, subject: Unit, peer: PeerRef, destination: Workload | null): SideFlow {
    if (subject.kind === 'atom' || subject.kind === 'name') return open;
    if (subject.kind === 'node') return model.ofNode(subject.node, peer, destination);
    if (!subject.workload.hostNetwork) return model.ofClass(subject.class, subject.workload, peer, destination);
    const asNode = model.ofNode(subject.workload.node, peer, destination);
    if (this.profile.hostNetworkAsNode === 'yes') return asNode;
    const asPod = model.ofClass(subject.class, subject.workload, peer, destination);
    return { mayAllow: asNode.mayAllow.union(asPod.mayAllow), mayDeny: asNode.mayDeny.union(asPod.mayDeny) };
  }
}

function asPeer(unit: Unit): PeerRef {
  if (unit.kind !== 'class') return unit;
  return unit.workload.hostNetwork ? { kind: 'host-pod', workload: unit.workload, labels: unit.class.labels } : { kind: 'class', id: unit.class.id };
}

function toFlow(side: SideFlow): Flow {
  return { allowed: side.mayAllow.subtract(side.mayDeny), unknown: side.mayAllow.intersect(side.mayDeny) };
}

function quantify(flows: readonly Flow[], quantifier: Quantifier): Flow {
  const [first, ...others] = flows;
  if (first === undefined) return nothing;
  if (others.length === 0) return first;
  if (quantifier === 'some') {
    const allowed = TransportSet.unionAll(flows.map((f) => f.allowed));
    return { allowed, unknown: TransportSet.unionAll(flows.map((f) => f.unknown)).subtract(allowed) };
  }
  const allowed = others.reduce((sum, f) => sum.intersect(f.allowed), first.allowed);
  const may = others.reduce((sum, f) => sum.intersect(f.allowed.union(f.unknown)), first.allowed.union(first.unknown));
  return { allowed, unknown: may.subtract(allowed) };
}

function partiesOf(snapshot: Snapshot, policies: readonly Policy[], atoms: readonly AddressAtom[]): ReachParty[] {
  const nodes = new Set<string>([
    ...snapshot.nodes.map((n) => n.name),
    ...snapshot.workloads.flatMap((w) => (w.node === null ? [] : [directoryOf(snapshot).nodes.get(w.node)?.name ?? w.node])),
  ]);
  return [
    ...snapshot.workloads.filter((w) => w.lifecycle !== 'finished').map((w): ReachParty => ({ kind: 'workload', id: w.id })),
    ...(nodes.size === 0 ? [null] : [...nodes].sort()).map((node): ReachParty => ({ kind: 'node', node })),
    ...atoms.map((a): ReachParty => ({ kind: 'external', addresses: a.addresses })),
    ...nameParties(policies.flatMap((p) => p.rules.flatMap((r) => (r.peers ?? []).flatMap(namesOf)))),
  ];
}

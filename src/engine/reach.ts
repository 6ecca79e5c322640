import { kept } from '../kernel/memo.ts';
import type { Change } from '../model/change.ts';
import type { Direction } from '../model/policy.ts';
import type { Profile } from '../model/profile.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Workload, WorkloadId } from '../model/workload.ts';
import { TransportSet } from '../space/transport-set.ts';
import type { ClassUnit, PodClass } from './classes.ts';
import { Compiled, type Impact, type Reading } from './compiled.ts';
import { Contacts } from './contacts.ts';
import { doubtful, type Flow, nothing, type Quantifier, quantify } from './flow.ts';
import { isOwnNode, type Resolved } from './match.ts';
import type { Match } from './matching.ts';
import { separates } from './network-of.ts';
import type { ReachParty } from './parties.ts';
import { networkKey, wayBetween } from './primary-networks.ts';
import { pairwise, type Rectangle, rectangles } from './rectangles.ts';
import type { PeerRef, SideModel } from './side-model.ts';
import { open, type SideFlow } from './solve.ts';

export type { Quantifier } from './flow.ts';
export type { ReachParty } from './parties.ts';

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
  /** The parties that are no workloads. */
  readonly others: readonly ReachParty[];
  /** Pods that no rule can tell apart, with the workloads they belong to. Ids are indices. After changes, some may have no members. */
  readonly classes: readonly PodClass[];
  between(from: ReachParty, to: ReachParty, quantifier?: Quantifier): Flow;
  /** Between two pods of these classes (distinct pods, also of one class). */
  betweenClasses(from: number, to: number): Flow;
  /** All traffic between pods, as rectangles of classes; what none holds is denied. hostNetwork classes come one by one. Lazy: the first costs little. */
  rectangles(): Iterable<Rectangle>;
  /**
   * Workloads that this one may reach (`egress`), or that may reach it (`ingress`), in no order: between it and all others everything is denied. In groups
   * between whose workloads no rule tells: `between` answers alike for each of a group. Either hostNetwork workloads (`hosts`), one by one and some for which
   * everything is denied as well, or all others.
   */
  contactGroups(workload: WorkloadId, direction: Direction, hosts: boolean): Iterable<readonly WorkloadId[]>;
  /** Outside blocks, of the parties, that a workload may reach, or be reached by: between it and all others everything is denied. */
  contactsOutside(workload: WorkloadId, direction: Direction): ReadonlySet<ReachParty>;
  /** What rules can tell of a workload's pods, as a text: workloads with one text are in the same classes. */
  sortOf(workload: WorkloadId): string;
  /**
   * What rules can tell of a workload that dials (`egress`), or is dialled by (`ingress`), pods with an address of their own, as a text: with each of these but
   * pods of their own workload, workloads with one text exchange the same.
   */
  podsSortOf(workload: WorkloadId, direction: Direction): string;
  /** What rules can tell of a workload towards outside blocks and names, as a text: for workloads with one text `between` answers alike there. */
  outsideSortOf(workload: WorkloadId, direction: Direction): string;
  /** One side alone: what the source's egress, or the destination's ingress, lets pass. */
  side(direction: Direction, from: ReachParty, to: ReachParty, quantifier?: Quantifier): Flow;
  /** Is the workload under default deny in this direction (some policy that isolates is certain to select all its pods)? */
  isolated(workload: WorkloadId, direction: Direction): boolean;
}

/** A solved snapshot that follows changes; see `Compiled.apply` for those it cannot follow, and for what it says of the others. */
export interface FollowingReachability extends Reachability {
  /** Leads to `next`, which is the snapshot after these changes. */
  apply(changes: readonly Change[], next: Snapshot): Impact | null;
  /** Ids of the classes whose workloads are in `contactGroups`. */
  contactClasses(workload: WorkloadId, direction: Direction): ReadonlySet<number>;
  /** Whether some of the workloads belongs to one of the classes, may reach one, or may be reached by one; true where too many are asked about to find out. */
  touches(workloads: Iterable<WorkloadId>, classes: ReadonlySet<number>): boolean;
}

/** Solves a snapshot. Throws RangeError when a party names a workload that the snapshot does not have. */
export function reach(snapshot: Snapshot, profile: Profile): FollowingReachability {
  return new Solved(snapshot, profile);
}

/** One party, down to what rules can tell apart. */
type Unit =
  | ClassUnit
  | { readonly kind: 'node'; readonly node: string | null }
  | { readonly kind: 'atom'; readonly id: number }
  | { readonly kind: 'name'; readonly name: string };

class Solved implements FollowingReachability {
  readonly profile: Profile;
  readonly #compiled: Compiled;
  readonly #contacts: Contacts;
  readonly #flows = new Map<SideFlow, Map<SideFlow, Flow>>();
  #parties: readonly ReachParty[] | undefined = undefined;

  constructor(snapshot: Snapshot, profile: Profile) {
    this.profile = profile;
    this.#compiled = new Compiled(snapshot, profile);
    this.#contacts = new Contacts(this.#compiled, (from, to) => this.betweenClasses(from, to));
  }

  get snapshot(): Snapshot {
    return this.#compiled.snapshot;
  }

  get classes(): readonly PodClass[] {
    return this.#compiled.classes.all;
  }

  get others(): readonly ReachParty[] {
    return this.#compiled.others;
  }

  get parties(): readonly ReachParty[] {
    this.#parties ??= [
      ...this.snapshot.workloads.filter((w) => w.lifecycle !== 'finished').map((w): ReachParty => ({ kind: 'workload', id: w.id })),
      ...this.others,
    ];
    return this.#parties;
  }

  apply(changes: readonly Change[], next: Snapshot): Impact | null {
    this.#parties = undefined;
    this.#contacts.forget();
    return this.#compiled.apply(changes, next);
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
    const separate = separates(this.snapshot, this.profile) !== 'no';
    for (const rectangle of this.#rectanglesByPolicies()) {
      if (separate) yield* this.#cutByNetworks(rectangle);
      else yield rectangle;
    }
  }

  /** Parts of a rectangle that primary networks treat alike. Pods of one namespace are on one network; what else matters is told apart by class. */
  *#cutByNetworks({ from, to, flow }: Rectangle): Generator<Rectangle> {
    const sorted = (ids: readonly number[]): readonly number[][] => {
      const parts = new Map<string, number[]>();
      for (const id of ids) {
        const { sample, labels } = this.classes[id] as PodClass;
        kept(parts, networkKey(this.snapshot, sample, labels), () => []).push(id);
      }
      return [...parts.values()];
    };
    const targets = sorted(to);
    const unit = (ids: readonly number[]): ClassUnit => {
      const found = this.classes[ids[0] as number] as PodClass;
      return { kind: 'class', class: found, workload: found.sample };
    };
    for (const sources of sorted(from))
      for (const ends of targets) {
        const way = this.#way(unit(sources), unit(ends));
        if (way !== 'no') yield { from: sources, to: ends, flow: way === 'yes' ? flow : doubtful(flow) };
      }
  }

  *#rectanglesByPolicies(): Generator<Rectangle> {
    const [reading, ...others] = this.#compiled.readings as readonly [Reading, ...Reading[]];
    const classes = this.classes.filter((c) => c.workloads.length > 0);
    const pods = classes.filter((c) => !c.sample.hostNetwork);
    const between = (from: number, to: number): Flow => this.betweenClasses(from, to);
    const ids = pods.map((c) => c.id);
    if (others.length === 0) yield* rectangles(pods, reading.egress, reading.ingress, (e, i) => this.#both(e, i), between);
    else yield* pairwise(ids, ids, between);
    const hosts = classes.filter((c) => c.sample.hostNetwork).map((c) => c.id);
    yield* pairwise(
      hosts,
      classes.map((c) => c.id),
      between,
    );
    yield* pairwise(ids, hosts, between);
  }

  side(direction: Direction, from: ReachParty, to: ReachParty, quantifier: Quantifier = 'some'): Flow {
    const one = (from: Unit, to: Unit): Flow =>
      this.#agreed(this.#compiled.readings.map((r) => toFlow(direction === 'egress' ? this.#egress(r.egress, from, to) : this.#ingress(r.ingress, from, to))));
    return quantify(
      this.#pairs(from, to).map(([a, b]) => one(a, b)),
      quantifier,
    );
  }

  sortOf(workload: WorkloadId): string {
    const sole = this.#compiled.classes.unitsOf(workload);
    if (sole !== undefined && 'class' in sole) return String(sole.class.id);
    return this.#compiled
      .unitsOf(workload)
      .map((unit) => unit.class.id)
      .join(' ');
  }

  contactGroups(workload: WorkloadId, direction: Direction, hosts: boolean): Iterable<readonly WorkloadId[]> {
    return this.#contacts.groups(workload, direction, hosts);
  }

  podsSortOf(workload: WorkloadId, direction: Direction): string {
    return this.#contacts.podsSort(workload, direction);
  }

  outsideSortOf(workload: WorkloadId, direction: Direction): string {
    return this.#contacts.outsideSort(workload, direction);
  }

  contactClasses(workload: WorkloadId, direction: Direction): ReadonlySet<number> {
    return this.#contacts.classes(workload, direction);
  }

  contactsOutside(workload: WorkloadId, direction: Direction): ReadonlySet<ReachParty> {
    return this.#contacts.outside(workload, direction);
  }

  touches(workloads: Iterable<WorkloadId>, classes: ReadonlySet<number>): boolean {
    return this.#contacts.touches(workloads, classes);
  }

  isolated(workload: WorkloadId, direction: Direction): boolean {
    const units = this.#compiled.unitsOf(workload);
    return units.length > 0 && this.#compiled.readings.every((r) => units.every(({ class: c }) => !c.sample.hostNetwork && r[direction].isolated(c.id)));
  }

  #units(party: ReachParty): readonly Unit[] {
    switch (party.kind) {
      case 'workload':
        return this.#compiled.unitsOf(party.id);
      case 'external':
        return this.#compiled.atomsIn(party.addresses).map((id) => ({ kind: 'atom', id }));
      case 'node':
      case 'name':
        return [party];
    }
  }

  /** A workload of one class, as most are, or a whole block: the answer then needs no quantifier. */
  #soleUnit(party: ReachParty): Unit | undefined {
    if (party.kind === 'external') {
      const id = this.#compiled.atomOf(party.addresses);
      return id === undefined ? undefined : { kind: 'atom', id };
    }
    if (party.kind !== 'workload') return party;
    const units = this.#compiled.classes.unitsOf(party.id);
    return units === undefined || !('class' in units) ? undefined : units;
  }

  /** Every pair of distinct pods, down to what rules can tell apart. */
  #pairs(from: ReachParty, to: ReachParty): (readonly [Unit, Unit])[] {
    const targets = this.#units(to);
    const alone = (a: Unit, b: Unit): boolean =>
      a.kind === 'class' && b.kind === 'class' && a.workload === b.workload && a.class === b.class && a.class.lone.has(a.workload.id);
    return this.#units(from).flatMap((a) => targets.flatMap((b) => (alone(a, b) ? [] : [[a, b] as const])));
  }

  #between(from: Unit, to: Unit): Flow {
    const way = separates(this.snapshot, this.profile) === 'no' ? 'yes' : this.#way(from, to);
    if (way === 'no') return nothing;
    const flow = this.#byPolicies(from, to);
    return way === 'yes' ? flow : doubtful(flow);
  }

  /** Whether primary networks leave a way between two ends. */
  #way(from: Unit, to: Unit): Match['is'] {
    if (from.kind === 'atom' || from.kind === 'name' || to.kind === 'atom' || to.kind === 'name') return 'yes';
    return wayBetween(this.snapshot, this.profile, asResolved(from), asResolved(to), null).is;
  }

  #byPolicies(from: Unit, to: Unit): Flow {
    const { readings } = this.#compiled;
    const only = readings[0];
    if (readings.length === 1 && only !== undefined) return this.#both(this.#egress(only.egress, from, to), this.#ingress(only.ingress, from, to));
    return this.#agreed(readings.map((r) => this.#both(this.#egress(r.egress, from, to), this.#ingress(r.ingress, from, to))));
  }

  /** Asked so often that nothing is made for what is known. */
  #both(egress: SideFlow, ingress: SideFlow): Flow {
    const row = kept(this.#flows, egress, () => new Map<SideFlow, Flow>());
    const known = row.get(ingress);
    if (known !== undefined) return known;
    const allowed = egress.mayAllow.subtract(egress.mayDeny).intersect(ingress.mayAllow.subtract(ingress.mayDeny));
    const flow = { allowed, unknown: egress.mayAllow.intersect(ingress.mayAllow).subtract(allowed) };
    row.set(ingress, flow);
    return flow;
  }

  /** What all readings say; where they differ, nobody knows. */
  #agreed(flows: readonly Flow[]): Flow {
    const [first, ...others] = flows as readonly [Flow, ...Flow[]];
    if (others.every((f) => f === first)) return first;
    const allowed = others.reduce((sum, f) => sum.intersect(f.allowed), first.allowed);
    return { allowed, unknown: TransportSet.unionAll(flows.flatMap((f) => [f.allowed, f.unknown])).subtract(allowed) };
  }

  #egress(model: SideModel, from: Unit, to: Unit): SideFlow {
    const flow = this.#ofSubject(model, from, asPeer(to), to.kind === 'class' ? to.workload : null);
    const fate = this.profile.podToOwnNode;
    if (fate === undefined) return flow;
    const sends = this.#isOwnNode(from, to);
    if (sends === 'no') return this.#pastNodePolicies(to, from, flow);
    if (fate === 'accepted') return flow;
    return { mayAllow: fate === 'dropped' && sends === 'yes' ? TransportSet.empty : flow.mayAllow, mayDeny: TransportSet.full };
  }

  /** Whether the second is the node of the first, a pod. */
  #isOwnNode(pod: Unit, of: Unit): Match['is'] {
    const node = of.kind === 'node' ? of.node : of.kind === 'class' && of.workload.hostNetwork ? of.workload.node : undefined;
    if (node === undefined || pod.kind !== 'class' || pod.workload.hostNetwork) return 'no';
    return isOwnNode(this.snapshot, asResolved(pod), node).is;
  }

  /** The side of `node` of what it exchanges with a pod: where it is the pod's own, policies about nodes may not be asked. */
  #pastNodePolicies(pod: Unit, node: Unit, flow: SideFlow): SideFlow {
    const own = this.profile.podToOwnNode === undefined ? 'no' : this.#isOwnNode(pod, node);
    return own === 'no' ? flow : own === 'yes' ? open : { mayAllow: TransportSet.full, mayDeny: flow.mayDeny };
  }

  #ingress(model: SideModel, from: Unit, to: Unit): SideFlow {
    return this.#pastNodePolicies(from, to, this.#ingressByPolicies(model, from, to));
  }

  #ingressByPolicies(model: SideModel, from: Unit, to: Unit): SideFlow {
    if (to.kind !== 'class') return this.#ofSubject(model, to, asPeer(from), null);
    const flow = this.#ofSubject(model, to, asPeer(from), to.workload);
    const node = from.kind === 'node' ? from.node : from.kind === 'class' && from.workload.hostNetwork ? from.workload.node : undefined;
    if (node === undefined || to.workload.hostNetwork || this.profile.ownNodeReachesPod === 'no') return flow;
    const own = isOwnNode(this.snapshot, { kind: 'pod', workload: to.workload, labels: to.class.labels }, node).is;
    if (own === 'no') return flow;
    const opened = this.#fromOwnNode(model, to, asPeer(from), flow);
    return own === 'yes' ? opened : { mayAllow: flow.mayAllow.union(opened.mayAllow), mayDeny: flow.mayDeny.union(opened.mayDeny) };
  }

  /** What a pod takes from its own node; `flow` is what it would take from that node if it were another. */
  #fromOwnNode(model: SideModel, to: Extract<Unit, { kind: 'class' }>, peer: PeerRef, flow: SideFlow): SideFlow {
    switch (this.profile.ownNodeReachesPod) {
      case 'yes':
        return open;
      case 'no':
        return flow;
      case 'unknown':
        return { mayAllow: TransportSet.full, mayDeny: flow.mayDeny };
      case 'unless-denied':
        return model.ofClass(to.class, to.workload, peer, to.workload, true);
    }
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

function asResolved(unit: Exclude<Unit, { kind: 'atom' | 'name' }>): Resolved {
  return unit.kind === 'node' ? unit : { kind: 'pod', workload: unit.workload, labels: unit.class.labels };
}

function asPeer(unit: Unit): PeerRef {
  if (unit.kind !== 'class') return unit;
  return unit.workload.hostNetwork ? { kind: 'host-pod', workload: unit.workload, labels: unit.class.labels } : { kind: 'class', id: unit.class.id };
}

function toFlow(side: SideFlow): Flow {
  return { allowed: side.mayAllow.subtract(side.mayDeny), unknown: side.mayAllow.intersect(side.mayDeny) };
}

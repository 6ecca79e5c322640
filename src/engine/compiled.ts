import { kept } from '../kernel/memo.ts';
import type { Change } from '../model/change.ts';
import type { Direction, Policy } from '../model/policy.ts';
import { enforces, type Profile } from '../model/profile.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Workload, WorkloadId } from '../model/workload.ts';
import { type IpSet, ipIntersect, ipIsEmpty } from '../space/ip-set.ts';
import { type AddressAtom, addressAtoms, type Block, blocksOf } from './blocks.ts';
import { ClassBook, type ClassUnit, type PodClass } from './classes.ts';
import { directoryOf, nodeName } from './directory.ts';
import { nameParties, namesOf } from './name-parties.ts';
import { saysItHasOne } from './network-of.ts';
import type { ReachParty } from './parties.ts';
import { type Picture, Rosters } from './rosters.ts';
import { AtomLists } from './rules.ts';
import { SideModel } from './side-model.ts';
import { hangsOnSubject, specialise } from './specialise.ts';
import { speaksOf, VocabularyBook } from './vocabulary.ts';

/** The two sides under one set of policies. */
export interface Reading {
  readonly ingress: SideModel;
  readonly egress: SideModel;
}

/** A block of outside addresses. */
type Outside = Extract<ReachParty, { kind: 'external' }>;

/** Whose answers a change may have touched. */
export interface Impact {
  /** Ids of classes with other members, other policies about them, or other rules that name them. */
  readonly classes: ReadonlySet<number>;
  /** Nodes or names are others, or answer otherwise. */
  readonly others: boolean;
  /** Outside blocks are cut otherwise. */
  readonly outside: boolean;
}

const directions = ['ingress', 'egress'] as const;

/** What is left behind by changes may be as much as what is in use, and at least this, before everything is made anew. */
const garbageAllowed = 2000;

/** A snapshot made ready for questions, and kept ready as it changes: classes, lists, atoms and sides. */
export class Compiled {
  readonly profile: Profile;
  readonly classes: ClassBook;
  /** One model a reading of the policies: those the profile enforces, and, where that is not known, all of them. */
  readonly readings: readonly Reading[];
  readonly #picture: Picture;
  readonly #vocabulary: VocabularyBook;
  readonly #subjects: Rosters;
  readonly peers: Rosters;
  readonly #outside: AtomLists;
  /** Classes of hostNetwork pods. */
  readonly hosts: PodClass[] = [];
  readonly #foreign: boolean;
  /** Some policy has peers that hang on the subject's namespace: there is a copy of it for each. */
  readonly #relative: boolean;
  atoms: readonly AddressAtom[] = [];
  /** Their parties, one each; an atom that stays has the same party as before. */
  outside: readonly Outside[] = [];
  readonly #atomOf = new Map<IpSet, number>();
  readonly #blocks = new Map<string, { readonly block: Block; users: number }>();
  readonly #naming = new Set<Policy>();
  /** How many workloads run on each node that they name. */
  readonly #nodes = new Map<string, number>();
  #others: readonly ReachParty[] | undefined = undefined;
  #garbage = 0;

  constructor(snapshot: Snapshot, profile: Profile) {
    this.profile = profile;
    this.#picture = { snapshot };
    const enforced = snapshot.policies.filter((p) => enforces(profile, p));
    this.#foreign = profile.foreignPolicies === 'unknown' && enforced.length < snapshot.policies.length;
    const all = this.#foreign ? snapshot.policies : enforced;
    this.#vocabulary = new VocabularyBook(snapshot, profile);
    for (const policy of all) this.#vocabulary.add(policy);
    this.#vocabulary.takeGrowth();
    this.classes = new ClassBook(profile, (namespace) => this.#vocabulary.scope(namespace), this.#vocabulary.everywhere);
    this.#subjects = new Rosters(this.#picture, profile, true);
    this.peers = new Rosters(this.#picture, profile, false);
    this.#outside = new AtomLists(this.#picture);
    for (const workload of snapshot.workloads) {
      if (workload.lifecycle !== 'finished') this.classes.place(workload);
      this.#runs(workload, 1);
    }
    this.#admit();
    for (const policy of all) this.#mentions(policy, 1);
    this.#cutOutside();
    const lists = { picture: this.#picture, subjects: this.#subjects, peers: this.peers, atoms: this.#outside };
    this.#relative = all.some(isRelative);
    const side = (direction: Direction, policies: readonly Policy[]): SideModel =>
      new SideModel(lists, profile, direction, this.#relative ? specialise(snapshot, policies) : policies, this.classes.all.length);
    this.readings = (this.#foreign ? [enforced, all] : [enforced]).map((policies) => ({
      ingress: side('ingress', policies),
      egress: side('egress', policies),
    }));
    this.#garbage = 0;
  }

  get snapshot(): Snapshot {
    return this.#picture.snapshot;
  }

  /** Where the pods of a workload are: nowhere when it is finished. Throws RangeError when the snapshot does not have it. */
  unitsOf(workload: WorkloadId): readonly ClassUnit[] {
    const units = this.classes.unitsOf(workload);
    if (units !== undefined) return 'class' in units ? [units] : units;
    if (directoryOf(this.snapshot).workloads.has(workload)) return [];
    throw new RangeError(`no workload ${workload} in the snapshot`);
  }

  /** The atom that is this very set. */
  atomOf(addresses: IpSet): number | undefined {
    return this.#atomOf.get(addresses);
  }

  /** Ids of the atoms that meet a set of addresses. */
  atomsIn(addresses: IpSet): readonly number[] {
    const own = this.atomOf(addresses);
    if (own !== undefined) return [own];
    return this.atoms.flatMap((a, id) => (ipIsEmpty(ipIntersect(a.addresses, addresses)) ? [] : [id]));
  }

  /** Nodes, outside blocks and names, in this order. */
  get others(): readonly ReachParty[] {
    this.#others ??= this.#partiesBeside();
    return this.#others;
  }

  /**
   * Follows changes that lead to `next`. Null when they cannot be followed: then this is of no use any more, and everything has to be made anew. That is
   * so when a policy changes how all others are read (the first in a language that the CNI may or may not enforce, the first whose order among equals
   * is by name, one with peers that hang on the subject's namespace, and where there are such, a change of namespaces), when blocks come to match pods for the first time, and when too much has been left behind.
   */
  apply(changes: readonly Change[], next: Snapshot): Impact | null {
    const impact = { classes: new Set<number>(), others: false, outside: false };
    this.#picture.snapshot = next;
    for (const change of changes) {
      if (change.kind === 'workload') {
        if (this.#relative && change.after !== null && !this.peers.hasNamespace(change.after.namespace)) return null;
        this.#exchangeWorkload(change.before, change.after, impact);
      } else if (change.kind === 'namespace') {
        // Another label may mean another network.
        if (this.#relative || next.primaryNetworks.length > 0 || [change.before, change.after].some((n) => n !== null && saysItHasOne(n))) return null;
        this.#relabel((change.after ?? change.before)?.name ?? '', impact);
      } else if (!this.#exchangePolicy(change.before, change.after, impact)) return null;
    }
    return this.#garbage > Math.max(garbageAllowed, next.policies.length + next.workloads.length / 8) ? null : impact;
  }

  #exchangePolicy(before: Policy | null, after: Policy | null, impact: { classes: Set<number>; others: boolean; outside: boolean }): boolean {
    const read = (p: Policy | null): p is Policy => p !== null && (this.#foreign || enforces(this.profile, p));
    if (after !== null && !read(after) && this.profile.foreignPolicies === 'unknown') return false;
    if ((before !== null && isRelative(before)) || (after !== null && isRelative(after))) return false;
    const [gone, come] = [read(before) ? before : null, read(after) ? after : null];
    // In this order, blocks that stay are never gone.
    const added = come !== null && this.#mentions(come, 1);
    const dropped = gone !== null && this.#mentions(gone, -1);
    if (gone !== null) {
      this.#touch(gone, impact);
      for (const [i, reading] of this.readings.entries()) if (i > 0 || enforces(this.profile, gone)) for (const d of directions) reading[d].remove(gone);
      this.#garbage++;
    }
    if (come !== null) {
      if (!this.readings.every((reading) => directions.every((d) => reading[d].admits(come)))) return false;
      this.#vocabulary.add(come);
      if (!this.#grow(impact)) return false;
      for (const [i, reading] of this.readings.entries()) if (i > 0 || enforces(this.profile, come)) for (const d of directions) reading[d].add(come);
      this.#touch(come, impact);
    }
    if (added || dropped) {
      this.#cutOutside();
      impact.outside = true;
    }
    return true;
  }

  /** Notes whom a policy is about. */
  #touch({ subject, rules }: Policy, impact: { classes: Set<number>; others: boolean }): void {
    if (subject.kind === 'nodes') impact.others = true;
    else for (const entry of this.#subjects.of([subject], JSON.stringify(subject.match)).members) impact.classes.add(entry < 0 ? -1 - entry : entry);
    if (rules.some((r) => (r.peers ?? []).some((p) => namesOf(p).length > 0))) impact.others = true;
  }

  /** Sorts pods again that new words are about. */
  #grow(impact: { classes: Set<number> }): boolean {
    const { everywhere, inNamespace, portNames, serviceAccounts, blocks } = this.#vocabulary.takeGrowth();
    if (blocks && this.profile.cidrMatchesPods !== 'no') return false;
    const again = (workload: Workload): void => {
      if (workload.lifecycle === 'finished') return;
      for (const { id } of this.classes.again(workload)) impact.classes.add(id);
    };
    const directory = directoryOf(this.snapshot);
    for (const [namespace, words] of inNamespace) for (const w of directory.inNamespace(namespace)) if (speaksOf(words, w)) again(w);
    if (everywhere.size > 0 || portNames.size > 0 || serviceAccounts.size > 0)
      for (const w of this.snapshot.workloads)
        if (speaksOf(everywhere, w) || serviceAccounts.has(w.serviceAccount) || w.ports.some((p) => p.name !== null && portNames.has(p.name))) again(w);
    this.#admit();
    return true;
  }

  #exchangeWorkload(before: Workload | null, after: Workload | null, impact: { classes: Set<number>; others: boolean }): void {
    if (before !== null) {
      for (const { id } of this.classes.remove(before.id)) impact.classes.add(id);
      if (this.#runs(before, -1)) impact.others = true;
    }
    if (after !== null) {
      if (this.#runs(after, 1)) impact.others = true;
      if (after.lifecycle !== 'finished') {
        this.classes.place(after);
        this.#admit();
        for (const { class: c } of [this.classes.unitsOf(after.id) ?? []].flat()) impact.classes.add(c.id);
      }
    }
    // What is kept about a hostNetwork pod hangs on where it was; about one that was none, nothing is kept.
    if (before?.hostNetwork === true) this.#lookAgain();
    if (impact.others) this.#others = undefined;
  }

  #relabel(namespace: string, impact: { classes: Set<number> }): void {
    for (const id of this.#subjects.relabel(namespace)) {
      impact.classes.add(id);
      this.#forget(id);
    }
    for (const id of this.peers.relabel(namespace)) impact.classes.add(id);
    for (const c of this.hosts) if (c.namespace === namespace) impact.classes.add(c.id);
    this.#lookAgain();
  }

  #admit(): void {
    for (const c of this.classes.takeFresh()) {
      this.#subjects.admit(c);
      this.peers.admit(c);
      if (c.sample.hostNetwork) this.hosts.push(c);
      this.#garbage++;
      this.#forget(c.id);
    }
  }

  #forget(classId: number): void {
    for (const reading of this.readings ?? []) for (const d of directions) reading[d].forget(classId);
  }

  #lookAgain(): void {
    for (const reading of this.readings) for (const d of directions) reading[d].lookAgain();
  }

  /** Counts blocks and names of a policy in or out; true when the set of blocks is another now. */
  #mentions(policy: Policy, by: 1 | -1): boolean {
    let other = false;
    for (const block of blocksOf([policy])) {
      const known = kept(this.#blocks, block.key, () => ({ block, users: 0 }));
      known.users += by;
      if (known.users === (by === 1 ? 1 : 0)) other = true;
      if (known.users === 0) this.#blocks.delete(block.key);
    }
    if (policy.rules.some((r) => (r.peers ?? []).some((p) => namesOf(p).length > 0))) {
      if (by === 1) this.#naming.add(policy);
      else this.#naming.delete(policy);
      this.#others = undefined;
    }
    return other;
  }

  #cutOutside(): void {
    this.atoms = addressAtoms([...this.#blocks.values()].map((b) => b.block));
    this.#outside.exchange(this.atoms);
    const known = new Map(this.outside.map((party) => [addressText(party.addresses), party]));
    this.outside = this.atoms.map(({ addresses }) => known.get(addressText(addresses)) ?? { kind: 'external', addresses });
    this.#atomOf.clear();
    for (const [id, { addresses }] of this.outside.entries()) this.#atomOf.set(addresses, id);
    this.#others = undefined;
  }

  /** Counts a workload on its node; true when the set of nodes is another now. */
  #runs({ node }: Workload, by: 1 | -1): boolean {
    if (node === null) return false;
    const count = (this.#nodes.get(node) ?? 0) + by;
    if (count === 0) this.#nodes.delete(node);
    else this.#nodes.set(node, count);
    return count === (by === 1 ? 1 : 0);
  }

  #partiesBeside(): readonly ReachParty[] {
    const { snapshot } = this;
    const directory = directoryOf(snapshot);
    const nodes = new Set([...snapshot.nodes.map((n) => n.name), ...[...this.#nodes.keys()].map((word) => nodeName(directory, word))]);
    return [
      ...(nodes.size === 0 ? [null] : [...nodes].sort()).map((node): ReachParty => ({ kind: 'node', node })),
      ...this.outside,
      ...(this.#naming.size === 0
        ? []
        : nameParties(snapshot.policies.filter((p) => this.#naming.has(p)).flatMap((p) => p.rules.flatMap((r) => (r.peers ?? []).flatMap(namesOf))))),
    ];
  }
}

function isRelative(policy: Policy): boolean {
  return policy.rules.some((r) => (r.peers ?? []).some(hangsOnSubject));
}

function addressText({ v4, v6 }: IpSet): string {
  return `${v4.join()};${v6.join()}`;
}

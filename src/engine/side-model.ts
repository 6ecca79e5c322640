import { kept } from '../kernel/memo.ts';
import type { Labels } from '../model/labels.ts';
import type { Direction, Policy, Rule } from '../model/policy.ts';
import type { Profile } from '../model/profile.ts';
import type { Workload } from '../model/workload.ts';
import { TransportSet } from '../space/transport-set.ts';
import { placeOf } from './arrange.ts';
import type { PodClass } from './classes.ts';
import { Effects } from './effects.ts';
import { isOwnNode, isSubjectNode, type MatchContext, matchRulePeers, type Resolved, resolvableThrough } from './match.ts';
import { type Match, yes } from './matching.ts';
import { namesPorts, portNames } from './port-names.ts';
import type { Picture, Roster, Rosters } from './rosters.ts';
import { type AtomLists, mayBeOutside } from './rules.ts';
import { type Hit, hitsOnClass, keptUnder, maybeOf, type Signature, signatureFrom, type TierEnd } from './signature.ts';
import { open, type SideFlow } from './solve.ts';

/** The other end of a side's question. Classes and atoms are on lists; the rest is matched when asked for. */
export type PeerRef =
  | { readonly kind: 'class'; readonly id: number }
  | { readonly kind: 'atom'; readonly id: number }
  | { readonly kind: 'node'; readonly node: string | null }
  | { readonly kind: 'host-pod'; readonly workload: Workload; readonly labels: Labels }
  | { readonly kind: 'name'; readonly name: string };

/** A rule with its list of peers (null: everybody), and the number of its effect. */
interface CompiledRule {
  readonly effect: number;
  readonly rule: Rule;
  readonly list: Roster | null;
}

/** Policies with the same subjects. `version` counts changes: signatures that were made of an older one are not found again. */
interface Group {
  readonly policies: Set<number>;
  version: number;
}

/** What the sides of one snapshot share: who is selected, who is named, what lies outside. */
export interface SideLists {
  readonly picture: Picture;
  readonly subjects: Rosters;
  readonly peers: Rosters;
  readonly atoms: AtomLists;
}

const perhaps: Match = { is: 'maybe', gaps: [] };
const strangers: readonly Hit[] = [];

/**
 * One direction of one snapshot under one set of policies: for each subject, which ports may pass to or from each peer.
 * Answers are kept by what they are made of (the tiers' ends, and which effects come about), so cost follows distinct situations, not pods.
 */
export class SideModel {
  readonly #lists: SideLists;
  readonly #profile: Profile;
  readonly #direction: Direction;
  /** By number; a policy that is gone leaves its number empty. */
  readonly #policies: (Policy | null)[] = [];
  readonly #rulesOf: (readonly CompiledRule[])[] = [];
  readonly #numbers = new Map<Policy, number>();
  readonly #effects: Effects;
  readonly #groups = new Map<number, Group>();
  readonly #users = new Map<number, Set<number>>();
  readonly #signatures = new Map<string, Signature>();
  readonly #ofClass: (Signature | undefined)[] = [];
  readonly #nodePolicies = new Set<number>();
  readonly #nodeSignatures = new Map<string, Signature>();
  readonly #ends = new Map<string, ReadonlyMap<string, TierEnd>>();
  readonly #answers = new Map<string, SideFlow>();
  #built = false;
  /** Some rule, which may be gone by now, names ports by their names. */
  usesPortNames = false;
  readonly #welcoming = new Set<number>();
  /** Classes that have to be looked at before `welcoming` is right. */
  readonly #unsorted = new Set<number>();
  /** Counts changes of what peers that are matched one at a time are matched by. */
  #looks = 0;

  constructor(lists: SideLists, profile: Profile, direction: Direction, policies: readonly Policy[], classes: number) {
    this.#lists = lists;
    this.#profile = profile;
    this.#direction = direction;
    this.#effects = new Effects(
      profile,
      policies.filter((p) => this.#takesPart(p)),
    );
    for (const policy of policies) this.add(policy);
    this.#built = true;
    for (let id = 0; id < classes; id++) this.#unsorted.add(id);
  }

  /** Whether a policy can join as things stand: one that would change how all others are numbered cannot. */
  admits(policy: Policy): boolean {
    return !this.#takesPart(policy) || this.#effects.admits(policy);
  }

  add(policy: Policy): void {
    if (!this.#takesPart(policy)) return;
    const number = this.#policies.push(policy) - 1;
    this.#numbers.set(policy, number);
    const rules = policy.rules
      .filter((r) => r.direction === this.#direction)
      .map((rule) => ({ effect: this.#effects.of(policy, rule), rule, list: rule.peers === null ? null : this.#lists.peers.of(rule.peers) }));
    this.#rulesOf.push(rules);
    if (rules.some((r) => namesPorts(r.rule))) this.usesPortNames = true;
    for (const { list } of rules) if (list !== null) kept(this.#users, list.id, () => new Set()).add(number);
    this.#enrol(policy, (group) => group.policies.add(number));
    if (policy.subject.kind === 'nodes') this.#nodePolicies.add(number);
  }

  remove(policy: Policy): void {
    const number = this.#numbers.get(policy);
    if (number === undefined) return;
    this.#enrol(policy, (group) => group.policies.delete(number));
    for (const { list } of this.#rulesOf[number] ?? []) if (list !== null) this.#users.get(list.id)?.delete(number);
    this.#nodePolicies.delete(number);
    this.#numbers.delete(policy);
    this.#policies[number] = null;
    this.#rulesOf[number] = [];
  }

  /** A class is new, or the lists that it is on as a subject have changed. */
  forget(classId: number): void {
    this.#ofClass[classId] = undefined;
    this.#unsorted.add(classId);
  }

  /** Labels of namespaces or hostNetwork pods have changed: peers are matched anew. */
  lookAgain(): void {
    this.#looks++;
  }

  /** Is some policy that isolates this direction certain to select the class? */
  isolated(classId: number): boolean {
    return this.signatureOf(classId).isolates;
  }

  /** The policies that select a class, as one object that equal classes share. */
  signatureOf(classId: number): Signature {
    const known = this.#ofClass[classId];
    if (known !== undefined) return known;
    let key = '';
    for (const entry of this.#lists.subjects.listsOf(classId)) {
      const group = this.#groups.get(entry < 0 ? -1 - entry : entry);
      if (group !== undefined && group.policies.size > 0) key += group.version === 0 ? `${entry},` : `${entry}.${group.version},`;
    }
    const signature = kept(this.#signatures, key, () => {
      const selections: number[] = [];
      for (const entry of this.#lists.subjects.listsOf(classId))
        for (const number of this.#groups.get(entry < 0 ? -1 - entry : entry)?.policies ?? []) selections.push(entry < 0 ? -1 - number : number);
      return this.#signature(selections);
    });
    this.#ofClass[classId] = signature;
    return signature;
  }

  /** Classes that some rule of a signature names, one more often where several do. */
  *namedBy(signature: Signature): Generator<number> {
    let last = -1;
    for (let i = 0; i < signature.lists.length; i += 2) {
      const list = signature.lists[i] as number;
      if (list === last) continue;
      last = list;
      for (const entry of this.#lists.peers.lists[list]?.members ?? []) yield entry < 0 ? -1 - entry : entry;
    }
  }

  /** Outside atoms that some rule of a signature names; null where it may also let those pass that none names. */
  namedOutside(signature: Signature): ReadonlySet<number> | null {
    // What rules for everybody let pass may hang on the names of ports.
    const unnamed = signature.usesPortNames && signature.universal.length > 0;
    if (signature.selections.length === 0 || unnamed || !this.#answer(signature, signature.universal, strangers, null).mayAllow.isEmpty) return null;
    const found = new Set<number>();
    for (let i = 0; i < signature.outside.length; i += 2) {
      const { certain, possible } = this.#lists.atoms.of(this.#lists.peers.lists[signature.outside[i] as number] as Roster);
      for (const id of certain) found.add(id);
      for (const id of possible) found.add(id);
    }
    return found;
  }

  /** Classes that some policy selects which names this list. */
  *admittedBy(list: number): Generator<number> {
    for (const number of this.#users.get(list) ?? []) {
      const subject = this.#policies[number]?.subject;
      if (subject?.kind !== 'pods') continue;
      for (const entry of this.#subjectsOf(subject).members) yield entry < 0 ? -1 - entry : entry;
    }
  }

  /**
   * Pods of one workload in a class, as pods (what a hostNetwork one would get if the CNI governed it). Only its node matters beyond the class.
   * `spared`: default deny does not shut the peer out.
   */
  ofClass(subject: PodClass, workload: Workload, peer: PeerRef, destination: Workload | null, spared = false): SideFlow {
    const signature = this.signatureOf(subject.id);
    if (signature.selections.length === 0) return open;
    if (peer.kind === 'class' && !signature.usesPortNames) return this.towards(signature, peer.id);
    return this.#flow(signature, { kind: 'pod', workload, labels: subject.labels }, peer, destination, spared);
  }

  /** Between subjects of a signature without port names and the pods of a class; -1 is a class that no rule names. */
  towards(signature: Signature, classId: number): SideFlow {
    if (signature.selections.length === 0) return open;
    const named = classId < 0 ? strangers : hitsOnClass(signature, this.#lists.peers, classId);
    if (named.length > 0) return this.#answer(signature, signature.pods, named, null);
    signature.toStrangers ??= this.#answer(signature, signature.pods, strangers, null);
    return signature.toStrangers;
  }

  /** Classes whose side may let pods pass that no rule of theirs names. */
  welcoming(): ReadonlySet<number> {
    for (const id of this.#unsorted) {
      if (this.welcomes(this.signatureOf(id))) this.#welcoming.add(id);
      else this.#welcoming.delete(id);
    }
    this.#unsorted.clear();
    return this.#welcoming;
  }

  /** Whether the side may let pods pass that no rule names. Yes where that hangs on the names of ports. */
  welcomes(signature: Signature): boolean {
    if (signature.usesPortNames && signature.pods.length > 0) return true;
    return !this.towards(signature, -1).mayAllow.isEmpty;
  }

  /** A node, under host policies, which do nothing unless the host firewall is on: what they let pass is certain, what they deny is not. */
  ofNode(node: string | null, peer: PeerRef, destination: Workload | null): SideFlow {
    if (this.#nodePolicies.size === 0) return open;
    const numbers = [...this.#nodePolicies].flatMap((number) => {
      const subject = this.#policies[number]?.subject;
      const is = subject?.kind === 'nodes' ? isSubjectNode(this.#lists.picture.snapshot, subject, node).is : 'no';
      return is === 'no' ? [] : [is === 'yes' ? number : -1 - number];
    });
    const signature = kept(this.#nodeSignatures, numbers.join(), () => this.#signature(numbers));
    if (signature.selections.length === 0) return open;
    const flow = this.#flow(signature, { kind: 'node', node }, peer, destination);
    return this.#profile.hostPolicies === 'in-force' ? flow : { mayAllow: TransportSet.full, mayDeny: flow.mayDeny };
  }

  #takesPart(policy: Policy): boolean {
    return policy.isolates[this.#direction] || policy.rules.some((r) => r.direction === this.#direction);
  }

  #subjectsOf(subject: Extract<Policy['subject'], { kind: 'pods' }>): Roster {
    return this.#lists.subjects.of([subject], JSON.stringify(subject.match));
  }

  #enrol({ subject }: Policy, change: (group: Group) => void): void {
    if (subject.kind !== 'pods') return;
    const list = this.#subjectsOf(subject);
    const known = this.#groups.get(list.id);
    if (known === undefined) this.#groups.set(list.id, { policies: new Set(), version: 0 });
    const group = this.#groups.get(list.id) as Group;
    change(group);
    if (this.#built) group.version++;
    if (this.#built) for (const entry of list.members) this.forget(entry < 0 ? -1 - entry : entry);
  }

  /** Walks the rules, not the peers: the cost is what the rules say. */
  #signature(selections: readonly number[]): Signature {
    const ends = new Map<string, TierEnd>();
    const everybody = new Set<Hit>();
    const pods = new Set<Hit>();
    const lists: number[] = [];
    const outside: number[] = [];
    let usesPortNames = false;
    let isolates = false;
    for (const selection of selections) {
      const certain = selection >= 0;
      const number = certain ? selection : -1 - selection;
      const policy = this.#policies[number] as Policy;
      if (policy.isolates[this.#direction]) {
        const { tier } = placeOf(policy, this.#profile);
        ends.set(tier.id, { policy, certain: certain || (ends.get(tier.id)?.certain ?? false) });
        isolates ||= certain;
      }
      for (const { effect, rule, list } of this.#rulesOf[number] ?? []) {
        if (namesPorts(rule)) usesPortNames = true;
        const hit = certain && rule.condition === undefined ? effect : maybeOf(effect);
        if (list === null) everybody.add(hit);
        else {
          if (list.whole > 0) pods.add(list.whole === 2 ? hit : maybeOf(effect));
          if (list.whole < 2) lists.push(list.id, hit);
          if (list.peers.some(mayBeOutside)) outside.push(list.id, hit);
        }
      }
    }
    const endsKey = [...ends].map(([tier, end]) => `${tier}${end.certain ? '!' : '?'}`).join();
    return signatureFrom({
      selections,
      ends: kept(this.#ends, endsKey, () => ends),
      endsKey,
      universal: [...everybody],
      pods: pods.size === 0 ? [...everybody] : [...new Set([...everybody, ...pods])],
      lists,
      outside,
      usesPortNames,
      isolates,
    });
  }

  #atAtom(signature: Signature, atom: number): readonly Hit[] {
    const { atoms } = this.#lists;
    signature.atoms = keptUnder(signature.atoms, atoms.version);
    return kept(signature.atoms.hits, atom, () => {
      const hits: Hit[] = [];
      for (let i = 0; i < signature.outside.length; i += 2) {
        const { certain, possible } = atoms.of(this.#lists.peers.lists[signature.outside[i] as number] as Roster);
        const hit = signature.outside[i + 1] as Hit;
        if (certain.has(atom)) hits.push(hit);
        else if (possible.has(atom)) hits.push(maybeOf(hit));
      }
      return hits;
    });
  }

  #flow(signature: Signature, subject: Resolved, peer: PeerRef, destination: Workload | null, spared = false): SideFlow {
    if (peer.kind === 'class') return this.#answer(signature, signature.pods, hitsOnClass(signature, this.#lists.peers, peer.id), destination);
    if (peer.kind === 'atom') return this.#answer(signature, signature.universal, this.#atAtom(signature, peer.id), destination);
    signature.looks = keptUnder(signature.looks, this.#looks);
    const hits = kept(signature.looks.hits, this.#lookKey(subject, peer), () => this.#hitsOf(signature, subject, peer));
    return this.#answer(signature, strangers, hits, destination, spared);
  }

  #answer(signature: Signature, base: readonly Hit[], more: readonly Hit[], destination: Workload | null, spared = false): SideFlow {
    const names = signature.usesPortNames && destination !== null ? portNames(destination) : '';
    const make = (): SideFlow => {
      const hits = [...new Set(more.length === 0 ? base : base.length === 0 ? more : [...base, ...more])].sort(ascending);
      return kept(this.#answers, `${spared ? '' : signature.endsKey}|${hits.join()}|${names}`, () =>
        this.#effects.solve(hits, spared ? noEnds : signature.ends, destination),
      );
    };
    // What comes on top of them is few: the others are not sorted and spelled out again for each question, nor for each destination whose port names matter.
    if (spared) return make();
    const known = base === signature.pods ? (signature.toPods ??= new Map()) : (signature.toOthers ??= new Map());
    return kept(known, `${more.join()}|${names}`, make);
  }

  /** All that a match with such a peer can hang on, beside the signature: the peer itself, and whether its node is the subject's own. */
  #lookKey(subject: Resolved, peer: Extract<PeerRef, { kind: 'node' | 'host-pod' | 'name' }>): string {
    if (peer.kind === 'name') return `name ${peer.name}`;
    const node = peer.kind === 'node' ? peer.node : peer.workload.node;
    const own = isOwnNode(this.#lists.picture.snapshot, subject, node).is;
    return peer.kind === 'node' ? `node ${own} ${JSON.stringify(node)}` : `pod ${own} ${peer.workload.id} ${JSON.stringify(peer.labels)}`;
  }

  /** Peers whose match depends on the subject (its own node, the names it may resolve) are matched one at a time. */
  #hitsOf(signature: Signature, subject: Resolved, peer: Extract<PeerRef, { kind: 'node' | 'host-pod' | 'name' }>): Hit[] {
    const { snapshot } = this.#lists.picture;
    const selecting = signature.selections.map((s) => ({ policy: this.#policies[s < 0 ? -1 - s : s] as Policy, selected: s < 0 ? perhaps : yes }));
    const context: MatchContext = { snapshot, profile: this.#profile, subject, via: null, resolvable: (name) => resolvableThrough(selecting, name) };
    const endpoint: Resolved = peer.kind === 'host-pod' ? { kind: 'pod', workload: peer.workload, labels: peer.labels } : peer;
    const hits = signature.selections.flatMap((selection) =>
      (this.#rulesOf[selection < 0 ? -1 - selection : selection] ?? []).flatMap(({ effect, rule }) => {
        const match = matchRulePeers(context, rule, endpoint).is;
        return match === 'no' ? [] : [match === 'yes' && selection >= 0 ? effect : maybeOf(effect)];
      }),
    );
    return [...new Set(hits)];
  }
}

const noEnds: ReadonlyMap<string, TierEnd> = new Map();

function ascending(a: number, b: number): number {
  return a - b;
}

import { kept } from '../kernel/memo.ts';
import type { Labels } from '../model/labels.ts';
import type { Action, Direction, Policy, PortMatch, Rule } from '../model/policy.ts';
import type { Profile } from '../model/profile.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Workload } from '../model/workload.ts';
import { TransportSet } from '../space/transport-set.ts';
import { arrange, placeOf, sequencesOf } from './arrange.ts';
import type { AddressAtom } from './blocks.ts';
import type { PodClass } from './classes.ts';
import { isOwnNode, type MatchContext, matchRulePeers, type Resolved, resolvableThrough, selectsNode } from './match.ts';
import { type Match, yes } from './matching.ts';
import { type ClassIndex, type Members, PeerCompiler, portless, type RulePeers, rulePorts } from './rules.ts';
import { type MatchedRule, open, type SideFlow, solve } from './solve.ts';

/** The other end of a side's question. Classes and atoms are looked up in precomputed sets; the rest is matched when asked for. */
export type PeerRef =
  | { readonly kind: 'class'; readonly id: number }
  | { readonly kind: 'atom'; readonly id: number }
  | { readonly kind: 'node'; readonly node: string | null }
  | { readonly kind: 'host-pod'; readonly workload: Workload; readonly labels: Labels }
  | { readonly kind: 'name'; readonly name: string };

/** What a rule does once it matches. Rules of unions that do the same on the same ports have one effect between them. */
interface Effect {
  readonly policy: Policy;
  readonly action: Action;
  readonly rank?: number;
  readonly ports: readonly PortMatch[] | null;
}

/** A rule with its peers as sets, and the number of its effect. */
interface CompiledRule {
  readonly effect: number;
  readonly rule: Rule;
  readonly peers: RulePeers;
}

/** A policy that selects the subject: for certain or perhaps. */
interface Selection {
  readonly policy: number;
  readonly certain: boolean;
}

/** An effect that comes about: its number when that is certain, else the complement (-1 - number). */
type Hit = number;

/** What the end of a tier does to subjects of one signature. */
interface TierEnd {
  readonly policy: Policy;
  readonly certain: boolean;
}

/** Subjects that the same policies select in this direction: they share every row. */
export interface Signature {
  readonly selections: readonly Selection[];
  /** Tiers that some selecting policy isolates in, by id. */
  readonly ends: ReadonlyMap<string, TierEnd>;
  /** Effects on every peer. Classes and atoms that no other rule touches see these alone, and so share one answer. */
  readonly universal: readonly Hit[];
  /** Further effects, by the class or atom that rules touch. */
  readonly classes: ReadonlyMap<number, readonly Hit[]>;
  readonly atoms: ReadonlyMap<number, readonly Hit[]>;
  /** Some rule uses a port name: the answer then depends on the destination's ports as well. */
  readonly usesPortNames: boolean;
  readonly answers: Map<string, SideFlow>;
  /** Hits of peers that are matched one at a time. */
  readonly lookedUp: Map<string, readonly Hit[]>;
  /** Answers by class, where they depend on nothing else; -1 is for classes that no rule touches. */
  readonly byClass: Map<number, SideFlow>;
}

const noHits: readonly Hit[] = [];
const untouched = -1;
const perhaps: Match = { is: 'maybe', gaps: [] };

/**
 * One direction of one snapshot under one set of policies: for each subject, which ports may pass to or from each peer.
 * Rows are shared by signature and by which effects come about, so cost follows distinct situations, not pods.
 */
export class SideModel {
  readonly #snapshot: Snapshot;
  readonly #profile: Profile;
  readonly #direction: Direction;
  readonly #policies: readonly Policy[];
  readonly #rulesOf: readonly (readonly CompiledRule[])[];
  readonly #effects: Effect[] = [];
  readonly #effectIds = new Map<string, number>();
  readonly #signatures = new Map<string, Signature>();
  readonly #ofClass: readonly Signature[];
  readonly #nodeSignatures = new Map<string, Signature>();

  constructor(snapshot: Snapshot, profile: Profile, direction: Direction, policies: readonly Policy[], classes: ClassIndex, atoms: readonly AddressAtom[]) {
    this.#snapshot = snapshot;
    this.#profile = profile;
    this.#direction = direction;
    this.#policies = policies.filter((p) => p.isolates[direction] || p.rules.some((r) => r.direction === direction));
    const compiler = new PeerCompiler(snapshot, profile, classes, atoms);
    this.#rulesOf = this.#policies.map((policy) =>
      policy.rules.filter((r) => r.direction === direction).map((rule) => ({ effect: this.#effectOf(policy, rule), rule, peers: compiler.peers(rule) })),
    );
    // Policies with the same subjects are one group: a class lists groups, however many policies select it.
    const groups = new Map<Members, number[]>();
    for (const [policy, p] of this.#policies.entries()) kept(groups, compiler.subjects(p), () => []).push(policy);
    const byClass: string[][] = classes.all.map(() => []);
    const selections: Selection[][] = [];
    for (const [subjects, members] of groups) {
      for (const certain of [true, false]) {
        const ids = certain ? subjects.certain : subjects.possible;
        if (ids.size === 0) continue;
        const group = selections.push(members.map((policy) => ({ policy, certain }))) - 1;
        for (const id of ids) byClass[id]?.push(String(group));
      }
    }
    this.#ofClass = byClass.map((list) =>
      kept(this.#signatures, `groups ${list.join()}`, () => this.#signature(list.flatMap((g) => selections[Number(g)] ?? []))),
    );
  }

  /** Is some policy that isolates this direction certain to select the class? */
  isolated(classId: number): boolean {
    return this.signatureOf(classId).selections.some((s) => s.certain && this.#policies[s.policy]?.isolates[this.#direction] === true);
  }

  /** The policies that select a class, as one object that equal classes share. */
  signatureOf(classId: number): Signature {
    return this.#ofClass[classId] as Signature;
  }

  /** Pods of one workload in a class, as pods (what a hostNetwork one would get if the CNI governed it). Only its node matters beyond the class. */
  ofClass(subject: PodClass, workload: Workload, peer: PeerRef, destination: Workload | null): SideFlow {
    const signature = this.signatureOf(subject.id);
    if (signature.selections.length === 0) return open;
    if (peer.kind === 'class' && !signature.usesPortNames) return this.towards(signature, peer.id);
    return this.#flow(signature, { kind: 'pod', workload, labels: subject.labels }, peer, destination);
  }

  /** Between subjects of a signature without port names and the pods of a class. */
  towards(signature: Signature, classId: number): SideFlow {
    if (signature.selections.length === 0) return open;
    const touched = signature.classes.get(classId);
    return kept(signature.byClass, touched === undefined ? untouched : classId, () =>
      this.#answer(signature, [...signature.universal, ...(touched ?? noHits)], null),
    );
  }

  /** A node, under host policies, which do nothing unless the host firewall is on: what they let pass is certain, what they deny is not. */
  ofNode(node: string | null, peer: PeerRef, destination: Workload | null): SideFlow {
    const signature = kept(this.#nodeSignatures, node ?? '\u0000', () =>
      this.#intern(
        this.#policies.flatMap((p, policy) =>
          p.subject.kind === 'nodes' ? selectionBy(policy, selectsNode(this.#snapshot, p.subject.selector, node).is) : [],
        ),
      ),
    );
    if (signature.selections.length === 0) return open;
    const flow = this.#flow(signature, { kind: 'node', node }, peer, destination);
    return this.#profile.hostPolicies === 'in-force' ? flow : { mayAllow: TransportSet.full, mayDeny: flow.mayDeny };
  }

  /** In a union only the action and the ports matter; where the first match settles, each rule is an effect of its own. */
  #effectOf(policy: Policy, rule: Rule): number {
    const { tier, order } = placeOf(policy, this.#profile);
    const { evaluation } = policy;
    // Where names tell policies of equal order apart, each keeps its own place among those that settle by first match.
    const merges = evaluation === 'deny-wins' && !(this.#profile.equalOrder === 'by-name' && this.#policies.some((p) => p.evaluation === 'first-match'));
    const key = merges ? JSON.stringify([tier.id, order, rule.action, rule.ports]) : `rule ${this.#effects.length}`;
    return kept(
      this.#effectIds,
      key,
      () => this.#effects.push({ policy, action: rule.action, ...(rule.rank === undefined ? {} : { rank: rule.rank }), ports: rule.ports }) - 1,
    );
  }

  #intern(selections: readonly Selection[]): Signature {
    const key = selections.map((s) => (s.certain ? s.policy : -1 - s.policy)).join(',');
    return kept(this.#signatures, key, () => this.#signature(selections));
  }

  /** Walks the rules, not the peers: the cost is what the rules name. Policies come in their own order, whatever selected them. */
  #signature(unordered: readonly Selection[]): Signature {
    const selections = [...unordered].sort((a, b) => a.policy - b.policy);
    const ends = new Map<string, TierEnd>();
    const named = new Map<Hit, Set<RulePeers>>();
    const doubted = new Map<Hit, Set<RulePeers>>();
    const universal = new Set<Hit>();
    let usesPortNames = false;
    for (const { policy, certain } of selections) {
      const p = this.#policies[policy] as Policy;
      const { tier } = placeOf(p, this.#profile);
      if (p.isolates[this.#direction]) ends.set(tier.id, { policy: p, certain: certain || (ends.get(tier.id)?.certain ?? false) });
      for (const { effect, rule, peers } of this.#rulesOf[policy] ?? []) {
        if (rule.ports?.some((port) => typeof port.port === 'string') === true) usesPortNames = true;
        const sure = certain && rule.condition === undefined ? effect : -1 - effect;
        if (peers.everyone) universal.add(sure);
        else {
          kept(named, sure, () => new Set()).add(peers);
          kept(doubted, -1 - effect, () => new Set()).add(peers);
        }
      }
    }
    const classes = new Map<number, Hit[]>();
    const atoms = new Map<number, Hit[]>();
    for (const [hit, lists] of named) for (const peers of lists) note(peers.classes.certain, peers.atoms.certain, hit, classes, atoms);
    for (const [hit, lists] of doubted) for (const peers of lists) note(peers.classes.possible, peers.atoms.possible, hit, classes, atoms);
    return { selections, ends, universal: [...universal], classes, atoms, usesPortNames, answers: new Map(), lookedUp: new Map(), byClass: new Map() };
  }

  #flow(signature: Signature, subject: Resolved, peer: PeerRef, destination: Workload | null): SideFlow {
    if (peer.kind === 'class' || peer.kind === 'atom') {
      const hits = (peer.kind === 'class' ? signature.classes : signature.atoms).get(peer.id) ?? noHits;
      return this.#answer(signature, [...signature.universal, ...hits], destination);
    }
    return this.#answer(
      signature,
      kept(signature.lookedUp, this.#lookKey(subject, peer), () => this.#hitsOf(signature, subject, peer)),
      destination,
    );
  }

  #answer(signature: Signature, hits: readonly Hit[], destination: Workload | null): SideFlow {
    const key = signature.usesPortNames && destination !== null ? `${hits.join()} ${portNames(destination)}` : hits.join();
    return kept(signature.answers, key, () => this.#solve(signature, hits, destination));
  }

  /** All that a match with such a peer can hang on, beside the signature: the peer itself, and whether its node is the subject's own. */
  #lookKey(subject: Resolved, peer: Extract<PeerRef, { kind: 'node' | 'host-pod' | 'name' }>): string {
    if (peer.kind === 'name') return `name ${peer.name}`;
    const node = peer.kind === 'node' ? peer.node : peer.workload.node;
    const own = isOwnNode(this.#snapshot, subject, node).is;
    return peer.kind === 'node' ? `node ${own} ${JSON.stringify(node)}` : `pod ${own} ${peer.workload.id} ${JSON.stringify(peer.labels)}`;
  }

  /** Peers whose match depends on the subject (its own node, the names it may resolve) are matched one at a time. */
  #hitsOf(signature: Signature, subject: Resolved, peer: Extract<PeerRef, { kind: 'node' | 'host-pod' | 'name' }>): Hit[] {
    const context = this.#contextFor(signature, subject);
    const endpoint: Resolved = peer.kind === 'host-pod' ? { kind: 'pod', workload: peer.workload, labels: peer.labels } : peer;
    const hits = signature.selections.flatMap(({ policy, certain }) =>
      (this.#rulesOf[policy] ?? []).flatMap(({ effect, rule }) => {
        const match = matchRulePeers(context, rule, endpoint).is;
        return match === 'no' ? [] : [match === 'yes' && certain ? effect : -1 - effect];
      }),
    );
    return [...new Set(hits)];
  }

  #solve(signature: Signature, hits: readonly Hit[], destination: Workload | null): SideFlow {
    const unsure = this.#profile.otherProtocolsByRule === 'unknown' ? portless : TransportSet.empty;
    const byPolicy = new Map<Policy, { readonly rule: Pick<Rule, 'action' | 'rank'>; readonly order: number; readonly matched: MatchedRule }[]>();
    for (const hit of hits) {
      const order = hit < 0 ? -1 - hit : hit;
      const effect = this.#effects[order] as Effect;
      const { policy, action, ports: items } = effect;
      const ports = rulePorts(this.#profile, items, destination);
      const matched = hit < 0 ? { action, certain: TransportSet.empty, possible: ports.certain.union(ports.possible) } : { action, ...ports };
      kept(byPolicy, policy, () => []).push({ rule: effect, order, matched });
    }
    // Effects were numbered in rule order.
    for (const list of byPolicy.values()) list.sort((a, b) => a.order - b.order);
    for (const { policy } of signature.ends.values()) kept(byPolicy, policy, () => []);
    const holders = [...byPolicy].map(([policy, effects]) => ({ policy, effects }));
    return solve(
      arrange(holders, this.#profile).map(({ tier, groups }) => {
        const end = tier.end === 'deny' ? signature.ends.get(tier.id) : undefined;
        return {
          tier,
          groups: groups.map((group) =>
            sequencesOf(
              group,
              (h) => h.effects,
              (e) => e.rule,
            ).map((sequence) => sequence.map((step) => step.map((e) => e.matched))),
          ),
          endDenies: end?.certain === true ? TransportSet.full.subtract(unsure) : TransportSet.empty,
          endMayDeny: end === undefined ? TransportSet.empty : TransportSet.full,
        };
      }),
    );
  }

  #contextFor(signature: Signature, subject: Resolved): MatchContext {
    const selecting = signature.selections.map((s) => ({ policy: this.#policies[s.policy] as Policy, selected: s.certain ? yes : perhaps }));
    const resolvable = (name: string): Match => resolvableThrough(selecting, name);
    return { snapshot: this.#snapshot, profile: this.#profile, subject, via: null, resolvable };
  }
}

function note(classIds: Iterable<number>, atomIds: Iterable<number>, hit: Hit, classes: Map<number, Hit[]>, atoms: Map<number, Hit[]>): void {
  for (const [ids, into] of [
    [classIds, classes],
    [atomIds, atoms],
  ] as const) {
    for (const id of ids) {
      const hits = kept(into, id, () => []);
      if (hits.at(-1) !== hit) hits.push(hit);
    }
  }
}

function selectionBy(policy: number, match: Match['is']): Selection[] {
  return match === 'no' ? [] : [{ policy, certain: match === 'yes' }];
}

/** The part of a destination that port names depend on, as text. */
function portNames(destination: Workload): string {
  return destination.ports
    .filter((p) => p.name !== null)
    .map((p) => `${p.name}/${p.protocol}=${p.port}`)
    .join();
}

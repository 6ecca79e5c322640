import { kept } from '../kernel/memo.ts';
import type { Labels } from '../model/labels.ts';
import type { Action, Direction, Policy, Rule } from '../model/policy.ts';
import type { Profile } from '../model/profile.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Workload } from '../model/workload.ts';
import { TransportSet } from '../space/transport-set.ts';
import { arrange, sequencesOf } from './arrange.ts';
import type { AddressAtom } from './blocks.ts';
import type { PodClass } from './classes.ts';
import { type Match, type MatchContext, matchRulePeers, type Resolved, resolvableThrough, selectsNode, yes } from './match.ts';
import { type ClassIndex, PeerCompiler, portless, type RulePeers, rulePorts } from './rules.ts';
import { type MatchedRule, open, type SideFlow, solve } from './solve.ts';

/** The other end of a side's question. Classes and atoms are looked up in precomputed sets; the rest is matched when asked for. */
export type PeerRef =
  | { readonly kind: 'class'; readonly id: number }
  | { readonly kind: 'atom'; readonly id: number }
  | { readonly kind: 'node'; readonly node: string | null }
  | { readonly kind: 'host-pod'; readonly workload: Workload; readonly labels: Labels }
  | { readonly kind: 'name'; readonly name: string };

/** A rule with its peers as sets, and the policy that it belongs to. */
interface CompiledRule {
  readonly id: number;
  readonly policy: number;
  readonly rule: Rule;
  readonly peers: RulePeers;
}

/** A policy that selects the subject: for certain or perhaps. */
interface Selection {
  readonly policy: number;
  readonly certain: boolean;
}

/** A rule that matches, by id: the id itself when that is certain, else its complement (-1 - id). */
type Hit = number;

/** Subjects that the same policies select in this direction: they share every row. */
export interface Signature {
  readonly selections: readonly Selection[];
  /** Rules that match every peer. Classes and atoms that no other rule touches see these alone, and so share one answer. */
  readonly universal: readonly Hit[];
  /** Further rules, by the class or atom that they touch. */
  readonly classes: ReadonlyMap<number, readonly Hit[]>;
  readonly atoms: ReadonlyMap<number, readonly Hit[]>;
  /** Some rule uses a port name: the answer then depends on the destination's ports as well. */
  readonly usesPortNames: boolean;
  readonly answers: Map<string, SideFlow>;
}

const noHits: readonly Hit[] = [];
const perhaps: Match = { is: 'maybe', gaps: [] };

/**
 * One direction of one snapshot under one set of policies: for each subject, which ports may pass to or from each peer.
 * Rows are shared by signature and by which rules match, so cost follows distinct situations, not pods.
 */
export class SideModel {
  readonly #snapshot: Snapshot;
  readonly #profile: Profile;
  readonly #direction: Direction;
  readonly #policies: readonly Policy[];
  readonly #rules: readonly CompiledRule[];
  readonly #rulesOf: readonly (readonly CompiledRule[])[];
  readonly #bySubject: (readonly Selection[])[];
  readonly #signatures = new Map<string, Signature>();
  readonly #ofClass: Signature[];
  readonly #nodeSignatures = new Map<string, Signature>();

  constructor(snapshot: Snapshot, profile: Profile, direction: Direction, policies: readonly Policy[], classes: ClassIndex, atoms: readonly AddressAtom[]) {
    this.#snapshot = snapshot;
    this.#profile = profile;
    this.#direction = direction;
    this.#policies = policies.filter((p) => p.isolates[direction] || p.rules.some((r) => r.direction === direction));
    const compiler = new PeerCompiler(snapshot, profile, classes, atoms);
    let id = 0;
    this.#rulesOf = this.#policies.map((p, policy) =>
      p.rules.filter((r) => r.direction === direction).map((rule) => ({ id: id++, policy, rule, peers: compiler.peers(rule) })),
    );
    this.#rules = this.#rulesOf.flat();
    const bySubject: Selection[][] = classes.all.map(() => []);
    for (const [policy, p] of this.#policies.entries()) {
      const subjects = compiler.subjects(p);
      for (const id of subjects.certain) bySubject[id]?.push({ policy, certain: true });
      for (const id of subjects.possible) bySubject[id]?.push({ policy, certain: false });
    }
    this.#bySubject = bySubject;
    this.#ofClass = bySubject.map((selections) => this.#intern(selections));
  }

  /** Is some policy that isolates this direction certain to select the class? */
  isolated(classId: number): boolean {
    return (this.#bySubject[classId] ?? []).some((s) => s.certain && this.#policies[s.policy]?.isolates[this.#direction] === true);
  }

  /** Pods of one workload in a class, as pods (what a hostNetwork one would get if the CNI governed it). Only its node matters beyond the class. */
  ofClass(subject: PodClass, workload: Workload, peer: PeerRef, destination: Workload | null): SideFlow {
    return this.#flow(this.#ofClass[subject.id] as Signature, { kind: 'pod', workload, labels: subject.labels }, peer, destination);
  }

  /** A node, under host policies, which do nothing unless the host firewall is on: what they let pass is certain, what they deny is not. */
  ofNode(node: string | null, peer: PeerRef, destination: Workload | null): SideFlow {
    const key = node ?? '\u0000';
    const signature = kept(this.#nodeSignatures, key, () => {
      const selections = this.#policies.flatMap((p, policy) =>
        p.subject.kind === 'nodes' ? selectionBy(policy, selectsNode(this.#snapshot, p.subject.selector, node).is) : [],
      );
      return this.#intern(selections);
    });
    const { mayDeny } = this.#flow(signature, { kind: 'node', node }, peer, destination);
    return { mayAllow: TransportSet.full, mayDeny };
  }

  #intern(selections: readonly Selection[]): Signature {
    const key = selections.map((s) => (s.certain ? s.policy : -1 - s.policy)).join(',');
    return kept(this.#signatures, key, () => this.#signature(selections));
  }

  /** Walks the rules, not the peers: the cost is what the rules name. */
  #signature(selections: readonly Selection[]): Signature {
    const universal: Hit[] = [];
    const classes = new Map<number, Hit[]>();
    const atoms = new Map<number, Hit[]>();
    let usesPortNames = false;
    for (const { policy, certain } of selections) {
      for (const { id, rule, peers } of this.#rulesOf[policy] ?? []) {
        if (rule.ports?.some((p) => typeof p.port === 'string') === true) usesPortNames = true;
        const maybe = -1 - id;
        const sure = certain && rule.condition === undefined ? id : maybe;
        if (peers.everyone) universal.push(sure);
        for (const c of peers.classes.certain) kept(classes, c, () => [] as Hit[]).push(sure);
        for (const c of peers.classes.possible) kept(classes, c, () => [] as Hit[]).push(maybe);
        for (const a of peers.atoms.certain) kept(atoms, a, () => [] as Hit[]).push(sure);
        for (const a of peers.atoms.possible) kept(atoms, a, () => [] as Hit[]).push(maybe);
      }
    }
    return { selections, universal, classes, atoms, usesPortNames, answers: new Map() };
  }

  #flow(signature: Signature, subject: Resolved, peer: PeerRef, destination: Workload | null): SideFlow {
    if (signature.selections.length === 0) return open;
    const hits =
      peer.kind === 'class'
        ? (signature.classes.get(peer.id) ?? noHits)
        : peer.kind === 'atom'
          ? (signature.atoms.get(peer.id) ?? noHits)
          : this.#hitsOf(signature, subject, peer);
    const all = peer.kind === 'class' || peer.kind === 'atom' ? [...signature.universal, ...hits] : hits;
    const key = signature.usesPortNames && destination !== null ? `${all.join()} ${portNames(destination)}` : all.join();
    return kept(signature.answers, key, () => this.#solve(signature, all, destination));
  }

  /** Peers whose match depends on the subject (its own node, the names it may resolve) are matched one at a time. */
  #hitsOf(signature: Signature, subject: Resolved, peer: Extract<PeerRef, { kind: 'node' | 'host-pod' | 'name' }>): Hit[] {
    const context = this.#contextFor(signature, subject);
    const endpoint: Resolved = peer.kind === 'host-pod' ? { kind: 'pod', workload: peer.workload, labels: peer.labels } : peer;
    return signature.selections.flatMap(({ policy, certain }) =>
      (this.#rulesOf[policy] ?? []).flatMap(({ id, rule }) => {
        const match = matchRulePeers(context, rule, endpoint).is;
        return match === 'no' ? [] : [match === 'yes' && certain ? id : -1 - id];
      }),
    );
  }

  #solve(signature: Signature, hits: readonly Hit[], destination: Workload | null): SideFlow {
    const unsure = this.#profile.otherProtocolsByRule === 'unknown' ? portless : TransportSet.empty;
    const byPolicy = new Map<number, { readonly action: Action; readonly matched: MatchedRule }[]>();
    for (const hit of hits) {
      const { policy, rule } = this.#rules[hit < 0 ? -1 - hit : hit] as CompiledRule;
      const ports = rulePorts(this.#profile, rule.ports, destination);
      const { action } = rule;
      const matched = hit < 0 ? { action, certain: TransportSet.empty, possible: ports.certain.union(ports.possible) } : { action, ...ports };
      kept(byPolicy, policy, () => []).push({ action, matched });
    }
    const holders = signature.selections.map(({ policy, certain }) => ({
      policy: this.#policies[policy] as Policy,
      certain,
      hits: byPolicy.get(policy) ?? [],
    }));
    return solve(
      arrange(holders, this.#profile).map(({ tier, groups }) => {
        const isolating = tier.end === 'pass' ? [] : groups.flat().filter((h) => h.policy.isolates[this.#direction]);
        return {
          groups: groups.map((group) =>
            sequencesOf(
              group,
              (h) => h.hits,
              (h) => h.action,
            ).map((sequence) => sequence.map((step) => step.map((h) => h.matched))),
          ),
          endDenies: isolating.some((h) => h.certain) ? TransportSet.full.subtract(unsure) : TransportSet.empty,
          endMayDeny: isolating.length > 0 ? TransportSet.full : TransportSet.empty,
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

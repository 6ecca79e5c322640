import { kept } from '../kernel/memo.ts';
import type { Labels } from '../model/labels.ts';
import type { Direction, Policy, Rule } from '../model/policy.ts';
import { tiers } from '../model/policy.ts';
import type { Profile } from '../model/profile.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Workload } from '../model/workload.ts';
import { TransportSet } from '../space/transport-set.ts';
import type { AddressAtom } from './blocks.ts';
import type { PodClass } from './classes.ts';
import { type Match, type MatchContext, matchesName, matchRulePeers, type Resolved, selectsNode } from './match.ts';
import { type ClassIndex, PeerCompiler, portless, type RulePeers, rulePorts } from './rules.ts';
import { type MatchedRule, open, type SideFlow, solve } from './solve.ts';

/** The other end of a side's question. Classes and atoms are looked up in precomputed sets; the rest is matched when asked for. */
export type PeerRef =
  | { readonly kind: 'class'; readonly id: number }
  | { readonly kind: 'atom'; readonly id: number }
  | { readonly kind: 'node'; readonly node: string | null }
  | { readonly kind: 'host-pod'; readonly workload: Workload; readonly labels: Labels }
  | { readonly kind: 'name'; readonly name: string };

interface CompiledRule {
  readonly rule: Rule;
  readonly peers: RulePeers;
}

/** A policy that selects the subject: for certain or perhaps. */
interface Selection {
  readonly policy: number;
  readonly certain: boolean;
}

/** Policies of one direction, by tier, that select subjects of one signature. Pods with equal signatures share every row. */
interface Signature {
  readonly selections: readonly Selection[];
  /** Classes and atoms that some rule names: all others match only the rules for everyone, and so share one answer. */
  readonly touched: { readonly classes: ReadonlySet<number>; readonly atoms: ReadonlySet<number> };
  /** Some rule uses a port name: the answer then depends on the destination's ports. */
  readonly usesPortNames: boolean;
  readonly rest: Map<string, SideFlow>;
  readonly memo: Map<string, SideFlow>;
}

/**
 * One direction of one snapshot under one set of policies: for each subject, which ports may pass to or from each peer.
 * Rows are shared by signature and by which rules match, so cost follows distinct situations, not pods.
 */
export class SideModel {
  readonly #snapshot: Snapshot;
  readonly #profile: Profile;
  readonly #direction: Direction;
  readonly #policies: readonly Policy[];
  readonly #rules: readonly (readonly CompiledRule[])[];
  readonly #bySubject: (readonly Selection[])[];
  readonly #signatures = new Map<string, Signature>();
  readonly #ofClass: Signature[];
  readonly #nodeSignatures = new Map<string, Signature>();
  readonly #tierOrder = Object.values(tiers).sort((a, b) => a.order - b.order);

  constructor(snapshot: Snapshot, profile: Profile, direction: Direction, policies: readonly Policy[], classes: ClassIndex, atoms: readonly AddressAtom[]) {
    this.#snapshot = snapshot;
    this.#profile = profile;
    this.#direction = direction;
    this.#policies = policies.filter((p) => p.isolates[direction] || p.rules.some((r) => r.direction === direction));
    const compiler = new PeerCompiler(snapshot, profile, classes, atoms);
    this.#rules = this.#policies.map((p) => p.rules.filter((r) => r.direction === direction).map((rule) => ({ rule, peers: compiler.peers(rule) })));
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

  /** A node, under host policies. */
  ofNode(node: string | null, peer: PeerRef, destination: Workload | null): SideFlow {
    const key = node ?? '\u0000';
    const signature = kept(this.#nodeSignatures, key, () => {
      const selections = this.#policies.flatMap((p, policy) =>
        p.subject.kind === 'nodes' && selectsNode(this.#snapshot, p.subject.selector, node).is !== 'no' ? [{ policy, certain: false }] : [],
      );
      return this.#intern(selections);
    });
    return this.#flow(signature, { kind: 'node', node }, peer, destination);
  }

  #intern(selections: readonly Selection[]): Signature {
    const key = selections.map((s) => (s.certain ? s.policy : -1 - s.policy)).join(',');
    return kept(this.#signatures, key, () => this.#signature(selections));
  }

  #signature(selections: readonly Selection[]): Signature {
    const classes = new Set<number>();
    const atoms = new Set<number>();
    let usesPortNames = false;
    for (const { policy } of selections)
      for (const { rule, peers } of this.#rules[policy] ?? []) {
        if (rule.ports?.some((p) => typeof p.port === 'string') === true) usesPortNames = true;
        if (peers.everyone) continue;
        for (const id of peers.classes.certain) classes.add(id);
        for (const id of peers.classes.possible) classes.add(id);
        for (const id of peers.atoms) atoms.add(id);
      }
    return { selections, touched: { classes, atoms }, usesPortNames, rest: new Map(), memo: new Map() };
  }

  #flow(signature: Signature, subject: Resolved, peer: PeerRef, destination: Workload | null): SideFlow {
    if (signature.selections.length === 0) return open;
    const portKey =
      destination === null || !signature.usesPortNames
        ? ''
        : destination.ports
            .filter((p) => p.name !== null)
            .map((p) => `${p.name}/${p.protocol}=${p.port}`)
            .join(',');
    const untouched = (peer.kind === 'class' && !signature.touched.classes.has(peer.id)) || (peer.kind === 'atom' && !signature.touched.atoms.has(peer.id));
    if (!untouched) return this.#match(signature, subject, peer, destination, portKey);
    const restKey = `${peer.kind} ${portKey}`;
    return kept(signature.rest, restKey, () => this.#match(signature, subject, peer, destination, portKey));
  }

  #match(signature: Signature, subject: Resolved, peer: PeerRef, destination: Workload | null, portKey: string): SideFlow {
    const matches: { selection: Selection; rules: { compiled: CompiledRule; match: Match['is'] }[] }[] = [];
    let key = '';
    const context = peer.kind === 'class' || peer.kind === 'atom' ? null : this.#contextFor(signature, subject);
    for (const selection of signature.selections) {
      const rules: { compiled: CompiledRule; match: Match['is'] }[] = [];
      for (const [i, compiled] of (this.#rules[selection.policy] ?? []).entries()) {
        const match = context === null ? inSets(compiled.peers, peer as Extract<PeerRef, { kind: 'class' | 'atom' }>) : matchOne(context, compiled, peer);
        if (match === 'no') continue;
        const sure: Match['is'] = selection.certain ? match : 'maybe';
        rules.push({ compiled, match: sure });
        key += `${selection.policy}.${i}${sure === 'yes' ? '' : '?'};`;
      }
      matches.push({ selection, rules });
    }
    key += portKey;
    return kept(signature.memo, key, () => this.#solve(matches, destination));
  }

  #solve(
    matches: readonly { selection: Selection; rules: readonly { compiled: CompiledRule; match: Match['is'] }[] }[],
    destination: Workload | null,
  ): SideFlow {
    const unsure = this.#profile.otherProtocolsByRule === 'unknown' ? portless : TransportSet.empty;
    return solve(
      this.#tierOrder.map((tier) => {
        const here = matches.filter((m) => this.#policies[m.selection.policy]?.tier === tier.id);
        const isolating = here.filter((m) => this.#policies[m.selection.policy]?.isolates[this.#direction] === true);
        const denies = isolating.length > 0;
        const certainly = isolating.some((m) => m.selection.certain);
        return {
          rules: here.flatMap((m) =>
            m.rules.map(({ compiled, match }): MatchedRule => {
              const ports = rulePorts(this.#profile, compiled.rule.ports, destination);
              const both = ports.certain.union(ports.possible);
              return {
                action: compiled.rule.action,
                rank: compiled.rule.rank,
                certain: match === 'yes' ? ports.certain : TransportSet.empty,
                possible: match === 'yes' ? ports.possible : both,
              };
            }),
          ),
          endDenies: certainly ? TransportSet.full.subtract(unsure) : TransportSet.empty,
          endMayDeny: denies ? TransportSet.full : TransportSet.empty,
        };
      }),
    );
  }

  #contextFor(signature: Signature, subject: Resolved): MatchContext {
    const policies = signature.selections.map((s) => this.#policies[s.policy] as Policy);
    const resolvable = (name: string): boolean =>
      policies.some((p) =>
        p.rules.some((r) => r.direction === 'egress' && r.action === 'allow' && (r.application?.dns ?? []).some((n) => matchesName(n, name))),
      );
    return { snapshot: this.#snapshot, profile: this.#profile, subject, resolvable };
  }
}

function inSets(peers: RulePeers, peer: Extract<PeerRef, { kind: 'class' | 'atom' }>): Match['is'] {
  if (peers.everyone) return 'yes';
  if (peer.kind === 'atom') return peers.atoms.has(peer.id) ? 'yes' : peers.anyone ? 'maybe' : 'no';
  if (peers.classes.certain.has(peer.id)) return 'yes';
  return peers.anyone || peers.classes.possible.has(peer.id) ? 'maybe' : 'no';
}

/** Peers whose match depends on the subject (its own node, the names it may resolve): matched one at a time. */
function matchOne(context: MatchContext, compiled: CompiledRule, peer: PeerRef): Match['is'] {
  const endpoint: Resolved | null =
    peer.kind === 'node' || peer.kind === 'name' ? peer : peer.kind === 'host-pod' ? { kind: 'pod', workload: peer.workload, labels: peer.labels } : null;
  return endpoint === null ? 'no' : matchRulePeers(context, compiled.rule, endpoint).is;
}

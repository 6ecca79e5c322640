import { decide } from '../../engine/decide.ts';
import { podLabels, seenLabels } from '../../engine/directory.ts';
import { matchPods } from '../../engine/match.ts';
import { matchNamespace } from '../../engine/namespaces.ts';
import { type Reachability, type ReachParty, reach as solve } from '../../engine/reach.ts';
import { portless } from '../../engine/rules.ts';
import { believableAddress, believablePort } from '../../engine/witness.ts';
import { kept } from '../../kernel/memo.ts';
import type { Origin } from '../../kernel/origin.ts';
import { type Direction, type NamespaceMatch, type PodMatch, type Policy, type Rule, tiers } from '../../model/policy.ts';
import { enforces, ownNodeAsAnyOther, type Profile } from '../../model/profile.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Endpoint } from '../../model/verdict.ts';
import { type Workload, workloadTitle } from '../../model/workload.ts';
import { TransportSet } from '../../space/transport-set.ts';
import { asAllows } from '../as-allows.ts';
import { portText } from '../claims/judge.ts';
import { split } from '../diff/split.ts';
import { uncovered } from './covers.ts';
import { type Deadness, deadRule, deadSubject } from './dead.ts';
import { viewsFor } from './filter-views.ts';
import { podsToCome } from './pods-to-come.ts';

/**
 * dead: no packet between parties of the input matches. shadowed: others settle every packet that matches, the other way. redundant: others settle every
 * packet that matches in the same way. Each by itself: two rules may be redundant because of each other.
 */
export type Uselessness = 'dead' | 'shadowed' | 'redundant';

/** What settles a packet that the useless one matches, and that packet, in words. */
export interface Settler {
  readonly policy: string;
  readonly origin: Origin;
  readonly packet: string;
}

/** A policy, or one rule of it, without which nothing changes. */
export interface Useless {
  readonly how: Uselessness;
  readonly policy: Policy;
  /** Null: the policy as a whole. */
  readonly rule: Rule | null;
  /** What shows it, in a sentence. */
  readonly proof: string;
  /** What settles packets of it instead, at most three, each with a packet that shows it. */
  readonly instead: readonly Settler[];
  /** For whom this is not so, or not shown; null: it is so for any pod that could come. */
  readonly unless: Unless | null;
}

/** For whom something does not hold; `shown`: that it does not is certain. Else it was not found out. */
export interface Unless {
  readonly whom: string;
  readonly shown: boolean;
}

/**
 * Policies and rules that the profile enforces and without which no side of any packet changes: solved with and without each, for every pod that the
 * policy selects, and for a pod without labels in each namespace; then for every sort of pod that could come, where these are few enough to tell. Nor does
 * what passes plainly, or by one filter above layer 4. Where what a rule matches is not known nothing is said of it. Host policies are left out.
 */
export function uselessPolicies(snapshot: Snapshot, profile: Profile): Useless[] {
  const finding = new Finding(snapshot, profile);
  return snapshot.policies.filter((p) => enforces(profile, p) && p.subject.kind === 'pods' && p.unread !== true).flatMap((p) => finding.of(p));
}

/** Settlers that are told, and packets that are decided to find them. */
const mostSettlers = 3;
const mostTries = 60;

/** Pairs of parties that are compared for pods to come, in all: some seconds. */
const mostPairs = 2_000_000;

const toCome = 'pods to come whose labels no pod of the input has';

const directions: readonly Direction[] = ['egress', 'ingress'];

/** A pair of which one direction differs, or may: not `shown`. */
interface Difference {
  readonly subject: Workload;
  readonly peer: ReachParty;
  readonly shown: boolean;
}

/** Whether something differs between two sets of policies, the second of which lacks a policy or some of its rules. */
interface Asked {
  readonly snapshot: Snapshot;
  readonly policy: Policy;
  readonly before: readonly Policy[];
  readonly after: readonly Policy[];
  readonly about: readonly Direction[];
  readonly subjects: readonly Workload[];
  /** The matrix of `before`, where it is at hand. */
  readonly asIs: Reachability | null;
  readonly peersOf: (subject: Workload, parties: readonly ReachParty[]) => readonly ReachParty[];
}

class Finding {
  readonly #profile: Profile;
  readonly #small: Snapshot;
  /** Whether something beside the policies could not be read. */
  readonly #unread: boolean;
  /** Pairs of parties that may still be compared for pods to come. */
  #left = mostPairs;
  readonly #policies: readonly Policy[];
  #current: { readonly policy: Policy; readonly matrix: Reachability } | null = null;
  readonly #subjects = new Map<Policy, readonly Workload[]>();

  constructor(snapshot: Snapshot, profile: Profile) {
    this.#profile = profile;
    this.#small = onePodOfEachSort(snapshot, profile);
    const enforced = snapshot.policies.filter((p) => enforces(profile, p));
    // Beside something unknown every comparison comes out equal.
    this.#policies = enforced.filter((p) => p.unread !== true);
    this.#unread = this.#policies.length !== enforced.length;
  }

  of(policy: Policy): Useless[] {
    const real = this.#subjectsOf(policy).filter((w) => !isStandIn(w));
    if (real.length === 0 && this.#subjectsOf(policy).length === 0) return [dead(policy, null, deadSubject(policy))];
    const rest = this.#policies.filter((p) => p !== policy);
    const whole = this.#compare(policy, rest, directions);
    if (whole === null) {
      const { how, instead } = this.#settledBy(policy, policy.rules, rest);
      const proof = 'solved without it, every pod that it selects has the same traffic on every port with every party';
      return [{ how: how === 'dead' ? 'redundant' : how, policy, rule: null, proof, instead, unless: this.#unlessFor(policy, rest, directions) }];
    }
    return policy.rules.flatMap((rule): Useless[] => {
      const without = [...rest, { ...policy, rules: policy.rules.filter((r) => r !== rule) }];
      if (this.#compare(policy, without, [rule.direction]) !== null) return [];
      const { how, instead } = this.#settledBy(policy, [rule], without);
      if (how === 'dead') return [dead(policy, rule, deadRule(this.#small, rule))];
      const proof = 'solved without it, every pod that the policy selects has the same traffic on every port with every party';
      return [{ how, policy, rule, proof, instead, unless: this.#unlessFor(policy, without, [rule.direction]) }];
    });
  }

  #subjectsOf(policy: Policy): readonly Workload[] {
    const { subject } = policy;
    if (subject.kind !== 'pods') return [];
    return kept(this.#subjects, policy, () =>
      this.#small.workloads.filter((w) => matchPods(this.#small, subject.match, w, seenLabels(this.#profile, podLabels(w, 0))).is !== 'no'),
    );
  }

  /** Policies that have a say about the subjects of one. */
  #concerning(policy: Policy, policies: readonly Policy[]): Snapshot {
    const subjects = new Set(this.#subjectsOf(policy).map((w) => w.id));
    const meet = (p: Policy): boolean => p.subject.kind === 'pods' && (p.id === policy.id || this.#subjectsOf(p).some((w) => subjects.has(w.id)));
    return { ...this.#small, policies: policies.filter(meet) };
  }

  /** The matrix with the policy; kept for the policy that is looked at. */
  #asIs(policy: Policy): Reachability {
    if (this.#current?.policy !== policy) this.#current = { policy, matrix: solve(this.#concerning(policy, this.#policies), this.#profile) };
    return this.#current.matrix;
  }

  /** The first pair whose side differs, or may differ, without the policy (or rule); null when there is none. */
  #compare(policy: Policy, without: readonly Policy[], about: readonly Direction[]): Difference | null {
    const [before, after] = [this.#concerning(policy, this.#policies), this.#concerning(policy, without)];
    const asked = { snapshot: this.#small, policy, before: before.policies, after: after.policies, about, subjects: this.#subjectsOf(policy) };
    return this.#firstDifference({ ...asked, asIs: this.#asIs(policy), peersOf: (_, parties) => parties });
  }

  /** A difference that is shown before one that only may be; null: nothing differs. */
  #firstDifference({ snapshot, policy, before, after, about, subjects, asIs, peersOf }: Asked): Difference | null {
    const rules = policy.rules.filter((r) => !after.some((p) => p.id === policy.id && p.rules.includes(r)));
    const open = this.#profile.otherProtocolsByRule === 'unknown' ? portless : TransportSet.empty;
    let unsure: Difference | null = null;
    for (const [i, view] of viewsFor(rules, before).entries()) {
      const was = i === 0 && asIs !== null ? asIs : solve({ ...snapshot, policies: view(before) }, this.#profile);
      const is = solve({ ...snapshot, policies: view(after) }, this.#profile);
      let matching: Reachability | null = null;
      for (const subject of subjects)
        for (const direction of about)
          for (const peer of peersOf(subject, was.parties)) {
            const [a, b] = [sideOf(was, direction, subject, peer), sideOf(is, direction, subject, peer)];
            if (a.allowed !== b.allowed || a.unknown !== b.unknown) return { subject, peer, shown: true };
            const unknown = a.unknown.subtract(open);
            if (unsure !== null || unknown.isEmpty) continue;
            // What is unknown with and without the rules may differ all the same where they have a say of their own.
            matching ??= this.#onlyRules(snapshot, policy, view([{ ...policy, rules: uncovered(policy, rules, after) }])[0]?.rules ?? []);
            const match = sideOf(matching, direction, subject, peer);
            const settled = rules.length < policy.rules.length || (was.isolated(subject.id, direction) && is.isolated(subject.id, direction));
            if (!settled || !unknown.intersect(match.allowed.union(match.unknown)).isEmpty) unsure = { subject, peer, shown: false };
          }
    }
    return unsure;
  }

  /** What rules of a policy match, as the traffic of a cluster that has no others. A pod's own node counts as any other there. */
  #onlyRules(snapshot: Snapshot, policy: Policy, rules: readonly Rule[]): Reachability {
    return solve({ ...snapshot, policies: [asAllows({ ...policy, rules })] }, ownNodeAsAnyOther(this.#profile));
  }

  /** The same comparison for every sort of pod that could come; null: nothing differs for any of them. */
  #unlessFor(policy: Policy, without: readonly Policy[], about: readonly Direction[]): Unless | null {
    if (this.#unread) return { whom: `${toCome}, nor beside what could not be read`, shown: false };
    const match = matchOf(policy);
    if (match === null) return { whom: toCome, shown: false };
    const meets = (p: Policy): boolean => p.id === policy.id || mayMeet(this.#small, match.namespaces, matchOf(p)?.namespaces ?? null);
    const coming = podsToCome(this.#small, this.#policies.filter(meets));
    if (typeof coming === 'string') return { whom: `${toCome} (${coming})`, shown: false };
    const { snapshot, pods } = coming;
    const fresh = new Set(pods.map((w) => w.id));
    const subjects = snapshot.workloads.filter((w) => matchPods(snapshot, match, w, seenLabels(this.#profile, podLabels(w, 0))).is !== 'no');
    const asIs = solve(snapshot, this.#profile);
    const views = viewsFor(policy.rules, snapshot.policies).length;
    this.#left -= subjects.length * asIs.parties.length * about.length * views;
    if (this.#left < 0) return { whom: `${toCome} (too many to compare)`, shown: false };
    const freshPeers = asIs.parties.filter((p) => p.kind === 'workload' && fresh.has(p.id));
    const found = this.#firstDifference({
      snapshot,
      policy,
      before: snapshot.policies,
      after: without.filter(meets),
      about,
      subjects,
      asIs,
      peersOf: (subject, parties) => (fresh.has(subject.id) ? parties : freshPeers),
    });
    if (found === null) return null;
    // Addresses of pods to come are not known.
    if (!found.shown) return { whom: `${toCome} (what some rules are about is not known for them)`, shown: false };
    const { subject, peer } = found;
    const pod = fresh.has(subject.id) ? subject : pods.find((w) => peer.kind === 'workload' && w.id === peer.id);
    return { whom: pod?.name ?? toCome, shown: true };
  }

  /** How the packets that these rules match are settled without them. */
  #settledBy(policy: Policy, rules: readonly Rule[], without: readonly Policy[]): Pick<Useless, 'how' | 'instead'> {
    const base = this.#asIs(policy);
    let how: Uselessness = 'dead';
    const agreeing = new Map<Origin, Settler>();
    const others = new Map<Origin, Settler>();
    let tries = 0;
    for (const rule of rules) {
      const alone: Policy = {
        ...policy,
        tier: tiers.normal,
        evaluation: 'deny-wins',
        isolates: { ingress: true, egress: true },
        rules: [{ ...rule, action: 'allow' }],
      };
      // A pod is open to its own node until a rule denies that: what such a rule matches is seen only where the node counts as any other.
      const profile: Profile = rule.action === 'deny' && this.#profile.ownNodeReachesPod === 'unless-denied' ? ownNodeAsAnyOther(this.#profile) : this.#profile;
      const matching = solve({ ...this.#small, policies: [alone] }, profile);
      // What passes all the same (a pod's own node) is not the rule's doing.
      const anyway = solve({ ...this.#small, policies: [{ ...alone, rules: [] }] }, profile);
      for (const subject of this.#subjectsOf(policy))
        for (const peer of base.parties) {
          const match = sideOf(matching, rule.direction, subject, peer);
          const open = sideOf(anyway, rule.direction, subject, peer);
          const matched = match.allowed.union(match.unknown).subtract(open.allowed.union(open.unknown));
          if (matched.isEmpty) continue;
          const is = sideOf(base, rule.direction, subject, peer);
          const so = rule.action === 'deny' ? TransportSet.full.subtract(is.allowed) : is.allowed.union(is.unknown);
          if (how === 'dead') how = 'shadowed';
          const agreed = rule.action === 'pass' ? matched : matched.intersect(so);
          if (!agreed.isEmpty) how = 'redundant';
          const found = agreed.isEmpty ? others : agreeing;
          if (found.size >= mostSettlers || tries >= mostTries) continue;
          tries++;
          const settler = this.#decider(rule.direction, subject, peer, agreed.isEmpty ? matched : agreed, without);
          if (settler !== null) kept(found, settler.origin, () => settler);
        }
    }
    return { how, instead: [...(how === 'shadowed' ? others : agreeing).values()] };
  }

  /** What settles one packet when the rule is gone. */
  #decider(direction: Direction, subject: Workload, peer: ReachParty, ports: TransportSet, without: readonly Policy[]): Settler | null {
    const own: Endpoint = { kind: 'pod', workload: subject.id, replica: 0 };
    const other = endpointOf(peer, subject);
    const [from, to] = direction === 'egress' ? [own, other] : [other, own];
    const destination = direction === 'ingress' ? subject : peer.kind === 'workload' ? (this.#small.workloads.find((w) => w.id === peer.id) ?? null) : null;
    const port = believablePort(ports, destination);
    const verdict = decide({ ...this.#small, policies: without }, this.#profile, { from, to, ...port });
    const step = verdict[direction].steps.findLast((s) => s.outcome === 'allow' || s.outcome === 'deny');
    if (step === undefined) return null;
    const [a, b] = [subjectTitle(subject), this.#title(peer)];
    const packet = `${direction === 'egress' ? a : b} to ${direction === 'egress' ? b : a} on ${portText(port.protocol, port.port)}`;
    return { policy: step.policy, origin: step.origin, packet };
  }

  #title(party: ReachParty): string {
    if (party.kind === 'workload') {
      const workload = this.#small.workloads.find((w) => w.id === party.id);
      return workload === undefined ? party.id : subjectTitle(workload);
    }
    if (party.kind === 'external') return believableAddress(party.addresses);
    return party.kind === 'name' ? party.name : party.node === null ? 'a node' : `node ${party.node}`;
  }
}

function matchOf({ subject }: Policy): PodMatch | null {
  return subject.kind === 'pods' ? subject.match : null;
}

/** Whether there could be a namespace that both are about. */
function mayMeet(snapshot: Snapshot, a: NamespaceMatch, b: NamespaceMatch | null): boolean {
  if (b === null) return false;
  if (a.kind === 'named') return matchNamespace(snapshot, b, a.name).is !== 'no';
  return b.kind === 'named' ? matchNamespace(snapshot, a, b.name).is !== 'no' : true;
}

function subjectTitle(workload: Workload): string {
  return isStandIn(workload) ? `any pod of ${workload.namespace}` : workloadTitle(workload);
}

function dead(policy: Policy, rule: Rule | null, { because, ever, but }: Deadness): Useless {
  return { how: 'dead', policy, rule, proof: because, instead: [], unless: ever ? null : { whom: but ?? toCome, shown: true } };
}

function sideOf(reach: Reachability, direction: Direction, subject: Workload, peer: ReachParty): ReturnType<Reachability['side']> {
  const own: ReachParty = { kind: 'workload', id: subject.id };
  return direction === 'egress' ? reach.side('egress', own, peer) : reach.side('ingress', peer, own);
}

function endpointOf(party: ReachParty, subject: Workload): Endpoint {
  switch (party.kind) {
    case 'workload':
      return { kind: 'pod', workload: party.id, replica: party.id === subject.id ? 1 : 0 };
    case 'external':
      return { kind: 'address', ip: believableAddress(party.addresses) };
    case 'name':
      return { kind: 'name', name: party.name };
    case 'node':
      return party;
  }
}

const standInKind = 'AnyPod';

function isStandIn(w: Workload): boolean {
  return w.kind === standInKind;
}

/** The snapshot with two pods of each sort that rules and places tell apart, and two without labels in each namespace. */
function onePodOfEachSort(snapshot: Snapshot, profile: Profile): Snapshot {
  const seen = { snapshot, profile };
  const whole = split(seen, seen).before;
  const sorts = new Map<string, Workload>();
  const matrix = solve(whole, profile);
  const classOf = new Map(matrix.classes.flatMap((c) => c.workloads.map((id) => [id, c.id] as const)));
  for (const w of whole.workloads)
    if (w.lifecycle !== 'finished')
      kept(sorts, `${classOf.get(w.id)} ${w.node ?? ''} ${w.ports.map((p) => `${p.name}${p.protocol}${p.port}`).join()}`, () => w);
  const byNamespace = new Map<string, Workload>();
  for (const w of sorts.values()) kept(byNamespace, w.namespace, () => w);
  const standIns = [...byNamespace].map(
    ([namespace, w]): Workload => ({
      ...w,
      id: `${standInKind}/${namespace}/any`,
      kind: standInKind,
      name: 'any pod',
      role: null,
      labels: {},
      ports: [],
      ips: [],
      hostNetwork: false,
      serviceAccount: 'default',
    }),
  );
  return {
    ...whole,
    workloads: [...sorts.values(), ...standIns].map((w) => ({ ...w, perPodLabels: [], replicas: Math.max(2, w.replicas), labels: podLabels(w, 0) })),
  };
}

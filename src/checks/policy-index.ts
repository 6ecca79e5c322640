import { podLabels } from '../engine/directory.ts';
import { isAmongAccounts } from '../model/account-match.ts';
import type { Namespace } from '../model/cluster.ts';
import { type LabelSelector, type Labels, selects } from '../model/labels.ts';
import type { Direction, Peer, PodMatch, Policy, Rule } from '../model/policy.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Workload, WorkloadId } from '../model/workload.ts';

/** A rule together with the policy that holds it. */
export interface PlacedRule {
  readonly policy: Policy;
  readonly rule: Rule;
}

/** How many replicas of a workload with index labels are looked at; more are alike for every purpose of a check. */
const replicasLookedAt = 64;

/**
 * Who selects whom, read off the policies alone, for checks that ask about one rule rather than about the sum of all rules.
 * A workload counts as selected when some pod of it is. hostNetwork and finished pods are never selected.
 */
export class PolicyIndex {
  readonly snapshot: Snapshot;
  readonly #byNamespace = new Map<string, Workload[]>();
  readonly #subjects = new Map<Policy, readonly Workload[]>();
  readonly #peers = new Map<Rule, readonly Workload[]>();
  readonly #rules = new Map<WorkloadId, PlacedRule[]>();

  constructor(snapshot: Snapshot) {
    this.snapshot = snapshot;
    for (const workload of snapshot.workloads) {
      const group = this.#byNamespace.get(workload.namespace);
      if (group === undefined) this.#byNamespace.set(workload.namespace, [workload]);
      else group.push(workload);
    }
    for (const policy of snapshot.policies) {
      for (const workload of this.subjects(policy)) {
        const known = this.#rules.get(workload.id) ?? [];
        for (const rule of policy.rules) known.push({ policy, rule });
        this.#rules.set(workload.id, known);
      }
    }
  }

  /** Workloads that live in a namespace, the unselectable ones included. */
  inNamespace(namespace: string): readonly Workload[] {
    return this.#byNamespace.get(namespace) ?? [];
  }

  /** Workloads that a policy is about. */
  subjects(policy: Policy): readonly Workload[] {
    let found = this.#subjects.get(policy);
    if (found === undefined) {
      found = policy.subject.kind === 'pods' ? this.matching(policy.subject.match) : [];
      this.#subjects.set(policy, found);
    }
    return found;
  }

  /** Workloads that a rule names as pods (by labels, or as the backends of a Service); peers of other kinds add none. */
  peers(rule: Rule): readonly Workload[] {
    let found = this.#peers.get(rule);
    if (found === undefined) {
      found = [...new Set((rule.peers ?? []).flatMap((p) => this.#peerWorkloads(p)))];
      this.#peers.set(rule, found);
    }
    return found;
  }

  #peerWorkloads(peer: Peer): readonly Workload[] {
    if (peer.kind === 'pods') return this.matching(peer.match);
    if (peer.kind !== 'services') return [];
    return this.snapshot.services
      .filter((s) => (peer.namespace === null || s.namespace === peer.namespace) && (peer.name === null || s.name === peer.name))
      .filter((s) => peer.selector === null || selects(peer.selector, s.labels))
      .flatMap((s) =>
        s.selector === null ? [] : this.matching({ namespaces: { kind: 'named', name: s.namespace }, pods: s.selector, serviceAccounts: null }),
      );
  }

  /** Rules of every policy that selects the workload. */
  rules(workload: WorkloadId, direction: Direction): readonly PlacedRule[] {
    return (this.#rules.get(workload) ?? []).filter((r) => r.rule.direction === direction);
  }

  /** Namespaces that a match covers. A namespace whose labels were never read is matched by what is certain of it alone: its name. */
  namespaces(match: PodMatch): readonly Namespace[] {
    const { namespaces } = match;
    if (namespaces.kind === 'named') {
      const found = this.snapshot.namespaces.get(namespaces.name);
      return found === undefined ? [] : [found];
    }
    // Which ones hangs on the subject: any may be meant.
    if (namespaces.kind === 'as-subject') return [...this.snapshot.namespaces.values()];
    return [...this.snapshot.namespaces.values()].filter((n) => selects(namespaces.selector, n.labels));
  }

  matching(match: PodMatch): readonly Workload[] {
    return this.namespaces(match)
      .flatMap((n) => this.inNamespace(n.name))
      .filter((w) => !w.hostNetwork && w.lifecycle !== 'finished' && selectsSome(match.pods, w))
      .filter((w) => isAmongAccounts(match.serviceAccounts, w.serviceAccount));
  }
}

const indexes = new WeakMap<Snapshot, PolicyIndex>();

/** The index of a snapshot, made once. */
export function policyIndex(snapshot: Snapshot): PolicyIndex {
  const known = indexes.get(snapshot);
  if (known !== undefined) return known;
  const made = new PolicyIndex(snapshot);
  indexes.set(snapshot, made);
  return made;
}

/** Whether a selector selects at least one pod of a workload. */
export function selectsSome(selector: LabelSelector, workload: Workload): boolean {
  return replicaLabels(selector, workload).some((labels) => selects(selector, labels));
}

function replicaLabels(selector: LabelSelector, workload: Workload): readonly Labels[] {
  if (!workload.perPodLabels.some((l) => selector.requirements.some((r) => r.key === l.key))) return [workload.labels];
  return Array.from({ length: Math.min(Math.max(workload.replicas, 1), replicasLookedAt) }, (_, i) => podLabels(workload, i));
}

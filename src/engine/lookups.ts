import { kept } from '../kernel/memo.ts';
import type { Change } from '../model/change.ts';
import type { ClusterNode } from '../model/cluster.ts';
import type { NamespaceMatch, Peer, Policy } from '../model/policy.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Workload, WorkloadId } from '../model/workload.ts';

/** Workloads by id, and the list of them in order, made when asked for. */
interface Listed {
  readonly members: Map<WorkloadId, Workload>;
  list: readonly Workload[] | null;
}

const nodes = new WeakMap<Snapshot['nodes'], ReadonlyMap<string, ClusterNode>>();

/** Nodes by name, and by address where a pod knows its node only by status.hostIP; made once for as long as the nodes stay. */
export function nodesByWord(list: Snapshot['nodes']): ReadonlyMap<string, ClusterNode> {
  return kept(nodes, list, () => new Map([...list.flatMap((n) => n.addresses.map((a) => [a, n] as const)), ...list.map((n) => [n.name, n] as const)]));
}

/** Where workloads begin that come after all others. */
const lastRank = 2 ** 40;

/** The look-ups of `Directory`. What costs a walk over the whole snapshot is made when first asked for, and then follows changes. */
export class Lookups {
  readonly workloads: Map<WorkloadId, Workload>;
  readonly nodes: ReadonlyMap<string, ClusterNode>;
  readonly #policies: readonly Policy[];
  #byNamespace: Map<string, Listed> | undefined = undefined;
  readonly #tests = new Map<(workload: Workload) => boolean, Listed>();
  #ranks: Map<WorkloadId, number> | undefined = undefined;
  #next = 0;
  #policyRanks: Map<Policy, number> | undefined = undefined;
  /** Policies by the namespace that their subject names; under null, all others. */
  readonly #bySubject = new Map<string | null, Policy[]>();
  /** Policies by the namespaces that they name at all; under null, those that may speak of any. */
  readonly #byMention = new Map<string | null, Policy[]>();
  #nextPolicy = 0;

  constructor(snapshot: Snapshot) {
    this.workloads = new Map(snapshot.workloads.map((w) => [w.id, w]));
    this.nodes = nodesByWord(snapshot.nodes);
    this.#policies = snapshot.policies;
    this.#next = this.workloads.size;
  }

  inNamespace(namespace: string): readonly Workload[] {
    if (this.#byNamespace === undefined) {
      this.#byNamespace = new Map();
      for (const w of this.workloads.values()) put(this.#there(w.namespace), w);
    }
    const there = this.#byNamespace.get(namespace);
    return there === undefined ? [] : this.#listOf(there);
  }

  passing(test: (workload: Workload) => boolean): readonly Workload[] {
    return this.#listOf(
      kept(this.#tests, test, () => {
        const found: Listed = { members: new Map(), list: null };
        for (const w of this.workloads.values()) if (test(w)) put(found, w);
        return found;
      }),
    );
  }

  inOrder(ids: Iterable<WorkloadId>): readonly Workload[] {
    return this.#sorted([...ids].flatMap((id) => this.workloads.get(id) ?? []));
  }

  placeOf(id: WorkloadId): number {
    return this.#order().get(id) ?? Number.POSITIVE_INFINITY;
  }

  policiesFor(namespaces: readonly string[]): readonly Policy[] {
    const ranks = this.#policyOrder();
    const found = [null, ...new Set(namespaces)].flatMap((place) => this.#bySubject.get(place) ?? []);
    return found.sort((a, b) => (ranks.get(a) as number) - (ranks.get(b) as number));
  }

  policiesAbout(namespace: string): readonly Policy[] {
    const ranks = this.#policyOrder();
    const found = [null, namespace].flatMap((place) => this.#byMention.get(place) ?? []);
    return found.sort((a, b) => (ranks.get(a) as number) - (ranks.get(b) as number));
  }

  follow(changes: readonly Change[], last: readonly Workload[]): void {
    for (const change of changes) {
      if (change.kind === 'workload') this.#exchange(change.before, change.after);
      else if (change.kind === 'policy') this.#exchangePolicy(change.before, change.after);
    }
    const ranks = this.#order();
    for (const [i, w] of last.entries()) {
      if (ranks.get(w.id) === lastRank + i) continue;
      ranks.set(w.id, lastRank + i);
      for (const listed of this.#lists(w)) listed.list = null;
    }
  }

  #exchange(before: Workload | null, after: Workload | null): void {
    const ranks = this.#order();
    const rank = (before === null ? undefined : ranks.get(before.id)) ?? this.#next++;
    for (const w of [before]) {
      if (w === null) continue;
      for (const listed of this.#lists(w)) {
        listed.members.delete(w.id);
        listed.list = null;
      }
      if (w.id !== after?.id) {
        this.workloads.delete(w.id);
        ranks.delete(w.id);
      }
    }
    if (after === null) return;
    this.workloads.set(after.id, after);
    ranks.set(after.id, rank);
    if (this.#byNamespace !== undefined) put(this.#there(after.namespace), after);
    for (const [test, listed] of this.#tests) if (test(after)) put(listed, after);
  }

  #exchangePolicy(before: Policy | null, after: Policy | null): void {
    const ranks = this.#policyOrder();
    const rank = (before === null ? undefined : ranks.get(before)) ?? this.#nextPolicy++;
    if (before !== null) {
      ranks.delete(before);
      drop(this.#bySubject.get(subjectPlace(before)), before);
      for (const place of placesIn(before) ?? [null]) drop(this.#byMention.get(place), before);
    }
    if (after === null) return;
    ranks.set(after, rank);
    this.#note(after);
  }

  #note(policy: Policy): void {
    kept(this.#bySubject, subjectPlace(policy), () => []).push(policy);
    for (const place of placesIn(policy) ?? [null]) kept(this.#byMention, place, () => []).push(policy);
  }

  #lists(w: Workload): readonly Listed[] {
    const there = this.#byNamespace?.get(w.namespace);
    return [...(there === undefined ? [] : [there]), ...[...this.#tests.values()].filter((l) => l.members.has(w.id))];
  }

  #there(namespace: string): Listed {
    return kept(this.#byNamespace as Map<string, Listed>, namespace, () => ({ members: new Map(), list: null }));
  }

  #listOf(listed: Listed): readonly Workload[] {
    listed.list ??= this.#sorted([...listed.members.values()]);
    return listed.list;
  }

  #sorted(workloads: Workload[]): readonly Workload[] {
    if (workloads.length < 2) return workloads;
    const ranks = this.#order();
    return workloads.sort((a, b) => (ranks.get(a.id) as number) - (ranks.get(b.id) as number));
  }

  /** Places in the snapshot; numbers have gaps, and new workloads have the highest. */
  #order(): Map<WorkloadId, number> {
    if (this.#ranks === undefined) {
      this.#ranks = new Map();
      for (const id of this.workloads.keys()) this.#ranks.set(id, this.#ranks.size);
    }
    return this.#ranks;
  }

  #policyOrder(): Map<Policy, number> {
    if (this.#policyRanks === undefined) {
      this.#policyRanks = new Map();
      for (const policy of this.#policies) {
        if (this.#policyRanks.has(policy)) continue;
        this.#policyRanks.set(policy, this.#nextPolicy++);
        this.#note(policy);
      }
    }
    return this.#policyRanks;
  }
}

function subjectPlace({ subject }: Policy): string | null {
  return subject.kind === 'pods' && subject.match.namespaces.kind === 'named' ? subject.match.namespaces.name : null;
}

/** The namespaces that subject and peers of a policy name; null when some may be any. */
export function placesIn(policy: Policy): ReadonlySet<string> | null {
  const found = new Set<string>();
  const add = ({ kind, ...match }: NamespaceMatch): boolean => {
    if (kind === 'named') found.add((match as { readonly name: string }).name);
    return kind === 'named';
  };
  const peer = (p: Peer): boolean => {
    if (p.kind === 'pods') return add(p.match.namespaces);
    if (p.kind === 'all-of') return p.peers.every(peer);
    return p.kind === 'not' ? peer(p.peer) : p.kind !== 'services';
  };
  if (policy.subject.kind === 'pods' && !add(policy.subject.match.namespaces)) return null;
  return policy.rules.every((r) => (r.peers ?? []).every(peer)) ? found : null;
}

function drop(list: Policy[] | undefined, policy: Policy): void {
  const at = list?.indexOf(policy) ?? -1;
  if (at >= 0) list?.splice(at, 1);
}

function put(listed: Listed, w: Workload): void {
  listed.members.set(w.id, w);
  listed.list = null;
}

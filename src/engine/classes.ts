import { kept } from '../kernel/memo.ts';
import type { Labels } from '../model/labels.ts';
import type { Profile } from '../model/profile.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { PerPodLabel, Workload, WorkloadId } from '../model/workload.ts';
import { opens } from './primary-networks.ts';
import { type Scope, seenLabelsOf, seenValue, unmentioned, type Vocabulary } from './vocabulary.ts';

/**
 * Pods that no rule of the snapshot can tell apart: same namespace, same values of every label that some selector mentions, same numbers behind
 * every port name that some rule mentions, and so on. One member decides for all. hostNetwork pods are classes of their own.
 */
export interface PodClass {
  readonly id: number;
  readonly namespace: string;
  /** Labels as selectors see them: unmentioned keys are gone, unmentioned values are `\u0000`. */
  readonly labels: Labels;
  /** Any member: namespace, service account, addresses and node class are alike for all. */
  readonly sample: Workload;
  readonly workloads: readonly WorkloadId[];
  /** Workloads with more than one pod of which just one is in this class: it has no fellow here to talk to. */
  readonly lone: ReadonlySet<WorkloadId>;
  /** Pods in the class, over all its workloads. */
  readonly pods: number;
}

/** The pods of one workload in one class. */
export interface ClassUnit {
  readonly kind: 'class';
  readonly class: PodClass;
  readonly workload: Workload;
}

interface Filling {
  readonly id: number;
  readonly namespace: string;
  readonly labels: Labels;
  sample: Workload;
  readonly workloads: WorkloadId[];
  lone: Set<WorkloadId>;
  pods: number;
}

/** Most classes hold no part of a workload: they share this set, which nobody adds to. */
const noLone = new Set<WorkloadId>();

/** Pods of one workload that are told apart one by one, when a rule looks at a part of their index label. */
const mostIndexed = 100_000;

/**
 * Classes that workloads may join and leave. A class keeps its id, and stays (without members) when the last workload has left: the next one like them
 * finds it again.
 */
export class ClassBook {
  readonly all: PodClass[] = [];
  readonly #scopeOf: (namespace: string) => Scope;
  readonly #rest: Omit<Vocabulary, 'labels' | 'wholeLabels'>;
  readonly #profile: Profile;
  readonly #byKey = new Map<string, Map<string, Filling>>();
  readonly #units = new Map<WorkloadId, ClassUnit | readonly ClassUnit[]>();
  #fresh: PodClass[] = [];

  constructor(profile: Profile, scopeOf: (namespace: string) => Scope, rest: Omit<Vocabulary, 'labels' | 'wholeLabels'>) {
    this.#profile = profile;
    this.#scopeOf = scopeOf;
    this.#rest = rest;
  }

  /** Where a workload's pods are: one unit, as most have, or a list; undefined when it is not here. */
  unitsOf(id: WorkloadId): ClassUnit | readonly ClassUnit[] | undefined {
    return this.#units.get(id);
  }

  /** Classes made since this was asked last. */
  takeFresh(): readonly PodClass[] {
    const fresh = this.#fresh;
    this.#fresh = [];
    return fresh;
  }

  /** Sorts a live workload in. Cost: its labels, not its pods. */
  place(workload: Workload): void {
    const there = kept(this.#byKey, workload.namespace, () => new Map<string, Filling>());
    const units = this.#variants(workload).map(({ key, labels, pods }): ClassUnit => {
      let found = there.get(key);
      if (found === undefined) {
        const id = this.all.length;
        found = { id, namespace: workload.namespace, labels: Object.fromEntries(labels), sample: workload, workloads: [], lone: noLone, pods: 0 };
        there.set(key, found);
        this.all.push(found);
        this.#fresh.push(found);
      } else if (found.workloads.length === 0) found.sample = workload;
      found.workloads.push(workload.id);
      found.pods += pods;
      if (pods === 1 && workload.replicas > 1) {
        if (found.lone === noLone) found.lone = new Set();
        found.lone.add(workload.id);
      }
      return { kind: 'class', class: found, workload };
    });
    this.#units.set(workload.id, units.length === 1 ? (units[0] as ClassUnit) : units);
  }

  /** Takes a workload out; says which classes it was in. */
  remove(id: WorkloadId): readonly PodClass[] {
    const units = [this.#units.get(id) ?? []].flat() as readonly ClassUnit[];
    this.#units.delete(id);
    for (const { class: from, workload } of units) {
      const c = from as Filling;
      c.workloads.splice(c.workloads.lastIndexOf(id), 1);
      const lone = c.lone.has(id);
      if (lone) c.lone.delete(id);
      c.pods -= lone ? 1 : units.length === 1 ? workload.replicas : Math.max(0, workload.replicas - (units.length - 1));
      const [next] = c.workloads;
      if (c.sample.id === id && next !== undefined) c.sample = ([this.#units.get(next) ?? []].flat() as readonly ClassUnit[])[0]?.workload ?? c.sample;
    }
    return units.map((u) => u.class);
  }

  /** Sorts a workload again, under words that have come since; says which classes it left and joined, none when it stays where it is or is still to come. */
  again(workload: Workload): readonly PodClass[] {
    if (!this.#units.has(workload.id)) return [];
    const there = this.#byKey.get(workload.namespace);
    const before = [this.#units.get(workload.id) ?? []].flat() as readonly ClassUnit[];
    const variants = this.#variants(workload);
    if (before.length === variants.length && variants.every(({ key }, i) => there?.get(key) === before[i]?.class)) return [];
    const left = this.remove(workload.id);
    this.place(workload);
    return [...left, ...([this.#units.get(workload.id) ?? []].flat() as readonly ClassUnit[]).map((u) => u.class)];
  }

  #variants(workload: Workload): readonly { readonly key: string; readonly labels: readonly [string, string][]; readonly pods: number }[] {
    const scope = this.#scopeOf(workload.namespace);
    const rest = restKey(workload, this.#profile, this.#rest);
    const keyed = (labels: readonly [string, string][], pods: number): { key: string; labels: readonly [string, string][]; pods: number } => {
      let key = rest;
      // Lengths keep what labels say and where they end apart.
      for (const [name, value] of labels) key += `${name.length}:${name}${value.length}:${value}`;
      return { key, labels, pods };
    };
    if (workload.perPodLabels.length === 0) return [keyed(seenLabelsOf(workload.labels, scope, []), workload.replicas)];
    return variants(workload, scope).map(({ labels, pods }) => keyed(labels, pods));
  }
}

/** Sorts the live pods of a snapshot into classes. Cost: linear in workloads, not in pods. */
export function classify(snapshot: Snapshot, profile: Profile, vocabulary: Vocabulary): readonly PodClass[] {
  const book = new ClassBook(profile, () => [vocabulary], vocabulary);
  for (const workload of snapshot.workloads) if (workload.lifecycle !== 'finished') book.place(workload);
  return book.all;
}

/** Everything but labels that rules can look at. */
function restKey(workload: Workload, profile: Profile, rest: Omit<Vocabulary, 'labels' | 'wholeLabels'>): string {
  let named = '';
  if (rest.portNames.size > 0) for (const p of workload.ports) if (p.name !== null && rest.portNames.has(p.name)) named += `${p.name}/${p.protocol}=${p.port},`;
  const account = rest.serviceAccounts.has(workload.serviceAccount) ? workload.serviceAccount : '';
  const addresses = rest.blocks && profile.cidrMatchesPods !== 'no' ? workload.ips.join(',') : '';
  return `${named}\n${account}\n${addresses}\n${workload.hostNetwork ? workload.id : ''}\n${opens(workload) ? 'opens' : ''}${unownedTold(workload, profile)}`;
}

/** Sets pods that nothing owns apart, where the CNI may. */
function unownedTold(workload: Workload, { unownedPods }: Profile): string {
  return unownedPods === 'unknown' && workload.unowned === true ? 'unowned' : '';
}

/** The label projections that pods of one workload have: one, unless some selector mentions an index label. */
function variants(workload: Workload, scope: Scope): { labels: [string, string][]; pods: number }[] {
  const indexed = workload.perPodLabels.filter((l) => mentions(scope, l.key));
  const fixed = seenLabelsOf(
    workload.labels,
    scope,
    indexed.map((l) => l.key),
  );
  if (indexed.length === 0) return [{ labels: fixed, pods: workload.replicas }];
  const special = specialReplicas(workload, indexed, scope);
  const withIndex = (replica: number | null): [string, string][] =>
    [
      ...fixed,
      ...indexed.map((l): [string, string] => {
        const value = replica === null ? unmentioned : `${l.prefix}${l.start + replica}`;
        return [l.key, seenValue(scope, l.key, value) ?? unmentioned];
      }),
    ].sort(([a], [b]) => (a < b ? -1 : 1));
  const out = [...special].sort((a, b) => a - b).map((replica) => ({ labels: withIndex(replica), pods: 1 }));
  if (workload.replicas > special.size || out.length === 0) out.push({ labels: withIndex(null), pods: Math.max(0, workload.replicas - special.size) });
  return out;
}

function mentions(scope: Scope, key: string): boolean {
  return scope.some((words) => words.labels.has(key));
}

/** Replicas whose index labels some rule tells from the rest: those it names, or all where a rule looks inside the label. */
function specialReplicas(workload: Workload, indexed: readonly PerPodLabel[], scope: Scope): Set<number> {
  const special = new Set<number>();
  if (indexed.some((l) => scope.some((words) => words.wholeLabels.has(l.key)))) {
    if (workload.replicas > mostIndexed)
      throw new RangeError(
        `${workload.id} has ${workload.replicas} pods, and a rule looks inside their index labels: more than ${mostIndexed} cannot be told apart`,
      );
    for (let replica = 0; replica < workload.replicas; replica++) special.add(replica);
  }
  for (const l of indexed)
    for (const words of scope)
      for (const value of words.labels.get(l.key) ?? []) {
        const replica = replicaOf(l, value);
        if (replica !== undefined && replica < workload.replicas) special.add(replica);
      }
  return special;
}

/** One pod of each sort that rules can tell apart within a workload, by replica number; the first comes first. */
export function replicasToTry(workload: Workload, vocabulary: Vocabulary): readonly number[] {
  const indexed = workload.perPodLabels.filter((l) => mentions([vocabulary], l.key));
  if (indexed.length === 0) return [0];
  const special = specialReplicas(workload, indexed, [vocabulary]);
  let other = 0;
  while (special.has(other)) other++;
  return [...special, ...(other < Math.max(1, workload.replicas) ? [other] : [])].sort((a, b) => a - b);
}

/** Which replica has this value of an index label, if any could. */
function replicaOf(label: PerPodLabel, value: string): number | undefined {
  if (!value.startsWith(label.prefix)) return undefined;
  const digits = value.slice(label.prefix.length);
  const index = /^(?:0|[1-9]\d{0,8})$/.test(digits) ? Number(digits) - label.start : -1;
  return index >= 0 ? index : undefined;
}

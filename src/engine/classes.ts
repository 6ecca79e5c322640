import { kept } from '../kernel/memo.ts';
import type { LabelSelector, Labels } from '../model/labels.ts';
import { selectorsWithin } from '../model/labels.ts';
import type { Peer, Policy } from '../model/policy.ts';
import type { Profile } from '../model/profile.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { PerPodLabel, Workload, WorkloadId } from '../model/workload.ts';

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

/** What the rules of a snapshot look at; all else cannot make a difference. */
export interface Vocabulary {
  /** Label keys, with the values that In and NotIn mention. */
  readonly labels: ReadonlyMap<string, ReadonlySet<string>>;
  /** Label keys of which any part of the value may matter (`contains`, `starts with`): their values are kept whole. */
  readonly wholeLabels: ReadonlySet<string>;
  readonly portNames: ReadonlySet<string>;
  readonly serviceAccounts: ReadonlySet<string>;
  readonly blocks: boolean;
}

const unmentioned = '\u0000';

/** Pods of one workload that are told apart one by one, when a rule looks at a part of their index label. */
const mostIndexed = 100_000;

/** Collects the vocabulary of these policies; Service selectors count where a policy names Services. */
export function vocabularyOf(snapshot: Snapshot, profile: Pick<Profile, 'unseenLabel'>, policies: readonly Policy[]): Vocabulary {
  const labels = new Map<string, Set<string>>();
  const portNames = new Set<string>();
  const serviceAccounts = new Set<string>();
  let blocks = false;
  let services = false;
  const wholeLabels = new Set<string>();
  const add = (selector: LabelSelector): void => {
    for (const within of selectorsWithin(selector)) addOne(within);
  };
  const addOne = (selector: LabelSelector): void => {
    for (const term of selector.terms ?? []) {
      if (term.kind !== 'text') continue;
      wholeLabels.add(term.key);
      kept(labels, term.key, () => new Set<string>());
    }
    for (const r of selector.requirements) {
      const values = kept(labels, r.key, () => new Set<string>());
      for (const v of r.values) values.add(v);
    }
  };
  const addPeer = (peer: Peer): void => {
    if (peer.kind === 'pods') {
      add(peer.match.pods);
      for (const sa of peer.match.serviceAccounts ?? []) serviceAccounts.add(sa);
    } else if (peer.kind === 'cidr') blocks = true;
    else if (peer.kind === 'services') services = true;
    else if (peer.kind === 'all-of') for (const p of peer.peers) addPeer(p);
    else if (peer.kind === 'not') addPeer(peer.peer);
  };
  for (const policy of policies) {
    if (policy.subject.kind === 'pods') {
      add(policy.subject.match.pods);
      for (const sa of policy.subject.match.serviceAccounts ?? []) serviceAccounts.add(sa);
    }
    for (const rule of policy.rules) {
      for (const peer of rule.peers ?? []) addPeer(peer);
      for (const port of rule.ports ?? []) if (typeof port.port === 'string') portNames.add(port.port);
    }
  }
  if (services) for (const s of snapshot.services) if (s.selector !== null) add(s.selector);
  for (const key of [...labels.keys()]) if (profile.unseenLabel(key)) labels.delete(key);
  return { labels, wholeLabels, portNames, serviceAccounts, blocks };
}

/** Sorts the live pods of a snapshot into classes. Cost: linear in workloads, not in pods. */
export function classify(snapshot: Snapshot, profile: Profile, vocabulary: Vocabulary): PodClass[] {
  const found = new Map<string, { namespace: string; labels: Labels; sample: Workload; workloads: WorkloadId[]; lone: Set<WorkloadId>; pods: number }>();
  for (const workload of snapshot.workloads) {
    if (workload.lifecycle === 'finished') continue;
    const rest = restKey(workload, profile, vocabulary);
    for (const { labels, pods } of variants(workload, vocabulary)) {
      const key = `${workload.namespace}\n${JSON.stringify(labels)}\n${rest}`;
      const known = kept(found, key, () => ({
        namespace: workload.namespace,
        labels: Object.fromEntries(labels),
        sample: workload,
        workloads: [],
        lone: new Set<WorkloadId>(),
        pods: 0,
      }));
      known.workloads.push(workload.id);
      known.pods += pods;
      if (pods === 1 && workload.replicas > 1) known.lone.add(workload.id);
    }
  }
  return [...found.values()].map((c, id) => ({ id, ...c }));
}

/** Everything but labels that rules can look at. */
function restKey(workload: Workload, profile: Profile, vocabulary: Vocabulary): string {
  const named = workload.ports.filter((p) => p.name !== null && vocabulary.portNames.has(p.name)).map((p) => `${p.name}/${p.protocol}=${p.port}`);
  const account = vocabulary.serviceAccounts.has(workload.serviceAccount) ? workload.serviceAccount : '';
  const addresses = vocabulary.blocks && profile.cidrMatchesPods !== 'no' ? workload.ips.join(',') : '';
  return [named.join(','), account, addresses, workload.hostNetwork ? workload.id : ''].join('\n');
}

/** The label projections that pods of one workload have: one, unless some selector mentions an index label. */
function variants(workload: Workload, vocabulary: Vocabulary): { labels: [string, string][]; pods: number }[] {
  const indexed = workload.perPodLabels.filter((l) => vocabulary.labels.has(l.key));
  const fixed = project(workload.labels, vocabulary, new Set(indexed.map((l) => l.key)));
  if (indexed.length === 0) return [{ labels: fixed, pods: workload.replicas }];
  const special = specialReplicas(workload, indexed, vocabulary);
  const withIndex = (replica: number | null): [string, string][] =>
    [
      ...fixed,
      ...indexed.map((l): [string, string] => {
        const value = replica === null ? unmentioned : `${l.prefix}${l.start + replica}`;
        return [l.key, vocabulary.wholeLabels.has(l.key) || vocabulary.labels.get(l.key)?.has(value) === true ? value : unmentioned];
      }),
    ].sort(([a], [b]) => (a < b ? -1 : 1));
  const out = [...special].sort((a, b) => a - b).map((replica) => ({ labels: withIndex(replica), pods: 1 }));
  if (workload.replicas > special.size || out.length === 0) out.push({ labels: withIndex(null), pods: Math.max(0, workload.replicas - special.size) });
  return out;
}

/** Replicas whose index labels some rule tells from the rest: those it names, or all where a rule looks inside the label. */
function specialReplicas(workload: Workload, indexed: readonly PerPodLabel[], vocabulary: Vocabulary): Set<number> {
  const special = new Set<number>();
  if (indexed.some((l) => vocabulary.wholeLabels.has(l.key))) {
    if (workload.replicas > mostIndexed)
      throw new RangeError(
        `${workload.id} has ${workload.replicas} pods, and a rule looks inside their index labels: more than ${mostIndexed} cannot be told apart`,
      );
    for (let replica = 0; replica < workload.replicas; replica++) special.add(replica);
  }
  for (const l of indexed)
    for (const value of vocabulary.labels.get(l.key) ?? []) {
      const replica = replicaOf(l, value);
      if (replica !== undefined && replica < workload.replicas) special.add(replica);
    }
  return special;
}

/** One pod of each sort that rules can tell apart within a workload, by replica number; the first comes first. */
export function replicasToTry(workload: Workload, vocabulary: Vocabulary): readonly number[] {
  const indexed = workload.perPodLabels.filter((l) => vocabulary.labels.has(l.key));
  if (indexed.length === 0) return [0];
  const special = specialReplicas(workload, indexed, vocabulary);
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

/** Labels that selectors mention, in key order; values that none mentions are alike. */
function project(labels: Labels, vocabulary: Vocabulary, except: ReadonlySet<string>): [string, string][] {
  const out: [string, string][] = [];
  for (const key of Object.keys(labels)) {
    const values = except.has(key) ? undefined : vocabulary.labels.get(key);
    const value = labels[key];
    if (values !== undefined && value !== undefined) out.push([key, values.has(value) || vocabulary.wholeLabels.has(key) ? value : unmentioned]);
  }
  return out.sort(([a], [b]) => (a < b ? -1 : 1));
}

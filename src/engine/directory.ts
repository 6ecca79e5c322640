import { kept } from '../kernel/memo.ts';
import type { Change } from '../model/change.ts';
import type { ClusterNode } from '../model/cluster.ts';
import type { Labels } from '../model/labels.ts';
import type { Profile } from '../model/profile.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Workload, WorkloadId } from '../model/workload.ts';

/** Look-ups by name over one snapshot, made once a snapshot and kept as long as it lives. */
export interface Directory {
  readonly workloads: ReadonlyMap<WorkloadId, Workload>;
  /** Nodes by name, and by address where a pod knows its node only by status.hostIP. */
  readonly nodes: ReadonlyMap<string, ClusterNode>;
  /** Workloads that live in a namespace, finished ones among them, in no order. */
  inNamespace(namespace: string): Iterable<Workload>;
}

class Lookups implements Directory {
  readonly workloads: Map<WorkloadId, Workload>;
  readonly nodes = new Map<string, ClusterNode>();
  #byNamespace: Map<string, Map<WorkloadId, Workload>> | undefined = undefined;

  constructor(snapshot: Snapshot) {
    this.workloads = new Map(snapshot.workloads.map((w) => [w.id, w]));
    for (const node of snapshot.nodes) for (const address of node.addresses) this.nodes.set(address, node);
    for (const node of snapshot.nodes) this.nodes.set(node.name, node);
  }

  inNamespace(namespace: string): Iterable<Workload> {
    if (this.#byNamespace === undefined) {
      this.#byNamespace = new Map();
      for (const w of this.workloads.values()) this.#there(w.namespace).set(w.id, w);
    }
    return this.#byNamespace.get(namespace)?.values() ?? [];
  }

  exchange(before: Workload | null, after: Workload | null): void {
    if (before !== null && before.id !== after?.id) this.workloads.delete(before.id);
    if (after !== null) this.workloads.set(after.id, after);
    if (this.#byNamespace === undefined) return;
    if (before !== null) this.#byNamespace.get(before.namespace)?.delete(before.id);
    if (after !== null) this.#there(after.namespace).set(after.id, after);
  }

  #there(namespace: string): Map<WorkloadId, Workload> {
    return kept(this.#byNamespace as Map<string, Map<WorkloadId, Workload>>, namespace, () => new Map());
  }
}

const directories = new WeakMap<Snapshot, Lookups>();

export function directoryOf(snapshot: Snapshot): Directory {
  const known = directories.get(snapshot);
  if (known !== undefined) return known;
  const made = new Lookups(snapshot);
  directories.set(snapshot, made);
  return made;
}

/** Hands the look-ups of a snapshot on to the one that these changes make of it. Whoever asks about the old one has them made again. */
export function followDirectory(before: Snapshot, next: Snapshot, changes: readonly Change[]): void {
  const known = directories.get(before);
  if (known === undefined) return;
  directories.delete(before);
  for (const change of changes) if (change.kind === 'workload') known.exchange(change.before, change.after);
  directories.set(next, known);
}

/** The labels of one pod: the template's, and the index labels of that replica. */
export function podLabels(workload: Workload, replica: number): Labels {
  if (workload.perPodLabels.length === 0) return workload.labels;
  return { ...workload.labels, ...Object.fromEntries(workload.perPodLabels.map((l) => [l.key, `${l.prefix}${l.start + replica}`])) };
}

/** The canonical name of a node: what a Node object calls it, when the given word is one of its addresses. */
export function nodeName(directory: Directory, word: string | null): string | null {
  return word === null ? null : (directory.nodes.get(word)?.name ?? word);
}

/** Labels as the CNI's selectors see them. */
export function seenLabels(profile: Pick<Profile, 'unseenLabel'>, labels: Labels): Labels {
  if (!Object.keys(labels).some(profile.unseenLabel)) return labels;
  return Object.fromEntries(Object.entries(labels).filter(([key]) => !profile.unseenLabel(key)));
}

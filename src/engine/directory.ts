import type { Change } from '../model/change.ts';
import type { ClusterNode } from '../model/cluster.ts';
import type { Labels } from '../model/labels.ts';
import type { Policy } from '../model/policy.ts';
import type { Profile } from '../model/profile.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Workload, WorkloadId } from '../model/workload.ts';
import { Lookups } from './lookups.ts';

/** Look-ups over one snapshot, made once a snapshot and kept as long as it lives. Lists are in snapshot order. */
export interface Directory {
  readonly workloads: ReadonlyMap<WorkloadId, Workload>;
  /** Nodes by name, and by address where a pod knows its node only by status.hostIP. */
  readonly nodes: ReadonlyMap<string, ClusterNode>;
  /** Workloads that live in a namespace, finished ones among them. */
  inNamespace(namespace: string): readonly Workload[];
  /** Workloads that pass a test; who passes is kept with the test, so it must be one function for good. */
  passing(test: (workload: Workload) => boolean): readonly Workload[];
  /** These workloads. */
  inOrder(ids: Iterable<WorkloadId>): readonly Workload[];
  /** Where a workload stands in the snapshot: numbers have gaps. Infinity where it is not there. */
  placeOf(id: WorkloadId): number;
  /** Policies that may be about pods of these namespaces, or about nodes. */
  policiesFor(namespaces: readonly string[]): readonly Policy[];
  /** Policies that may be about pods of a namespace, or name them as peers. */
  policiesAbout(namespace: string): readonly Policy[];
}

const directories = new WeakMap<Snapshot, Lookups>();

export function directoryOf(snapshot: Snapshot): Directory {
  const known = directories.get(snapshot);
  if (known !== undefined) return known;
  const made = new Lookups(snapshot);
  directories.set(snapshot, made);
  return made;
}

/**
 * Hands the look-ups of a snapshot on to the one that these changes make of it. Whoever asks about the old one has them made again. `last`: workloads that
 * come after all others, in their order.
 */
export function followDirectory(before: Snapshot, next: Snapshot, changes: readonly Change[], last: readonly Workload[] = []): void {
  const known = directories.get(before);
  if (known === undefined) return;
  directories.delete(before);
  known.follow(changes, last);
  directories.set(next, known);
}

/** The same picture with fewer policies; look-ups are shared. */
export function withPolicies(snapshot: Snapshot, policies: readonly Policy[]): Snapshot {
  const narrowed = { ...snapshot, policies };
  directories.set(narrowed, directoryOf(snapshot) as Lookups);
  return narrowed;
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

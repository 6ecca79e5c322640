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
}

const directories = new WeakMap<Snapshot, Directory>();

export function directoryOf(snapshot: Snapshot): Directory {
  const known = directories.get(snapshot);
  if (known !== undefined) return known;
  const nodes = new Map<string, ClusterNode>();
  for (const node of snapshot.nodes) for (const address of node.addresses) nodes.set(address, node);
  for (const node of snapshot.nodes) nodes.set(node.name, node);
  const made = { workloads: new Map(snapshot.workloads.map((w) => [w.id, w])), nodes };
  directories.set(snapshot, made);
  return made;
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

import { vocabularyOf } from '../engine/classes.ts';
import { labelOf } from '../model/labels.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Workload } from '../model/workload.ts';

/** Live workloads that no rule tells apart and that listen alike: what one may do, all may. */
export interface Alike {
  readonly index: number;
  readonly sample: Workload;
  readonly members: readonly Workload[];
}

/** Groups the live workloads of a snapshot, so that a scan asks once a group and not once a workload. Snapshot order. */
export function alikeGroups(snapshot: Snapshot): readonly Alike[] {
  const vocabulary = vocabularyOf(snapshot, snapshot.policies);
  const groups = new Map<string, Workload[]>();
  for (const workload of snapshot.workloads) {
    if (workload.lifecycle === 'finished') continue;
    const labels = [...vocabulary.labels.keys()].flatMap((key) => {
      const value = labelOf(workload.labels, key);
      return value === undefined ? [] : [[key, value]];
    });
    const indexed = workload.perPodLabels.filter((l) => vocabulary.labels.has(l.key));
    const key = JSON.stringify([
      workload.namespace,
      labels,
      indexed,
      indexed.length > 0 || workload.hostNetwork ? workload.id : '',
      vocabulary.serviceAccounts.size > 0 ? workload.serviceAccount : '',
      vocabulary.blocks ? workload.ips : [],
      workload.node,
      givesNode(workload),
      workload.ports.map((p) => [p.name, p.port, p.protocol]),
    ]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [workload]);
    else group.push(workload);
  }
  return [...groups.values()].map((members, index) => ({ index, sample: members[0] as Workload, members }));
}

/** Whether whoever holds a pod of this workload also acts as its node: on its network, or with all its privileges. */
export function givesNode(workload: Workload): boolean {
  return workload.hostNetwork || workload.pod.containers.some((c) => c.privileged);
}

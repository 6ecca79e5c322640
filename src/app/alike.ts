import { fabricKey } from '../attachments/segments-of.ts';
import { type Vocabulary, vocabularyOf } from '../engine/vocabulary.ts';
import { labelOf } from '../model/labels.ts';
import type { Profile } from '../model/profile.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { type Workload, workloadTitle } from '../model/workload.ts';
import { trainingEvidence } from './training.ts';
import { ungovernedPaths } from './ungoverned.ts';

/** Live workloads that no rule tells apart and that listen alike: what one may do, all may. */
export interface Alike {
  readonly index: number;
  readonly sample: Workload;
  readonly members: readonly Workload[];
  /** What a report has lines for: the members, or all of them as one when they are many. */
  readonly units: readonly Unit[];
}

/** One line of a report: a workload, or a crowd of like ones. `pods` counts the pods of all of them. */
export interface Unit {
  readonly workload: Workload;
  readonly title: string;
  readonly pods: number;
}

/** Above this many workloads that nothing tells apart, a report has one line for them all. */
const crowd = 8;

/** Groups the live workloads of a snapshot, so that a scan asks once a group and not once a workload. Snapshot order. */
export function alikeGroups(snapshot: Snapshot, profile: Profile): readonly Alike[] {
  const vocabulary = vocabularyOf(snapshot, profile, snapshot.policies);
  const beside = vocabularyOf(snapshot, profile, snapshot.secondary.policies);
  const groups = new Map<string, Workload[]>();
  for (const workload of snapshot.workloads) {
    if (workload.lifecycle === 'finished') continue;
    const labels = [...vocabulary.labels.keys()].flatMap((key) => {
      const value = labelOf(workload.labels, key);
      return value === undefined ? [] : [[key, value]];
    });
    const indexed = workload.perPodLabels.filter((l) => vocabulary.labels.has(l.key));
    const training = trainingEvidence(workload).length > 0;
    const key = JSON.stringify([
      workload.namespace,
      labels,
      indexed,
      indexed.length > 0 || workload.hostNetwork ? workload.id : '',
      vocabulary.serviceAccounts.size > 0 ? workload.serviceAccount : '',
      vocabulary.blocks ? workload.ips : [],
      workload.node,
      profile.unownedPods === 'unknown' && workload.unowned === true,
      training,
      training ? ungovernedPaths(snapshot, workload) : [],
      fabricKey(snapshot, workload),
      workload.interfaces.length === 0 ? '' : besidePodNetwork(workload, beside),
      givesNode(workload),
      workload.ports.map((p) => [p.name, p.port, p.protocol]),
    ]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [workload]);
    else group.push(workload);
  }
  return [...groups.values()].map((members, index) => ({ index, sample: members[0] as Workload, members, units: unitsOf(members) }));
}

/** What policies about networks beside the pod network tell workloads apart by. Addresses there are in an annotation: where they count, each workload is by itself. */
function besidePodNetwork(workload: Workload, { labels, blocks }: Vocabulary): unknown {
  if (blocks || workload.perPodLabels.some((l) => labels.has(l.key))) return workload.id;
  return [workload.interfaces.map((i) => i.network), [...labels.keys()].map((key) => labelOf(workload.labels, key) ?? null)];
}

function unitsOf(members: readonly Workload[]): readonly Unit[] {
  const [first] = members;
  if (first === undefined || members.length <= crowd) return members.map((workload) => ({ workload, title: workloadTitle(workload), pods: workload.replicas }));
  return [{ workload: first, title: `${workloadTitle(first)} and ${members.length - 1} like it`, pods: members.reduce((sum, w) => sum + w.replicas, 0) }];
}

/** Whether whoever holds a pod of this workload also acts as its node: on its network, or with all its privileges. */
export function givesNode(workload: Workload): boolean {
  return workload.hostNetwork || workload.pod.containers.some((c) => c.privileged);
}

import { kept } from '../kernel/memo.ts';
import { labelOf } from '../model/labels.ts';
import type { TrainingJob } from '../model/training-job.ts';
import type { Workload } from '../model/workload.ts';

/** Kinds of objects whose pods carry a label that names their job. */
interface Marked {
  /** Each object is a job by itself. */
  readonly whole: readonly string[];
  /** Objects of the same label are one job together: an operator makes some of others. */
  readonly parts: readonly string[];
}

/** The label of a Job of Kubernetes itself. */
const plainJob = 'batch.kubernetes.io/job-name';

/** The label that names a LeaderWorkerSet, and those by which its groups and the pods of a group are numbered. Source: kubernetes-sigs/lws api/leaderworkerset/v1. */
const setLabel = 'leaderworkerset.sigs.k8s.io/name';
const groupLabel = 'leaderworkerset.sigs.k8s.io/group-index';
const workerLabel = 'leaderworkerset.sigs.k8s.io/worker-index';

/** The label of bare pods that Kueue starts together. Source: kubernetes-sigs/kueue pkg/controller/jobs/pod/constants. */
const podGroup = 'kueue.x-k8s.io/pod-group-name';

/**
 * Labels by which operators mark all pods of one job, with the kinds whose pods they mark: on pods of any other kind somebody else wrote them, and they say
 * nothing. Where a pod has several, the first counts: an operator that stands on another's objects comes before it. Sources: kubeflow/trainer release-1.9
 * pkg/apis/kubeflow.org/v1/common_types.go; kubernetes-sigs/jobset api/jobset/v1alpha2; ray-project/kuberay ray-operator/controllers/ray/utils/constant.go;
 * volcano-sh/apis pkg/apis/batch/v1alpha1/labels.go; kubernetes-sigs/lws api/leaderworkerset/v1; kubernetes/api batch/v1.
 */
const jobLabels: ReadonlyMap<string, Marked> = new Map([
  ['training.kubeflow.org/job-name', { whole: ['PyTorchJob', 'TFJob', 'MPIJob', 'XGBoostJob', 'PaddleJob', 'JAXJob'], parts: [] }],
  ['jobset.sigs.k8s.io/jobset-name', { whole: [], parts: ['JobSet', 'TrainJob', 'Job'] }],
  ['ray.io/cluster', { whole: ['RayJob'], parts: ['RayCluster', 'RayService'] }],
  ['volcano.sh/job-name', { whole: ['Job'], parts: [] }],
  [setLabel, { whole: [], parts: ['LeaderWorkerSet', 'StatefulSet'] }],
  [plainJob, { whole: ['Job'], parts: [] }],
  [podGroup, { whole: [], parts: [] }],
]);

/** Whether operators name jobs by this label. */
export function isJobLabel(key: string): boolean {
  return jobLabels.has(key);
}

/** Whether a training operator, more than a plain Job, has made the pods, also where the name of the job is not known yet. */
export function isOfOperator(job: TrainingJob): boolean {
  return job.members.some(({ kind, labels }) =>
    [...jobLabels].some(([key, { whole, parts }]) => key !== plainJob && labelOf(labels, key) !== undefined && ['Pod', ...whole, ...parts].includes(kind)),
  );
}

/** The label that ties a pod to its job, where an operator has put one on it. */
function jobLabelOf(workload: Workload): TrainingJob['label'] {
  for (const [key, { whole, parts }] of jobLabels) {
    if (workload.kind !== 'Pod' && !whole.includes(workload.kind) && !parts.includes(workload.kind)) continue;
    const value = labelOf(workload.labels, key);
    if (value !== undefined && !workload.madeUp?.some((l) => l.key === key)) return { key, value };
  }
  return null;
}

/** Workloads as the jobs they are of, in the order given. Each group of a LeaderWorkerSet is a job: a leader and its workers, which know no other group. */
export function trainingJobs(workloads: Iterable<Workload>): readonly TrainingJob[] {
  return wholeJobs(workloads).flatMap(groupsOf);
}

/**
 * Workloads as the objects that were asked for, all groups together: those of one object, and those that a job label ties together, which are bare pods and
 * what an operator makes. Users can write such labels too: two objects that are jobs by themselves stay two.
 */
export function wholeJobs(workloads: Iterable<Workload>): readonly TrainingJob[] {
  const all = [...workloads];
  const homes = new Map<string, string>();
  for (const workload of all) {
    const label = isWhole(workload) ? jobLabelOf(workload) : null;
    if (label !== null) kept(homes, labelKey(workload, label), () => objectKey(workload));
  }
  const groups = new Map<string, Workload[]>();
  for (const workload of all) kept(groups, keyOf(workload, homes), () => []).push(workload);
  return [...groups.values()].flatMap((members) => {
    // A bare pod that joins an object is no reason to forget what the object is.
    const objects = members.filter((m) => m.kind !== 'Pod');
    // Nor is a Job, which an operator may have made, or somebody else who wrote its label.
    const first = objects.find((m) => m.kind !== 'Job') ?? objects[0] ?? members[0];
    if (first === undefined) return [];
    const own = jobLabelOf(first);
    const label = members.every((m) => isSame(jobLabelOf(m), own)) ? own : null;
    return [
      { namespace: first.namespace, name: label?.value ?? first.name, kind: first.kind, label, group: null, mixed: false, members, origin: first.origin },
    ];
  });
}

/**
 * The groups of a set by their numbers; what others labelled as of the set and gave no number is of none of them. All in one where a sort of pods is of
 * several groups.
 */
function groupsOf(job: TrainingJob): readonly TrainingJob[] {
  if (job.label?.key !== setLabel) return [job];
  const groups = new Map<string | undefined, Workload[]>();
  for (const member of job.members) kept(groups, labelOf(member.labels, groupLabel), () => []).push(member);
  const maker = job.members.some((m) => m.kind === 'LeaderWorkerSet') ? 'LeaderWorkerSet' : 'StatefulSet';
  const unnumbered = (groups.get(undefined) ?? []).filter((m) => m.kind === maker);
  if (unnumbered.length > 0) return [{ ...job, mixed: groups.size > 2 || unnumbered.some((m) => m.replicas > 1 && labelOf(m.labels, workerLabel) === '0') }];
  if (groups.size < 2) return [job];
  return [...groups].map(([value, members]) => ({ ...job, members, group: value === undefined ? null : { key: groupLabel, value } }));
}

function isSame(a: TrainingJob['label'], b: TrainingJob['label']): boolean {
  return a?.key === b?.key && a?.value === b?.value;
}

/** Whether the object is a job by itself. The pod that submits a RayJob carries other labels than the pods of its cluster. */
function isWhole(workload: Workload): boolean {
  const label = jobLabelOf(workload);
  return workload.kind === 'RayJob' || (label !== null && jobLabels.get(label.key)?.whole.includes(workload.kind) === true);
}

function objectKey({ namespace, kind, name }: Workload): string {
  return JSON.stringify([namespace, kind, name]);
}

function labelKey({ namespace }: Workload, { key, value }: NonNullable<TrainingJob['label']>): string {
  return JSON.stringify([namespace, 'label', key, value]);
}

function keyOf(workload: Workload, homes: ReadonlyMap<string, string>): string {
  if (isWhole(workload)) return objectKey(workload);
  const label = jobLabelOf(workload);
  if (label !== null) return homes.get(labelKey(workload, label)) ?? labelKey(workload, label);
  if (workload.kind !== 'Pod') return objectKey(workload);
  // Bare pods of one job carry the same labels, as launchers write them.
  return JSON.stringify([workload.namespace, Object.entries(workload.labels).sort()]);
}

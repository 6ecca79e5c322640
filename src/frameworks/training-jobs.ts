import { kept } from '../kernel/memo.ts';
import { labelOf } from '../model/labels.ts';
import type { TrainingJob } from '../model/training-job.ts';
import type { Workload } from '../model/workload.ts';

/**
 * Labels by which operators mark all pods of one job, and the kind of object whose name they carry. Where a pod has several, the first counts: an operator
 * that stands on another's objects comes before it. Sources: kubeflow/trainer release-1.9 pkg/apis/kubeflow.org/v1/common_types.go; kubernetes-sigs/jobset
 * api/jobset/v1alpha2; ray-project/kuberay ray-operator/controllers/ray/utils/constant.go; volcano-sh/apis pkg/apis/batch/v1alpha1/labels.go;
 * kubernetes-sigs/lws api/leaderworkerset/v1; kubernetes/api batch/v1.
 */
const jobLabels: readonly string[] = [
  'training.kubeflow.org/job-name',
  'jobset.sigs.k8s.io/jobset-name',
  'ray.io/cluster',
  'volcano.sh/job-name',
  'leaderworkerset.sigs.k8s.io/name',
  'batch.kubernetes.io/job-name',
];

/** Whether operators name jobs by this label. */
export function isJobLabel(key: string): boolean {
  return jobLabels.includes(key);
}

/** The label that ties a pod to its job, where an operator has put one on it. */
function jobLabelOf(workload: Workload): TrainingJob['label'] {
  for (const key of jobLabels) {
    const value = labelOf(workload.labels, key);
    if (value !== undefined && !workload.madeUp?.some((l) => l.key === key)) return { key, value };
  }
  return null;
}

/** Workloads as the jobs they are of, in the order given: those of one object, and those that one job label ties together. */
export function trainingJobs(workloads: Iterable<Workload>): readonly TrainingJob[] {
  const groups = new Map<string, Workload[]>();
  for (const workload of workloads) kept(groups, keyOf(workload), () => []).push(workload);
  return [...groups.values()].flatMap((members) => {
    const [first] = members;
    if (first === undefined) return [];
    const own = jobLabelOf(first);
    const label = members.every((m) => isSame(jobLabelOf(m), own)) ? own : null;
    return [{ namespace: first.namespace, name: label?.value ?? first.name, kind: first.kind, label, members, origin: first.origin }];
  });
}

function isSame(a: TrainingJob['label'], b: TrainingJob['label']): boolean {
  return a?.key === b?.key && a?.value === b?.value;
}

function keyOf(workload: Workload): string {
  // The pod that submits a RayJob carries other labels than the pods of its cluster.
  if (workload.kind === 'RayJob') return JSON.stringify([workload.namespace, workload.kind, workload.name]);
  const label = jobLabelOf(workload);
  if (label !== null) return JSON.stringify([workload.namespace, label.key, label.value]);
  if (workload.kind !== 'Pod') return JSON.stringify([workload.namespace, workload.kind, workload.name]);
  // Bare pods of one job carry the same labels, as launchers write them.
  return JSON.stringify([workload.namespace, Object.entries(workload.labels).sort()]);
}

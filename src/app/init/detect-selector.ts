import type { Labels } from '../../model/labels.ts';
import type { Workload } from '../../model/workload.ts';
import { commonPairs } from './common-pairs.ts';

/** The label of the training operator that names one job: a selector by it knows no later run. Source: kubeflow/trainer pkg/apis/kubeflow.org/v1/common_types.go. */
export const jobNameLabel = 'training.kubeflow.org/job-name';

/** Labels that controllers set from run to run and pod to pod, or that a release changes. Sources: kubernetes.io, Well-Known Labels; helm.sh, Labels. */
const automaticKeys: ReadonlySet<string> = new Set([
  'app.kubernetes.io/version',
  'controller-revision-hash',
  'controller-uid',
  'job-name',
  'pod-template-generation',
  'pod-template-hash',
]);

/** Domains whose labels operators and the control plane set. */
const automaticDomains: readonly string[] = [
  'kubernetes.io',
  'k8s.io',
  'helm.sh',
  'kubeflow.org',
  'ray.io',
  'volcano.sh',
  'nvidia.com',
  'x-k8s.io',
  'istio.io',
];

/**
 * Labels that all of the workloads' pods carry and that people chose. `workload-type` alone where it is there, so that the next job is in the zone as well.
 * When nobody chose any, the operator's name of the job, as the last resort.
 */
export function commonSelector(training: readonly Workload[]): readonly (readonly [string, string])[] {
  const common = commonPairs(training.map((workload): Labels => workload.labels));
  const own = common.filter(([key]) => !isAutomatic(key));
  const byType = own.filter(([key]) => key === 'workload-type');
  if (byType.length > 0) return byType;
  return own.length > 0 ? own : common.filter(([key]) => key === jobNameLabel);
}

function isAutomatic(key: string): boolean {
  if (automaticKeys.has(key)) return true;
  const slash = key.indexOf('/');
  if (slash < 0) return false;
  const domain = key.slice(0, slash);
  // People write these, as Kubernetes recommends. Source: kubernetes.io, Recommended Labels.
  if (domain === 'app.kubernetes.io') return false;
  return automaticDomains.some((one) => domain === one || domain.endsWith(`.${one}`));
}

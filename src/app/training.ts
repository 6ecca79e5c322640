import { trainingKinds } from '../checks/training-kinds.ts';
import { kept } from '../kernel/memo.ts';
import { compareText } from '../kernel/stable.ts';
import { deviceClasses, deviceResources, devicesAsked } from '../model/accelerators.ts';
import { labelOf } from '../model/labels.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Workload, WorkloadId } from '../model/workload.ts';

/** Kinds that training operators own and that no other kind shares its name with. */
const operatorKinds: ReadonlyMap<string, string> = new Map(trainingKinds.filter((k) => k.kind !== 'Job').map((k) => [k.kind, k.source]));

/** Labels that training operators put on the pods they make, so that a pod read without its owner is known too. */
const operatorLabels: ReadonlyMap<string, string> = new Map([
  ['training.kubeflow.org/job-name', 'kubeflow/trainer release-1.9 pkg/apis/kubeflow.org/v1/common_types.go'],
  ['jobset.sigs.k8s.io/jobset-name', 'kubernetes-sigs/jobset api/jobset/v1alpha2'],
  ['ray.io/cluster', 'ray-project/kuberay ray-operator/controllers/ray/utils/constant.go'],
  ['volcano.sh/job-name', 'volcano-sh/apis pkg/apis/batch/v1alpha1/labels.go'],
  ['leaderworkerset.sigs.k8s.io/name', 'kubernetes-sigs/lws api/leaderworkerset/v1'],
  ['resource.nvidia.com/computeDomain', 'NVIDIA/k8s-dra-driver-gpu api/nvidia.com/resource/v1beta1'],
]);

/** The rows above as text, for documentation: what is looked for, and who defines it. */
export function trainingMarks(): readonly { readonly mark: string; readonly source: string }[] {
  return [
    ...deviceResources.map((d) => ({ mark: `resource ${d.name}${d.prefix ? '*' : ''}`, source: d.source })),
    ...[...deviceClasses].map(([name, { source }]) => ({ mark: `class ${name}`, source })),
    ...[...operatorKinds].map(([kind, source]) => ({ mark: `kind ${kind}`, source })),
    ...[...operatorLabels].map(([label, source]) => ({ mark: `label ${label}`, source })),
  ];
}

/** Why a workload counts as training, one reason a line (`requests nvidia.com/gpu: 8`, `kind PyTorchJob`); empty when it does not. Finished pods never do. */
export function trainingEvidence(workload: Workload): readonly string[] {
  if (workload.lifecycle === 'finished') return [];
  const reasons: string[] = [];
  if (operatorKinds.has(workload.kind)) reasons.push(`kind ${workload.kind}`);
  reasons.push(...asked(workload));
  for (const key of operatorLabels.keys()) {
    const value = labelOf(workload.labels, key);
    if (value !== undefined) reasons.push(`label ${key}=${value}`);
  }
  return reasons;
}

/** Every training workload of a snapshot with its evidence, in snapshot order. */
export function trainingWorkloads(snapshot: Snapshot): ReadonlyMap<WorkloadId, readonly string[]> {
  const found = new Map<WorkloadId, readonly string[]>();
  for (const workload of snapshot.workloads) {
    const because = trainingEvidence(workload);
    if (because.length > 0) found.set(workload.id, because);
  }
  return found;
}

/** Devices that some container asks for, each resource by the first quantity; a claim of which nobody knows what it is may be one. */
function asked({ pod }: Workload): readonly string[] {
  const found = new Map<string, string>();
  for (const container of pod.containers)
    for (const { text } of devicesAsked({ ...container, requests: { ...container.limits, ...container.requests } }, pod))
      kept(found, text.split(':')[0] ?? text, () => text);
  return [...found.values()].sort(compareText);
}

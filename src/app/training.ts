import { trainingKinds } from '../checks/training-kinds.ts';
import { compareText } from '../kernel/stable.ts';
import { labelOf } from '../model/labels.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Workload, WorkloadId } from '../model/workload.ts';

/** Which extended resources mark a training workload: an exact name, or every name below a prefix. `source` says who defines it. */
interface AcceleratorResource {
  readonly name: string;
  readonly prefix: boolean;
  readonly source: string;
}

/** Accelerators and fabric devices. A workload that asks for one of them (more than zero) counts as training. */
const accelerators: readonly AcceleratorResource[] = [
  { name: 'nvidia.com/gpu', prefix: false, source: 'NVIDIA/k8s-device-plugin README' },
  { name: 'nvidia.com/gpu.shared', prefix: false, source: 'NVIDIA/k8s-device-plugin README, time-slicing with renameByDefault' },
  { name: 'nvidia.com/mig-', prefix: true, source: 'NVIDIA/k8s-device-plugin README, migStrategy mixed' },
  { name: 'nvidia.com/hostdev', prefix: false, source: 'Mellanox/network-operator example, HostDeviceNetwork' },
  { name: 'amd.com/gpu', prefix: false, source: 'ROCm/k8s-device-plugin README' },
  { name: 'gpu.intel.com/', prefix: true, source: 'intel/intel-device-plugins-for-kubernetes cmd/gpu_plugin' },
  { name: 'habana.ai/gaudi', prefix: false, source: 'Intel Gaudi device plugin documentation' },
  { name: 'google.com/tpu', prefix: false, source: 'Google Kubernetes Engine documentation, TPUs' },
  { name: 'aws.amazon.com/neuron', prefix: true, source: 'AWS Neuron device plugin documentation (neuron, neuroncore, neurondevice)' },
  { name: 'rdma/', prefix: true, source: 'Mellanox/k8s-rdma-shared-dev-plugin README, default resource prefix' },
  { name: 'vpc.amazonaws.com/efa', prefix: false, source: 'aws/eks-charts stable/aws-efa-k8s-device-plugin' },
];

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
    ...accelerators.map((a) => ({ mark: `resource ${a.name}${a.prefix ? '*' : ''}`, source: a.source })),
    ...[...operatorKinds].map(([kind, source]) => ({ mark: `kind ${kind}`, source })),
    ...[...operatorLabels].map(([label, source]) => ({ mark: `label ${label}`, source })),
  ];
}

/** Why a workload counts as training, one reason a line (`requests nvidia.com/gpu: 8`, `kind PyTorchJob`); empty when it does not. Finished pods never do. */
export function trainingEvidence(workload: Workload): readonly string[] {
  if (workload.lifecycle === 'finished') return [];
  const reasons: string[] = [];
  if (operatorKinds.has(workload.kind)) reasons.push(`kind ${workload.kind}`);
  for (const [name, quantity] of requested(workload)) reasons.push(`requests ${name}: ${quantity}`);
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

/** Accelerator resources that some container asks for, by name, with the quantity as written; zero does not count. */
function requested(workload: Workload): readonly (readonly [string, string])[] {
  const found = new Map<string, string>();
  for (const container of workload.pod.containers) {
    for (const [name, quantity] of [...Object.entries(container.requests), ...Object.entries(container.limits)]) {
      if (isAccelerator(name) && !/^0+(?:\.0*)?$/.test(quantity) && !found.has(name)) found.set(name, quantity);
    }
  }
  return [...found].sort(([a], [b]) => compareText(a, b));
}

function isAccelerator(name: string): boolean {
  return accelerators.some((a) => (a.prefix ? name.startsWith(a.name) : name === a.name));
}

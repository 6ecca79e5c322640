import { labelOf } from '../model/labels.ts';
import type { Workload } from '../model/workload.ts';
import { TransportSet } from '../space/transport-set.ts';
import type { CheckContext } from './check.ts';
import { governedTraining, groupedBy } from './subjects.ts';
import { ephemeralTcp } from './well-known.ts';

/** Pods that must reach each other to train: the sorts of pods of one job. At least two pods. */
export interface DistributedJob {
  /** `namespace/name` of the job, as people call it. */
  readonly title: string;
  readonly members: readonly Workload[];
  /** What shows that they talk to each other. */
  readonly because: string;
}

/** Labels by which operators mark the pods of one job. Sources: kubeflow/trainer release-1.9 common_types.go, kubernetes-sigs/jobset, ray-project/kuberay constant.go, volcano-sh/apis labels.go, kubernetes-sigs/lws. */
const jobLabels: readonly string[] = [
  'training.kubeflow.org/job-name',
  'jobset.sigs.k8s.io/jobset-name',
  'ray.io/cluster',
  'volcano.sh/job-name',
  'leaderworkerset.sigs.k8s.io/name',
];

/** Kinds that exist to run pods that talk to each other. Source: kubeflow/trainer release-1.9 pkg/apis/kubeflow.org/v1. */
const jobKinds: readonly string[] = ['PyTorchJob', 'TFJob', 'MPIJob', 'JAXJob', 'XGBoostJob', 'PaddleJob'];

/** Variables that only a process of a group reads. Sources: pytorch torch/distributed/run.py, NVIDIA/nccl user guide, horovod/runner. */
const groupVariable = /^(?:MASTER_ADDR|WORLD_SIZE|NCCL_[A-Z_]{1,60}|GLOO_[A-Z_]{1,60}|PET_[A-Z_]{1,60}|HOROVOD_[A-Z_]{1,60})$/;

/** Launchers of groups of processes. */
const launcher = /\b(?:torchrun|torch\.distributed|deepspeed|horovodrun|mpirun|accelerate)\b/;

/** How many sorts of pods of one job are compared pair by pair. */
const membersCompared = 8;

/** Jobs among the training workloads whose pods must reach each other. */
export function distributedJobs(context: CheckContext): readonly DistributedJob[] {
  const marked = governedTraining(context).flatMap((workload) => {
    const because = groupEvidence(workload);
    return because === undefined ? [] : [{ workload, because }];
  });
  const jobs: DistributedJob[] = [];
  for (const group of groupedBy(marked, (m) => jobKey(m.workload)).values()) {
    const members = group.map((m) => m.workload);
    const [first] = group;
    if (first === undefined || members.reduce((sum, w) => sum + w.replicas, 0) < 2) continue;
    jobs.push({ title: `${first.workload.namespace}/${jobName(first.workload)}`, members: members.slice(0, membersCompared), because: first.because });
  }
  return jobs;
}

/** Ordered pairs of a job's sorts of pods that must reach each other; a sort with several pods is paired with itself. */
export function jobPairs(job: DistributedJob): readonly (readonly [Workload, Workload])[] {
  return job.members.flatMap((a) => job.members.filter((b) => a !== b || a.replicas > 1).map((b) => [a, b] as const));
}

/** TCP ports that a worker's listeners may get: what the pod pins by sysctl, else the default range of Linux. Source: kubernetes pkg/kubelet/sysctl/safe_sysctls.go. */
export function listenerPorts(workload: Workload): TransportSet {
  const text = Object.hasOwn(workload.pod.sysctls, 'net.ipv4.ip_local_port_range') ? workload.pod.sysctls['net.ipv4.ip_local_port_range'] : undefined;
  const range = /^\s*(\d{1,5})\s+(\d{1,5})\s*$/.exec(text ?? '');
  return range === null ? ephemeralTcp : TransportSet.of('TCP', [[Number(range[1]), Number(range[2])]]);
}

function groupEvidence(workload: Workload): string | undefined {
  if (jobKinds.includes(workload.kind)) return `kind ${workload.kind}`;
  for (const key of jobLabels) if (labelOf(workload.labels, key) !== undefined) return `label ${key}`;
  for (const container of workload.pod.containers) {
    const variable = Object.keys(container.env).find((name) => groupVariable.test(name));
    if (variable !== undefined) return `variable ${variable}`;
    const words = [...container.command, ...container.args].join(' ').slice(0, 4000);
    const found = launcher.exec(words);
    if (found !== null) return `starts ${found[0]}`;
  }
  const label = Object.entries(workload.labels).find(([, value]) => /^distributed\b/.test(value));
  return label === undefined ? undefined : `label ${label[0]}=${label[1]}`;
}

function jobKey(workload: Workload): string {
  for (const key of jobLabels) {
    const value = labelOf(workload.labels, key);
    if (value !== undefined) return JSON.stringify([workload.namespace, key, value]);
  }
  if (workload.kind !== 'Pod') return JSON.stringify([workload.namespace, workload.kind, workload.name]);
  return JSON.stringify([workload.namespace, Object.entries(workload.labels).sort()]);
}

function jobName(workload: Workload): string {
  for (const key of jobLabels) {
    const value = labelOf(workload.labels, key);
    if (value !== undefined) return value;
  }
  return workload.name;
}

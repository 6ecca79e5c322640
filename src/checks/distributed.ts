import { jobLabelOf, trainingJobs } from '../frameworks/training-jobs.ts';
import type { Workload } from '../model/workload.ts';
import type { CheckContext } from './check.ts';
import { governedTraining } from './subjects.ts';

/** Pods that must reach each other to train: the sorts of pods of one job. At least two pods. */
export interface DistributedJob {
  /** `namespace/name` of the job, as people call it. */
  readonly title: string;
  readonly members: readonly Workload[];
  /** What shows that they talk to each other. */
  readonly because: string;
}

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
  const because = new Map(marked.map((m) => [m.workload, m.because]));
  for (const { namespace, name, members } of trainingJobs(because.keys())) {
    const [first] = members;
    if (first === undefined || members.reduce((sum, w) => sum + w.replicas, 0) < 2) continue;
    jobs.push({ title: `${namespace}/${name}`, members: members.slice(0, membersCompared), because: because.get(first) ?? '' });
  }
  return jobs;
}

/** Ordered pairs of a job's sorts of pods that must reach each other; a sort with several pods is paired with itself. */
export function jobPairs(job: DistributedJob): readonly (readonly [Workload, Workload])[] {
  return job.members.flatMap((a) => job.members.filter((b) => a !== b || a.replicas > 1).map((b) => [a, b] as const));
}

function groupEvidence(workload: Workload): string | undefined {
  if (jobKinds.includes(workload.kind)) return `kind ${workload.kind}`;
  const operated = jobLabelOf(workload);
  if (operated !== null && operated.key !== 'batch.kubernetes.io/job-name') return `label ${operated.key}`;
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

import type { Passage } from '../model/passage.ts';
import type { TrainingJob } from '../model/training-job.ts';
import { everyoneDialsEveryone, hasGpu, trainers } from './among.ts';
import { asksFor } from './signs.ts';
import { standsAlone } from './torch-signs.ts';
import { isOfOperator } from './training-jobs.ts';

/** Kinds whose pods serve, each by itself, whatever they ask for. */
const servers: readonly string[] = ['Deployment', 'ReplicaSet', 'ReplicationController', 'DaemonSet'];

/** Devices over which pods talk to each other, and accelerators beside GPUs. */
const devices: readonly string[] = ['rdma/', 'nvidia.com/hostdev', 'vpc.amazonaws.com/efa', 'google.com/tpu', 'habana.ai/gaudi', 'aws.amazon.com/neuron'];

/** By this label a pod knows which of an Indexed Job it is. Source: kubernetes/api batch/v1. */
const indexLabel = 'batch.kubernetes.io/job-completion-index';

/**
 * What may go on between the pods of a job that looks like one that trains together and shows no sign of how: all of them dial all, at any port. Whether they
 * do is not known. Nothing for other jobs; `known` is what recognised frameworks do.
 */
export function unrecognisedAmong(job: TrainingJob, known: readonly Passage[]): readonly Passage[] {
  const members = trainers(job);
  const why = groupSign(job);
  if (why === null || members.reduce((sum, m) => sum + m.replicas, 0) < 2) return [];
  if (standsAlone(job) || known.some((p) => p.from.kind === 'members' && p.to.kind === 'members')) return [];
  const among = everyoneDialsEveryone(job, {
    id: 'unrecognised/among',
    purpose: 'collectives',
    title: 'whatever its pods say to each other',
    ports: [{ kind: 'range', low: 1, high: 65535 }],
    because: `${why}, and what they run is not recognised`,
    source: 'docs/frameworks.md',
  });
  return [{ ...among, supposed: true }];
}

function groupSign(job: TrainingJob): string | null {
  if (isOfOperator(job)) return job.kind === 'Pod' ? 'several pods that a label ties together' : `several pods of one ${job.kind}`;
  if (job.members.some((m) => m.perPodLabels.some((l) => l.key === indexLabel))) return 'several pods of an Indexed Job';
  if (servers.includes(job.kind)) return null;
  return job.members.some(hasGpu) || asksFor(job, devices).length > 0 ? 'several pods with accelerators' : null;
}

import { devicesAsked } from '../model/accelerators.ts';
import type { Passage } from '../model/passage.ts';
import type { TrainingJob } from '../model/training-job.ts';
import { everyoneDialsEveryone, hasGpu, otherAccelerators, trainers } from './among.ts';
import { standsAlone } from './torch-signs.ts';
import { isOfOperator } from './training-jobs.ts';

/** Kinds whose pods serve, each by itself, whatever they ask for. */
const servers: readonly string[] = ['Deployment', 'ReplicaSet', 'ReplicationController', 'DaemonSet'];

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
  if (standsAlone(job)) return [];
  const among = known.filter((p) => p.from.kind === 'members' && p.to.kind === 'members');
  const [accelerator] = among.some((p) => p.purpose === 'collectives') ? [] : otherAccelerators(job);
  if (among.length > 0 && accelerator === undefined) return [];
  const passage = everyoneDialsEveryone(job, {
    id: 'unrecognised/among',
    purpose: 'collectives',
    title: 'whatever its pods say to each other',
    ports: [{ kind: 'range', low: 1, high: 65535 }],
    because:
      among.length > 0 && accelerator !== undefined
        ? `${accelerator.text}, and on which ports its collectives go is not known`
        : `${why}, and what they run is not recognised`,
    source: 'docs/frameworks.md',
  });
  return [{ ...passage, supposed: true }];
}

function groupSign(job: TrainingJob): string | null {
  if (isOfOperator(job)) return job.kind === 'Pod' ? 'several pods that a label ties together' : `several pods of one ${job.kind}`;
  if (job.members.some((m) => m.perPodLabels.some((l) => l.key === indexLabel))) return 'several pods of an Indexed Job';
  if (servers.includes(job.kind)) return null;
  return job.members.some((m) => hasGpu(m) || m.pod.containers.some((c) => devicesAsked(c, m.pod).length > 0)) ? 'several pods with accelerators' : null;
}

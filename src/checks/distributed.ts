import { trainers } from '../frameworks/among.ts';
import { detectedIn, passagesOf } from '../frameworks/job-frameworks.ts';
import { listenerPorts } from '../frameworks/listeners.ts';
import { trainingJobs } from '../frameworks/training-jobs.ts';
import type { Passage } from '../model/passage.ts';
import type { TrainingJob } from '../model/training-job.ts';
import type { Workload } from '../model/workload.ts';
import { TransportSet } from '../space/transport-set.ts';
import type { CheckContext } from './check.ts';
import { governedTraining } from './subjects.ts';

/** Pods that must reach each other to train: the sorts of pods of one job. At least two pods. */
export interface DistributedJob {
  /** `namespace/name` of the job, as people call it. */
  readonly title: string;
  readonly members: readonly Workload[];
  /** What shows that they talk to each other. */
  readonly because: string;
  /** Whether they listen at ports that the kernel picks. */
  readonly ephemeral: boolean;
  /** What its frameworks do among its pods; nothing where no framework is known. */
  readonly passages: readonly Passage[];
}

/** How many sorts of pods of one job are compared pair by pair. */
const membersCompared = 8;

const found = new WeakMap<CheckContext, readonly DistributedJob[]>();

/** Jobs among the training workloads whose pods must reach each other. Found once for all checks of a context. */
export function distributedJobs(context: CheckContext): readonly DistributedJob[] {
  const known = found.get(context);
  if (known !== undefined) return known;
  const jobs = jobsIn(context);
  found.set(context, jobs);
  return jobs;
}

function jobsIn(context: CheckContext): readonly DistributedJob[] {
  return trainingJobs(governedTraining(context)).flatMap((job): readonly DistributedJob[] => {
    const members = trainers(job);
    // Where nobody knows which pods are of one job, nobody knows who has to reach whom.
    if (job.mixed || members.reduce((sum, w) => sum + w.replicas, 0) < 2) return [];
    const detected = detectedIn(job);
    const among = passagesOf(job).filter((p) => p.from.kind === 'members' && p.to.kind === 'members');
    const because = among.length > 0 ? detected[0]?.signs[0]?.text : groupEvidence(job);
    if (because === undefined) return [];
    return [
      {
        title: `${job.namespace}/${job.name}${job.group === null ? '' : ` group ${job.group.value}`}`,
        members: members.slice(0, membersCompared),
        because,
        passages: among,
        // What is known to be a group and not what it runs is taken to be like nearly all of them.
        ephemeral: among.length === 0 || among.some((p) => p.ports.some((use) => use.kind === 'ephemeral')),
      },
    ];
  });
}

/** Ordered pairs of a job's sorts of pods that must reach each other; a sort with several pods is paired with itself. */
export function jobPairs(job: DistributedJob): readonly (readonly [Workload, Workload])[] {
  return job.members.flatMap((a) => job.members.filter((b) => a !== b || a.replicas > 1).map((b) => [a, b] as const));
}

/** TCP ports of `to` that `from` dials; those that the kernel picks where no framework is known. */
export function portsDialled({ passages }: DistributedJob, from: Workload, to: Workload): TransportSet {
  if (passages.length === 0) return listenerPorts({ kind: 'ephemeral' }, to);
  const dialled = passages.filter((p) => p.from.kind === 'members' && p.to.kind === 'members' && p.from.members.includes(from) && p.to.members.includes(to));
  return TransportSet.unionAll(dialled.flatMap((p) => p.ports.map((use) => listenerPorts(use, to))));
}

/** Marks of a group where nothing says what it runs: the label of an operator of groups, or one that calls it distributed. */
function groupEvidence({ label, members }: TrainingJob): string | undefined {
  if (label !== null && label.key !== 'batch.kubernetes.io/job-name') return `label ${label.key}`;
  for (const { labels } of members) {
    const found = Object.entries(labels).find(([, value]) => /^distributed\b/.test(value));
    if (found !== undefined) return `label ${found[0]}=${found[1]}`;
  }
  return undefined;
}

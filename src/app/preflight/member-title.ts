import type { TrainingJob } from '../../model/training-job.ts';
import type { Workload } from '../../model/workload.ts';

/** How people name one sort of pod of a job: its role, or the job's name where it has but one. */
export function memberTitle(job: TrainingJob, member: Workload): string {
  return member.role ?? (job.members.length === 1 ? 'its pods' : member.name);
}

/** Several of them: all are `every pod`. */
export function membersTitle(job: TrainingJob, members: readonly Workload[]): string {
  if (members.length === job.members.length && members.length > 1) return 'every pod';
  return members.map((m) => memberTitle(job, m)).join(', ');
}

/** `8 pods: 1 master, 7 worker`. */
export function podsOf(job: TrainingJob): string {
  const total = job.members.reduce((sum, m) => sum + m.replicas, 0);
  const pods = `${total} pod${total === 1 ? '' : 's'}`;
  return job.members.length === 1 ? pods : `${pods}: ${job.members.map((m) => `${m.replicas} ${memberTitle(job, m)}`).join(', ')}`;
}

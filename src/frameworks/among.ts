import type { Passage } from '../model/passage.ts';
import type { TrainingJob } from '../model/training-job.ts';

/** A passage between all pods of a job, both ways: who dials whom among them cannot be foretold. */
export function everyoneDialsEveryone(job: TrainingJob, about: Omit<Passage, 'from' | 'to' | 'required'>): Passage {
  const all = { kind: 'members', members: job.members } as const;
  return { ...about, from: all, to: all, required: true };
}

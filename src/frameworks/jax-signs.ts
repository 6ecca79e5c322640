import type { TrainingJob } from '../model/training-job.ts';
import type { Sign } from './framework.ts';
import { configuredBy, ofKind, packedIn } from './signs.ts';

/** What shows that a job is one of JAX. */
export function jaxSigns(job: TrainingJob): readonly Sign[] {
  return [
    ...ofKind(job, ['JAXJob']),
    ...configuredBy(job, ['JAX_COORDINATOR_ADDRESS', 'JAX_COORDINATOR_PORT', 'JAX_NUM_PROCESSES', 'JAX_PROCESS_ID']),
    ...packedIn(job, ['jax', 'maxtext']),
  ];
}

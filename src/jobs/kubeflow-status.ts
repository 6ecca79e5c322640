import type { Reader } from '../kernel/reader.ts';
import type { RawObject } from '../model/snapshot.ts';
import type { Lifecycle } from '../model/workload.ts';
import { endedBy } from './ended.ts';

/** Whether a job of Kubeflow is over, and whether its controller then ends the pods that still run. */
export interface EndOfJob {
  readonly over: boolean;
  readonly cleans: boolean;
}

/**
 * By default (None) no pod is ended when the job is over. `spec.cleanPodPolicy` is MPIJob v1's own field.
 * Sources: kubeflow/trainer release-1.9 pkg/controller.v1/common/job.go DeletePodsAndServices; kubeflow/mpi-operator pkg/controller isCleanUpPods.
 */
export function endOf(object: RawObject, job: Reader): EndOfJob {
  const spec = job.field('spec');
  const policy = spec.field('runPolicy');
  policy.expect('an object');
  policy.field('suspend').boolean();
  const cleans = [policy, spec].map((at) => at.field('cleanPodPolicy').string());
  return { over: endedBy(['Succeeded', 'Failed'], object, job) === 'finished', cleans: cleans.some((word) => word === 'All' || word === 'Running') };
}

/** `lasting`: the pods run until somebody ends them. */
export function lifecycleIn({ over, cleans }: EndOfJob, lasting: boolean): Lifecycle {
  return over && (cleans || !lasting) ? 'finished' : 'running';
}

import type { Origin } from '../kernel/origin.ts';
import type { Workload } from './workload.ts';

/** Pods that train together, as one object of an operator makes them, or as their labels tie them together. */
export interface TrainingJob {
  readonly namespace: string;
  readonly name: string;
  /** Kind of the object at the top: `PyTorchJob`, `RayCluster`, `Job` … */
  readonly kind: string;
  /** The label that its operator puts on all its pods, and on no other's; null where nothing does. */
  readonly label: { readonly key: string; readonly value: string } | null;
  /** Its sorts of pods, by role. Never empty. */
  readonly members: readonly Workload[];
  readonly origin: Origin;
}

/** How people name a job: `namespace/name[Kind]`. */
export function jobTitle({ namespace, name, kind }: Pick<TrainingJob, 'namespace' | 'name' | 'kind'>): string {
  return `${namespace}/${name}[${kind}]`;
}

/** Its sort of pods with this role, where it has one. */
export function memberOf(job: TrainingJob, role: string): Workload | undefined {
  return job.members.find((m) => m.role === role);
}

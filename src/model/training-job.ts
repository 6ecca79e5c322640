import type { Origin } from '../kernel/origin.ts';
import type { Labels } from './labels.ts';
import type { Workload } from './workload.ts';

/** Pods that train together, as one object of an operator makes them, or as their labels tie them together. */
export interface TrainingJob {
  readonly namespace: string;
  readonly name: string;
  /** Kind of the object at the top: `PyTorchJob`, `RayCluster`, `Job` … */
  readonly kind: string;
  /** The label that its operator puts on all its pods, and on no other's; null where nothing does. */
  readonly label: { readonly key: string; readonly value: string } | null;
  /** Where an object of its operator makes several jobs: the label that tells this one from the others, beside `label`; null where it makes one. */
  readonly group: { readonly key: string; readonly value: string } | null;
  /** Whether its pods are those of several jobs, and nothing tells which pod is of which: not all of them need to reach each other. */
  readonly mixed: boolean;
  /** Its sorts of pods, by role. Never empty. */
  readonly members: readonly Workload[];
  readonly origin: Origin;
}

/** How people name a job: `namespace/name[Kind]`, and `namespace/name[Kind group 0]` where an object makes several. */
export function jobTitle({ namespace, name, kind, group }: Pick<TrainingJob, 'namespace' | 'name' | 'kind' | 'group'>): string {
  return `${namespace}/${name}[${kind}${group === null ? '' : ` group ${group.value}`}]`;
}

/** The labels that choose the pods of a job and no others, where its operator writes such. */
export function jobLabelsOf({ label, group }: Pick<TrainingJob, 'label' | 'group'>): Labels | null {
  if (label === null) return null;
  return group === null ? { [label.key]: label.value } : { [label.key]: label.value, [group.key]: group.value };
}

/** Its sort of pods with this role, where it has one. */
export function memberOf(job: TrainingJob, role: string): Workload | undefined {
  return job.members.find((m) => m.role === role);
}

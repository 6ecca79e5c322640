import type { Labels } from '../model/labels.ts';
import type { RawObject } from '../model/snapshot.ts';
import type { Lifecycle, PerPodLabel, Workload } from '../model/workload.ts';
import { texts } from './container.ts';
import type { PodTemplate } from './pod-template.ts';

/** What a controller adds to a template to make pods. `labels` overwrite the template's own. */
export interface Making {
  readonly replicas: number;
  readonly role?: string;
  readonly labels?: Labels;
  readonly perPodLabels?: readonly PerPodLabel[];
  readonly ips?: readonly string[];
  readonly node?: string | null;
  readonly lifecycle?: Lifecycle;
}

/** Largest count the API holds (int32). Source: kubernetes/api apps/v1 DeploymentSpec.replicas. */
export const mostReplicas: number = 2 ** 31 - 1;

/** The workload that an object makes from a template. A label that differs from pod to pod is no label of the workload. */
export function workloadOf(object: RawObject, template: PodTemplate, making: Making): Workload {
  const role = making.role ?? null;
  const perPodLabels = making.perPodLabels ?? [];
  const varying = new Set(perPodLabels.map((l) => l.key));
  const namespace = object.namespace ?? 'default';
  const { podOrigin, labels, node, ...rest } = template;
  return {
    id: `${object.kind}/${namespace}/${object.name}${role === null ? '' : `/${role}`}`,
    kind: object.kind,
    namespace,
    name: object.name,
    role,
    ...rest,
    labels: texts([...Object.entries(labels), ...Object.entries(making.labels ?? {})].filter(([key]) => !varying.has(key))),
    perPodLabels,
    replicas: making.replicas,
    node: making.node ?? node,
    ips: making.ips ?? [],
    lifecycle: making.lifecycle ?? 'running',
    origin: object.origin,
    podOrigin,
  };
}

import { type Labels, labelOf } from '../model/labels.ts';
import type { MadeUpLabel } from '../model/made-up-label.ts';
import type { RawObject } from '../model/snapshot.ts';
import type { HostNames, Lifecycle, PerPodLabel, Told, Workload } from '../model/workload.ts';
import { texts } from './container.ts';
import type { PodTemplate } from './pod-template.ts';

/** What a controller adds to a template to make pods. `labels` overwrite the template's own. */
export interface Making {
  readonly replicas: number;
  readonly atOnce?: number;
  readonly role?: string;
  readonly labels?: Labels;
  readonly perPodLabels?: readonly PerPodLabel[];
  readonly ips?: readonly string[];
  readonly node?: string | null;
  readonly lifecycle?: Lifecycle;
  readonly unowned?: boolean;
  /** Counts as far as the labels have it: an author may have overwritten it. */
  readonly madeUp?: readonly MadeUpLabel[];
  readonly told?: readonly Told[];
  readonly hosts?: HostNames;
}

const noIps: readonly string[] = [];
const noLabels: readonly PerPodLabel[] = [];

/** Largest count the API holds (int32). Source: kubernetes/api apps/v1 DeploymentSpec.replicas. */
export const mostReplicas: number = 2 ** 31 - 1;

/** The workload that an object makes from a template. A label that differs from pod to pod is no label of the workload. */
export function workloadOf(object: RawObject, template: PodTemplate, making: Making): Workload {
  const role = making.role ?? null;
  const perPodLabels = making.perPodLabels ?? noLabels;
  const namespace = object.namespace ?? 'default';
  const labels = labelsOfPods(template.labels, making.labels, perPodLabels);
  const madeUp = (making.madeUp ?? []).filter((l) => labelOf(labels, l.key) === l.value);
  return {
    id: `${object.kind}/${namespace}/${object.name}${role === null ? '' : `/${role}`}`,
    kind: object.kind,
    namespace,
    name: object.name,
    role,
    labels,
    perPodLabels,
    ...(madeUp.length === 0 ? {} : { madeUp }),
    ...(making.told === undefined || making.told.length === 0 ? {} : { told: making.told }),
    annotations: template.annotations,
    ...(making.hosts === undefined ? {} : { hosts: making.hosts }),
    replicas: making.replicas,
    ...(making.atOnce === undefined || making.atOnce >= making.replicas ? {} : { atOnce: making.atOnce }),
    serviceAccount: template.serviceAccount,
    hostNetwork: template.hostNetwork,
    node: making.node ?? template.node,
    ...(making.node === undefined && template.node !== null ? { named: true } : {}),
    ips: making.ips ?? noIps,
    lifecycle: making.lifecycle ?? 'running',
    ...(making.unowned === true ? { unowned: true } : {}),
    ports: template.ports,
    interfaces: template.interfaces,
    pod: template.pod,
    origin: object.origin,
    podOrigin: template.podOrigin,
  };
}

function labelsOfPods(own: Labels, added: Labels | undefined, perPod: readonly PerPodLabel[]): Labels {
  if (added === undefined && perPod.length === 0) return own;
  const varying = new Set(perPod.map((l) => l.key));
  return texts([...Object.entries(own), ...Object.entries(added ?? {})].filter(([key]) => !varying.has(key)));
}

import { Reader } from '../kernel/reader.ts';
import { isLabelValue } from '../model/label-syntax.ts';
import { labelOf } from '../model/labels.ts';
import type { MadeUpLabel } from '../model/made-up-label.ts';
import { annotationsOf, controllerOf, groupOf, isLive, labelsOf } from '../model/metadata.ts';
import type { RawObject } from '../model/snapshot.ts';
import type { Admission, FlavorChoice, Workload } from '../model/workload.ts';
import { texts } from './container.ts';
import type { Surroundings } from './expander.ts';
import { readToleration } from './pod-template.ts';

/** The label by which a job names its queue. Source: kubernetes-sigs/kueue pkg/controller/constants/constants.go. */
export const queueLabel = 'kueue.x-k8s.io/queue-name';
const group = 'kueue.x-k8s.io';
const defaultName = 'default';

/** Kinds that say what a queue puts on the jobs that name it: `group/kind`. */
export const queueKinds: readonly string[] = ['LocalQueue', 'ClusterQueue', 'ResourceFlavor'].map((kind) => `${group}/${kind}`);

/** Kinds that Kueue admits whole; of other kinds it admits pods or groups of them. Source: kubernetes-sigs/kueue pkg/controller/jobs. */
const wholeKinds: readonly string[] = [
  ...['Job', 'JobSet', 'TrainJob', 'PyTorchJob', 'TFJob', 'XGBoostJob', 'PaddleJob', 'JAXJob', 'MPIJob', 'RayJob', 'RayCluster', 'RayService'],
];

/** Kinds that take part only where their pods do. */
const podKinds: readonly string[] = ['Pod', 'Deployment', 'StatefulSet', 'LeaderWorkerSet'];

/** Ways to give flavours that are looked at. */
const mostChoices = 64;

/**
 * Workloads of an object that names a queue of Kueue, with what the queue will put on their pods: labels that tell the queue and the set of pods, which
 * not every version and setting writes, and the node labels and tolerations of flavours, which `admission` holds. What a cluster has started already
 * carries them. A job that names no queue is given the LocalQueue `default` of its namespace, where the input has it: Kueue does so since 0.12, and before where it
 * is told to.
 * Source: kubernetes-sigs/kueue pkg/podset/podset.go FromAssignment, Merge; pkg/constants PodSetLabel, LocalQueueLabel, ClusterQueueLabel
 * (feature AssignQueueLabelsForPods); pkg/controller/jobframework/defaults.go ApplyDefaultLocalQueue, pkg/controller/constants DefaultLocalQueueName.
 */
export function withQueue(object: RawObject, workloads: readonly Workload[], around: Surroundings): readonly Workload[] {
  const queue = queueOf(object) ?? defaultQueue(object, workloads, around);
  if (queue === null || (isLive(object) && !isSuspended(object))) return workloads;
  const local = around.find(group, 'LocalQueue', object.namespace ?? 'default', queue);
  const named = local === undefined ? undefined : new Reader(local.body, local.origin, []).field('spec').field('clusterQueue').value;
  const clusterQueue = typeof named === 'string' && named !== '' ? named : null;
  const partial = labelOf(annotationsOf(object), 'kueue.x-k8s.io/job-min-parallelism') !== undefined;
  return workloads.map((workload) => {
    const admission: Admission = {
      queue,
      clusterQueue,
      choices: clusterQueue === null ? null : choicesOf(workload, clusterQueue, around),
      whole: wholeKinds.includes(object.kind) && !partial,
    };
    const added = labelsAdded(workload, admission).filter((l) => labelOf(workload.labels, l.key) === undefined);
    return {
      ...workload,
      labels: texts([...Object.entries(workload.labels), ...added.map((l): [string, string] => [l.key, l.value])]),
      madeUp: [...(workload.madeUp ?? []), ...added],
      admission,
    };
  });
}

/** A CronJob says it for the Jobs that it makes. */
function queueOf(object: RawObject): string | null {
  if (object.kind === 'CronJob') {
    const made = new Reader(object.body, object.origin, []).field('spec').field('jobTemplate').field('metadata').field('labels').field(queueLabel).value;
    return typeof made === 'string' && made !== '' ? made : null;
  }
  // Volcano's Job has a scheduler of its own.
  if (groupOf(object.apiVersion) === 'batch.volcano.sh') return null;
  if (!wholeKinds.includes(object.kind) && !podKinds.includes(object.kind)) return null;
  return labelOf(labelsOf(object), queueLabel) || null;
}

/** What an owner makes is its owner's to queue. Kinds that only their pods make part of it take a setting of Kueue: they are left alone. */
function defaultQueue({ kind, apiVersion, namespace, ...object }: RawObject, workloads: readonly Workload[], around: Surroundings): string | null {
  if (
    workloads.length === 0 ||
    !wholeKinds.includes(kind) ||
    groupOf(apiVersion) === 'batch.volcano.sh' ||
    controllerOf({ ...object, kind, apiVersion, namespace }) !== null
  )
    return null;
  return around.find(group, 'LocalQueue', namespace ?? 'default', defaultName) === undefined ? null : defaultName;
}

function isSuspended(object: RawObject): boolean {
  return new Reader(object.body, object.origin, []).field('spec').field('suspend').value === true;
}

function labelsAdded({ role, name, namespace }: Workload, { queue, clusterQueue }: Admission): readonly MadeUpLabel[] {
  const why = `what Kueue writes on the pods of ${namespace}/${name} when it admits them, which differs from version to version`;
  const perhaps = (key: string, value: string): MadeUpLabel => ({ key, value: `?${value}`, patterns: [value], optional: true, why });
  return [
    perhaps('kueue.x-k8s.io/podset', role ?? 'main'),
    perhaps('kueue.x-k8s.io/local-queue-name', queue),
    ...(clusterQueue === null || !isLabelValue(clusterQueue) ? [] : [perhaps('kueue.x-k8s.io/cluster-queue-name', clusterQueue)]),
  ];
}

/** A flavour of each group of resources that covers something that the pods ask for. Source: kueue apis/kueue/v1beta1 ClusterQueueSpec.ResourceGroups, ResourceFlavorSpec. */
function choicesOf(workload: Workload, clusterQueue: string, around: Surroundings): readonly FlavorChoice[] | null {
  const found = around.find(group, 'ClusterQueue', null, clusterQueue);
  if (found === undefined) return null;
  let choices: readonly FlavorChoice[] = [{ title: '', nodeLabels: {}, tolerations: [] }];
  for (const resources of new Reader(found.body, found.origin, []).field('spec').field('resourceGroups').each()) {
    const covered = resources.field('coveredResources').value;
    const asks = (name: unknown): boolean => name === 'pods' || (typeof name === 'string' && asksFor(workload, name, around));
    if (!Array.isArray(covered) || !covered.some(asks)) continue;
    const flavors = resources
      .field('flavors')
      .each()
      .map((f) => flavorOf(f.field('name').value, around));
    if (flavors.some((f) => f === null) || choices.length * flavors.length > mostChoices) return null;
    choices = choices.flatMap((one) => flavors.flatMap((f) => (f === null ? [] : [both(one, f)])));
  }
  return choices;
}

/**
 * Whether a container asks for a resource, by itself or by what a LimitRange gives it: the API server does so before Kueue counts, and Kueue as well.
 * Source: kubernetes/kubernetes pkg/apis/core/v1/defaults.go SetDefaults_LimitRange_item; kueue pkg/workload/resources.go AdjustResources.
 */
function asksFor({ pod, namespace }: Workload, resource: string, around: Surroundings): boolean {
  if (pod.containers.some((c) => Object.hasOwn(c.requests, resource))) return true;
  return (around.limitRanges?.(namespace) ?? []).some((range) =>
    new Reader(range.body, range.origin, [])
      .field('spec')
      .field('limits')
      .each()
      .some((item) => item.field('type').value === 'Container' && ['defaultRequest', 'default', 'min', 'max'].some((key) => item.field(key).has(resource))),
  );
}

function flavorOf(name: unknown, around: Surroundings): FlavorChoice | null {
  const found = typeof name === 'string' ? around.find(group, 'ResourceFlavor', null, name) : undefined;
  if (found === undefined) return null;
  const spec = new Reader(found.body, found.origin, []).field('spec');
  return { title: found.name, nodeLabels: spec.field('nodeLabels').textMap() ?? {}, tolerations: spec.field('tolerations').each().map(readToleration) };
}

/** Where two say something of one label, the first counts. Source: kubernetes-sigs/kueue pkg/podset/podset.go FromAssignment. */
function both(a: FlavorChoice, b: FlavorChoice): FlavorChoice {
  return {
    title: a.title === '' ? b.title : `${a.title}, ${b.title}`,
    nodeLabels: texts([...Object.entries(b.nodeLabels), ...Object.entries(a.nodeLabels)]),
    tolerations: [...a.tolerations, ...b.tolerations],
  };
}

import { isMap } from '../kernel/map.ts';
import { Reader } from '../kernel/reader.ts';
import type { MadeUpLabel } from '../model/made-up-label.ts';
import { isLive } from '../model/metadata.ts';
import type { RawObject } from '../model/snapshot.ts';
import { rayClusterLabel, rayIdentifier } from './ray-nodes.ts';

/** The cluster of an object that has one made. `name` is a stand-in where `madeUp` says so. */
export interface RayClusterName {
  readonly name: string;
  readonly madeUp: (type: 'head' | 'worker') => readonly MadeUpLabel[];
}

/** What stands for the characters that the operator draws. */
const unknown = '?????';

/**
 * Name of the cluster that KubeRay makes for a RayJob or a RayService: in a cluster its status says it; before, five characters of it are unknown. Versions
 * before 1.4 put `raycluster` before them. Source: ray-project/kuberay ray-operator/controllers/ray/utils/util.go GenerateRayClusterName.
 */
export function rayClusterName(object: RawObject, said: unknown): RayClusterName {
  if (isLive(object) && typeof said === 'string' && said !== '') return { name: said, madeUp: () => [] };
  // The name of the object may have a generated end itself, which stands as `*`.
  const own = object.name.replace(/\*\d*$/, unknown);
  const names = [`${own}-${unknown}`, `${own}-raycluster-${unknown}`];
  const name = `${object.name}-${unknown}`;
  const why = `the name that KubeRay gives to the cluster of ${object.kind} ${object.namespace ?? 'default'}/${object.name}, which nobody knows before; a selector that works is ${workingSelector(object)}`;
  return {
    name,
    madeUp: (type) => [
      { key: rayClusterLabel, value: name, patterns: names, why },
      { key: 'ray.io/identifier', value: rayIdentifier(name, type), patterns: names.map((n) => rayIdentifier(n, type)), why },
    ],
  };
}

/**
 * What selects all pods of the cluster: labels that the author writes on every template; else what KubeRay writes on the pods of every cluster. It does not
 * write the name of the RayJob or RayService on them. Source: ray-project/kuberay ray-operator/controllers/ray/common/pod.go labelPod, DefaultHeadPodTemplate.
 */
function workingSelector(object: RawObject): string {
  const spec = new Reader(object.body, object.origin, []).field('spec');
  const cluster = spec.has('rayClusterSpec') ? spec.field('rayClusterSpec') : spec.field('rayClusterConfig');
  const [head = [], ...workers] = [cluster.field('headGroupSpec'), ...cluster.field('workerGroupSpecs').each()].map(ownLabels);
  const common = head.find((label) => workers.every((labels) => labels.includes(label)));
  return common === undefined ? 'ray.io/is-ray-node=yes, which holds every Ray cluster of the namespace' : common;
}

function ownLabels(group: Reader): readonly string[] {
  const labels = group.field('template').field('metadata').field('labels').value;
  if (!isMap(labels)) return [];
  return Object.entries(labels).flatMap(([key, value]) => (typeof value === 'string' && !key.startsWith('ray.io/') ? [`${key}=${value}`] : []));
}

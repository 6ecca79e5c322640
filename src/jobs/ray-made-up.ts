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
  const why = `the name that KubeRay gives to the cluster of ${object.kind} ${object.namespace ?? 'default'}/${object.name}, which nobody knows before`;
  return {
    name,
    madeUp: (type) => [
      { key: rayClusterLabel, value: name, patterns: names, why },
      { key: 'ray.io/identifier', value: rayIdentifier(name, type), patterns: names.map((n) => rayIdentifier(n, type)), why },
    ],
  };
}

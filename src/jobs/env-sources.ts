import { memberOf } from '../kernel/map.ts';
import type { Container, Workload } from '../model/workload.ts';
import { texts } from './container.ts';
import type { Surroundings } from './expander.ts';

/**
 * A workload whose containers have the variables that ConfigMaps of the input give them whole (`envFrom`); sources that are not there stay. A later source
 * counts before an earlier one, and what a container says itself before both. Secrets are never read.
 * Source: kubernetes/kubernetes pkg/kubelet/kubelet_pods.go makeEnvironmentVariables.
 */
export function withEnvSources(workload: Workload, around: Surroundings): Workload {
  if (workload.pod.containers.every((c) => c.envFrom.length === 0)) return workload;
  const containers = workload.pod.containers.map((c) => filled(c, workload.namespace, around));
  return { ...workload, pod: { ...workload.pod, containers } };
}

function filled(container: Container, namespace: string, around: Surroundings): Container {
  const given: (readonly [string, string])[] = [];
  const absent = container.envFrom.filter(({ kind, name, prefix }) => {
    const data = kind === 'ConfigMap' ? memberOf(around.find('', kind, namespace, name)?.body, 'data') : undefined;
    if (typeof data !== 'object' || data === null) return true;
    for (const [key, value] of Object.entries(data)) if (typeof value === 'string') given.push([`${prefix}${key}`, value]);
    return false;
  });
  return { ...container, env: texts<string | null>([...given, ...Object.entries(container.env)]), envFrom: absent };
}

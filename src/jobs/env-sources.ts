import { isMap, memberOf } from '../kernel/map.ts';
import type { Container, ValueSource, Workload } from '../model/workload.ts';
import { texts } from './container.ts';
import type { Surroundings } from './expander.ts';

/**
 * A workload whose containers have the variables that ConfigMaps of the input give them, whole (`envFrom`) or one by one (`configMapKeyRef`); sources that are
 * not there stay. A later source counts before an earlier one, and what a container says itself before both. A key that is optional and that its ConfigMap does
 * not have sets nothing. Secrets are never read.
 * Source: kubernetes/kubernetes pkg/kubelet/kubelet_pods.go makeEnvironmentVariables.
 */
export function withEnvSources(workload: Workload, around: Surroundings): Workload {
  if (workload.pod.containers.every((c) => c.envFrom.length === 0 && Object.keys(c.valueFrom).length === 0)) return workload;
  const containers = workload.pod.containers.map((c) => filled(c, workload.namespace, around));
  return { ...workload, pod: { ...workload.pod, containers } };
}

function filled(container: Container, namespace: string, around: Surroundings): Container {
  const dataOf = (kind: ValueSource['kind'], name: string): Readonly<Record<string, unknown>> | null => {
    const found = kind === 'ConfigMap' ? around.find('', kind, namespace, name)?.body : undefined;
    if (found === undefined) return null;
    const data = memberOf(found, 'data');
    return isMap(data) ? data : {};
  };
  const given: (readonly [string, string])[] = [];
  const absent = container.envFrom.filter(({ kind, name, prefix }) => {
    const data = dataOf(kind, name);
    for (const [key, value] of Object.entries(data ?? {})) if (typeof value === 'string') given.push([`${prefix}${key}`, value]);
    return data === null;
  });
  const untold: [string, ValueSource][] = [];
  const own = Object.entries(container.env).flatMap(([variable, value]): readonly (readonly [string, string | null])[] => {
    const source = value === null && Object.hasOwn(container.valueFrom, variable) ? container.valueFrom[variable] : undefined;
    if (source === undefined) return [[variable, value]];
    const data = dataOf(source.kind, source.name);
    const text = memberOf(data, source.key);
    if (typeof text === 'string') return [[variable, text]];
    if (data !== null && source.optional) return [];
    untold.push([variable, data === null ? source : { ...source, lacksKey: true }]);
    return [[variable, null]];
  });
  return { ...container, env: texts<string | null>([...given, ...own]), envFrom: absent, valueFrom: Object.fromEntries(untold) };
}

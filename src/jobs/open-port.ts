import type { Reader } from '../kernel/reader.ts';
import type { PodTemplate } from './pod-template.ts';

/** A port that a controller adds to containers which do not declare its number. `containers` are the readers of those it looks at. */
export function withPort(template: PodTemplate, containers: readonly Reader[], name: string, port: number): PodTemplate {
  const lacking = containers.some((container) => !declares(container, (p) => p.field('containerPort').value === port));
  return lacking ? addPort(template, name, port) : template;
}

/** The same, to a container that has no port of that name. */
export function withNamedPort(template: PodTemplate, container: Reader | undefined, name: string, port: number): PodTemplate {
  return container === undefined || declares(container, (p) => p.field('name').value === name) ? template : addPort(template, name, port);
}

function declares(container: Reader, wanted: (port: Reader) => boolean): boolean {
  return Array.isArray(container.field('ports').value) && container.field('ports').each().some(wanted);
}

/** The API server takes a port of a pod on the host network for one of the node. Source: kubernetes/kubernetes pkg/apis/core/v1/defaults.go defaultHostNetworkPorts. */
function addPort(template: PodTemplate, name: string, port: number): PodTemplate {
  return { ...template, ports: [...template.ports, { name, port, protocol: 'TCP', hostPort: template.hostNetwork ? port : null }] };
}

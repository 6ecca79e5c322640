import { isMap } from '../kernel/map.ts';
import { Reader } from '../kernel/reader.ts';
import { readLabels } from '../model/label-map.ts';
import type { RawObject } from '../model/snapshot.ts';
import type { ContainerPort } from '../model/workload.ts';
import { readContainer, readContainerPorts } from './container.ts';
import { type PodTemplate, readPodTemplate } from './pod-template.ts';

/** The container of Slurm in a pod: its name, the ports that the operator declares, and whether it is privileged by itself. */
interface SlurmContainer {
  readonly name: string;
  readonly ports: Readonly<Record<string, number>>;
  readonly privileged?: true;
}

/**
 * Pods of slurm-operator: the pod template of the object, with the operator's container as the object's own field for it has it. The pod gets no token of
 * its service account unless its template says so. Source: SlinkyProject/slurm-operator internal/builder/common BuildPodTemplate, BuildContainer.
 */
export function slurmTemplate(spec: Reader, object: RawObject, { name, ports, privileged }: SlurmContainer): PodTemplate {
  const own = spec.field(name);
  const template = spec.field('template');
  const pod = template.field('spec');
  // Faults of the author's own words are found where they stand.
  if (template.expect('an object') && template.field('metadata').expect('an object')) readLabels(template.field('metadata').field('labels'));
  for (const container of [own, ...pod.field('containers').each()]) {
    readContainer(container, 'container', []);
    readContainerPorts(container, false);
  }
  const said = isMap(own.value) ? own.value : {};
  const containers = pod.field('containers').value;
  const merged = {
    metadata: template.field('metadata').value,
    spec: {
      automountServiceAccountToken: false,
      ...(isMap(pod.value) ? pod.value : {}),
      containers: [
        { image: '', ...(privileged === true ? { securityContext: { privileged } } : {}), ...said, name },
        ...(Array.isArray(containers) ? (containers as readonly unknown[]) : []),
      ],
    },
  };
  const read = readPodTemplate(new Reader(merged, template, []), object.namespace ?? 'default');
  const added = Object.entries(ports)
    .filter(([, port]) => !read.ports.some((p) => p.port === port))
    .map(([port, number]): ContainerPort => ({ name: port, port: number, protocol: 'TCP', hostPort: read.hostNetwork ? number : null }));
  return { ...read, ports: [...read.ports, ...added], podOrigin: object.origin };
}

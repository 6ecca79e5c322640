import { finish, Reader } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { RawObject } from '../model/snapshot.ts';
import type { ContainerPort, Workload } from '../model/workload.ts';
import { isBelieved } from './believed.ts';
import { texts } from './container.ts';
import type { JobExpander } from './expander.ts';
import { type PodTemplate, readPodTemplate } from './pod-template.ts';
import { mostReplicas, workloadOf } from './workload-of.ts';

/** Where the store of torch.distributed listens. Source: kubeflow/trainer release-1.9 pkg/apis/kubeflow.org/v1/pytorch_types.go. */
const storePort: ContainerPort = { name: 'pytorchjob-port', port: 23456, protocol: 'TCP', hostPort: null };
const roles = ['Master', 'Worker'] as const;

/**
 * PyTorchJob of the training operator v1: one sort of pod a role, each pod with the job's, the role's and its own number as labels.
 * Source: kubeflow/trainer release-1.9 pkg/controller.v1/common/pod.go createNewPod; pkg/apis/kubeflow.org/v1/pytorch_defaults.go.
 */
export const expander: JobExpander = {
  kinds: [{ group: 'kubeflow.org', kind: 'PyTorchJob' }],
  endsWhenDone: true,
  training: { label: 'training.kubeflow.org/job-name', source: 'kubeflow/trainer release-1.9 pkg/apis/kubeflow.org/v1' },
  expand(object) {
    const diagnostics: Diagnostic[] = [];
    const at = new Reader(object.body, object.origin, diagnostics);
    const specs = at.field('spec').field('pytorchReplicaSpecs');
    if (at.required('spec') && at.field('spec').required('pytorchReplicaSpecs')) specs.object(roles);
    const ended = isOver(object, at);
    const workloads = roles.filter((role) => specs.has(role)).map((role) => expandRole(object, specs.field(role), role, ended));
    return finish(diagnostics, () => workloads);
  },
};

function expandRole(job: RawObject, spec: Reader, role: (typeof roles)[number], ended: boolean): Workload {
  const template = withStorePort(readPodTemplate(spec.field('template'), job.namespace ?? 'default'));
  const type = role.toLowerCase();
  return workloadOf(job, template, {
    role: type,
    replicas: spec.field('replicas').integer(0, mostReplicas) ?? 1,
    labels: texts([
      ['training.kubeflow.org/job-name', job.name],
      ['training.kubeflow.org/operator-name', 'pytorchjob-controller'],
      ['training.kubeflow.org/replica-type', type],
      ...(role === 'Master' ? [['training.kubeflow.org/job-role', 'master'] as const] : []),
    ]),
    perPodLabels: [{ key: 'training.kubeflow.org/replica-index', prefix: '', start: 0 }],
    lifecycle: ended ? 'finished' : 'running',
  });
}

/** The operator adds the store's port to the container that trains when no port has its name. */
function withStorePort(template: PodTemplate): PodTemplate {
  if (template.ports.some((p) => p.name === storePort.name)) return template;
  return { ...template, ports: [...template.ports, { ...storePort, hostPort: template.hostNetwork ? storePort.port : null }] };
}

function isOver(object: RawObject, job: Reader): boolean {
  const ended = job
    .field('status')
    .field('conditions')
    .each()
    .find((c) => (c.field('type').value === 'Succeeded' || c.field('type').value === 'Failed') && c.field('status').value === 'True');
  return ended !== undefined && isBelieved(object, ended);
}

import type { Reader } from '../kernel/reader.ts';
import type { RawObject } from '../model/snapshot.ts';
import { texts } from './container.ts';
import type { JobExpander } from './expander.ts';
import { replicaExpander } from './kubeflow-replicas.ts';
import type { PodTemplate } from './pod-template.ts';
import { mostReplicas } from './workload-of.ts';

/** Where the store of torch.distributed listens. Source: kubeflow/trainer release-1.9 pkg/apis/kubeflow.org/v1/pytorch_types.go. */
const storePort = { name: 'pytorchjob-port', port: 23456 } as const;

/**
 * PyTorchJob. Without a master the first worker is one. An elastic job is told of its rendezvous by variables of all its containers; it counts as many
 * workers as its maxReplicas lets come, as something scales it up to there.
 * Sources: kubeflow/trainer release-1.9 pkg/apis/kubeflow.org/v1/pytorch_types.go; pkg/controller.v1/pytorch IsMasterRole, elastic.go.
 */
export const expander: JobExpander = replicaExpander({
  kind: 'PyTorchJob',
  specs: 'pytorchReplicaSpecs',
  roles: ['Master', 'Worker'],
  operator: 'pytorchjob-controller',
  container: 'pytorch',
  port: storePort,
  masters: ['Master'],
  firstOf: 'Worker',
  most: (role, replicas, spec) => (role === 'Worker' ? Math.max(replicas, elasticMost(spec)) : replicas),
  amend: withRendezvous,
});

/** The operator makes an autoscaler of the workers; rules of who may reach whom have to do for all that may come. Source: pkg/controller.v1/pytorch/hpa.go. */
function elasticMost(spec: Reader): number {
  const most = spec.field('elasticPolicy').field('maxReplicas').value;
  return typeof most === 'number' && Number.isInteger(most) ? Math.min(Math.max(most, 0), mostReplicas) : 0;
}

/** Source: kubeflow/trainer release-1.9 pkg/controller.v1/pytorch/elastic.go generateEnvRDZVEndpoint, generateEnvBackend. */
function withRendezvous(template: PodTemplate, spec: Reader, job: RawObject): PodTemplate {
  const policy = spec.field('elasticPolicy');
  if (!policy.expect('an object')) return template;
  policy.field('minReplicas').integer(0, mostReplicas);
  policy.field('maxReplicas').integer(0, mostReplicas);
  const host = policy.field('rdzvHost').string() ?? `${job.name}-worker-0`;
  const port = policy.field('rdzvPort').integer(1, 65535) ?? template.ports.find((p) => p.name === storePort.name)?.port ?? storePort.port;
  const added = [
    ['PET_RDZV_ENDPOINT', `${host}:${port}`],
    ['PET_RDZV_BACKEND', policy.field('rdzvBackend').string() ?? 'c10d'],
  ] as const;
  const containers = template.pod.containers.map((one) => (one.sort === 'container' ? { ...one, env: texts([...Object.entries(one.env), ...added]) } : one));
  return { ...template, pod: { ...template.pod, containers } };
}

import { wordsOf } from '../frameworks/command-line.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Container, Workload } from '../model/workload.ts';

/** What training-operator v1 adds by default; `{{.MasterAddr}}` is the Service of the master. Source: kubeflow/trainer release-1.9 pkg/controller.v1/pytorch/initcontainer.go; the image, which an option replaces as well, and the option for another template: release-1.9 pkg/config/config.go PyTorchInitContainerImageDefault. */
const initPytorch: Container = {
  name: 'init-pytorch',
  image: 'alpine:3.10',
  sort: 'init',
  command: [],
  args: [],
  env: {},
  envFrom: [],
  valueFrom: {},
  requests: { cpu: '50m', memory: '10Mi' },
  claims: [],
  limits: { cpu: '100m', memory: '20Mi' },
  capabilities: { add: [], drop: [] },
  privileged: false,
  runAsUser: null,
  runAsNonRoot: null,
  allowPrivilegeEscalation: null,
  seccompProfile: null,
  probes: [],
  hostPorts: [],
  path: ['initContainers'],
};

/**
 * Workers of a PyTorchJob as the training operator makes them: beside a master they get an init container that waits until DNS knows it. An operator of the input
 * that is told another template adds what nobody can see here: then the workload stays as it is.
 */
export function withInitPytorch(workload: Workload, { workloads }: Snapshot): Workload {
  const { kind, role, namespace, name, pod } = workload;
  if (kind !== 'PyTorchJob' || role !== 'worker') return workload;
  const led = workloads.some((w) => w.kind === kind && w.namespace === namespace && w.name === name && w.role === 'master');
  const told = workloads.some((w) => w.pod.containers.some((c) => wordsOf(c).some((word) => word.startsWith('--pytorch-init-container-template-file'))));
  return !led || told ? workload : { ...workload, pod: { ...pod, containers: [...pod.containers, initPytorch] } };
}

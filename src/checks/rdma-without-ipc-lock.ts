import { refusingLevel } from '../model/pod-security.ts';
import { inContainer, workloadTitle } from '../model/workload.ts';
import type { Check } from './check.ts';
import { documents, trainingNamespace } from './example-parts.ts';
import { fabricDevices } from './fabric-devices.ts';
import { groupedBy, subjectOf, trainingOf } from './subjects.ts';

const pod = (capabilities: string): string => `
apiVersion: v1
kind: Pod
metadata: {name: trainer, namespace: ai-training, labels: {app: trainer}}
spec:
  containers:
  - name: trainer
    image: registry.example.com/trainer:1
    resources: {limits: {nvidia.com/gpu: "8", rdma/hca_shared_devices_a: "1"}}
    securityContext: {capabilities: ${capabilities}}`;

export const check: Check = {
  slug: 'rdma-without-ipc-lock',
  title: 'RDMA without the right to lock memory',
  severity: 'medium',
  plane: 'fabric',
  running: true,
  why: 'RDMA registers memory, and registered memory must be locked. A container that drops all capabilities and does not add `IPC_LOCK` fails with `ibv_reg_mr` or `ibv_create_qp` errors, or falls back to TCP without a word. Pod Security "restricted" and "baseline" forbid adding it, so an RDMA namespace is "privileged", or memlock is raised in the container runtime.',
  fix: 'Add `IPC_LOCK` to the capabilities of the container, in a namespace whose Pod Security level admits it; or raise memlock in the container runtime of the nodes.',
  sources: [
    'Mellanox/k8s-rdma-shared-dev-plugin README example',
    'kubernetes.io, Pod Security Standards: capabilities',
    'linux Documentation/infiniband/user_verbs.rst: memory pinning and RLIMIT_MEMLOCK',
  ],
  example: { bad: documents(trainingNamespace, pod('{drop: [ALL]}')), good: documents(trainingNamespace, pod('{drop: [ALL], add: [IPC_LOCK]}')) },
  *run(context) {
    for (const workload of trainingOf(context)) {
      for (const [first] of groupedBy(
        fabricDevices(workload).filter((d) => d.verbs),
        (d) => d.container.name,
      ).values()) {
        if (first === undefined) continue;
        const { container } = first;
        const added = container.capabilities.add.some((c) => ['ALL', 'IPC_LOCK', 'CAP_IPC_LOCK'].includes(c.toUpperCase()));
        if (added || container.privileged) continue;
        const space = context.snapshot.namespaces.get(workload.namespace);
        const level = space === undefined ? null : refusingLevel(space.labels);
        yield {
          severity: 'medium',
          confidence: 'likely',
          // What limit the runtime sets is in no manifest.
          undecided: true,
          message: `Container ${container.name} of ${workloadTitle(workload)} uses ${first.resource} but may not lock memory (no IPC_LOCK): registering memory for RDMA fails unless the runtime raises memlock.`,
          primary: inContainer(workload, container, 'securityContext', 'capabilities'),
          related: [],
          ...(level !== null
            ? {
                fix: `Raise memlock in the container runtime of the nodes, or add IPC_LOCK in a namespace at Pod Security level privileged: level ${level} of namespace ${workload.namespace} refuses pods that add it.`,
              }
            : { fix: 'Add IPC_LOCK to its capabilities.', patch: 'securityContext:\n  capabilities:\n    drop: [ALL]\n    add: [IPC_LOCK]\n' }),
          subjects: [subjectOf(workload)],
        };
      }
    }
  },
};

import type { ClusterNode } from '../model/cluster.ts';
import { inContainer, type Workload, workloadTitle } from '../model/workload.ts';
import { fits } from '../placement/choice.ts';
import type { Check, CheckContext } from './check.ts';
import { documents, trainingNamespace } from './example-parts.ts';
import { fabricDevices } from './fabric-devices.ts';
import { subjectOf, trainingOf } from './subjects.ts';

const pod = (spec: string): string => `
apiVersion: v1
kind: Pod
metadata: {name: trainer, namespace: ai-training}
spec:
${spec}  containers:
  - name: trainer
    image: registry.example.com/trainer:1
    resources: {limits: {nvidia.com/gpu: "8", rdma/hca_shared_devices_a: "1"}}
    securityContext: {capabilities: {add: [IPC_LOCK]}}`;
const node =
  '\napiVersion: v1\nkind: Node\nmetadata: {name: gpu-1, labels: {node-role: gpu-training}}\nspec: {taints: [{key: workload-type, value: training, effect: NoSchedule}]}\nstatus: {addresses: [{type: InternalIP, address: 10.0.1.11}]}';

export const check: Check = {
  slug: 'rdma-ungoverned',
  title: 'Fabric traffic on nodes that are not set apart',
  severity: 'medium',
  plane: 'fabric',
  why: 'RDMA and EFA traffic never passes through the pod network, so no policy of any kind sees it. All pods of a node that share a device share its place in the fabric too. What is left is to keep others off those nodes, and partition keys, VLANs or security groups in the fabric.',
  fix: 'Run fabric jobs on nodes of their own: a taint with effect NoSchedule, the toleration, and a nodeSelector for them. Then partition the fabric itself.',
  sources: [
    'Mellanox/k8s-rdma-shared-dev-plugin README: all pods of a node share the device',
    'linux Documentation/infiniband/user_verbs.rst: the data path bypasses the kernel',
  ],
  example: {
    bad: documents(trainingNamespace, node, pod('')),
    good: documents(
      trainingNamespace,
      node,
      pod('  nodeSelector: {node-role: gpu-training}\n  tolerations: [{key: workload-type, operator: Equal, value: training, effect: NoSchedule}]\n'),
    ),
  },
  *run(context) {
    for (const workload of trainingOf(context)) {
      const device = fabricDevices(workload)[0];
      if (device === undefined || setApart(context, workload)) continue;
      yield {
        severity: 'medium',
        confidence: 'certain',
        message: `${workloadTitle(workload)} uses ${device.resource}, which no policy governs, on nodes that are open to other workloads.`,
        primary: inContainer(workload, device.container, 'resources'),
        related: [],
        fix: 'Run it on tainted nodes of its own: toleration and nodeSelector, and a partition in the fabric.',
        subjects: [subjectOf(workload)],
      };
    }
  },
};

/** Whether the pod runs only on nodes that keep others off. Without any node in the input, its own words must do: it asks for nodes and tolerates a taint. */
function setApart({ snapshot }: CheckContext, workload: Workload): boolean {
  const { nodeSelector, nodeAffinity, tolerations } = workload.pod;
  const known = snapshot.nodes.filter((n) => n.origin !== null);
  if (workload.node !== null) {
    const own = known.find((n) => n.name === workload.node);
    return own === undefined ? known.length === 0 : isTainted(own);
  }
  const asks = Object.keys(nodeSelector).length > 0 || nodeAffinity.length > 0;
  const candidates = known.filter((node) => fits({ selector: nodeSelector, terms: nodeAffinity }, { kind: 'known', node }));
  if (!asks) return false;
  return candidates.length === 0 ? tolerations.length > 0 : candidates.every(isTainted);
}

function isTainted(node: ClusterNode): boolean {
  return node.taints.some((t) => (t.effect === 'NoSchedule' || t.effect === 'NoExecute') && !t.key.startsWith('node.kubernetes.io/'));
}

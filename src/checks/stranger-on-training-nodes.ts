import { within } from '../kernel/origin.ts';
import type { ClusterNode, Taint } from '../model/cluster.ts';
import { workloadTitle } from '../model/workload.ts';
import { canLand } from '../placement/can-land.ts';
import { nodeSorts } from '../placement/node-sorts.ts';
import { taintText, tolerates } from '../placement/tolerates.ts';
import type { Check, CheckContext } from './check.ts';
import { documents, trainer, trainingNamespace } from './example-parts.ts';
import { subjectOf, trainingOf } from './subjects.ts';

const node = `
apiVersion: v1
kind: Node
metadata: {name: gpu-1, labels: {node-role: gpu-training}}
spec: {taints: [{key: workload-type, value: training, effect: NoSchedule}]}`;
const training = trainer({
  spec: '  nodeSelector: {node-role: gpu-training}\n  tolerations: [{key: workload-type, operator: Equal, value: training, effect: NoSchedule}]',
});
const shop = (tolerations: string): string => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: checkout, namespace: shop}
spec:
  selector: {matchLabels: {app: checkout}}
  template:
    metadata: {labels: {app: checkout}}
    spec: {containers: [{name: app, image: "registry.example.com/checkout:1"}], tolerations: ${tolerations}}`;

export const check: Check = {
  slug: 'stranger-on-training-nodes',
  title: 'Others tolerate the taint of the training nodes',
  severity: 'medium',
  plane: 'scheduling',
  why: 'A taint keeps off those who do not tolerate it. `operator: Exists` without a key tolerates every taint, also those that are made later; charts set it so that a pod runs anywhere. Such a pod may be placed beside training: on its node, with its RDMA device and the identity of that node.',
  fix: 'Tolerate the taints that the pod is meant for, by key, or ask for other nodes. Node software that belongs on every node is a DaemonSet.',
  sources: [
    'kubernetes/api core/v1 Toleration.ToleratesTaint: an empty key with Exists matches every taint',
    'Mellanox/k8s-rdma-shared-dev-plugin README: all pods of a node share the device',
  ],
  example: {
    bad: documents(trainingNamespace, node, training, shop('[{operator: Exists}]')),
    good: documents(trainingNamespace, node, training, shop('[{key: spot, operator: Exists}]')),
  },
  *run(context) {
    const dedicated = trainingNodes(context);
    if (dedicated.length === 0) return;
    for (const workload of context.snapshot.workloads) {
      // The pods of a DaemonSet are node software: they are meant to run everywhere.
      if (context.training.has(workload.id) || workload.kind === 'DaemonSet' || workload.namespace === 'kube-system' || workload.lifecycle === 'finished')
        continue;
      const { tolerations } = workload.pod;
      const at = tolerations.findIndex((t) => dedicated.some(({ taint }) => tolerates(t, taint)));
      const found = at < 0 ? undefined : dedicated.find(({ node: n }) => canLand(context.snapshot, workload, { kind: 'known', node: n }).is === 'yes');
      if (found === undefined) continue;
      yield {
        severity: 'medium',
        confidence: 'certain',
        message: `${workloadTitle(workload)} tolerates ${tolerations[at]?.key === null ? 'every taint, and so' : 'the taint'} ${taintText(found.taint)}, and may be placed on node ${found.node.name} beside training.`,
        primary: within(workload.podOrigin, 'tolerations', at),
        related: found.node.origin === null ? [] : [{ origin: within(found.node.origin, 'spec', 'taints'), message: `the taints of ${found.node.name}` }],
        fix: 'Name the taints that it is meant for, or ask for other nodes.',
        subjects: [subjectOf(workload)],
      };
    }
  },
};

/** Nodes that somebody set apart with a taint which keeps pods off, and that training asks for. */
function trainingNodes(context: CheckContext): readonly { readonly node: ClusterNode; readonly taint: Taint }[] {
  const asking = trainingOf(context).filter((w) => Object.keys(w.pod.nodeSelector).length > 0 || w.pod.nodeAffinity.length > 0);
  const tainted = context.snapshot.nodes.filter((n) => n.origin !== null && n.taints.some(isDedication));
  return nodeSorts(context.snapshot, tainted, context.snapshot.workloads).flatMap(({ node }) => {
    if (node.kind !== 'known' || !asking.some((w) => canLand(context.snapshot, w, node).is === 'yes')) return [];
    return node.node.taints.filter(isDedication).map((taint) => ({ node: node.node, taint }));
  });
}

/** Not the control plane's, nor the vendor's that stands on every GPU node. */
function isDedication({ key, effect }: Taint): boolean {
  return (
    (effect === 'NoSchedule' || effect === 'NoExecute') &&
    !key.includes('kubernetes.io/') &&
    !/^(?:nvidia\.com|amd\.com|cloud\.google\.com|sku)(?:\/|$)/.test(key)
  );
}

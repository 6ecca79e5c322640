import { within } from '../kernel/origin.ts';
import type { ClusterNode, Taint } from '../model/cluster.ts';
import { labelOf, selects } from '../model/labels.ts';
import { type Toleration, type Workload, workloadTitle } from '../model/workload.ts';
import type { Check } from './check.ts';
import { documents, trainer, trainingNamespace } from './example-parts.ts';
import { subjectOf, trainingOf } from './subjects.ts';

const node = `
apiVersion: v1
kind: Node
metadata: {name: gpu-1, labels: {node-role: gpu-training}}
spec: {taints: [{key: workload-type, value: training, effect: NoSchedule}]}`;
const chosen = '  nodeSelector: {node-role: gpu-training}';
const toleration = '  tolerations: [{key: workload-type, operator: Equal, value: training, effect: NoSchedule}]';

export const check: Check = {
  slug: 'no-node-for-job',
  title: 'No node takes the job',
  severity: 'high',
  plane: 'scheduling',
  why: 'A pod runs on a node that has the labels it asks for and whose taints it tolerates. Where no node has both, the pod waits as Pending for ever, and its peers wait for it.',
  fix: 'Add the toleration for the taint of the training nodes, or ask for labels that they have.',
  sources: [
    'kubernetes.io, Taints and Tolerations; Assigning Pods to Nodes',
    'kubernetes/kubernetes plugin/pkg/admission/extendedresourcetoleration: may add tolerations for taints named like a requested device',
  ],
  example: {
    bad: documents(trainingNamespace, node, trainer({ spec: chosen })),
    good: documents(trainingNamespace, node, trainer({ spec: `${chosen}\n${toleration}` })),
  },
  *run(context) {
    const nodes = context.snapshot.nodes.filter((n) => n.origin !== null);
    if (nodes.length === 0) return;
    for (const workload of trainingOf(context)) {
      if (workload.node !== null || workload.lifecycle === 'finished' || workload.replicas === 0) continue;
      const fitting = nodes.filter((n) => hasLabels(n, workload));
      const asks = Object.keys(workload.pod.nodeSelector).length > 0 || workload.pod.nodeAffinity.length > 0;
      const shut = fitting.map((n) => n.taints.find((t) => repels(t, workload)));
      if (fitting.length === 0 ? !asks : shut.some((t) => t === undefined)) continue;
      const [taint] = shut;
      yield {
        severity: 'high',
        // Nodes that the input does not show may take it: an autoscaler adds them.
        confidence: 'likely',
        message:
          taint === undefined
            ? `No node of the input has the labels that ${workloadTitle(workload)} asks for: its pods stay Pending.`
            : `${fitting.length === 1 ? 'The one node' : `Each of the ${fitting.length} nodes`} that ${workloadTitle(workload)} fits on has a taint that it does not tolerate, such as ${taintText(taint)}: its pods stay Pending.`,
        primary: within(workload.podOrigin, taint === undefined ? 'nodeSelector' : 'tolerations'),
        related: fitting
          .slice(0, 3)
          .flatMap((n) => (n.origin === null ? [] : [{ origin: within(n.origin, 'spec', 'taints'), message: `the taints of ${n.name}` }])),
        fix: taint === undefined ? 'Ask for labels that the training nodes have.' : `Add a toleration for ${taintText(taint)}.`,
        ...(taint === undefined
          ? {}
          : {
              patch: `tolerations:\n- {key: ${JSON.stringify(taint.key)}, operator: Equal, value: ${JSON.stringify(taint.value)}, effect: ${taint.effect}}\n`,
            }),
        subjects: [subjectOf(workload)],
      };
    }
  },
};

function hasLabels(node: ClusterNode, { pod }: Workload): boolean {
  const labels = labelOf(node.labels, 'kubernetes.io/hostname') === undefined ? { 'kubernetes.io/hostname': node.name, ...node.labels } : node.labels;
  return (
    Object.entries(pod.nodeSelector).every(([key, value]) => labelOf(labels, key) === value) &&
    (pod.nodeAffinity.length === 0 || pod.nodeAffinity.some((term) => selects(term, labels)))
  );
}

/** Whether a taint keeps the pod off. Taints named like a device that it asks for may be tolerated for it by admission. */
function repels(taint: Taint, { pod }: Workload): boolean {
  if (taint.effect !== 'NoSchedule' && taint.effect !== 'NoExecute') return false;
  if (pod.containers.some((c) => Object.hasOwn(c.requests, taint.key))) return false;
  return !pod.tolerations.some((t) => tolerates(t, taint));
}

/** Source: kubernetes/api core/v1 Toleration.ToleratesTaint. */
function tolerates({ key, operator, value, effect }: Toleration, taint: Taint): boolean {
  if (effect !== null && effect !== taint.effect) return false;
  if (key !== null && key !== taint.key) return false;
  return operator === 'Exists' || (key !== null && value === taint.value);
}

function taintText({ key, value, effect }: Taint): string {
  return `${key}${value === '' ? '' : `=${value}`}:${effect}`;
}

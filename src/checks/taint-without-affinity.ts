import { within } from '../kernel/origin.ts';
import { type Toleration, workloadTitle } from '../model/workload.ts';
import type { Check } from './check.ts';
import { documents, trainer, trainingNamespace } from './example-parts.ts';
import { subjectOf, trainingOf } from './subjects.ts';

const toleration = '  tolerations: [{key: workload-type, operator: Equal, value: training, effect: NoSchedule}]';

export const check: Check = {
  slug: 'taint-without-affinity',
  title: 'Training may run beside others',
  severity: 'medium',
  plane: 'scheduling',
  why: 'A taint keeps others off the training nodes. It does not keep training on them: a pod that tolerates the taint and asks for no node of its own may be placed on any GPU node, beside production inference, with the network and the fabric of that node.',
  fix: 'Add a `nodeSelector` (or required node affinity) for the label of the training nodes beside the toleration.',
  sources: ['kubernetes.io, Taints and Tolerations: a toleration allows scheduling but does not guarantee it'],
  example: {
    bad: documents(trainingNamespace, trainer({ spec: toleration })),
    good: documents(trainingNamespace, trainer({ spec: `${toleration}\n  nodeSelector: {node-role: gpu-training}` })),
  },
  *run(context) {
    for (const workload of trainingOf(context)) {
      const { tolerations, nodeSelector, nodeAffinity } = workload.pod;
      const own = tolerations.find(isDedication);
      if (own === undefined || Object.keys(nodeSelector).length > 0 || nodeAffinity.length > 0 || workload.node !== null) continue;
      const label = labelOfTainted(context.snapshot.nodes, own);
      yield {
        severity: 'medium',
        confidence: 'certain',
        message: `${workloadTitle(workload)} tolerates the taint ${own.key} of dedicated nodes but asks for no nodes: it may be placed beside other workloads.`,
        primary: within(workload.podOrigin, 'tolerations'),
        related: [],
        fix: 'Add a nodeSelector for the label of the training nodes.',
        ...(label === undefined ? {} : { patch: `nodeSelector:\n  ${JSON.stringify(label[0])}: ${JSON.stringify(label[1])}\n` }),
        subjects: [subjectOf(workload)],
      };
    }
  },
};

/** A toleration of a taint that somebody chose to set nodes apart; not one of the control plane's, nor the vendor's that sits on every GPU node. */
function isDedication(toleration: Toleration): boolean {
  const { key } = toleration;
  return (
    key !== null &&
    !key.startsWith('node.kubernetes.io/') &&
    !key.startsWith('node-role.kubernetes.io/') &&
    !/^(?:nvidia\.com|amd\.com|cloud\.google\.com|sku|rdma)(?:\/|$)/.test(key)
  );
}

/** A label that all nodes with the taint share and no other node has. */
function labelOfTainted(
  nodes: readonly { readonly labels: Readonly<Record<string, string>>; readonly taints: readonly { readonly key: string }[] }[],
  toleration: Toleration,
): readonly [string, string] | undefined {
  const tainted = nodes.filter((n) => n.taints.some((t) => t.key === toleration.key));
  const others = nodes.filter((n) => !tainted.includes(n));
  return Object.entries(tainted[0]?.labels ?? {}).find(
    ([key, value]) =>
      key !== 'kubernetes.io/hostname' &&
      tainted.every((n) => Object.hasOwn(n.labels, key) && n.labels[key] === value) &&
      !others.some((n) => Object.hasOwn(n.labels, key) && n.labels[key] === value),
  );
}

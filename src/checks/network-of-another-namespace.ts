import { workloadTitle } from '../model/workload.ts';
import type { Check } from './check.ts';
import { documents, trainingNamespace } from './example-parts.ts';
import { subjectOf } from './subjects.ts';

const trainer = `
apiVersion: v1
kind: Pod
metadata: {name: trainer, namespace: ai-training}
spec: {containers: [{name: trainer, image: "registry.example.com/trainer:1", resources: {limits: {nvidia.com/gpu: "8"}}}]}`;
const shop = (network: string): string => `
apiVersion: v1
kind: Pod
metadata: {name: checkout, namespace: shop, annotations: {k8s.v1.cni.cncf.io/networks: ${network}}}
spec: {containers: [{name: app, image: "registry.example.com/checkout:1"}]}`;

export const check: Check = {
  slug: 'network-of-another-namespace',
  title: 'A pod joins a network across namespaces',
  severity: 'high',
  plane: 'fabric',
  why: 'A NetworkAttachmentDefinition is no secret: unless Multus runs with namespace isolation, a pod of any namespace can name it and gets an interface on that network, with its VLAN or partition key. A NetworkPolicy between the namespaces does not see it.',
  fix: 'Set `namespaceIsolation` in the configuration of Multus, or refuse such annotations in admission (packs of Ringfence do), and give each namespace networks of its own.',
  sources: [
    'k8snetworkplumbingwg/multus-cni docs/configuration.md: namespaceIsolation, off by default',
    'k8snetworkplumbingwg multi-net-spec: namespace/name in k8s.v1.cni.cncf.io/networks',
  ],
  example: {
    bad: documents(trainingNamespace, trainer, shop('ai-training/rail-0')),
    good: documents(trainingNamespace, trainer, shop('rail-0')),
  },
  *run({ snapshot, training }) {
    const places = new Set(snapshot.workloads.filter((w) => training.has(w.id)).map((w) => w.namespace));
    for (const workload of snapshot.workloads) {
      for (const { network, origin } of workload.interfaces) {
        const [space] = network.split('/');
        // Networks of default are there for every namespace, also under isolation. Source: multus-cni docs/configuration.md, globalNamespaces.
        if (space === undefined || !network.includes('/') || space === workload.namespace || space === 'default') continue;
        if (!places.has(space) && !places.has(workload.namespace)) continue;
        yield {
          severity: 'high',
          confidence: 'likely',
          message: `${workloadTitle(workload)} joins network ${network}, which belongs to namespace ${space}${places.has(space) ? ', where training runs' : ''}.`,
          primary: origin,
          related: [],
          fix: `Give namespace ${workload.namespace} a network of its own, and set namespaceIsolation in the configuration of Multus.`,
          subjects: [subjectOf(workload)],
        };
      }
    }
  },
};

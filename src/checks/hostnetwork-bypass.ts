import { within } from '../kernel/origin.ts';
import { workloadTitle } from '../model/workload.ts';
import type { Check } from './check.ts';
import { documents, trainer, trainingNamespace } from './example-parts.ts';
import { subjectOf, trainingOf } from './subjects.ts';

export const check: Check = {
  slug: 'hostnetwork-bypass',
  title: 'Training pod on the network of its node',
  severity: 'critical',
  plane: 'node',
  why: 'A hostNetwork pod has the addresses of its node. NetworkPolicy does not apply to it, it reaches the metadata service whatever the hop limit, on GKE it falls through to the identity of the node, and every port it opens is open on the node. It is common for RDMA jobs and undoes everything that policies promise.',
  fix: 'Give the pod its fabric devices through a device plugin (SR-IOV, the RDMA shared device plugin, EFA) and a network of its own, and drop `hostNetwork`. Where that is impossible, dedicate the nodes, filter on the nodes, and say so in the zone.',
  sources: [
    'kubernetes.io network-policies: hostNetwork pods are outside NetworkPolicy or seen as their node',
    'GKE documentation, Workload Identity Federation: hostNetwork pods use the node service account',
  ],
  example: { bad: documents(trainingNamespace, trainer({ spec: '  hostNetwork: true' })), good: documents(trainingNamespace, trainer()) },
  *run(context) {
    for (const workload of trainingOf(context)) {
      if (!workload.hostNetwork) continue;
      yield {
        severity: 'critical',
        confidence: 'certain',
        message: `${workloadTitle(workload)} runs on the network of its node: no NetworkPolicy holds it, and it reaches whatever the node reaches.`,
        primary: within(workload.podOrigin, 'hostNetwork'),
        related: [],
        fix: 'Remove hostNetwork, and request the fabric device through a device plugin instead.',
        subjects: [subjectOf(workload)],
      };
    }
  },
};

import { workloadTitle } from '../model/workload.ts';
import type { Check } from './check.ts';
import { documents, trainingNamespace } from './example-parts.ts';
import { attachedPod, railNetwork, railPool, railTrainer } from './fabric-examples.ts';
import { fabricNeighbours } from './fabric-neighbours.ts';
import { namesOf, subjectsOf } from './subjects.ts';

const storage = (vlan: number): string => `
apiVersion: k8s.cni.cncf.io/v1
kind: NetworkAttachmentDefinition
metadata: {name: storage, namespace: production}
spec: {config: '{"type": "macvlan", "master": "ens1f0.${vlan}"}'}`;

const database = attachedPod('production', 'db', 'k8s.v1.cni.cncf.io/networks: storage');

export const check: Check = {
  slug: 'fabric-shared-with-others',
  title: 'A wire that training shares with other namespaces',
  severity: 'high',
  plane: 'fabric',
  why: 'Pods in one VLAN, one InfiniBand partition or behind security groups that admit each other reach each other past every NetworkPolicy, whatever the policies of both namespaces say.',
  fix: 'Give training a VLAN, partition or security group that nobody else is in; what both need, such as storage, belongs in one of its own, with servers that do not forward.',
  sources: [
    'kubernetes/api networking/v1 types.go speaks of the pod network only',
    'InfiniBand Architecture Specification vol. 1, §10.9: partitioning',
    'AWS EC2 User Guide, Get started with EFA: prepare an EFA-enabled security group',
  ],
  example: {
    bad: documents(trainingNamespace, railTrainer, railPool, railNetwork('vlan: 100'), database, storage(100)),
    good: documents(trainingNamespace, railTrainer, railPool, railNetwork('vlan: 100'), database, storage(200)),
  },
  *run(context) {
    for (const { workload, own, meeting, others, through } of fabricNeighbours(context, ['ethernet', 'infiniband', 'efa'])) {
      if (meeting.certainty !== 'allowed') continue;
      const settled = own.rules.every((r) => r.state === 'governed');
      if (settled) continue;
      yield {
        severity: 'high',
        confidence: 'certain',
        message: `${workloadTitle(workload)} shares ${meeting.through} with ${namesOf(others)}: they reach each other past every NetworkPolicy.`,
        primary: own.evidence[0]?.origin ?? workload.origin,
        related: [...own.evidence.slice(1, 3), ...through.evidence.slice(0, 3)].map((e) => ({ origin: e.origin, message: e.text })),
        fix: 'Move one of them to a part of the fabric of its own.',
        subjects: subjectsOf([workload, ...others]),
      };
    }
  },
};

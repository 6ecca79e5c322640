import { workloadTitle } from '../model/workload.ts';
import type { Check } from './check.ts';
import { documents, trainingNamespace } from './example-parts.ts';
import { attachedPod } from './fabric-examples.ts';
import { fabricNeighbours } from './fabric-neighbours.ts';
import { namesOf, subjectsOf } from './subjects.ts';

const network = (name: string, vpc: string): string => `
apiVersion: networking.gke.io/v1
kind: Network
metadata: {name: ${name}}
spec: {type: Device, parametersRef: {group: networking.gke.io, kind: GKENetworkParamSet, name: ${name}}}
---
apiVersion: networking.gke.io/v1
kind: GKENetworkParamSet
metadata: {name: ${name}}
spec: {vpc: ${vpc}, vpcSubnet: ${vpc}-sub, deviceMode: NetDevice}`;

const interfaces = (name: string): string =>
  `networking.gke.io/interfaces: '[{"interfaceName":"eth0","network":"default"},{"interfaceName":"eth1","network":"${name}"}]'`;

const trainer = attachedPod('ai-training', 'trainer', interfaces('rail-0')).replace(
  '{name: main, image: "registry.example.com/app:1"}',
  '{name: main, image: "registry.example.com/app:1", resources: {limits: {nvidia.com/gpu: "8"}}}',
);

export const check: Check = {
  slug: 'gke-network-shared',
  title: 'A network of GPUDirect that other namespaces are on',
  severity: 'medium',
  plane: 'fabric',
  why: 'The interfaces of GPUDirect-TCPX, -TCPXO and RDMA are network cards in VPCs of their own. No NetworkPolicy is about them; the firewall of the VPC is, and it knows nodes and not pods. A workload of another namespace with an interface in the same VPC is one firewall rule away from training, and most such VPCs allow everything inside.',
  fix: 'Keep a VPC for each rail of training, and give no other workload an interface in it: the pods of one node pool, by taint and admission.',
  sources: [
    'GKE documentation, Maximize GPU network bandwidth: a VPC for each interface, with a firewall rule that allows its own ranges',
    'GKE documentation, About multi-network support for pods: network policies apply to networks of type L3 alone',
  ],
  example: {
    bad: documents(trainingNamespace, network('rail-0', 'gpu-0'), network('other', 'gpu-0'), trainer, attachedPod('production', 'cache', interfaces('other'))),
    good: documents(
      trainingNamespace,
      network('rail-0', 'gpu-0'),
      network('other', 'data-0'),
      trainer,
      attachedPod('production', 'cache', interfaces('other')),
    ),
  },
  *run(context) {
    for (const { workload, own, meeting, others, through } of fabricNeighbours(context, ['gke'])) {
      yield {
        severity: 'medium',
        confidence: 'likely',
        message: `${workloadTitle(workload)} and ${namesOf(others)} have interfaces in ${meeting.through}.`,
        primary: own.evidence[0]?.origin ?? workload.origin,
        related: [...own.evidence.slice(1), ...through.evidence].slice(0, 5).map((e) => ({ origin: e.origin, message: e.text })),
        fix: 'Take the other workload off that VPC, or shut its firewall between their nodes.',
        subjects: subjectsOf([workload, ...others]),
      };
    }
  },
};

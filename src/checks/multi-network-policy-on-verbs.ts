import { attachmentsOf } from '../attachments/attachments-of.ts';
import { policiesFor } from '../engine/secondary-plane.ts';
import type { Check } from './check.ts';
import { documents, trainingNamespace } from './example-parts.ts';
import { railNetwork, railPool, railTrainer } from './fabric-examples.ts';

const policy = (network: string): string => `
apiVersion: k8s.cni.cncf.io/v1beta1
kind: MultiNetworkPolicy
metadata: {name: rail, namespace: ai-training, annotations: {k8s.v1.cni.cncf.io/policy-for: ${network}}}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}`;

export const check: Check = {
  slug: 'multi-network-policy-on-verbs',
  title: 'A MultiNetworkPolicy where RDMA passes it by',
  severity: 'medium',
  plane: 'fabric',
  why: 'A MultiNetworkPolicy filters packets that the kernel of the pod sends on an interface. RDMA verbs never pass through the kernel: on InfiniBand they are no packets at all, and RoCE frames are made by the network card. The policy governs TCP and UDP on that interface, if that, and none of the traffic that it was most likely written for.',
  fix: 'Keep the policy for what it can govern, and keep RDMA apart where it can be: a VLAN or VRF for RoCE, a partition for InfiniBand.',
  sources: [
    'k8snetworkplumbingwg/multi-networkpolicy-iptables README: rules of iptables in the network namespace of the pod',
    'linux Documentation/infiniband/user_verbs.rst: the data path bypasses the kernel',
  ],
  example: {
    bad: documents(trainingNamespace, railTrainer, railPool, railNetwork('spoofChk: "on"'), policy('roce')),
    good: documents(trainingNamespace, railTrainer, railPool, railNetwork('vlan: 100, spoofChk: "on"'), policy('roce')),
  },
  *run({ snapshot }) {
    const told = new Set<string>();
    for (const workload of snapshot.workloads) {
      for (const attachment of attachmentsOf(snapshot, workload)) {
        const open = attachment.rules.find((r) => r.traffic !== 'packets' && (r.state === 'ungoverned' || r.state === 'unknown'));
        if (open === undefined || !workload.interfaces.some((i) => i.network === attachment.name)) continue;
        for (const { id, origin, namespace } of policiesFor(snapshot, attachment.name)) {
          if (namespace !== workload.namespace || told.has(`${id} ${attachment.name}`)) continue;
          told.add(`${id} ${attachment.name}`);
          yield {
            severity: 'medium',
            confidence: 'certain',
            message: `${id} governs no RDMA on ${attachment.name}, and nothing else of the input is sure to: ${open.text}.`,
            primary: origin,
            related: attachment.evidence.slice(1, 3).map((e) => ({ origin: e.origin, message: e.text })),
            fix: 'Keep RDMA of that network apart by VLAN or partition.',
            subjects: [`${workload.namespace}/${workload.name}`],
          };
        }
      }
    }
  },
};

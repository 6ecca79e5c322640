import { governanceOf, policiesFor } from '../engine/secondary-plane.ts';
import { type Workload, workloadTitle } from '../model/workload.ts';
import type { Check, CheckContext } from './check.ts';
import { defaultDeny, documents, trainingNamespace } from './example-parts.ts';
import { subjectOf, trainingOf } from './subjects.ts';

const pod = `
apiVersion: v1
kind: Pod
metadata: {name: trainer, namespace: ai-training, annotations: {k8s.v1.cni.cncf.io/networks: roce-rail-0}}
spec: {containers: [{name: trainer, image: "registry.example.com/trainer:1", resources: {limits: {nvidia.com/gpu: "8"}}}]}`;
const policy = `
apiVersion: k8s.cni.cncf.io/v1beta1
kind: MultiNetworkPolicy
metadata: {name: rail, namespace: ai-training, annotations: {k8s.v1.cni.cncf.io/policy-for: roce-rail-0}}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}`;

export const check: Check = {
  slug: 'secondary-interface-ungoverned',
  title: 'A second interface that no policy sees',
  severity: 'high',
  plane: 'network',
  why: 'NetworkPolicy and its kin govern the first interface of a pod. Everything on an interface that Multus adds (macvlan, ipvlan, IPoIB, SR-IOV) passes by them, and NCCL prefers an `ib` interface for its TCP traffic too.',
  fix: 'Govern the network itself (VLAN, partition key, ACL on the switch), and add a MultiNetworkPolicy for the interface where its implementation is installed.',
  sources: [
    'kubernetes/api networking/v1 types.go speaks of the pod network only',
    'k8snetworkplumbingwg/multi-networkpolicy README',
    'NVIDIA/nccl src/misc/socket.cc: interfaces that start with ib come first',
  ],
  example: { bad: documents(trainingNamespace, pod, defaultDeny), good: documents(trainingNamespace, pod, defaultDeny, policy) },
  *run(context) {
    for (const workload of trainingOf(context)) {
      const open = workload.interfaces.filter((i) => !hasPolicy(context, workload, i.network));
      const [first] = open;
      if (first === undefined) continue;
      yield {
        severity: 'high',
        confidence: 'certain',
        message: `${workloadTitle(workload)} has ${open.length === 1 ? 'a second interface' : `${open.length} more interfaces`} on ${open.map((i) => i.network).join(', ')}, which no policy governs.`,
        primary: first.origin,
        related: [],
        fix: 'Separate that network outside Kubernetes, and add a MultiNetworkPolicy for it where one is enforced.',
        subjects: [subjectOf(workload)],
      };
    }
  },
};

/** Whether a MultiNetworkPolicy of the namespace says it is for this network, and could govern it. What it allows is not judged. */
function hasPolicy({ snapshot }: CheckContext, workload: Workload, network: string): boolean {
  return policiesFor(snapshot, network).some((p) => p.namespace === workload.namespace) && governanceOf(snapshot, network).kind !== 'never';
}

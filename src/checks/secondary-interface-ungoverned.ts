import { labelOf } from '../model/labels.ts';
import { type Workload, workloadTitle } from '../model/workload.ts';
import type { Check, CheckContext } from './check.ts';
import { defaultDeny, documents, trainingNamespace } from './example-parts.ts';
import { subjectOf, trainingOf } from './subjects.ts';

/** Where a MultiNetworkPolicy says for which networks it is. Source: k8snetworkplumbingwg/multi-networkpolicy README. */
const policyFor = 'k8s.v1.cni.cncf.io/policy-for';

const pod = `
apiVersion: v1
kind: Pod
metadata: {name: trainer, namespace: ai-training, annotations: {k8s.v1.cni.cncf.io/networks: roce-rail-0}}
spec: {containers: [{name: trainer, image: "registry.example.com/trainer:1", resources: {limits: {nvidia.com/gpu: "8"}}}]}`;
const policy = `
apiVersion: k8s.cni.cncf.io/v1beta1
kind: MultiNetworkPolicy
metadata: {name: rail, namespace: ai-training, annotations: {${policyFor}: roce-rail-0}}
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

/** Whether a MultiNetworkPolicy of the namespace says it is for this network. What it allows is not judged. */
function hasPolicy({ snapshot }: CheckContext, workload: Workload, network: string): boolean {
  const short = network.slice(network.indexOf('/') + 1);
  return snapshot.objects.some((o) => {
    if (o.kind !== 'MultiNetworkPolicy' || o.namespace !== workload.namespace) return false;
    const metadata = o.body.metadata;
    const annotations =
      typeof metadata === 'object' && metadata !== null && Object.hasOwn(metadata, 'annotations')
        ? (metadata as Record<string, unknown>).annotations
        : undefined;
    const text = typeof annotations === 'object' && annotations !== null ? labelOf(annotations as Record<string, string>, policyFor) : undefined;
    return typeof text === 'string' && text.split(',').some((n) => [short, network].includes(n.trim()) || n.trim().endsWith(`/${short}`));
  });
}

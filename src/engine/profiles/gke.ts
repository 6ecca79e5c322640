import { isExcludedLabel } from '../../model/identity-labels.ts';
import type { Policy, Rule } from '../../model/policy.ts';
import type { Profile, ProfileFamily } from '../../model/profile.ts';
import { inDoubt } from '../in-doubt.ts';

const beyond = 'what GKE makes of rules on names, layer 7, TLS names or nodes in a CiliumClusterwideNetworkPolicy: its documents offer layers 3 and 4';

/** Cilium policies that ask for more than GKE offers: taken, dropped or refused whole. Source: cloud.google.com configure-cilium-network-policy. */
function withinLayers(policies: readonly Policy[]): readonly Policy[] {
  const asksMore = ({ application, peers }: Rule): boolean => application !== null || (peers ?? []).some((p) => p.kind === 'names' || p.kind === 'nodes');
  const names = new Set(policies.filter((p) => p.dialect === 'cilium' && p.rules.some(asksMore)).map((p) => p.name));
  return names.size === 0 ? policies : policies.map((p) => (p.dialect === 'cilium' && names.has(p.name) ? inDoubt(p, [null], beyond) : p));
}

const besideIt = 'whether the annotation networking.gke.io/network counts, by which this policy is for another network of GKE and not for the pod network';

/** Policies for other networks leave the pod network open, where the cluster has networks beside it. Source: cloud.google.com about-multi-networking-policies. */
function ofPodNetwork(policies: readonly Policy[]): readonly Policy[] {
  if (policies.every((p) => p.gkeNetwork === undefined)) return policies;
  return policies.map((p) => (p.gkeNetwork === undefined ? p : inDoubt(p, [null], besideIt, 'write one without the annotation for the pod network')));
}

const common: Omit<Profile, 'id' | 'enforces' | 'assumptions'> = {
  cidrMatchesPods: 'unknown',
  cidrMatchesNodes: 'unknown',
  hostNetworkAsNode: 'yes',
  ownNodeReachesPod: 'unless-denied',
  otherProtocolsByRule: 'yes',
  egressAfterTranslation: 'yes',
  equalOrder: 'ambiguous',
  unseenLabel: (key) => isExcludedLabel(key),
  foreignPolicies: 'ignored',
  settled: (policies) => ofPodNetwork(withinLayers(policies)),
};

const shared: readonly string[] = [
  'Whether a CIDR or ipBlock matches pods and nodes is unknown: Dataplane V2 is Cilium, where it does not by default, and no document of GKE says. Source: cilium/cilium#9209; cloud.google.com dataplane-v2.',
  'A hostNetwork pod is its node, and a pod is open to its own node unless a rule denies that node, as in Cilium. Source: cilium pkg/option/config.go, AllowLocalhostAuto; pkg/policy/mapstate.go determineAllowLocalhostIngress.',
  'ICMP and other protocols are judged by the rules, as in Cilium. Source: cilium Documentation/security/policy/layer4.rst.',
  'Egress rules see the backend and its target port, after Service translation. Source: cilium Documentation/network/kubernetes/policy.rst.',
  'Labels that Cilium leaves out of identities are its default ones. Source: cilium pkg/labelsfilter/filter.go.',
  'Which Cilium it is no document says: where versions of Cilium read a policy in different ways, what they do not agree on is unknown. Source: cloud.google.com dataplane-v2.',
  'CiliumClusterwideNetworkPolicy is switched on where there are such objects, for layers 3 and 4: what becomes of one with rules on names, layer 7, TLS names or nodes is unknown; namespaced Cilium policies are not offered. Source: cloud.google.com configure-cilium-network-policy.',
  'FQDN policies are switched on where there are such objects, and the pods ask kube-dns or Cloud DNS; they hold modulo DNS, and shared front ends share addresses. Source: cloud.google.com fqdn-network-policies.',
  'Rules see the address of the metadata server that a pod dials, 169.254.169.254, not that of the node agent that answers. Source: cloud.google.com workload-identity, network policy requirements.',
  'Interfaces beside the primary one are not governed; a NetworkPolicy with the annotation networking.gke.io/network is for one of them, and closes nothing on the pod network for certain. Source: cloud.google.com about-multi-networking-policies.',
  'Policies are already in force on every node. Source: kubernetes.io network-policies, Pod lifecycle.',
];

const gke135: Profile = {
  ...common,
  id: 'gke@1.35',
  enforces: ['kubernetes', 'gke', 'cilium'],
  ignoredKinds: ['CiliumNetworkPolicy'],
  assumptions: [
    'GKE 1.35 with Dataplane V2. Source: cloud.google.com dataplane-v2.',
    ...shared,
    'ClusterNetworkPolicy and other languages have no effect. Source: cloud.google.com configure-cluster-network-policy asks for 1.36.',
  ],
};

const gke136: Profile = {
  ...common,
  id: 'gke@1.36',
  enforces: ['kubernetes', 'gke', 'cilium', 'network-policy-api'],
  ignoredKinds: ['CiliumNetworkPolicy', 'AdminNetworkPolicy', 'BaselineAdminNetworkPolicy'],
  assumptions: [
    'GKE 1.36.0-gke.4447000 or later with Dataplane V2. Source: cloud.google.com dataplane-v2, configure-cluster-network-policy.',
    ...shared,
    'Cluster policies of one tier and equal priority that contradict each other leave the outcome open. Source: network-policy-api apis/v1alpha2 Priority.',
    'AdminNetworkPolicy, BaselineAdminNetworkPolicy and other languages have no effect. Source: cloud.google.com configure-cluster-network-policy names the kinds that are enforced.',
  ],
};

export const family: ProfileFamily = { name: 'gke', profiles: [gke135, gke136] };

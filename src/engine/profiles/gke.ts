import { isExcludedLabel } from '../../model/identity-labels.ts';
import type { Profile, ProfileFamily } from '../../model/profile.ts';

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
};

const shared: readonly string[] = [
  'Whether a CIDR or ipBlock matches pods and nodes is unknown: Dataplane V2 is Cilium, where it does not by default, and no document of GKE says. Source: cilium/cilium#9209; cloud.google.com dataplane-v2.',
  'A hostNetwork pod is its node, and a pod is open to its own node unless a rule denies that node, as in Cilium. Source: cilium pkg/option/config.go, AllowLocalhostAuto; pkg/policy/mapstate.go determineAllowLocalhostIngress.',
  'ICMP and other protocols are judged by the rules, as in Cilium. Source: cilium Documentation/security/policy/layer4.rst.',
  'Egress rules see the backend and its target port, after Service translation. Source: cilium Documentation/network/kubernetes/policy.rst.',
  'Labels that Cilium leaves out of identities are its default ones. Source: cilium pkg/labelsfilter/filter.go.',
  'CiliumClusterwideNetworkPolicy is switched on where there are such objects; namespaced Cilium policies are not offered. Source: cloud.google.com configure-cilium-network-policy.',
  'FQDN policies are switched on where there are such objects, and the pods ask kube-dns or Cloud DNS; they hold modulo DNS, and shared front ends share addresses. Source: cloud.google.com fqdn-network-policies.',
  'Interfaces beside the primary one are not governed. Source: cloud.google.com multi-network policies.',
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

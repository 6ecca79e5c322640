import type { Profile, ProfileFamily } from '../../model/profile.ts';

/** What the API alone promises. Wherever implementations may differ, the answer is `unknown`. */
const kubernetes: Profile = {
  id: 'kubernetes',
  cidrMatchesPods: 'unknown',
  cidrMatchesNodes: 'yes',
  hostNetworkAsNode: 'unknown',
  ownNodeReachesPod: 'yes',
  otherProtocolsByRule: 'unknown',
  egressAfterTranslation: 'unknown',
  equalOrder: 'ambiguous',
  unseenLabel: () => false,
  enforces: ['kubernetes'],
  foreignPolicies: 'unknown',
  assumptions: [
    'Some CNI enforces NetworkPolicy. Source: kubernetes.io network-policies, Prerequisites.',
    'Whether an ipBlock matches pod addresses is unknown: Calico says yes (projectcalico/calico#6634), Cilium no (cilium/cilium#9209). Source: kubernetes.io network-policies, Behavior of to and from selectors.',
    'An ipBlock matches node addresses, and so hostNetwork pods. Source: kubernetes.io network-policies, hostNetwork pods.',
    'Whether a CNI takes a hostNetwork pod as its node or as a pod is unknown. Source: kubernetes.io network-policies, hostNetwork pods.',
    'A pod is always open to its own node. Source: kubernetes/api networking/v1 types.go, NetworkPolicyIngressRule and kubernetes.io network-policies.',
    'ICMP and protocols other than TCP, UDP and SCTP are left to the CNI: unknown for isolated pods. Source: kubernetes.io network-policies, What you cannot do.',
    'Whether an egress rule sees a packet before or after Service translation is unknown for ipBlocks. Source: kubernetes.io network-policies, Behavior of to and from selectors.',
    'Policies of other languages may or may not be enforced: unknown. Source: no API says.',
    'Policies are already in force on every node; a pod may be open or closed for a moment after it starts. Source: kubernetes.io network-policies, Pod lifecycle.',
    'Interfaces beside the primary one are not governed. Source: k8snetworkplumbingwg/sriov-cni#101.',
  ],
};

export const family: ProfileFamily = { name: 'kubernetes', profiles: [kubernetes] };

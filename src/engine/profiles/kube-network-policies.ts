import type { Profile, ProfileFamily } from '../../model/profile.ts';

const version11: Profile = {
  id: 'kube-network-policies@1.1',
  cidrMatchesPods: 'yes',
  cidrMatchesNodes: 'yes',
  hostNetworkAsNode: 'yes',
  ownNodeReachesPod: 'yes',
  otherProtocolsByRule: 'yes',
  egressAfterTranslation: 'yes',
  equalOrder: 'ambiguous',
  unseenLabel: () => false,
  enforces: ['kubernetes', 'network-policy-api'],
  foreignPolicies: 'ignored',
  assumptions: [
    'kube-network-policies 1.1, in the flavour that enforces the cluster policies that are there: npa-v1alpha2 for ClusterNetworkPolicy, npa-v1alpha1 for the older kinds. Source: kubernetes-sigs/kube-network-policies cmd.',
    'A CIDR matches by address alone, and so pods and nodes. Source: kube-network-policies pkg/networkpolicy/networkpolicy.go evaluateIPBlocks, plugins/npa-v1alpha2.',
    'A hostNetwork pod is its node: it has no policies and no labels as a peer. Source: kube-network-policies pkg/podinfo/podinfo.go.',
    'Processes of a node reach its pods: what root sends from the host is let through. Source: kube-network-policies pkg/dataplane/controller.go, meta skuid 0.',
    'ICMP and other protocols are judged by the rules: a rule with ports admits none, a rule without ports admits all; IPv6 neighbour discovery is always open. Source: kube-network-policies pkg/network/packet.go, pkg/dataplane/controller.go.',
    'Packets are judged after Service translation: in postrouting. Source: kube-network-policies pkg/dataplane/controller.go.',
    'Cluster policies of one tier and equal priority that contradict each other leave the outcome open: the API promises no order, though this version takes them by name. Source: network-policy-api apis/v1alpha2 Priority; kube-network-policies plugins/npa-v1alpha2.',
    'Ingress rules of cluster policies match pods only: traffic from nodes and from outside goes on to the next tier. Source: kube-network-policies plugins/npa-v1alpha2 evaluateClusterIngress.',
    'Name rules hold modulo DNS: addresses are learned from answers that pass the node, and shared front ends share addresses. Source: kube-network-policies pkg/dns/domainmap.go.',
    'Policies in other languages have no effect. Source: kube-network-policies watches no other kinds.',
    'Interfaces beside the primary one are not governed. Source: k8snetworkplumbingwg/sriov-cni#101.',
    'Policies are already in force on every node. Source: kubernetes.io network-policies, Pod lifecycle.',
  ],
};

export const family: ProfileFamily = { name: 'kube-network-policies', profiles: [version11] };

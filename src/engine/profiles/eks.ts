import type { Profile, ProfileFamily } from '../../model/profile.ts';
import { configured, controllerIsOn } from '../eks/controller.ts';

const vpcCni121: Profile = {
  id: 'eks@1.21',
  cidrMatchesPods: 'yes',
  cidrMatchesNodes: 'yes',
  hostNetworkAsNode: 'unknown',
  ownNodeReachesPod: 'yes',
  otherProtocolsByRule: 'yes',
  egressAfterTranslation: 'no',
  equalOrder: 'ambiguous',
  unseenLabel: () => false,
  enforces: ['kubernetes', 'eks'],
  foreignPolicies: 'ignored',
  unownedPods: 'unknown',
  assumptions: [
    'Amazon VPC CNI 1.21, or EKS Auto Mode; Linux nodes; admin tiers from Kubernetes 1.29. Source: amazon-network-policy-controller-k8s README, api/v1alpha1.',
    controllerIsOn,
    'A CIDR matches by address alone, and so pods and nodes: rules become addresses in PolicyEndpoints. Source: amazon-network-policy-controller-k8s pkg/resolvers/endpoints.go.',
    'Whether a rule on pods covers a hostNetwork pod is unknown: as a subject it is left out, as a peer its node’s address is let in. Source: amazon-network-policy-controller-k8s pkg/resolvers/endpoints.go.',
    'A pod is always open to its own node. Source: aws-network-policy-agent pkg/fwruleprocessor, node address.',
    'ICMP and other protocols are judged by the rules: a rule with ports admits none, a rule without ports admits all. Source: aws-network-policy-agent pkg/ebpf/c/tc.v4ingress.bpf.c, ANY_IP_PROTOCOL.',
    'Egress rules see a packet before Service translation; rules on pods let in the ClusterIPs of Services that select with the same labels. Source: amazon-network-policy-controller-k8s pkg/resolvers/endpoints.go getMatchingServiceClusterIPs.',
    'ClusterNetworkPolicies of one tier and equal priority that contradict each other leave the outcome open. Source: aws-network-policy-agent pkg/ebpf/c/tc.v4ingress.bpf.c takes the strictest rule of equal rank, which no document promises.',
    'Whether policies hold for a Pod without metadata.ownerReferences is unknown; those that controllers make, pods to come among them, have an owner. Source: Amazon EKS User Guide, network policy considerations; aws/aws-network-policy-agent#327.',
    'One address family, and the first interface only. Source: Amazon EKS User Guide, network policy considerations.',
    'Policies are already in force: a new pod is open until then, unless NETWORK_POLICY_ENFORCING_MODE is strict. Source: Amazon EKS User Guide, network policy.',
    'Name rules act in Auto Mode only, and hold modulo DNS: addresses are learned from answers and shared front ends share addresses. Source: Amazon EKS User Guide, DNS-based policies.',
    'Policies in other languages, the upstream ClusterNetworkPolicy among them, have no effect. Source: amazon-network-policy-controller-k8s watches networking.k8s.aws and NetworkPolicy only.',
  ],
};

export const family: ProfileFamily = { name: 'eks', profiles: [vpcCni121], configured };

import type { Profile, ProfileFamily } from '../../model/profile.ts';

/** An AdminNetworkPolicy of a higher priority number is not applied. Source: ovn-kubernetes go-controller/pkg/ovn/controller/admin_network_policy/types.go. */
const lastPriority = 99;

const version13: Profile = {
  id: 'ovn-kubernetes@1.3',
  cidrMatchesPods: 'yes',
  cidrMatchesNodes: 'yes',
  hostNetworkAsNode: 'yes',
  ownNodeReachesPod: 'yes',
  otherProtocolsByRule: 'yes',
  egressAfterTranslation: 'yes',
  equalOrder: 'ambiguous',
  unseenLabel: () => false,
  enforces: ['kubernetes', 'network-policy-api', 'ovn-kubernetes'],
  ignoredKinds: ['ClusterNetworkPolicy'],
  settled: (policies) => policies.filter((p) => p.kind !== 'AdminNetworkPolicy' || p.order <= lastPriority),
  primaryNetworks: 'yes',
  foreignPolicies: 'ignored',
  assumptions: [
    'OVN-Kubernetes 1.3, with egress firewalls and admin network policies switched on. Source: ovn-kubernetes go-controller/pkg/config/config.go.',
    'A CIDR or ipBlock of a NetworkPolicy or AdminNetworkPolicy matches by address alone, and so pods and nodes. Source: ovn-kubernetes docs/features/network-security-controls/network-policy.md.',
    'A hostNetwork pod is its node: it has no logical port, so that no policy selects it and no selector finds it. Source: ovn-kubernetes go-controller/pkg/util/kube.go PodWantsHostNetwork.',
    'A pod is always open to its own node. Source: ovn-kubernetes go-controller/pkg/ovn/base_network_controller_policy.go addAllowACLFromNode.',
    'ICMP and other protocols are judged by the rules; ARP and neighbour discovery are always open. Source: ovn-kubernetes go-controller/pkg/ovn/gress_policy.go, base_network_controller_policy.go.',
    'Egress rules see the backend and its target port, after Service translation. Source: ovn-kubernetes go-controller/pkg/libovsdb/util/acl.go, apply-after-lb.',
    'AdminNetworkPolicy first (ACL tier 1), then NetworkPolicy (2), then BaselineAdminNetworkPolicy (3). Source: ovn-kubernetes go-controller/pkg/types/const.go.',
    'Admin policies of equal priority that contradict each other leave the outcome open, and those of a priority above 99 have no effect. Source: ovn-kubernetes go-controller/pkg/ovn/controller/admin_network_policy/admin_network_policy.go.',
    'An EgressFirewall must let a packet pass, and so must the other policies: it is walked in the other pipeline. Its first rule that matches settles, else it allows. Source: ovn-kubernetes go-controller/pkg/ovn/controller/egressfirewall/egressfirewall.go.',
    'A cidrSelector of an EgressFirewall leaves out the subnets of the pod network, and so every pod; addresses that are neither pods nor nodes are taken to lie outside these subnets. Source: egressfirewall.go getV4ClusterSubnetsExclusion.',
    'Names in an EgressFirewall hold modulo DNS: the controller resolves them itself, a star is one label and needs the DNSNameResolver, and shared front ends share addresses. Source: ovn-kubernetes docs/features/network-security-controls/egress-firewall.md, pkg/ovn/dns_name_resolver.',
    'Pods of a primary user-defined network reach no pod of another network but through the DNS Service of the default one; network segmentation is switched on. Source: ovn-kubernetes docs/features/user-defined-networks/user-defined-networks.md, docs/okeps/okep-5193-user-defined-networks.md.',
    'A namespace has a primary network only with the label k8s.ovn.org/primary-user-defined-network. Source: ovn-kubernetes docs/features/user-defined-networks/user-defined-networks.md.',
    'A CIDR matches a pod by the addresses that the input gives for it. For a pod on a primary user-defined network status.podIPs holds that of the default network: what a CIDR makes of such a pod is only as good as these. Source: ovn-kubernetes docs/features/user-defined-networks/user-defined-networks.md, Inspecting a UDN Pod.',
    'Routes that advertise networks do not join them: advertised networks stay apart. Source: ovn-kubernetes go-controller/pkg/types/const.go AdvertisedNetworkDenyPriority.',
    'ClusterNetworkPolicy and other languages have no effect. Source: ovn-kubernetes go-controller watches no such kinds.',
    'Interfaces beside the primary one are not governed by these policies. Source: ovn-kubernetes docs/features/multiple-networks/multi-network-policies.md.',
    'Policies are already in force on every node. Source: kubernetes.io network-policies, Pod lifecycle.',
  ],
};

export const family: ProfileFamily = { name: 'ovn-kubernetes', profiles: [version13] };

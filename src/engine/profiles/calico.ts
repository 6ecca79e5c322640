import { type Policy, type Tier, tiers } from '../../model/policy.ts';
import type { Profile, ProfileFamily } from '../../model/profile.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { adminPolicyConverted, clusterPolicyConverted } from '../calico/converted.ts';
import { acceptedAtOwnNode, withOwnNode } from '../calico/to-own-node.ts';
import { wholeNamespaces } from '../calico/whole-namespaces.ts';

/** Source: projectcalico/api v3 tier.go DefaultTierOrder. */
const defaultTier: Tier = { id: 'default', order: 1_000_000, end: 'deny' };

/** What holds in every version here. */
const common: Omit<Profile, 'id' | 'assumptions'> = {
  cidrMatchesPods: 'yes',
  cidrMatchesNodes: 'yes',
  hostNetworkAsNode: 'yes',
  ownNodeReachesPod: 'yes',
  podToOwnNode: 'accepted',
  hostPolicies: 'in-force',
  otherProtocolsByRule: 'yes',
  egressAfterTranslation: 'yes',
  equalOrder: 'by-name',
  place: (policy) => (policy.dialect === 'kubernetes' && policy.tier.id === tiers.normal.id ? { tier: defaultTier, order: 1000 } : policy),
  unseenLabel: () => false,
  enforces: ['kubernetes', 'calico', 'network-policy-api'],
  foreignPolicies: 'ignored',
};

const commonAssumptions: readonly string[] = [
  'A CIDR or ipBlock matches by address alone, and so pods and nodes. Source: projectcalico/calico#6634, felix/rules/policy.go.',
  'A hostNetwork pod is its node: it has no workload endpoint, so that no policy selects it and no selector finds it. Source: libcalico-go/lib/backend/k8s/conversion/conversion.go IsValidCalicoWorkloadEndpoint.',
  'A pod is always open to its own node. Source: felix/rules/static.go filterOutputChain.',
  acceptedAtOwnNode,
  'ICMP and other protocols are judged by the rules: a rule with ports admits none, a rule without protocol admits all. Source: felix/rules/policy.go.',
  'Policies see the backend and its target port, after Service translation. Source: felix/rules/static.go: workload policy is in the filter table, after DNAT.',
  'Tiers in order, policies of a tier in order, first rule that matches; then the profile of the namespace, which allows. Source: felix/rules/endpoints.go, libcalico-go conversion.go NamespaceToProfile.',
  'NetworkPolicy stands in the tier default at order 1000. Source: libcalico-go conversion.go K8sNetworkPolicyToCalico.',
  'A peer by namespaces alone in a policy of the network-policy-api finds the NetworkSets of these namespaces too and, where it only says what their labels must not be, GlobalNetworkSets and host endpoints. Source: libcalico-go/lib/backend/syncersv1/updateprocessors/rules.go getEndpointSelector, networksetprocessor.go.',
  'Staged policies do nothing before they are promoted. Source: projectcalico/api v3 stagednetworkpolicy.go.',
  'What policies on host endpoints of the input leave open of nodes and hostNetwork pods is unknown, and so is what those with applyOnForward may stop of the traffic of pods; without HostEndpoints in the input, and without automatic ones, nodes are open. Source: projectcalico/api v3 hostendpoint.go, globalnetworkpolicy.go.',
  'Every node runs Linux: on Windows, rules with negations, ICMP types and named ports are left out. Source: projectcalico/calico felix/dataplane/windows/policysets.',
  'HTTP rules need the Istio integration; without it their connections pass on layer 4 alone. Source: projectcalico/calico app-policy.',
  'Connections that were open before a policy change, and interfaces beside the primary one, are not governed. Source: k8snetworkplumbingwg/sriov-cni#101.',
  'Policies are already in force on every node. Source: kubernetes.io network-policies, Pod lifecycle.',
];

/**
 * Up to 3.31, policies of equal order are told apart by the key they are stored under: namespace, then tier and name.
 * Source: projectcalico/calico v3.30 felix/calc/policy_sorter.go PolKVLess, libcalico-go/lib/names/policy.go.
 */
function storedName(policy: Policy): string {
  const tier = policy.dialect === 'kubernetes' ? 'knp.default' : policy.tier.id;
  const name = policy.name.startsWith(`${tier}.`) ? policy.name : `${tier}.${policy.name}`;
  return policy.namespace === null ? name : `${policy.namespace}/${name}`;
}

const calico330: Profile = {
  ...common,
  id: 'calico@3.30',
  tieName: storedName,
  ignoredKinds: ['ClusterNetworkPolicy'],
  settled: (policies) => policies.map(adminPolicyConverted),
  assumptions: [
    'Calico 3.30 on Linux with the Kubernetes datastore. Source: docs.tigera.io, calico 3.30.',
    ...commonAssumptions,
    'AdminNetworkPolicy and BaselineAdminNetworkPolicy are enforced, ClusterNetworkPolicy is not known. Source: projectcalico/calico v3.30 manifests/crds.yaml.',
    'A named port of an AdminNetworkPolicy is one of TCP; what becomes of its rules with peers by node or name is unknown. Source: projectcalico/calico v3.30 libcalico-go/lib/backend/k8s/conversion/adminnetworkpolicy_test.go.',
  ],
};

const calico332: Profile = {
  ...common,
  id: 'calico@3.32',
  ignoredKinds: ['AdminNetworkPolicy', 'BaselineAdminNetworkPolicy'],
  settled: (policies) => policies.map(clusterPolicyConverted),
  assumptions: [
    'Calico 3.32 on Linux with the Kubernetes datastore. Source: docs.tigera.io, calico 3.32.',
    ...commonAssumptions,
    'ClusterNetworkPolicy v1alpha2 is enforced; AdminNetworkPolicy and BaselineAdminNetworkPolicy no longer are. Source: projectcalico/calico v3.32 manifests/crds.yaml.',
    'A rule of a ClusterNetworkPolicy with a peer by node or name is dropped when it accepts and denies everything in its direction when it denies or passes. Source: projectcalico/calico v3.32.0 libcalico-go/lib/backend/k8s/conversion/clusternetworkpolicy.go k8sClusterNetPolHandleFailedRules.',
  ],
};

function configured(profile: Profile, snapshot: Snapshot): Profile {
  const found = wholeNamespaces(snapshot);
  const told = withOwnNode(profile, snapshot);
  return found === null ? told : { ...told, settled: (policies) => (told.settled?.(policies) ?? policies).map(found) };
}

export const family: ProfileFamily = { name: 'calico', profiles: [calico330, calico332], configured };

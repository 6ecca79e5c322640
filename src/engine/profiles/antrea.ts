import { type Policy, type Tier, tiers } from '../../model/policy.ts';
import type { Profile, ProfileFamily } from '../../model/profile.ts';
import { configured, gatesUnknown, perhapsGated } from '../antrea/configured.ts';

/** What holds in every version here. */
const common: Omit<Profile, 'id' | 'assumptions'> = {
  cidrMatchesPods: 'yes',
  cidrMatchesNodes: 'yes',
  hostNetworkAsNode: 'yes',
  ownNodeReachesPod: 'yes',
  otherProtocolsByRule: 'yes',
  egressAfterTranslation: 'yes',
  equalOrder: 'ambiguous',
  unseenLabel: () => false,
  enforces: ['kubernetes', 'antrea', 'network-policy-api'],
  foreignPolicies: 'ignored',
  settled: perhapsGated,
};

const commonAssumptions: readonly string[] = [
  'An ipBlock or CIDR matches by address alone, and so pods and nodes. Source: antrea pkg/agent/controller/networkpolicy/pod_reconciler.go ipBlocksToOFAddresses.',
  'A hostNetwork pod is its node: no policy applies to it, no selector finds it, a nodeSelector finds its node. Source: antrea pkg/controller/networkpolicy/crd_utils.go AddressGroupExcludedPodFilter, networkpolicy_controller.go syncAppliedToGroup.',
  'A pod is always open to its own node. Source: antrea docs/design/ovs-pipeline.md IngressSecurityClassifier, packets that the host marks as its own.',
  'ICMP and other protocols are judged by the rules: a rule with ports or protocols admits no others, a rule without them admits all. Source: antrea docs/antrea-network-policy.md, pkg/apis/crd/v1beta1 Rule.',
  'AntreaProxy is on, as by default: policies see the backend and its target port, after Service translation; what toServices matches, the Service that was dialled, is not seen and stays unknown. Source: antrea docs/design/ovs-pipeline.md ServiceLB, EndpointDNAT, AntreaPolicyEgressRule.',
  'Tiers by their priority, policies by theirs, rules by their place; rules of equal tier, priority and place that contradict each other leave the outcome open. Source: antrea docs/antrea-network-policy.md, Notes and constraints.',
  'Pass goes on in NetworkPolicy, past all other tiers; then comes the tier baseline. Source: antrea docs/antrea-network-policy.md, action; docs/design/ovs-pipeline.md EgressDefaultRule.',
  'A pod that a NetworkPolicy isolates never meets the tier baseline. Source: antrea docs/antrea-network-policy.md, Static tiers.',
  'Name rules hold modulo DNS: addresses are learned from answers that the pods get, and shared front ends share addresses. Source: antrea pkg/agent/controller/networkpolicy/fqdn.go.',
  ...gatesUnknown,
  'Whether a packet came through a node port is not seen: what policies on Services allow or stop of the traffic to their pods is unknown. Source: antrea docs/antrea-network-policy.md, Apply to NodePort Service.',
  'Layer 7 rules need the feature gate L7NetworkPolicy; without it the API refuses them. Source: antrea pkg/controller/networkpolicy/validate.go validateL7Protocols.',
  'Every node runs Linux, and Antrea is the CNI of all of them (encap, noEncap or hybrid mode). Source: antrea docs/windows.md, docs/noencap-hybrid-modes.md.',
  'Policies in other languages have no effect. Source: antrea pkg/controller/networkpolicy watches no other kinds.',
  'Connections that were open before a policy change, and interfaces beside the primary one, are not governed. Source: antrea docs/antrea-network-policy.md, Notes and constraints; docs/secondary-network.md.',
  'Policies are already in force on every node. Source: kubernetes.io network-policies, Pod lifecycle.',
];

const admin = 'AdminNetworkPolicy and BaselineAdminNetworkPolicy come after the tier application and after the tier baseline, where they are enforced';

const antrea26: Profile = {
  ...common,
  id: 'antrea@2.6',
  ignoredKinds: ['network-policy-api/ClusterNetworkPolicy'],
  assumptions: [
    'Antrea 2.6. Source: antrea v2.6.3.',
    ...commonAssumptions,
    `${admin}; the upstream ClusterNetworkPolicy is not known. Source: antrea v2.6.3 pkg/controller/networkpolicy/adminnetworkpolicy.go.`,
  ],
};

/** Source: antrea v2.7.0 pkg/controller/networkpolicy/clusternetworkpolicy.go cnpAdminTierPriority. */
const clusterPolicyTier: Tier = { id: 'admin', order: 220, end: 'pass', passesTo: tiers.normal.order };

function place(policy: Policy): Pick<Policy, 'tier' | 'order'> {
  const moves = policy.dialect === 'network-policy-api' && policy.kind === 'ClusterNetworkPolicy' && policy.tier.id === tiers.admin.id;
  return moves ? { tier: clusterPolicyTier, order: policy.order } : policy;
}

const antrea27: Profile = {
  ...common,
  id: 'antrea@2.7',
  place,
  assumptions: [
    'Antrea 2.7. Source: antrea v2.7.0.',
    ...commonAssumptions,
    `${admin}. Source: antrea v2.7.0 pkg/controller/networkpolicy/adminnetworkpolicy.go.`,
    'The upstream ClusterNetworkPolicy of tier Admin comes between the tiers platform and application, and its Pass goes past application too; that of tier Baseline comes last. Source: antrea v2.7.0 pkg/controller/networkpolicy/clusternetworkpolicy.go.',
  ],
};

export const family: ProfileFamily = { name: 'antrea', profiles: [antrea26, antrea27], configured };

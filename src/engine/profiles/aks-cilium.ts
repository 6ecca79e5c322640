import { isExcludedLabel } from '../../model/identity-labels.ts';
import type { Policy, Rule } from '../../model/policy.ts';
import type { Profile, ProfileFamily } from '../../model/profile.ts';
import { nodeSelectorsUnknown, perhapsOnNodes } from '../cilium/node-selectors.ts';

const acns = 'whether Advanced Container Networking Services is on, which rules on names and on layer 7 need';

/** Rules that need the paid service may or may not be enforced. Source: learn.microsoft.com azure-cni-powered-by-cilium. */
function withoutKnownService(policy: Policy): Policy {
  if (policy.dialect !== 'cilium') return policy;
  const needs = (rule: Rule): boolean => rule.application !== null || (rule.peers ?? []).some((p) => p.kind === 'names');
  return { ...policy, rules: policy.rules.map((rule) => (needs(rule) ? { ...rule, condition: rule.condition ?? acns } : rule)) };
}

const aks133: Profile = {
  id: 'aks-cilium@1.33',
  cidrMatchesPods: 'no',
  cidrMatchesNodes: 'no',
  hostNetworkAsNode: 'yes',
  ownNodeReachesPod: 'unless-denied',
  otherProtocolsByRule: 'yes',
  egressAfterTranslation: 'yes',
  equalOrder: 'ambiguous',
  unseenLabel: (key) => isExcludedLabel(key),
  enforces: ['kubernetes', 'cilium'],
  foreignPolicies: 'ignored',
  settled: (policies) => perhapsOnNodes(policies).map(withoutKnownService),
  assumptions: [
    'AKS 1.33 with Azure CNI powered by Cilium, on Linux. Source: learn.microsoft.com azure-cni-powered-by-cilium.',
    'Cilium is 1.17 or later: where versions of Cilium read a policy in different ways, what they do not agree on is unknown. Source: learn.microsoft.com azure-cni-powered-by-cilium, Versions.',
    'A CIDR or ipBlock never matches pods or nodes. Source: learn.microsoft.com azure-cni-powered-by-cilium, Limitations.',
    'Whether rules on names and on layer 7 are enforced is unknown: they need Advanced Container Networking Services. Source: learn.microsoft.com azure-cni-powered-by-cilium.',
    nodeSelectorsUnknown,
    'A hostNetwork pod is its node, and a pod is open to its own node unless a rule denies that node, as in Cilium. Source: cilium pkg/option/config.go, AllowLocalhostAuto; pkg/policy/mapstate.go determineAllowLocalhostIngress.',
    'ICMP and other protocols are judged by the rules, as in Cilium. Source: cilium Documentation/security/policy/layer4.rst.',
    'Egress rules see the backend and its target port, after Service translation. Source: cilium Documentation/network/kubernetes/policy.rst.',
    'Labels that Cilium leaves out of identities are its default ones. Source: cilium pkg/labelsfilter/filter.go.',
    'Policies in other languages have no effect. Source: learn.microsoft.com azure-cni-powered-by-cilium names NetworkPolicy and the Cilium kinds.',
    'Interfaces beside the primary one are not governed. Source: k8snetworkplumbingwg/sriov-cni#101.',
    'Policies are already in force on every node. Source: kubernetes.io network-policies, Pod lifecycle.',
  ],
};

export const family: ProfileFamily = { name: 'aks-cilium', profiles: [aks133] };

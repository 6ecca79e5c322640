import { shown } from '../kernel/reader.ts';
import { failed, ok, type Result } from '../kernel/result.ts';
import { nearest } from '../kernel/spelling.ts';
import { isExcludedLabel } from '../model/identity-labels.ts';
import type { Profile } from '../model/profile.ts';

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

const cilium119: Profile = {
  id: 'cilium@1.19',
  cidrMatchesPods: 'no',
  cidrMatchesNodes: 'no',
  hostNetworkAsNode: 'yes',
  ownNodeReachesPod: 'yes',
  otherProtocolsByRule: 'yes',
  egressAfterTranslation: 'yes',
  equalOrder: 'ambiguous',
  unseenLabel: isExcludedLabel,
  enforces: ['kubernetes', 'cilium'],
  foreignPolicies: 'ignored',
  assumptions: [
    'Cilium 1.19 with policyEnforcementMode "default". Source: cilium Documentation/security/policy/intro.rst.',
    'A CIDR or ipBlock never matches managed pods. Source: cilium/cilium#9209, cilium Documentation/security/policy/layer3.rst.',
    'A CIDR or ipBlock never matches nodes: policyCIDRMatchMode is empty, its default. Source: cilium Documentation/security/policy/layer3.rst.',
    'A pod is always open to its own node: allow-localhost is "auto" and Kubernetes mode is on. Source: cilium pkg/option/config.go, AllowLocalhostAuto.',
    'ICMP and other protocols are judged by the rules: a rule with ports admits none, a rule without ports admits all. Source: cilium pkg/policy/api/icmp.go, Documentation/security/policy/layer4.rst.',
    'Egress rules see the backend and its target port, after Service translation. Source: cilium Documentation/network/kubernetes/policy.rst.',
    'Deny beats allow across NetworkPolicy and both Cilium kinds. Source: cilium Documentation/security/policy/deny.rst.',
    'Selectors without a cluster match the local cluster only: policy-default-local-cluster is on, the default since 1.19. Source: cilium pkg/k8s/apis/cilium.io/utils/utils.go.',
    'Labels that Cilium leaves out of identities are the default ones. Source: cilium pkg/labelsfilter/filter.go.',
    'Name rules hold modulo DNS: addresses are learned from answers and shared front ends share addresses. Source: cilium/cilium#31803.',
    'Host policies act only with hostFirewall.enabled. Source: cilium Documentation/security/host-firewall.rst.',
    'Connections that were open before a policy change, and interfaces beside the primary one, are not governed. Source: cilium Documentation/network/kubernetes/policy.rst; k8snetworkplumbingwg/sriov-cni#101.',
    'Policies in languages other than NetworkPolicy and the Cilium kinds have no effect. Source: cilium 1.19 watches no other kinds by default.',
    'Policies are already in force on every node. Source: kubernetes.io network-policies, Pod lifecycle.',
  ],
};

/** Every profile there is, the strict one first. */
export const profiles: readonly Profile[] = [kubernetes, cilium119];

/** Short names: the newest version known of each CNI. */
const newest: ReadonlyMap<string, Profile> = new Map([['cilium', cilium119]]);

/** The profile that `text` names: `kubernetes`, `cilium@1.19`, or a CNI alone (`cilium`) for the newest version known. An unknown name is an error that lists the known ones. */
export function profileOf(text: string): Result<Profile> {
  const found = profiles.find((p) => p.id === text) ?? newest.get(text);
  if (found !== undefined) return ok(found);
  const names = [...profiles.map((p) => p.id), ...newest.keys()];
  const meant = nearest(text, names);
  return failed([
    {
      code: 'unknown-profile',
      severity: 'error',
      message: `No profile is called ${shown(text)}; known profiles are ${names.join(', ')}.`,
      hint: meant === undefined ? 'Take kubernetes for the strict reading of the API alone.' : `Did you mean ${meant}?`,
      origin: null,
    },
  ]);
}

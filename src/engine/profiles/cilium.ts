import { isExcludedLabel } from '../../model/identity-labels.ts';
import type { Profile, ProfileFamily } from '../../model/profile.ts';
import { configured } from '../cilium/configured.ts';
import { addressesOfServices, nodePorts } from '../cilium/front-ends.ts';
import { nodeSelectorsUnknown, perhapsOnNodes } from '../cilium/node-selectors.ts';

/** What holds in every version here. */
const common: Omit<Profile, 'id' | 'assumptions' | 'unseenLabel'> = {
  cidrMatchesPods: 'no',
  cidrMatchesNodes: 'no',
  hostNetworkAsNode: 'yes',
  ownNodeReachesPod: 'unless-denied',
  otherProtocolsByRule: 'yes',
  egressAfterTranslation: 'yes',
  equalOrder: 'ambiguous',
  enforces: ['kubernetes', 'cilium'],
  foreignPolicies: 'ignored',
  settled: perhapsOnNodes,
};

/** The lines of every version; `own` are those of one, put where the order of the page wants them. */
function assumptionsOf(version: string, own: readonly string[]): readonly string[] {
  return [
    `Cilium ${version} with policyEnforcementMode "default". Source: cilium Documentation/security/policy/intro.rst.`,
    'A CIDR or ipBlock never matches managed pods. Source: cilium/cilium#9209, cilium Documentation/security/policy/layer3.rst.',
    'A CIDR or ipBlock never matches nodes: policyCIDRMatchMode is empty, its default. Source: cilium Documentation/security/policy/layer3.rst.',
    'A pod is open to its own node unless a rule denies that node: allow-localhost is "auto" and Kubernetes mode is on. Source: cilium pkg/option/config.go, AllowLocalhostAuto; 1.18 and 1.19 pkg/policy/mapstate.go determineAllowLocalhostIngress, 1.20 pkg/policy/repository.go addDefaultRule.',
    'ICMP and other protocols are judged by the rules: a rule with ports admits none, a rule without ports admits all. Source: cilium pkg/policy/api/icmp.go, Documentation/security/policy/layer4.rst.',
    'Egress rules see the backend and its target port, after Service translation. Source: cilium Documentation/network/kubernetes/policy.rst.',
    addressesOfServices(version !== '1.18', `Source: cilium ${version} pkg/loadbalancer/reflectors/conversions.go.`),
    nodePorts(version === '1.20', null, `Source: cilium 1.20 Documentation/operations/upgrade.rst, Changes to Features; ${version} pkg/kpr/kpr.go.`),
    'Deny beats allow across NetworkPolicy and both Cilium kinds. Source: cilium Documentation/security/policy/deny.rst.',
    ...own,
    `Labels that Cilium leaves out of identities are the default ones; topology.kubernetes.io is ${version === '1.18' ? 'not ' : ''}among them. Source: cilium ${version} pkg/labelsfilter/filter.go.`,
    'Name rules hold modulo DNS: addresses are learned from answers and shared front ends share addresses. Source: cilium/cilium#31803.',
    `The L7 proxy is on: rules on DNS names, TLS names and HTTP are enforced. Source: cilium ${version} pkg/option/config.go enable-l7-proxy.`,
    `Mutual authentication is ${version === '1.18' ? 'on: what rules that ask for it let through is unknown, for no manifest shows who can authenticate' : 'off, the default since 1.19: rules that ask for it let pass without it'}. Source: cilium ${version} pkg/auth/cell.go mesh-auth-enabled, 1.19 Documentation/operations/upgrade.rst.`,
    nodeSelectorsUnknown,
    'Host policies act only with hostFirewall.enabled. Source: cilium Documentation/security/host-firewall.rst.',
    'Connections that were open before a policy change, and interfaces beside the primary one, are not governed. Source: cilium Documentation/network/kubernetes/policy.rst; k8snetworkplumbingwg/sriov-cni#101.',
    `Policies in languages other than NetworkPolicy and the Cilium kinds have no effect. Source: cilium ${version} watches no other kinds by default.`,
    'Policies are already in force on every node. Source: kubernetes.io network-policies, Pod lifecycle.',
  ];
}

const localClusterOnly =
  'Selectors without a cluster match the local cluster only: policy-default-local-cluster is on, the default since 1.19. Source: cilium pkg/k8s/apis/cilium.io/utils/utils.go.';

const cilium118: Profile = {
  ...common,
  id: 'cilium@1.18',
  readsAs: 'cilium@1.18',
  unseenLabel: (key) => isExcludedLabel(key, false),
  assumptions: assumptionsOf('1.18', [
    'The cluster is in no mesh of clusters: selectors without a cluster would match pods of all of them. Source: cilium 1.18 pkg/k8s/apis/cilium.io/utils/utils.go.',
    'Several stars in a name pattern are as one: "**." stands for one label. Source: cilium 1.18 pkg/fqdn/matchpattern/matchpattern.go.',
    'fromRequires and toRequires narrow all rules on the same pods. Source: cilium 1.18 pkg/policy/rules.go.',
  ]),
};

const cilium119: Profile = {
  ...common,
  id: 'cilium@1.19',
  readsAs: 'cilium@1.19',
  unseenLabel: (key) => isExcludedLabel(key),
  assumptions: assumptionsOf('1.19', [
    localClusterOnly,
    'Policies with fromRequires or toRequires are refused and enforce nothing. Source: cilium 1.19 pkg/policy/api/ingress.go.',
  ]),
};

const cilium120: Profile = {
  ...common,
  id: 'cilium@1.20',
  readsAs: 'cilium@1.20',
  unseenLabel: (key) => isExcludedLabel(key),
  assumptions: assumptionsOf('1.20', [
    localClusterOnly,
    'Policies with fromRequires or toRequires are refused and enforce nothing. Source: cilium 1.20 pkg/policy/api/ingress.go.',
    'Kafka and l7proto rules do nothing: the API server drops them. Source: cilium 1.20 pkg/policy/api/l4.go.',
  ]),
};

export const family: ProfileFamily = { name: 'cilium', profiles: [cilium118, cilium119, cilium120], configured };

import { shown } from '../../kernel/reader.ts';
import { labelFilter } from '../../model/identity-labels.ts';
import { everything, type LabelSelector } from '../../model/labels.ts';
import type { NameMatch, Policy, Rule, Tier } from '../../model/policy.ts';
import { tiers } from '../../model/policy.ts';
import type { Profile } from '../../model/profile.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { inDoubt } from '../in-doubt.ts';
import { authenticationLine, withoutAuthentication } from './authentication.ts';
import { addressesOfServices, frontEndsOf, nodePorts, translated } from './front-ends.ts';
import { meshLine, selectsOtherClusters, withOtherClusters } from './mesh.ts';
import { objectOf, onNodes, perhapsOnNodes } from './node-selectors.ts';
import { type CiliumSettings, ciliumSettings } from './settings.ts';

/** The profile of a version of Cilium as the settings among the manifests have it; the profile itself where they are not there. */
export function configured(profile: Profile, snapshot: Snapshot): Profile {
  const settings = ciliumSettings(snapshot);
  const base = settings === null ? withoutSettings(profile, snapshot) : withSettings(profile, settings);
  // Up to 1.18 these addresses are Cilium's to translate only where it replaces kube-proxy. Source: cilium 1.18 pkg/loadbalancer/reflectors/conversions.go.
  const translates = profile.readsAs !== 'cilium@1.18' || settings?.kubeProxyReplacement === true;
  const frontEnds = translates ? frontEndsOf(snapshot.services) : new Map();
  const passing = withoutAuthentication(snapshot.policies, profile, settings);
  if (frontEnds.size === 0 && passing === null) return base;
  return { ...base, settled: (policies) => translated(base.settled?.(passing?.(policies) ?? policies) ?? passing?.(policies) ?? policies, frontEnds) };
}

/**
 * Without settings nobody knows whether 1.20 enforces ClusterNetworkPolicy, which is off by default. What stands after the last tier means the same
 * where there are no tiers, so that one form serves both readings. Source: cilium 1.20 pkg/option/config.go enable-k8s-cluster-network-policy.
 */
function withoutSettings(profile: Profile, { policies }: Snapshot): Profile {
  const tiered = (p: Policy): boolean => p.dialect === 'network-policy-api' && p.kind === 'ClusterNetworkPolicy';
  if (profile.readsAs !== 'cilium@1.20' || !policies.some(tiered)) return profile;
  const gap = 'whether Cilium enforces ClusterNetworkPolicy, which is off by default';
  const mend = 'give the ConfigMap cilium-config: enable-k8s-cluster-network-policy says it';
  return {
    ...profile,
    foreignPolicies: 'unknown',
    foreignGap: { code: 'foreign-policies', text: gap, mend },
    settled: (all) =>
      perhapsOnNodes(all)
        .filter((p) => profile.enforces.includes(p.dialect) || tiered(p))
        .flatMap(endsLast)
        .map(asksDns)
        .map((p) => (tiered(p) && p.rules.some(onNodes) ? inDoubt(p, [null], 'whether rules on nodes are on in Cilium') : p)),
    assumptions: [
      ...profile.assumptions.filter((line) => !/^Policies in languages other/.test(line)),
      `Not known: ${gap}; ${mend}. Policies in languages other than it, NetworkPolicy and the Cilium kinds have no effect. Source: cilium 1.20 pkg/option/config.go.`,
    ],
  };
}

function withSettings(profile: Profile, settings: CiliumSettings): Profile {
  const newest = profile.readsAs === 'cilium@1.20';
  const known = settings.unsettled.length === 0 ? settings : inAnyCase(settings);
  const told = newest ? known : withoutNewer(known);
  const { ignoredKinds } = told;
  return {
    ...profile,
    cidrMatchesNodes: told.cidrMatchesNodes ? 'yes' : 'no',
    cidrMatchesPods: told.cidrMatchesPods ? 'yes' : 'no',
    ownNodeReachesPod: ownNode(profile, told),
    unseenLabel: labelFilter(told.labels, profile.readsAs !== 'cilium@1.18') ?? profile.unseenLabel,
    hostPolicies: 'in-force',
    enforces: told.enforcement === 'never' ? [] : told.clusterNetworkPolicy ? [...profile.enforces, 'network-policy-api'] : profile.enforces,
    ignoredKinds: [
      ...(profile.ignoredKinds ?? []),
      ...ignoredKinds,
      ...(told.clusterNetworkPolicy ? ['AdminNetworkPolicy', 'BaselineAdminNetworkPolicy'] : []),
    ],
    settled: (policies) => settled(policies, told, selectsOtherClusters(told, profile)),
    assumptions: [...profile.assumptions.filter((line) => !replaced.test(line)), ...lines(told, profile)],
  };
}

/** Settings under which everything counts that may: all of it is then put in doubt, and the default deny of all pods with it. */
function inAnyCase(s: CiliumSettings): CiliumSettings {
  const all = {
    hostFirewall: true,
    clusterNetworkPolicy: true,
    nodeSelectors: true,
    icmpRules: true,
    l7Proxy: true,
    cidrMatchesPods: false,
    authentication: true,
  };
  return { ...s, ...all, enforcement: 'always', ignoredKinds: [], unreadable: [...s.unreadable, ...s.unsettled] };
}

/**
 * Since 1.20 the own node is let in by a rule beside other ingress rules: under policyEnforcementMode always, a pod that no rule selects may have none.
 * Source: cilium 1.20 pkg/policy/repository.go computePolicyEnforcementAndRules.
 */
function ownNode(profile: Profile, { allowLocalhost, enforcement, unsettled }: CiliumSettings): Profile['ownNodeReachesPod'] {
  if (unsettled.length > 0) return 'unknown';
  if (!allowLocalhost) return 'no';
  return profile.readsAs === 'cilium@1.20' && enforcement === 'always' ? 'unknown' : profile.ownNodeReachesPod;
}

/** Lines of the profile that the settings say anew. */
const replaced =
  /^(?:Whether rules on nodes|A CIDR or ipBlock never|Addresses of load balancers|Of a node port|The cluster is in no mesh|Mutual authentication|The L7 proxy is|Selectors without a cluster|Host policies act only|Policies in languages other|A pod is open to its own node)/;

/** Before 1.20, ClusterNetworkPolicy is not known, and CIDRs matching pods is a mode that the agent refuses to start with. */
function withoutNewer(settings: CiliumSettings): CiliumSettings {
  const unreadable = settings.cidrMatchesPods
    ? [...settings.unreadable, 'policy-cidr-match-mode of Cilium is "pods": it is known since 1.20, and an older agent does not start with it']
    : settings.unreadable;
  return { ...settings, clusterNetworkPolicy: false, cidrMatchesPods: false, unreadable };
}

function lines(s: CiliumSettings, profile: Profile): readonly string[] {
  const source = `Source: ${shown(s.from)} among the manifests.`;
  const openToOwnNode = ownNode(profile, s);
  const tri = (is: boolean): string => (is ? 'matches' : 'does not match');
  if (s.unsettled.length > 0) return s.unreadable.map((text) => `Not known, and nothing that hangs on settings with it: ${text}. ${source}`);
  return [
    `policyEnforcementMode is "${s.enforcement}"${s.enforcement === 'never' ? ', or policies are in audit mode: none has any effect' : ''}. ${source}`,
    `A CIDR or ipBlock ${tri(s.cidrMatchesPods)} managed pods, and ${tri(s.cidrMatchesNodes)} nodes. ${source}`,
    `A pod is ${openToOwnNode === 'unknown' ? 'perhaps open to its own node where nothing but the mode isolates it' : s.allowLocalhost ? 'open to its own node unless a rule denies that node' : 'open to its own node only where a rule allows it'}. ${source}`,
    addressesOfServices(profile.readsAs !== 'cilium@1.18' || s.kubeProxyReplacement, source),
    nodePorts(profile.readsAs === 'cilium@1.20', { replaced: s.kubeProxyReplacement, socketLb: s.socketLb }, source),
    meshLine(s, profile, source),
    ...(s.nonDefaultDeny ? [] : [`enableDefaultDeny is ignored: every direction with rules is under default deny. ${source}`]),
    `The host firewall is ${s.hostFirewall ? 'on' : 'off'}${s.hostFirewall ? '' : ': host policies do nothing'}. ${source}`,
    `Rules on nodes are ${s.nodeSelectors ? 'on' : 'off'}${s.nodeSelectors ? '' : ': Cilium refuses policies with them'}. ${source}`,
    ...(s.labels.length === 0 ? [] : [`Labels that make identities are the default ones and ${shown(s.labels.join(' '))}. ${source}`]),
    ...(s.icmpRules ? [] : [`Rules on ICMP types are off: Cilium refuses policies with them. ${source}`]),
    s.l7Proxy ? `The L7 proxy is on. ${source}` : `The L7 proxy is off: Cilium refuses policies with rules on DNS or on layer 7. ${source}`,
    authenticationLine(profile, s, source),
    ...s.ignoredKinds.map((kind) => `${kind} is switched off. ${source}`),
    s.clusterNetworkPolicy
      ? `ClusterNetworkPolicy v1alpha2 is enforced; what NetworkPolicy and the Cilium kinds leave over is denied only after its tier Baseline. ${source} cilium 1.20 pkg/policy/repository.go, pkg/k8s/cluster_network_policy.go.`
      : `Policies in languages other than NetworkPolicy and the Cilium kinds have no effect. ${source}`,
    ...s.unreadable.map((text) => `Not known: ${text}. ${source}`),
  ];
}

function settled(policies: readonly Policy[], s: CiliumSettings, otherClusters: boolean): readonly Policy[] {
  const refused = new Set(policies.filter((p) => refusedBy(p, s)).map(objectOf));
  const doubted = new Set(policies.filter((p) => perhapsRefused(p, s)).map(objectOf));
  const taken = policies
    .filter((p) => !refused.has(objectOf(p)) && (p.subject.kind !== 'nodes' || s.hostFirewall))
    .map((p) => (s.nonDefaultDeny ? p : alwaysIsolating(p)))
    .map((p) => (doubted.has(objectOf(p)) ? inDoubt(p, [null], 'what Cilium makes of layer 7 without its L7 proxy') : p));
  const kept = otherClusters ? withOtherClusters(taken) : taken;
  const ends = s.clusterNetworkPolicy ? kept.flatMap(endsLast).map(asksDns) : kept;
  const all = s.enforcement === 'always' && !ends.some((p) => p.kind === enforcementKind) ? [...ends, ...isolatesAll(s)] : ends;
  return s.unreadable.length === 0 ? all : all.map((p) => inDoubt(p, [null], s.unreadable.join('; ')));
}

/** Where policies may not say that they do not isolate, a direction with rules does. Source: cilium pkg/policy/api/rule_validation.go Sanitize. */
function alwaysIsolating(policy: Policy): Policy {
  if (policy.dialect !== 'cilium') return policy;
  const ruled = (direction: Rule['direction']): boolean => policy.isolates[direction] || policy.rules.some((r) => r.direction === direction);
  return { ...policy, isolates: { ingress: ruled('ingress'), egress: ruled('egress') } };
}

/** Source: cilium pkg/policy/api/rule_validation.go: a policy with rules that are switched off is refused as a whole. */
function refusedBy(policy: Policy, s: CiliumSettings): boolean {
  if (policy.dialect !== 'cilium' && policy.dialect !== 'network-policy-api') return false;
  const onIcmp = (rule: Rule): boolean => (rule.ports ?? []).some((p) => p.protocol === 'ICMP');
  const cilium = policy.dialect === 'cilium';
  return policy.rules.some(
    (rule) => (!s.nodeSelectors && onNodes(rule)) || (cilium && ((!s.icmpRules && onIcmp(rule)) || (!s.l7Proxy && rule.application?.dns != null))),
  );
}

/** Without the proxy, filters on HTTP are refused and TLS names and listeners go nowhere known; the model holds them as one. Names in cluster policies need the proxy too. */
function perhapsRefused(policy: Policy, s: CiliumSettings): boolean {
  if (s.l7Proxy) return false;
  const named = (rule: Rule): boolean => policy.dialect === 'network-policy-api' && (rule.peers ?? []).some((p) => p.kind === 'names');
  return policy.rules.some((rule) => rule.application !== null || named(rule));
}

/** Where default deny stands once there are tiers: after all of them. Source: cilium 1.20 pkg/policy/types/policyentry.go DefaultPolicy. */
const last: Tier = { id: 'default-deny', order: 20_000_000, end: 'deny' };

/** A policy of the middle tier whose default deny waits until the tier Baseline has had its say. */
function endsLast(policy: Policy): readonly Policy[] {
  if (policy.tier.id !== tiers.normal.id || policy.tier.end === 'pass') return [policy];
  const waiting: Policy = { ...policy, tier: { ...policy.tier, end: 'pass' } };
  const isolates = policy.isolates.ingress || policy.isolates.egress;
  return isolates ? [waiting, { ...policy, id: `${policy.id} (default deny)`, tier: last, rules: [] }] : [waiting];
}

/** Rules on names bring their own rule that lets the subject ask kube-dns for them. Source: cilium 1.20 pkg/k8s/cluster_network_policy.go. */
function asksDns(policy: Policy): Policy {
  if (policy.dialect !== 'network-policy-api') return policy;
  const rules = policy.rules.flatMap((rule, i): Rule[] => {
    const names = (rule.peers ?? []).flatMap((p) => (p.kind === 'names' ? p.names : []));
    const known = policy.rules[i - 1]?.application?.dns != null;
    return names.length === 0 || rule.action !== 'allow' || known ? [rule] : [dnsRule(rule, names), rule];
  });
  return { ...policy, rules };
}

function dnsRule(rule: Rule, names: readonly NameMatch[]): Rule {
  const kubeDns: LabelSelector = { requirements: [{ key: 'k8s-app', operator: 'In', values: ['kube-dns'] }] };
  return {
    ...rule,
    peers: [{ kind: 'pods', match: { namespaces: { kind: 'labelled', selector: everything }, pods: kubeDns, serviceAccounts: null } }],
    ports: ['dns', 'dns-tcp'].map((port) => ({ protocol: 'ANY', port, endPort: null })),
    application: { dns: names, serverNames: null, otherL7: false },
  };
}

const enforcementKind = 'policyEnforcementMode';

/** policyEnforcementMode always: every pod, and with the host firewall every node, is under default deny without any policy. */
function isolatesAll({ origin, hostFirewall, clusterNetworkPolicy }: CiliumSettings): readonly Policy[] {
  const everyPod: Policy = {
    id: 'policyEnforcementMode always',
    dialect: 'cilium',
    kind: enforcementKind,
    namespace: null,
    name: 'always',
    tier: clusterNetworkPolicy ? last : tiers.normal,
    order: 0,
    evaluation: 'deny-wins',
    subject: {
      kind: 'pods',
      match: { namespaces: { kind: 'labelled', selector: everything }, pods: everything, serviceAccounts: null },
    },
    isolates: { ingress: true, egress: true },
    rules: [],
    origin,
  };
  const everyNode: Policy = { ...everyPod, id: 'policyEnforcementMode always for nodes', subject: { kind: 'nodes', selector: everything } };
  return hostFirewall ? [everyPod, everyNode] : [everyPod];
}

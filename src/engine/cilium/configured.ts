import { shown } from '../../kernel/reader.ts';
import { labelFilter } from '../../model/identity-labels.ts';
import type { LabelSelector } from '../../model/labels.ts';
import type { NameMatch, Policy, Rule, Tier } from '../../model/policy.ts';
import { tiers } from '../../model/policy.ts';
import type { Profile } from '../../model/profile.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { inDoubt } from '../in-doubt.ts';
import { addressesOfServices, frontEndsOf, translated } from './front-ends.ts';
import { meshLine, selectsOtherClusters, withOtherClusters } from './mesh.ts';
import { type CiliumSettings, ciliumSettings } from './settings.ts';

/** The profile of a version of Cilium as the settings among the manifests have it; the profile itself where they are not there. */
export function configured(profile: Profile, snapshot: Snapshot): Profile {
  const settings = ciliumSettings(snapshot);
  const base = settings === null ? profile : withSettings(profile, settings);
  // Up to 1.18 these addresses are Cilium's to translate only where it replaces kube-proxy. Source: cilium 1.18 pkg/loadbalancer/reflectors/conversions.go.
  const translates = profile.readsAs !== 'cilium@1.18' || settings?.kubeProxyReplacement === true;
  const frontEnds = translates ? frontEndsOf(snapshot.services) : new Map();
  return frontEnds.size === 0 ? base : { ...base, settled: (policies) => translated(base.settled?.(policies) ?? policies, frontEnds) };
}

function withSettings(profile: Profile, settings: CiliumSettings): Profile {
  const newest = profile.readsAs === 'cilium@1.20';
  const told = newest ? settings : withoutNewer(settings);
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

/**
 * Since 1.20 the own node is let in by a rule beside other ingress rules: under policyEnforcementMode always, a pod that no rule selects may have none.
 * Source: cilium 1.20 pkg/policy/repository.go computePolicyEnforcementAndRules.
 */
function ownNode(profile: Profile, { allowLocalhost, enforcement }: CiliumSettings): Profile['ownNodeReachesPod'] {
  if (!allowLocalhost) return 'no';
  return profile.readsAs === 'cilium@1.20' && enforcement === 'always' ? 'unknown' : profile.ownNodeReachesPod;
}

/** Lines of the profile that the settings say anew. */
const replaced =
  /^(?:A CIDR or ipBlock never|Addresses of load balancers|The cluster is in no mesh|Selectors without a cluster|Host policies act only|Policies in languages other|A pod is open to its own node)/;

/** Before 1.20, ClusterNetworkPolicy is not known, and CIDRs matching pods is a mode that the agent refuses to start with. */
function withoutNewer(settings: CiliumSettings): CiliumSettings {
  const unreadable = settings.cidrMatchesPods
    ? [...settings.unreadable, 'policy-cidr-match-mode of Cilium is "pods": it is known since 1.20, and an older agent does not start with it']
    : settings.unreadable;
  return { ...settings, clusterNetworkPolicy: false, cidrMatchesPods: false, unreadable };
}

function lines(s: CiliumSettings, profile: Profile): readonly string[] {
  const source = 'Source: ConfigMap kube-system/cilium-config among the manifests.';
  const openToOwnNode = ownNode(profile, s);
  const tri = (is: boolean): string => (is ? 'matches' : 'does not match');
  return [
    `policyEnforcementMode is "${s.enforcement}"${s.enforcement === 'never' ? ', or policies are in audit mode: none has any effect' : ''}. ${source}`,
    `A CIDR or ipBlock ${tri(s.cidrMatchesPods)} managed pods, and ${tri(s.cidrMatchesNodes)} nodes. ${source}`,
    `A pod is ${openToOwnNode === 'unknown' ? 'perhaps open to its own node where nothing but the mode isolates it' : s.allowLocalhost ? 'open to its own node unless a rule denies that node' : 'open to its own node only where a rule allows it'}. ${source}`,
    addressesOfServices(profile.readsAs !== 'cilium@1.18' || s.kubeProxyReplacement, source),
    meshLine(s, profile, source),
    ...(s.nonDefaultDeny ? [] : [`enableDefaultDeny is ignored: every direction with rules is under default deny. ${source}`]),
    `The host firewall is ${s.hostFirewall ? 'on' : 'off'}${s.hostFirewall ? '' : ': host policies do nothing'}. ${source}`,
    `Rules on nodes are ${s.nodeSelectors ? 'on' : 'off'}${s.nodeSelectors ? '' : ': Cilium refuses policies with them'}. ${source}`,
    ...(s.labels.length === 0 ? [] : [`Labels that make identities are the default ones and ${shown(s.labels.join(' '))}. ${source}`]),
    ...(s.icmpRules ? [] : [`Rules on ICMP types are off: Cilium refuses policies with them. ${source}`]),
    ...s.ignoredKinds.map((kind) => `${kind} is switched off. ${source}`),
    s.clusterNetworkPolicy
      ? `ClusterNetworkPolicy v1alpha2 is enforced; what NetworkPolicy and the Cilium kinds leave over is denied only after its tier Baseline. ${source} cilium 1.20 pkg/policy/repository.go, pkg/k8s/cluster_network_policy.go.`
      : `Policies in languages other than NetworkPolicy and the Cilium kinds have no effect. ${source}`,
    ...s.unreadable.map((text) => `Not known: ${text}. ${source}`),
  ];
}

function settled(policies: readonly Policy[], s: CiliumSettings, otherClusters: boolean): readonly Policy[] {
  const taken = policies.filter((p) => !refusedBy(p, s)).map((p) => (s.nonDefaultDeny ? p : alwaysIsolating(p)));
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
  if (policy.subject.kind === 'nodes' && !s.hostFirewall) return true;
  const onNodes = (rule: Rule): boolean => (rule.peers ?? []).some((p) => p.kind === 'nodes');
  const onIcmp = (rule: Rule): boolean => (rule.ports ?? []).some((p) => p.protocol === 'ICMP');
  return policy.rules.some((rule) => (!s.nodeSelectors && onNodes(rule)) || (!s.icmpRules && policy.dialect === 'cilium' && onIcmp(rule)));
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
    peers: [{ kind: 'pods', match: { namespaces: { kind: 'labelled', selector: { requirements: [] } }, pods: kubeDns, serviceAccounts: null } }],
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
      match: { namespaces: { kind: 'labelled', selector: { requirements: [] } }, pods: { requirements: [] }, serviceAccounts: null },
    },
    isolates: { ingress: true, egress: true },
    rules: [],
    origin,
  };
  const everyNode: Policy = { ...everyPod, id: 'policyEnforcementMode always for nodes', subject: { kind: 'nodes', selector: { requirements: [] } } };
  return hostFirewall ? [everyPod, everyNode] : [everyPod];
}

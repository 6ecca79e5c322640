import type { Policy, Rule } from '../../model/policy.ts';

/** Calico turns cluster-wide policies of the network-policy-api into its own ones. A rule that it cannot turn fails as a whole. */
const peerFails = (rule: Rule): boolean => (rule.peers ?? []).some((p) => p.kind === 'nodes' || p.kind === 'names');

const isNamed = (port: string | number | null): boolean => typeof port === 'string';

/** What denies everything in the direction of a rule, in its place. */
function denyAll(rule: Rule): Rule {
  return { direction: rule.direction, action: 'deny', peers: null, ports: null, application: null, origin: rule.origin };
}

/**
 * ClusterNetworkPolicy as 3.32 takes it: a rule with a peer by node or name cannot be turned. It is dropped when it accepts, and denies everything when it
 * denies or passes. A named port is one of any protocol. Source: projectcalico/calico v3.32.0 libcalico-go/lib/backend/k8s/conversion/clusternetworkpolicy.go
 * k8sClusterNetPolHandleFailedRules, k8sCNPPortToCalicoFields, combinePortsWithCNPEgressPeers; felix/calc/rule_scanner.go namedPortProto.
 */
export function clusterPolicyConverted(policy: Policy): Policy {
  if (policy.kind !== 'ClusterNetworkPolicy' || policy.dialect !== 'network-policy-api') return policy;
  return { ...policy, rules: policy.rules.flatMap((rule) => (!peerFails(rule) ? [rule] : rule.action === 'allow' ? [] : [denyAll(rule)])) };
}

const failing = 'what Calico makes of a rule of AdminNetworkPolicy with peers by node or name';

/**
 * AdminNetworkPolicy and BaselineAdminNetworkPolicy as 3.30 takes them: a named port is one of TCP. What becomes of rules with peers by node or name is not
 * known here: they may hold, be dropped, or deny everything. Source: projectcalico/calico v3.30
 * libcalico-go/lib/backend/k8s/conversion/adminnetworkpolicy_test.go.
 */
export function adminPolicyConverted(policy: Policy): Policy {
  if (policy.dialect !== 'network-policy-api') return policy;
  const taken = (rule: Rule): Rule => ({ ...rule, ports: rule.ports?.map((p) => (isNamed(p.port) ? { ...p, protocol: 'TCP' } : p)) ?? null });
  const perhaps = (rule: Rule): Rule[] => {
    const doubtful = { ...rule, condition: rule.condition ?? failing };
    return rule.action === 'allow' ? [doubtful] : [{ ...denyAll(rule), condition: failing }, doubtful];
  };
  return { ...policy, rules: policy.rules.map(taken).flatMap((rule) => (peerFails(rule) ? perhaps(rule) : [rule])) };
}

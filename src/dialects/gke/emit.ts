import { shown } from '../../kernel/reader.ts';
import { failed, ok, type Result } from '../../kernel/result.ts';
import { type Plain, Refusals, type Refuse } from '../../model/cannot-say.ts';
import { writeOwnPods } from '../../model/network-policy-writing.ts';
import type { Policy, PortMatch, Rule } from '../../model/policy.ts';
import { writeMatch } from './fqdn.ts';

/** A FQDNNetworkPolicy that reads back as this policy; refuses, with one error a reason, what the language cannot say. */
export function emit(policy: Policy): Result<Plain> {
  const { refuse, diagnostics } = new Refusals('FQDNNetworkPolicy');
  if (policy.dialect !== 'gke' || policy.kind !== 'FQDNNetworkPolicy') refuse(policy.origin, `a policy of kind ${shown(policy.kind)} (${policy.dialect}).`);
  if (policy.tier.id !== 'normal' || policy.order !== 0 || policy.evaluation !== 'deny-wins')
    refuse(policy.origin, 'tiers, or an order of policies or of rules.');
  if (policy.isolates.ingress || !policy.isolates.egress) refuse(policy.origin, 'anything but isolation of egress.');
  if (policy.namespace === null) refuse(policy.origin, 'a policy for the whole cluster.', 'Write one policy for each namespace.');
  else if (policy.id !== `FQDNNetworkPolicy ${policy.namespace}/${policy.name}`) refuse(policy.origin, `the id ${shown(policy.id)}.`);
  if (policy.rules.length === 0) refuse(policy.origin, 'a policy without rules.', 'Isolate with a NetworkPolicy.');
  const podSelector = writeOwnPods(policy, refuse);
  const egress = policy.rules.map((rule) => writeRule(rule, refuse));
  if (diagnostics.length > 0) return failed(diagnostics);
  return ok({
    apiVersion: 'networking.gke.io/v1alpha1',
    kind: 'FQDNNetworkPolicy',
    metadata: { name: policy.name, namespace: policy.namespace },
    spec: { podSelector, egress },
  });
}

function writeRule(rule: Rule, refuse: Refuse): Plain {
  if (rule.direction === 'ingress' || rule.action !== 'allow') refuse(rule.origin, 'rules other than egress rules that allow.');
  if (rule.condition !== undefined) refuse(rule.origin, `a further condition (${rule.condition}).`);
  if (rule.application !== null) refuse(rule.origin, 'DNS rules, TLS server names or other layer 7 conditions.');
  if (rule.ports?.length === 0) refuse(rule.origin, 'a rule that matches no port; an empty list means every port.', 'Leave the rule out.');
  const [peer, second] = rule.peers ?? [];
  if (peer?.kind !== 'names' || second !== undefined) {
    refuse(rule.origin, 'peers other than one list of names.', 'Write the others in a NetworkPolicy.');
    return {};
  }
  if (peer.names.length === 0) refuse(rule.origin, 'an empty list of names.', 'Leave the rule out.');
  return {
    matches: peer.names.map((name) => writeMatch(name, rule, refuse)),
    ...(rule.ports === null ? {} : { ports: rule.ports.map((port) => writePort(port, rule, refuse)) }),
  };
}

function writePort(port: PortMatch, rule: Rule, refuse: Refuse): Plain {
  if (port.protocol !== 'TCP' && port.protocol !== 'UDP' && port.protocol !== 'ANY') refuse(rule.origin, `the protocol ${port.protocol} alone.`);
  if (typeof port.port === 'string') refuse(rule.origin, `the port name ${shown(port.port)}; names outside the cluster have none.`);
  if (port.endPort !== null && port.endPort !== port.port) refuse(rule.origin, `the range ${port.port} to ${port.endPort}.`, 'Write each port.');
  return { protocol: port.protocol === 'ANY' ? 'ALL' : port.protocol, ...(port.port === null ? {} : { port: port.port }) };
}

import { shown } from '../../kernel/reader.ts';
import { failed, ok, type Result } from '../../kernel/result.ts';
import { type Plain, Refusals, type Refuse } from '../../model/cannot-say.ts';
import type { Peer, Policy, PortMatch, Rule } from '../../model/policy.ts';
import { writeSelector } from '../../model/selector-syntax.ts';
import { dnsNameOf } from './names.ts';
import { blockOf, doubtOf, firewallName, firewallTier, mostRules } from './shape.ts';

/** An EgressFirewall that reads back as this policy; refuses, with one error a reason, what the language cannot say. */
export function emit(policy: Policy): Result<Plain> {
  const { refuse, diagnostics } = new Refusals('EgressFirewall');
  const { subject } = policy;
  if (policy.dialect !== 'ovn-kubernetes' || policy.kind !== 'EgressFirewall')
    refuse(policy.origin, `a policy of kind ${shown(policy.kind)} (${policy.dialect}).`);
  if (policy.tier.id !== firewallTier.id || policy.order !== 0 || policy.evaluation !== 'first-match')
    refuse(policy.origin, 'another place than the one before all other policies, or a union of rules.');
  if (policy.isolates.ingress || policy.isolates.egress) refuse(policy.origin, 'isolation.', 'End with a rule that denies everything.');
  if (policy.namespace === null) refuse(policy.origin, 'a policy for the whole cluster.', 'Write one for each namespace.');
  else if (policy.id !== `EgressFirewall ${policy.namespace}/${policy.name}`) refuse(policy.origin, `the id ${shown(policy.id)}.`);
  if (policy.name !== firewallName) refuse(policy.origin, `the name ${shown(policy.name)}; a namespace has one, called ${firewallName}.`);
  if (policy.rules.length > mostRules) refuse(policy.origin, `more than ${mostRules} rules.`);
  const whole =
    subject.kind === 'pods' &&
    subject.match.serviceAccounts === null &&
    subject.match.pods.requirements.length + (subject.match.pods.terms ?? []).length === 0 &&
    subject.match.namespaces.kind === 'named' &&
    subject.match.namespaces.name === policy.namespace;
  if (!whole) refuse(policy.origin, 'any subject but all pods of its own namespace.');
  const peers = policy.rules.flatMap((rule) => rule.peers ?? []);
  const egress = policy.rules.map((rule) => writeRule(rule, peers, refuse));
  if (diagnostics.length > 0) return failed(diagnostics);
  return ok({ apiVersion: 'k8s.ovn.org/v1', kind: 'EgressFirewall', metadata: { name: policy.name, namespace: policy.namespace }, spec: { egress } });
}

function writeRule(rule: Rule, peers: readonly Peer[], refuse: Refuse): Plain {
  if (rule.direction === 'ingress') refuse(rule.origin, 'ingress rules.');
  if (rule.action === 'allow') refuse(rule.origin, 'a rule that settles what is allowed: Allow leaves it to the other policies.');
  if (rule.application !== null) refuse(rule.origin, 'DNS rules, TLS server names or other layer 7 conditions.');
  const [own] = rule.peers ?? [];
  if (rule.condition !== (own === undefined ? undefined : doubtOf(rule.action, own, peers)))
    refuse(rule.origin, 'another condition than those that denying has beside names.');
  if (rule.ports?.length === 0) refuse(rule.origin, 'a rule that matches no port; an empty list means every port.', 'Leave the rule out.');
  return {
    type: rule.action === 'deny' ? 'Deny' : 'Allow',
    to: writeDestination(rule, refuse),
    ...(rule.ports === null ? {} : { ports: rule.ports.map((port) => writePort(port, rule, refuse)) }),
  };
}

function writeDestination(rule: Rule, refuse: Refuse): Plain {
  const [peer, second] = rule.peers ?? [];
  if (peer === undefined || second !== undefined) {
    refuse(rule.origin, 'any number of destinations but one.', 'Write one rule for each.');
    return {};
  }
  const cidr = blockOf(peer);
  if (cidr !== undefined) return { cidrSelector: cidr };
  if (peer.kind === 'nodes') return { nodeSelector: writeSelector(peer.selector) };
  const [name, more] = peer.kind === 'names' ? peer.names : [];
  const dnsName = name === undefined || more !== undefined ? undefined : dnsNameOf(name);
  if (dnsName === undefined || (peer.kind === 'names' && peer.withoutDnsRule !== true))
    refuse(rule.origin, 'a destination other than one block outside the pods, one name with at most one star in front, or nodes.');
  return { dnsName };
}

function writePort({ protocol, port, endPort }: PortMatch, rule: Rule, refuse: Refuse): Plain {
  if (protocol !== 'TCP' && protocol !== 'UDP' && protocol !== 'SCTP') refuse(rule.origin, `the protocol ${protocol}.`);
  if (typeof port !== 'number') refuse(rule.origin, port === null ? 'a protocol without a port.' : `the port name ${shown(port)}.`);
  if (endPort !== null && endPort !== port) refuse(rule.origin, `the range ${port} to ${endPort}.`, 'Write each port.');
  return { protocol, port };
}

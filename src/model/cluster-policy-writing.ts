import { shown } from '../kernel/reader.ts';
import type { Plain, Refuse } from './cannot-say.ts';
import { type ClusterPolicyShape, mostInPeer } from './cluster-policy-syntax.ts';
import { writeDomainNames } from './domain-name-syntax.ts';
import { namespaceSelector } from './namespace-match.ts';
import { writePlainSelector } from './network-policy-writing.ts';
import { refusePeer } from './peer-refusals.ts';
import type { Direction, Peer, PodMatch, Policy, PortMatch, Rule } from './policy.ts';

/** Writes one item of the list of ports; refuses what the language cannot say. */
export type WritePort = (port: PortMatch, rule: Rule, refuse: Refuse) => Plain;

/**
 * The inverse of `readClusterRules` and `readClusterSubject`: tier, priority, subject and rules of a cluster policy. What the schema cannot say goes to
 * `refuse`; the result is of use only when nothing was refused.
 */
export function writeClusterPolicySpec(policy: Policy, shape: ClusterPolicyShape, writePort: WritePort, refuse: Refuse): Plain {
  if (policy.namespace !== null) refuse(policy.origin, `a policy in a namespace; ${policy.kind} is for the whole cluster.`);
  if (policy.tier.id !== 'admin' && policy.tier.id !== 'baseline') refuse(policy.origin, `the tier ${shown(policy.tier.id)}; there are Admin and Baseline.`);
  if (!Number.isInteger(policy.order) || policy.order < 0 || policy.order > 1000)
    refuse(policy.origin, `the priority ${policy.order}; it is a whole number from 0 to 1000.`);
  if (policy.evaluation !== 'first-match')
    refuse(policy.origin, 'rules without an order, of which deny wins.', 'Give them an order: denials first, and one policy.');
  if (policy.isolates.ingress || policy.isolates.egress)
    refuse(policy.origin, 'a policy that isolates: what no rule matches goes on to the next tier.', 'Add a last rule that denies the rest.');
  return {
    tier: policy.tier.id === 'admin' ? 'Admin' : 'Baseline',
    priority: policy.order,
    subject: writeSubject(policy, refuse),
    ...writeSection(policy, 'ingress', shape, writePort, refuse),
    ...writeSection(policy, 'egress', shape, writePort, refuse),
  };
}

function writeSubject(policy: Policy, refuse: Refuse): Plain {
  if (policy.subject.kind === 'pods') return writePods(policy.subject.match, policy, refuse, true);
  refuse(policy.origin, 'a policy for nodes.');
  return {};
}

function writePods(match: PodMatch, at: Pick<Policy | Rule, 'origin'>, refuse: Refuse, whole: boolean): Plain {
  if (match.serviceAccounts !== null) refuse(at.origin, 'pods chosen by service account.', 'Label the pods and select the label.');
  const namespaces = writePlainSelector(namespaceSelector(match.namespaces, at.origin, refuse), at.origin, refuse);
  const pods = writePlainSelector(match.pods, at.origin, refuse);
  return whole && match.pods.requirements.length === 0 ? { namespaces } : { pods: { namespaceSelector: namespaces, podSelector: pods } };
}

function writeSection(policy: Policy, direction: Direction, shape: ClusterPolicyShape, writePort: WritePort, refuse: Refuse): Plain {
  const rules = policy.rules.filter((rule) => rule.direction === direction);
  if (rules.length > shape.most) refuse(policy.origin, `${rules.length} ${direction} rules; ${shape.most} are the most.`, 'Split the policy.');
  return rules.length === 0 ? {} : { [direction]: rules.map((rule) => writeRule(rule, shape, writePort, refuse)) };
}

function writeRule(rule: Rule, shape: ClusterPolicyShape, writePort: WritePort, refuse: Refuse): Plain {
  const [action] = Object.entries(shape.actions).find(([, meaning]) => meaning === rule.action) ?? [];
  if (action === undefined) refuse(rule.origin, `the action ${rule.action}.`);
  if (rule.condition !== undefined) refuse(rule.origin, `a further condition (${rule.condition}).`);
  if (rule.application !== null) refuse(rule.origin, 'DNS rules, TLS server names or other layer 7 conditions.');
  if (rule.ports?.length === 0) refuse(rule.origin, 'a rule that matches no port.', 'Leave the rule out.');
  if ((rule.ports?.length ?? 0) > shape.most) refuse(rule.origin, `${rule.ports?.length} ports; ${shape.most} are the most.`, 'Split the rule.');
  return {
    action,
    [rule.direction === 'ingress' ? 'from' : 'to']: writePeers(rule, shape, refuse),
    ...(rule.ports === null ? {} : { [shape.portsField]: rule.ports.map((port) => writePort(port, rule, refuse)) }),
  };
}

function writePeers(rule: Rule, shape: ClusterPolicyShape, refuse: Refuse): readonly Plain[] {
  if (rule.peers === null) {
    const outside = rule.direction === 'egress' ? 'Write networks: [0.0.0.0/0, ::/0].' : 'namespaces: {} is every pod; other sources cannot be named.';
    refuse(rule.origin, 'every peer, those outside the cluster included.', outside);
    return [];
  }
  if (rule.peers.length === 0) refuse(rule.origin, 'a rule that matches no peer.', 'Leave the rule out.');
  const outside = rule.peers.some((p) => p.kind === 'cidr' || p.kind === 'nodes' || p.kind === 'names');
  if (outside && !shape.namedPortsOutside && (rule.ports ?? []).some((p) => typeof p.port === 'string'))
    refuse(rule.origin, 'port names beside networks, nodes or domain names.', 'Make one rule for pods and one for the rest.');
  const written = grouped(rule.peers).map((group) => writePeer(group, rule, shape, refuse));
  if (written.length > shape.most) refuse(rule.origin, `${written.length} peers; ${shape.most} are the most.`, 'Split the rule.');
  return written;
}

/** Networks that follow each other share an item, up to the cap. */
export function grouped(peers: readonly Peer[]): readonly (readonly [Peer, ...Peer[]])[] {
  const groups: [Peer, ...Peer[]][] = [];
  for (const peer of peers) {
    const last = groups.at(-1);
    if (peer.kind === 'cidr' && last?.[0].kind === 'cidr' && last.length < mostInPeer) last.push(peer);
    else groups.push([peer]);
  }
  return groups;
}

function writePeer(group: readonly [Peer, ...Peer[]], rule: Rule, shape: ClusterPolicyShape, refuse: Refuse): Plain {
  const [peer] = group;
  const field = ({ cidr: 'networks', nodes: 'nodes', names: 'domainNames' } as const)[peer.kind as 'cidr'];
  if (field !== undefined && (rule.direction === 'ingress' || !shape.outside.some((o) => o === field))) {
    refuse(rule.origin, `${field} in ${rule.direction} rules.`);
    return {};
  }
  switch (peer.kind) {
    case 'pods':
      return writePods(peer.match, rule, refuse, peer.wholeNamespaces === true);
    case 'cidr':
      return { networks: group.map((p) => writeNetwork(p, rule, refuse)) };
    case 'nodes':
      return { nodes: writePlainSelector(peer.selector, rule.origin, refuse) };
    case 'names':
      if (rule.action !== 'allow') refuse(rule.origin, 'names in a rule that does not accept.');
      if (peer.names.length > mostInPeer) refuse(rule.origin, `${peer.names.length} names in one peer; ${mostInPeer} are the most.`, 'Split them.');
      return writeDomainNames(peer.names, rule, refuse);
    default:
      return refusePeer(peer, rule, refuse, {
        entity: 'Write pods, networks or nodes.',
        services: 'Select the pods behind the Service, and their target port.',
        parts: 'Put a rule that passes the exceptions before this one.',
      });
  }
}

function writeNetwork(peer: Peer, rule: Rule, refuse: Refuse): string {
  if (peer.kind !== 'cidr') return '';
  if (peer.except.length > 0) refuse(rule.origin, `a network with exceptions (${peer.cidr}).`, 'Put a rule for the exceptions before this one.');
  return peer.cidr;
}

/** The inverse of `readNumberRangeOrName`. */
export function writeNumberRangeOrName(port: PortMatch, rule: Rule, refuse: Refuse): Plain {
  const { protocol } = port;
  if (typeof port.port === 'string') {
    if (protocol !== 'ANY') refuse(rule.origin, `the port name ${shown(port.port)} for ${protocol} alone; a name stands for the port whatever its protocol.`);
    return { namedPort: port.port };
  }
  if (!isPlainPort(port, rule, refuse)) return {};
  const single = port.endPort === null || port.endPort === port.port;
  return single ? { portNumber: { protocol, port: port.port } } : { portRange: { protocol, start: port.port, end: port.endPort } };
}

/** Whether the port is a number or a range of TCP, UDP or SCTP; what is not is refused. */
export function isPlainPort(port: PortMatch, rule: Rule, refuse: Refuse): boolean {
  const { protocol } = port;
  if (protocol === 'ANY') refuse(rule.origin, 'any protocol on one port.', 'Write one item each for TCP, UDP and SCTP.');
  else if (protocol === 'ICMP' || protocol === 'OTHER')
    refuse(rule.origin, `the protocol ${protocol} beside others.`, 'Leave the ports out for every protocol.');
  else if (port.port === null) refuse(rule.origin, `every port of ${protocol}.`, 'Write the range 1 to 65535; port 0 cannot be named.');
  else return true;
  return false;
}

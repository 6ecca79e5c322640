import type { Origin } from '../kernel/origin.ts';
import { shown } from '../kernel/reader.ts';
import type { Plain, Refuse } from './cannot-say.ts';
import { type LabelSelector, selectorText } from './labels.ts';
import { namespaceSelector } from './namespace-match.ts';
import { refusePeer } from './peer-refusals.ts';
import type { Direction, Peer, PodMatch, Policy, PortMatch, Rule } from './policy.ts';
import { writeSelector } from './selector-syntax.ts';

/** Writes a peer that a language adds to NetworkPolicy's own; undefined when it has none of that sort. */
export type WriteAddedPeer = (peer: Peer, rule: Rule) => Plain | undefined;

/**
 * The inverse of `readNetworkPolicySpec`: the spec of a namespaced policy in NetworkPolicy's schema. What the schema cannot say goes to `refuse`; the result
 * is of use only when nothing was refused.
 */
export function writeNetworkPolicySpec(policy: Policy, refuse: Refuse, added: WriteAddedPeer = () => undefined): Plain {
  const podSelector = writeSubject(policy, refuse);
  const types = [...(policy.isolates.ingress ? ['Ingress'] : []), ...(policy.isolates.egress ? ['Egress'] : [])];
  if (types.length === 0) refuse(policy.origin, 'a policy that isolates in neither direction.');
  const sections = (['ingress', 'egress'] as const).map((direction) => writeSection(policy, direction, refuse, added));
  return { podSelector, policyTypes: types, ...Object.assign({}, ...sections) };
}

function writeSubject(policy: Policy, refuse: Refuse): Plain {
  if (policy.tier.id !== 'normal') refuse(policy.origin, `the tier ${shown(policy.tier.id)}; ${policy.kind} has no tiers.`);
  if (policy.order !== 0 || policy.evaluation !== 'deny-wins') refuse(policy.origin, 'an order of policies or of rules.');
  if (policy.namespace === null) refuse(policy.origin, 'a policy for the whole cluster.', 'Write one policy for each namespace.');
  else if (policy.id !== `${policy.kind} ${policy.namespace}/${policy.name}`) refuse(policy.origin, `the id ${shown(policy.id)}.`);
  return writeOwnPods(policy, refuse);
}

/** Pods of the policy's own namespace, by their labels: whom a policy of a namespace is about. */
export function writeOwnPods(policy: Policy, refuse: Refuse): Plain {
  if (policy.subject.kind !== 'pods') {
    refuse(policy.origin, 'a policy for nodes.');
    return {};
  }
  const { namespaces, pods, serviceAccounts } = policy.subject.match;
  if (namespaces.kind !== 'named' || namespaces.name !== policy.namespace) refuse(policy.origin, 'a subject outside its own namespace.');
  if (serviceAccounts !== null) refuse(policy.origin, 'a subject chosen by service account.', 'Label the pods and select the label.');
  return writePlainSelector(pods, policy.origin, refuse);
}

function writeSection(policy: Policy, direction: Direction, refuse: Refuse, added: WriteAddedPeer): Plain {
  const rules = policy.rules.filter((rule) => rule.direction === direction);
  const [first] = rules;
  if (first !== undefined && !policy.isolates[direction]) refuse(first.origin, `${direction} rules in a policy that does not isolate for ${direction}.`);
  return rules.length === 0 ? {} : { [direction]: rules.map((rule) => writeRule(rule, policy, refuse, added)) };
}

function writeRule(rule: Rule, policy: Policy, refuse: Refuse, added: WriteAddedPeer): Plain {
  if (rule.action !== 'allow') refuse(rule.origin, `the action ${rule.action}; there are only allow rules.`);
  if (rule.condition !== undefined) refuse(rule.origin, `a further condition (${rule.condition}).`);
  if (rule.application !== null) refuse(rule.origin, 'DNS names, TLS server names or other layer 7 conditions.');
  if (rule.peers?.length === 0) refuse(rule.origin, 'a rule that matches no peer; an empty list means every peer.', 'Leave the rule out.');
  if (rule.ports?.length === 0) refuse(rule.origin, 'a rule that matches no port; an empty list means every port.', 'Leave the rule out.');
  const peersKey = rule.direction === 'ingress' ? 'from' : 'to';
  return {
    ...(rule.peers === null ? {} : { [peersKey]: rule.peers.map((peer) => added(peer, rule) ?? writePeer(peer, rule, policy, refuse)) }),
    ...(rule.ports === null ? {} : { ports: rule.ports.map((port) => writePort(port, rule, refuse)) }),
  };
}

function writePeer(peer: Peer, rule: Rule, policy: Policy, refuse: Refuse): Plain {
  switch (peer.kind) {
    case 'pods':
      return writePods(peer.match, rule, policy, refuse);
    case 'cidr':
      return { ipBlock: { cidr: peer.cidr, ...(peer.except.length === 0 ? {} : { except: [...peer.except] }) } };
    case 'names':
      refuse(rule.origin, `peers by DNS name in ${rule.direction} rules.`, 'Write ipBlocks, or use a CNI with name rules.');
      return {};
    case 'nodes':
      refuse(rule.origin, 'nodes chosen by label.', 'Write ipBlocks for their addresses.');
      return {};
    default:
      return refusePeer(peer, rule, refuse, {
        entity: peer.kind === 'entity' && peer.entity === 'world' ? 'Write ipBlocks for the addresses outside the cluster.' : undefined,
        services: 'Select the pods behind the Service, and their target port.',
      });
  }
}

function writePods(match: PodMatch, rule: Rule, policy: Policy, refuse: Refuse): Plain {
  if (match.serviceAccounts !== null) refuse(rule.origin, 'peers chosen by service account.', 'Label the pods and select the label.');
  const podSelector = writePlainSelector(match.pods, rule.origin, refuse);
  if (match.namespaces.kind === 'named' && match.namespaces.name === policy.namespace) return { podSelector };
  const namespaces = writePlainSelector(namespaceSelector(match.namespaces, rule.origin, refuse), rule.origin, refuse);
  return match.pods.requirements.length === 0 ? { namespaceSelector: namespaces } : { namespaceSelector: namespaces, podSelector };
}

function writePort(port: PortMatch, rule: Rule, refuse: Refuse): Plain {
  if (port.protocol === 'ANY') refuse(rule.origin, 'the protocol ANY.', 'Write one port each for TCP, UDP and SCTP.');
  else if (port.protocol === 'ICMP' || port.protocol === 'OTHER') refuse(rule.origin, `the protocol ${port.protocol}; only TCP, UDP and SCTP have rules.`);
  return { protocol: port.protocol, ...(port.port === null ? {} : { port: port.port }), ...(port.endPort === null ? {} : { endPort: port.endPort }) };
}

/** A `metav1.LabelSelector`; refuses what In, NotIn, Exists and DoesNotExist cannot say. */
export function writePlainSelector(selector: LabelSelector, origin: Origin, refuse: Refuse): Plain {
  if ((selector.terms ?? []).length > 0)
    refuse(origin, `the selector ${shown(selectorText(selector))}.`, 'Use labels that In, NotIn, Exists and DoesNotExist can choose.');
  return writeSelector(selector);
}

import type { Origin } from '../../kernel/origin.ts';
import { shown } from '../../kernel/reader.ts';
import { accountsNamed } from '../../model/account-match.ts';
import type { Plain, Refuse } from '../../model/cannot-say.ts';
import { namespaceSelector } from '../../model/namespace-match.ts';
import { writePlainSelector } from '../../model/network-policy-writing.ts';
import { refusePeer } from '../../model/peer-refusals.ts';
import type { Action, Peer, PodMatch, PortMatch, Rule } from '../../model/policy.ts';
import { patternSource } from './fqdn.ts';

const actions: Readonly<Record<Action, string>> = { allow: 'Allow', deny: 'Drop', pass: 'Pass' };

/** One rule. What is written is read back by the caller, so that a near miss is refused there. */
export function writeRule(rule: Rule, namespace: string | null, refuse: Refuse): Plain {
  if (rule.condition !== undefined) refuse(rule.origin, `a further condition (${rule.condition}).`);
  if (rule.application !== null) refuse(rule.origin, 'DNS names, TLS server names or HTTP rules of which the model only knows that they are there.');
  if (rule.peers?.length === 0) refuse(rule.origin, 'a rule that matches no peer.', 'Leave the rule out.');
  if (rule.ports?.length === 0) refuse(rule.origin, 'a rule that matches no port.', 'Leave the rule out.');
  const items = rule.ports ?? [];
  const ports = items.filter((p) => p.protocol !== 'ICMP').map((p) => writePort(p, rule, refuse));
  const protocols = items.filter((p) => p.protocol === 'ICMP').map((p) => writeIcmp(p, rule, refuse));
  const peers = (rule.peers ?? []).map((peer) => writePeer(peer, rule, namespace, refuse));
  return {
    action: actions[rule.action],
    ...(peers.length === 0 ? {} : { [rule.direction === 'ingress' ? 'from' : 'to']: peers }),
    ...(ports.length === 0 ? {} : { ports }),
    ...(protocols.length === 0 ? {} : { protocols }),
  };
}

function writePort({ protocol, port, endPort }: PortMatch, rule: Rule, refuse: Refuse): Plain {
  if (protocol === 'ANY' || protocol === 'OTHER')
    refuse(rule.origin, `the protocol ${protocol}.`, protocol === 'ANY' ? 'Write one port each for TCP, UDP and SCTP.' : undefined);
  return { protocol, ...(port === null ? {} : { port }), ...(endPort === null ? {} : { endPort }) };
}

function writeIcmp({ port, endPort }: PortMatch, rule: Rule, refuse: Refuse): Plain {
  if (endPort !== null) refuse(rule.origin, 'a range of ICMP types.', 'Name each type.');
  return { icmp: port === null ? {} : { icmpType: port } };
}

function writePeer(peer: Peer, rule: Rule, namespace: string | null, refuse: Refuse): Plain {
  switch (peer.kind) {
    case 'pods':
      return writePods(peer.match, namespace, rule.origin, refuse);
    case 'cidr':
      return { ipBlock: { cidr: peer.cidr, ...(peer.except.length === 0 ? {} : { except: [...peer.except] }) } };
    case 'nodes':
      return { nodeSelector: writePlainSelector(peer.selector, rule.origin, refuse) };
    case 'names': {
      const [name, ...others] = peer.names;
      if (rule.direction === 'ingress') refuse(rule.origin, 'names in an ingress rule.');
      if (peer.withoutDnsRule !== true) refuse(rule.origin, 'names whose addresses are learned only where a rule lets the pod ask DNS for them.');
      if (name === undefined || others.length > 0) refuse(rule.origin, `${peer.names.length} names in one peer.`, 'Write one peer for each name.');
      if (name?.kind === 'pattern' && patternSource(name.text) !== name.source)
        refuse(rule.origin, `the pattern ${shown(name.text)}, which means something else here: a star spans dots.`);
      return { fqdn: name === undefined ? '' : name.kind === 'exact' ? name.name : name.text };
    }
    default:
      return refusePeer(peer, rule, refuse, {
        entity: 'Write pods, ipBlocks or nodes.',
        services: 'Select the pods behind the Service.',
        parts: 'Put a rule for the exceptions before this one.',
      });
  }
}

/** Pods, as a peer or as those whom a policy is about. */
export function writePods(match: PodMatch, namespace: string | null, origin: Origin, refuse: Refuse): Plain {
  const { namespaces, pods, serviceAccounts } = match;
  if (serviceAccounts !== null) return writeAccount(match, namespace, origin, refuse);
  const podSelector = writePlainSelector(pods, origin, refuse);
  if (namespaces.kind === 'named' && namespaces.name === namespace) return { podSelector };
  const only = pods.requirements.length === 0 ? {} : { podSelector };
  if (namespaces.kind === 'as-subject') {
    if (namespace !== null) refuse(origin, 'peers by what their namespace shares with the subject’s, in a NetworkPolicy.', 'Make it a ClusterNetworkPolicy.');
    if (namespaces.sameLabels?.length === 0) refuse(origin, 'namespaces with the same values of no label at all.');
    return { namespaces: namespaces.sameLabels === null ? { match: 'Self' } : { sameLabels: [...namespaces.sameLabels] }, ...only };
  }
  return { namespaceSelector: writePlainSelector(namespaceSelector(namespaces, origin, refuse), origin, refuse), ...only };
}

function writeAccount({ namespaces, pods, serviceAccounts }: PodMatch, namespace: string | null, origin: Origin, refuse: Refuse): Plain {
  const [name, ...others] = accountsNamed(serviceAccounts);
  if (serviceAccounts !== null && 'otherThan' in serviceAccounts) refuse(origin, 'every service account but some.');
  if (namespace !== null) refuse(origin, 'pods by service account, in a NetworkPolicy.', 'Make it a ClusterNetworkPolicy.');
  if (name === undefined || others.length > 0)
    refuse(origin, `${others.length + (name === undefined ? 0 : 1)} service accounts at once.`, 'Write one item for each.');
  if (namespaces.kind !== 'named') refuse(origin, 'service accounts of namespaces that are not named.');
  if (pods.requirements.length > 0 || (pods.terms ?? []).length > 0) refuse(origin, 'pods by service account and labels at once.');
  return { serviceAccount: { name: name ?? '', namespace: namespaces.kind === 'named' ? namespaces.name : '' } };
}

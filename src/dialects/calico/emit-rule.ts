import type { Action, Peer, PodMatch, Policy, PortMatch, Rule } from '../../model/policy.ts';
import { ports as portLine } from '../../space/transport-set.ts';
import { writeAccounts, writeNamespaces, writeSelector } from './emit-match.ts';
import type { Plain, Refuse } from './refuse.ts';

const actions: Readonly<Record<Action, string>> = { allow: 'Allow', deny: 'Deny', pass: 'Pass' };

/** One rule. What is written is read back by the caller, so that a near miss is refused there. */
export function writeRule(rule: Rule, policy: Policy, refuse: Refuse): Plain {
  if (rule.condition !== undefined) refuse(rule.origin, `a further condition (${rule.condition}).`);
  if (rule.application !== null) refuse(rule.origin, 'DNS names, TLS server names or HTTP rules of which the model only knows that they are there.');
  const transport = writeTransport(rule, refuse);
  const icmp = transport.family === null ? rule.peers : withoutFamily(rule.peers, transport.family);
  const far = writePeers(icmp, rule, policy, refuse);
  const egress = rule.direction === 'egress';
  const source = egress ? {} : far;
  const destination = { ...(egress ? far : {}), ...transport.destination };
  return {
    action: actions[rule.action],
    ...transport.rule,
    ...(Object.keys(source).length === 0 ? {} : { source }),
    ...(Object.keys(destination).length === 0 ? {} : { destination }),
  };
}

interface Transport {
  readonly rule: Plain;
  readonly destination: Plain;
  /** The IP family that the protocol brings with it. */
  readonly family: 4 | 6 | null;
}

function writeTransport(rule: Rule, refuse: Refuse): Transport {
  const { ports } = rule;
  const plain = (part: Plain, destination: Plain = {}): Transport => ({ rule: part, destination, family: null });
  if (ports === null) return plain({});
  if (ports.length === 0) refuse(rule.origin, 'a rule that matches no port.', 'Leave the rule out.');
  const sorts = [...new Set(ports.map((p) => p.protocol))];
  const [protocol] = sorts;
  if (sorts.length > 1) return writeSeveral(ports, sorts, rule, refuse);
  if (protocol === 'OTHER' || protocol === 'ANY') refuse(rule.origin, `the protocol ${protocol}.`, 'Name one protocol, or one rule for each.');
  if (protocol === 'ICMP') return writeIcmp(ports, rule);
  return plain({ protocol }, writePorts(ports));
}

/** "Every protocol but one", or container ports by name whatever the protocol. */
function writeSeveral(ports: readonly PortMatch[], sorts: readonly PortMatch['protocol'][], rule: Rule, refuse: Refuse): Transport {
  const every = (['TCP', 'UDP', 'SCTP', 'ICMP', 'OTHER'] as const).filter((p) => !sorts.includes(p));
  const [missing] = every;
  if (every.length === 1 && missing !== undefined && missing !== 'ICMP' && missing !== 'OTHER' && ports.every((p) => p.port === null))
    return { rule: { notProtocol: missing }, destination: {}, family: null };
  const names = [...new Set(ports.map((p) => p.port))];
  if (names.every((name) => typeof name === 'string')) return { rule: {}, destination: { ports: names }, family: null };
  refuse(rule.origin, `${sorts.join(' and ')} in one rule.`, 'Make one rule of each protocol.');
  return { rule: {}, destination: {}, family: null };
}

function writePorts(ports: readonly PortMatch[]): Plain {
  if (ports.some((p) => p.port === null)) return {};
  const numbers = portLine.of(ports.flatMap((p) => (typeof p.port === 'number' ? [[p.port, p.endPort ?? p.port] as const] : [])));
  const text = ([from, to]: readonly [number, number]): number | string => (from === to ? from : `${from}:${to}`);
  const names = ports.flatMap((p) => (typeof p.port === 'string' ? [p.port] : []));
  // No rule can name port 0, but one that leaves ports out has it.
  if (names.length === 0 && portLine.has(numbers, 0)) return { notPorts: portLine.complement(numbers).map(text) };
  return { ports: [...numbers.map(text), ...names] };
}

function writeIcmp(ports: readonly PortMatch[], rule: Rule): Transport {
  const family = familyOf(rule.peers);
  const protocol = family === 6 ? 'ICMPv6' : 'ICMP';
  const [first] = ports;
  if (first === undefined || first.port === null) return { rule: { protocol }, destination: {}, family };
  if (ports.length === 1 && first.endPort === null) return { rule: { protocol, icmp: { type: first.port } }, destination: {}, family };
  const types = portLine.of(ports.flatMap((p) => (typeof p.port === 'number' ? [[p.port, p.endPort ?? p.port] as const] : [])));
  const [left] = portLine.subtract([[0, 255]], types);
  return { rule: { protocol, notICMP: { type: left?.[0] ?? 0 } }, destination: {}, family };
}

const families = { 4: '0.0.0.0/0', 6: '::/0' } as const;

function familyOf(peers: readonly Peer[] | null): 4 | 6 {
  const text = JSON.stringify(peers);
  return text.includes(':/') || text.includes('::') ? 6 : 4;
}

/** The peers without the condition that the protocol brings. */
function withoutFamily(peers: readonly Peer[] | null, family: 4 | 6): readonly Peer[] | null {
  const isFamily = (peer: Peer): boolean => peer.kind === 'cidr' && peer.cidr === families[family] && peer.except.length === 0;
  if (peers?.length === 1 && peers.every(isFamily)) return null;
  return (
    peers?.map((peer) => {
      if (peer.kind !== 'all-of') return peer;
      const rest = peer.peers.filter((p) => !isFamily(p));
      const [only] = rest;
      return rest.length === 1 && only !== undefined ? only : { kind: 'all-of' as const, peers: rest };
    }) ?? null
  );
}

function writePeers(peers: readonly Peer[] | null, rule: Rule, policy: Policy, refuse: Refuse): Plain {
  if (peers === null) return {};
  if (peers.length === 0) {
    refuse(rule.origin, 'a rule that matches no peer.', 'Leave the rule out.');
    return {};
  }
  if (peers.every((peer) => peer.kind === 'cidr' && peer.except.length === 0)) return { nets: peers.map((peer) => (peer.kind === 'cidr' ? peer.cidr : '')) };
  const [peer, second] = peers;
  if (peer === undefined || second !== undefined) {
    refuse(rule.origin, 'several sorts of peers in one rule.', 'Make one rule of each peer.');
    return {};
  }
  const parts = peer.kind === 'all-of' ? peer.peers : [peer];
  return parts.reduce<Plain>((entity, part) => merge(entity, writePart(part, rule, policy, refuse)), {});
}

function merge(a: Plain, b: Plain): Plain {
  const notNets = [...((a.notNets as readonly string[] | undefined) ?? []), ...((b.notNets as readonly string[] | undefined) ?? [])];
  return { ...a, ...b, ...(notNets.length === 0 ? {} : { notNets }) };
}

function writePart(peer: Peer, rule: Rule, policy: Policy, refuse: Refuse): Plain {
  switch (peer.kind) {
    case 'pods':
      return writePods(peer.match, rule, policy, refuse);
    case 'cidr':
      return { nets: [peer.cidr], ...(peer.except.length === 0 ? {} : { notNets: [...peer.except] }) };
    case 'services':
      if (peer.name !== null && peer.selector === null)
        return { services: { name: peer.name, ...(peer.namespace === null || peer.namespace === policy.namespace ? {} : { namespace: peer.namespace }) } };
      refuse(rule.origin, 'Services chosen by their labels.', 'Name the Service.');
      return {};
    case 'not':
      if (peer.peer.kind === 'cidr' && peer.peer.except.length === 0) return { notNets: [peer.peer.cidr] };
      if (peer.peer.kind === 'pods' && isPlain(peer.peer.match)) return { notSelector: writeSelector(peer.peer.match.pods, rule.origin, refuse) };
      refuse(rule.origin, 'this exclusion of peers.');
      return {};
    case 'unknown':
      refuse(rule.origin, `a peer that cannot be known (${peer.gap}).`);
      return {};
    case 'names':
      refuse(
        rule.origin,
        'peers by DNS name; they are a feature of Calico Enterprise and Calico Cloud.',
        'Write nets, or put the addresses in a GlobalNetworkSet.',
      );
      return {};
    case 'entity':
    case 'nodes':
      refuse(rule.origin, peer.kind === 'entity' ? `the entity ${peer.entity}.` : 'nodes chosen by label.', 'Write nets for their addresses.');
      return {};
    case 'all-of':
      refuse(rule.origin, 'conditions within conditions.');
      return {};
  }
}

/** Pods of any namespace and service account. */
function isPlain({ namespaces, serviceAccounts }: PodMatch): boolean {
  return (
    namespaces.kind === 'labelled' &&
    namespaces.selector.requirements.length === 0 &&
    (namespaces.selector.terms ?? []).length === 0 &&
    serviceAccounts === null
  );
}

function writePods(match: PodMatch, rule: Rule, policy: Policy, refuse: Refuse): Plain {
  const own = policy.namespace !== null && match.namespaces.kind === 'named' && match.namespaces.name === policy.namespace;
  const everywhere = policy.namespace === null && isPlain({ ...match, serviceAccounts: null });
  const namespaceSelector = own || everywhere ? null : writeNamespaces(match.namespaces, rule.origin, refuse);
  const all = match.pods.requirements.length === 0 && (match.pods.terms ?? []).length === 0;
  const needsSelector = !all || (namespaceSelector === null && match.serviceAccounts === null);
  return {
    ...(namespaceSelector === null ? {} : { namespaceSelector }),
    ...(needsSelector ? { selector: writeSelector(match.pods, rule.origin, refuse) } : {}),
    ...(match.serviceAccounts === null ? {} : { serviceAccounts: { names: writeAccounts(match.serviceAccounts, rule.origin, refuse) } }),
  };
}

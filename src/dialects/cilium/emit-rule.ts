import type { Entity, NameMatch, Peer, Policy, PortMatch, Rule } from '../../model/policy.ts';
import { writeEndpoints, writeNodes } from './emit-selectors.ts';
import { nameMatch } from './fqdn.ts';
import { maxFields } from './icmps.ts';
import { maxPorts } from './ports.ts';
import type { Plain, Refuse } from './refuse.ts';

type Of<K extends Peer['kind']> = Extract<Peer, { readonly kind: K }>;

/** One rule of a section. */
export function writeRule(rule: Rule, policy: Policy, refuse: Refuse): Plain {
  if (rule.action === 'deny' && rule.application !== null) refuse(rule.origin, 'layer 7 conditions in a deny rule.');
  return { ...writePeers(rule, policy, refuse), ...writePortsAndMore(rule, refuse) };
}

function writePeers(rule: Rule, policy: Policy, refuse: Refuse): Plain {
  const { peers, origin } = rule;
  const side = rule.direction === 'ingress' ? 'from' : 'to';
  // A rule that names neither peers nor ports matches nothing, so "everything" needs its entity.
  if (peers === null) return rule.ports === null ? { [`${side}Entities`]: ['all'] } : {};
  if (peers.length === 0) return { [`${side}Endpoints`]: [] };
  const entities = only(peers, 'entity');
  if (entities !== undefined) return { [`${side}Entities`]: entities.map((peer) => writeEntity(peer.entity, rule, refuse)) };
  const cidrs = only(peers, 'cidr');
  if (cidrs !== undefined) return writeCidrs(cidrs, side);
  const nodes = only(peers, 'nodes');
  if (nodes !== undefined) return { [`${side}Nodes`]: nodes.map((peer) => writeNodes(peer.selector)) };
  const services = only(peers, 'services');
  if (services !== undefined && rule.direction === 'egress' && rule.action === 'allow')
    return { toServices: services.map((peer) => writeService(peer, rule, refuse)) };
  const [names, second] = only(peers, 'names') ?? [];
  if (names !== undefined && second === undefined && rule.direction === 'egress' && rule.action === 'allow')
    return { toFQDNs: writeNames(names.names, rule, refuse) };
  if (peers.every((peer) => peer.kind === 'pods' || peer.kind === 'entity')) {
    return {
      [`${side}Endpoints`]: peers.map((peer) =>
        peer.kind === 'pods' ? writeEndpoints(peer.match, policy, origin, refuse) : reserved(peer.entity, rule, refuse),
      ),
    };
  }
  refusePeers(peers, rule, refuse);
  return {};
}

/** The peers, when all are of this kind. */
function only<K extends Peer['kind']>(peers: readonly Peer[], kind: K): readonly Of<K>[] | undefined {
  return peers.every((peer): peer is Of<K> => peer.kind === kind) ? peers : undefined;
}

function refusePeers(peers: readonly Peer[], rule: Rule, refuse: Refuse): void {
  const kinds = [...new Set(peers.map((peer) => peer.kind))];
  const gap = peers.find((peer) => peer.kind === 'unknown');
  if (gap !== undefined) refuse(rule.origin, `a peer that cannot be known (${gap.gap}).`);
  else if (kinds.length > 1) refuse(rule.origin, `${kinds.join(' and ')} as peers of one rule.`, 'Make one rule of each sort of peer.');
  else if (kinds[0] === 'names' && peers.length > 1) refuse(rule.origin, 'several lists of names in one rule.', 'Put the names in one list.');
  else refuse(rule.origin, `${kinds.join()} as peers of an ${rule.direction} ${rule.action} rule.`, 'They belong in egress rules that allow.');
}

function writeEntity(entity: Entity, rule: Rule, refuse: Refuse): string {
  if (entity === 'other') refuse(rule.origin, 'the health, init or unmanaged identities, which the model does not tell apart.');
  if (entity === 'all') refuse(rule.origin, 'the entity all among peers.', 'Leave the peers out: null is every peer.');
  return entity;
}

function reserved(entity: Entity, rule: Rule, refuse: Refuse): Plain {
  if (entity === 'all' || entity === 'cluster' || entity === 'other')
    refuse(rule.origin, `the entity ${entity} beside pods in one rule.`, 'Make one rule of each.');
  return { matchLabels: { [`reserved:${entity}`]: '' } };
}

function writeCidrs(peers: readonly Of<'cidr'>[], side: 'from' | 'to'): Plain {
  if (peers.every((peer) => peer.except.length === 0)) return { [`${side}CIDR`]: peers.map((peer) => peer.cidr) };
  return { [`${side}CIDRSet`]: peers.map(({ cidr, except }) => ({ cidr, ...(except.length === 0 ? {} : { except: [...except] }) })) };
}

function writeService(peer: Of<'services'>, rule: Rule, refuse: Refuse): Plain {
  const namespace = peer.namespace === null ? {} : { namespace: peer.namespace };
  if (peer.name !== null && peer.selector === null) return { k8sService: { serviceName: peer.name, ...namespace } };
  if (peer.name === null && peer.selector !== null) return { k8sServiceSelector: { selector: writeNodes(peer.selector), ...namespace } };
  refuse(rule.origin, 'Services chosen by both or neither of name and labels.');
  return {};
}

function writeNames(names: readonly NameMatch[], rule: Rule, refuse: Refuse): Plain[] {
  if (names.length === 0) refuse(rule.origin, 'an empty list of names.', 'Leave the rule out.');
  return names.map((name) => {
    if (name.kind === 'exact') return { matchName: name.name };
    const same = nameMatch(name.text);
    if (same.kind !== 'pattern' || same.source !== name.source)
      refuse(rule.origin, `the pattern ${JSON.stringify(name.text)}, which means something else to Cilium.`);
    return { matchPattern: name.text };
  });
}

function writePortsAndMore(rule: Rule, refuse: Refuse): Plain {
  const { ports, application } = rule;
  if (application?.otherL7 === true) refuse(rule.origin, 'HTTP rules, TLS contexts and listeners, which the model only knows to be there.');
  if (ports === null) {
    if (application !== null) refuse(rule.origin, 'layer 7 conditions without ports.', 'Name the ports.');
    return {};
  }
  if (ports.length > 0 && ports.every((port) => port.protocol === 'ICMP')) return writeIcmps(ports, rule, refuse);
  const names = application?.dns ?? null;
  const more: Plain = {
    ...(application?.serverNames == null ? {} : { serverNames: [...application.serverNames] }),
    ...(names === null ? {} : { rules: { dns: writeNames(names, rule, refuse) } }),
  };
  if (names !== null) checkDns(rule, ports, refuse);
  const written = ports.map((port) => writePort(port, rule, refuse));
  return { toPorts: chunks(written, maxPorts).map((part) => ({ ports: part, ...more })) };
}

function checkDns(rule: Rule, ports: readonly PortMatch[], refuse: Refuse): void {
  if (rule.direction === 'ingress') refuse(rule.origin, 'DNS names in an ingress rule.');
  if (rule.application?.serverNames != null) refuse(rule.origin, 'DNS names and TLS server names in one rule.', 'Make one rule of each.');
  if (ports.length === 0 || ports.some((port) => port.port === null || (port.endPort !== null && port.endPort !== port.port))) {
    refuse(rule.origin, 'DNS names on every port or on a range.', 'Name port 53.');
  }
}

function writePort(port: PortMatch, rule: Rule, refuse: Refuse): Plain {
  if (port.protocol === 'OTHER') refuse(rule.origin, 'protocols other than TCP, UDP, SCTP and ICMP.');
  if (port.protocol === 'ICMP') refuse(rule.origin, 'ICMP beside ports in one rule.', 'Make one rule of each.');
  return { port: port.port === null ? '0' : String(port.port), ...(port.endPort === null ? {} : { endPort: port.endPort }), protocol: port.protocol };
}

/** Each type for both families: the model does not tell them apart, and neither does a rule that means an address of either. */
function writeIcmps(ports: readonly PortMatch[], rule: Rule, refuse: Refuse): Plain {
  const fields = ports.flatMap(({ port }) => {
    if (typeof port !== 'number') refuse(rule.origin, 'every type of ICMP at once.', 'Name the types.');
    return [
      { family: 'IPv4', type: port },
      { family: 'IPv6', type: port },
    ];
  });
  return { icmps: chunks(fields, maxFields).map((part) => ({ fields: part })) };
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  const out: T[][] = [[...items.slice(0, size)]];
  for (let from = size; from < items.length; from += size) out.push(items.slice(from, from + size));
  return out;
}

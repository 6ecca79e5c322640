import { type Reader, shown } from '../kernel/reader.ts';
import { nearest } from '../kernel/spelling.ts';
import { readCidr } from './cidr-syntax.ts';
import { readDomainNames } from './domain-name-syntax.ts';
import { everything } from './labels.ts';
import { namespacesBy } from './namespace-match.ts';
import type { Action, Direction, Peer, PodMatch, PortMatch, Rule } from './policy.ts';
import { readSelector } from './selector-syntax.ts';

/** Egress peers beside pods and namespaces. */
export type OutsidePeer = 'nodes' | 'networks' | 'domainNames';

/**
 * What differs between the kinds that share the schema of cluster policies: ClusterNetworkPolicy (v1alpha2, and that of EKS), AdminNetworkPolicy and
 * BaselineAdminNetworkPolicy. `most` caps rules of a direction, peers of a rule and ports of a rule; networks and names of a peer are capped at 25.
 */
export interface ClusterPolicyShape {
  readonly actions: Readonly<Record<string, Action>>;
  readonly portsField: 'protocols' | 'ports';
  readonly readPort: (item: Reader) => PortMatch | undefined;
  readonly most: number;
  readonly outside: readonly OutsidePeer[];
  /** Port names beside networks, nodes or domainNames are refused; EKS lets them match nothing. */
  readonly namedPortsOutside: boolean;
  /** `pods.namespaceSelector` may be left out, and then means every namespace. */
  readonly namespaceSelectorOptional: boolean;
}

/** Networks, or domain names, of one peer. Source: network-policy-api apis/v1alpha1 and v1alpha2, MaxItems; EKS has the same. */
export const mostInPeer = 25;

const sections: readonly { readonly direction: Direction; readonly peersKey: 'from' | 'to' }[] = [
  { direction: 'ingress', peersKey: 'from' },
  { direction: 'egress', peersKey: 'to' },
];

/** All rules of a spec, each section in its own order. Source: network-policy-api apis/v1alpha2/clusternetworkpolicy_types.go. */
export function readClusterRules(spec: Reader, shape: ClusterPolicyShape): Rule[] {
  return sections.flatMap(({ direction, peersKey }) => {
    const field = spec.field(direction);
    return capped(field, shape.most, 'rules').flatMap((rule) => readRule(rule, direction, peersKey, shape) ?? []);
  });
}

/** Whom the policy is about: exactly one of `namespaces` and `pods`. */
export function readClusterSubject(subject: Reader, shape: ClusterPolicyShape): PodMatch | undefined {
  const fields = ['namespaces', 'pods'];
  if (!subject.object(fields, { podSelector: 'Write pods: {namespaceSelector: …, podSelector: …}.', namespaceSelector: 'Write namespaces: {…}, or pods.' }))
    return undefined;
  return oneOf(subject, fields, 'Write namespaces: {} for every pod.') === undefined ? undefined : readPods(subject, shape);
}

/** The one of these fields that is there; an error when there is none or more, unless the object has been found fault with for having others instead. */
export function oneOf(at: Reader, fields: readonly string[], hint?: string): string | undefined {
  const given = fields.filter((field) => at.has(field));
  const [only] = given;
  if (given.length === 1) return only;
  const strange = at.keys().some((key) => !fields.includes(key));
  if (given.length > 1 || !strange) {
    const found = given.length === 0 ? 'none' : given.join(' and ');
    at.error('one-of', `Expected exactly one of ${fields.join(', ')}; found ${found}.`, given.length === 0 ? hint : undefined);
  }
  return undefined;
}

/** `namespaces` or `pods`, whichever is there. */
function readPods(at: Reader, shape: ClusterPolicyShape): PodMatch {
  if (at.has('namespaces')) {
    const namespaces = at.field('namespaces');
    return { namespaces: namespacesBy(isOldPeer(namespaces) ? everything : readSelector(namespaces)), pods: everything, serviceAccounts: null };
  }
  const pods = at.field('pods');
  if (!isOldPeer(pods.field('namespaces')) && pods.object(['namespaceSelector', 'podSelector'])) {
    pods.required('podSelector');
    if (!shape.namespaceSelectorOptional) pods.required('namespaceSelector');
  }
  return { namespaces: namespacesBy(readSelector(pods.field('namespaceSelector'))), pods: readSelector(pods.field('podSelector')), serviceAccounts: null };
}

/** What v1alpha1 had under `namespaces` of a peer up to v0.1.2. */
const oldPeer: Readonly<Record<string, string>> = {
  sameLabels: 'Make one policy for each value of the labels, with namespaces by matchLabels.',
  notSameLabels: 'Make one policy for each value of the labels, with namespaces by matchExpressions (NotIn).',
  namespaceSelector: 'Write namespaces: {matchLabels: …}, or pods: {namespaceSelector: …, podSelector: …}.',
};

/**
 * Refuses peers of the first releases: what `sameLabels` means for a subject without the label was never settled, and a CRD since then drops the field, after
 * which the peer is every namespace. Source: network-policy-api v0.1.2 apis/v1alpha1/shared_types.go NamespacedPeer; pull requests 75 and 196.
 */
function isOldPeer(namespaces: Reader): boolean {
  const old = Object.entries(oldPeer).filter(([field]) => namespaces.has(field));
  for (const [field, hint] of old)
    namespaces
      .field(field)
      .error('old-peer', `${field} under namespaces is gone since v0.1.3 of the API; a CRD since then drops it, and every namespace is left.`, hint);
  return old.length > 0;
}

function readRule(rule: Reader, direction: Direction, peersKey: 'from' | 'to', shape: ClusterPolicyShape): Rule | undefined {
  const other = peersKey === 'from' ? 'to' : 'from';
  const otherPorts = shape.portsField === 'ports' ? 'protocols' : 'ports';
  if (rule.absent) rule.error('wrong-type', 'A rule is nothing; expected an object.');
  const known = rule.object(['name', 'action', peersKey, shape.portsField], {
    [other]: `${direction} rules say ${peersKey}; ${other} belongs under ${direction === 'ingress' ? 'egress' : 'ingress'}.`,
    [otherPorts]: `This kind says ${shape.portsField}.`,
  });
  if (!known) return undefined;
  const name = rule.field('name').string() ?? '';
  if ([...name].length > 100) rule.field('name').error('too-long', `The name has ${[...name].length} characters; expected 100 at most.`);
  rule.required('action');
  const word = rule.field('action').oneOf(Object.keys(shape.actions));
  const action = word === undefined ? undefined : shape.actions[word];
  const peers = readPeers(rule, peersKey, direction, shape);
  const ports = readPorts(rule.field(shape.portsField), shape);
  if (action === undefined) return undefined;
  checkTogether(rule, action, peers.known, ports, shape);
  const origin = rule.origin;
  if (peers.unknown) return failClosed(action, direction, origin);
  return { direction, action, peers: peers.known, ports, application: null, origin };
}

/**
 * A peer that nobody here knows: rules that accept match nothing, others deny everything.
 * Source: network-policy-api apis/v1alpha2 ClusterNetworkPolicyIngressPeer, "fail closed".
 */
function failClosed(action: Action, direction: Direction, origin: Rule['origin']): Rule {
  const nothing = action === 'allow';
  return { direction, action: nothing ? 'allow' : 'deny', peers: nothing ? [] : null, ports: null, application: null, origin };
}

interface Peers {
  readonly known: readonly Peer[];
  readonly unknown: boolean;
}

function readPeers(rule: Reader, peersKey: 'from' | 'to', direction: Direction, shape: ClusterPolicyShape): Peers {
  const field = rule.field(peersKey);
  if (rule.required(peersKey) && field.kind === 'a list' && field.each().length === 0)
    field.error('too-few', `${peersKey} is empty; expected one peer or more.`, 'Write namespaces: {} for every pod.');
  const read = capped(field, shape.most, 'peers').map((peer) => readPeer(peer, direction, shape));
  return { known: read.flatMap((r) => (r === 'unknown' ? [] : r)), unknown: read.includes('unknown') };
}

/** The peers that one item stands for: a network each. `unknown` where the item has only fields that this program does not know. */
function readPeer(peer: Reader, direction: Direction, shape: ClusterPolicyShape): readonly Peer[] | 'unknown' {
  if (peer.absent) peer.error('wrong-type', 'A peer is nothing; expected an object.', 'Write namespaces: {} for every pod.');
  if (!peer.expect('an object')) return [];
  const known: string[] = ['namespaces', 'pods', ...(direction === 'egress' ? shape.outside : [])];
  const strange = peer.keys().filter((key) => !known.includes(key));
  const hints = strangeHints(direction, shape);
  const given = known.filter((key) => peer.has(key));
  const newer = strange.length > 0 && given.length === 0 && strange.every((key) => !Object.hasOwn(hints, key) && nearest(key, known) === undefined);
  if (newer) {
    peer.warning(
      'unknown-peer',
      `This peer has only ${strange.map(shown).join(', ')}, which is not known: such a rule matches nothing when it accepts, and denies everything otherwise.`,
      `Known fields: ${known.join(', ')}.`,
    );
    return 'unknown';
  }
  peer.object(known, hints);
  switch (oneOf(peer, known, 'Write namespaces: {} for every pod.')) {
    case undefined:
      return [];
    case 'nodes':
      return [{ kind: 'nodes', selector: readSelector(peer.field('nodes')) }];
    case 'networks':
      return readNetworks(peer.field('networks'));
    case 'domainNames': {
      const names = readDomainNames(peer.field('domainNames'), mostInPeer);
      return names === undefined ? [] : [names];
    }
    default:
      return [{ kind: 'pods', match: readPods(peer, shape), ...(peer.has('namespaces') ? { wholeNamespaces: true } : {}) }];
  }
}

/** Fields that people write here and that belong elsewhere. */
function strangeHints(direction: Direction, shape: ClusterPolicyShape): Readonly<Record<string, string>> {
  const outside = ['nodes', 'networks', 'domainNames'].filter((f) => direction === 'ingress' || !shape.outside.some((o) => o === f));
  return {
    ...Object.fromEntries(outside.map((f) => [f, direction === 'ingress' ? `${f} are peers of egress rules only.` : `This kind has no ${f}.`])),
    podSelector: 'Write pods: {namespaceSelector: …, podSelector: …}.',
    namespaceSelector: 'Write namespaces: {…}, or pods: {namespaceSelector: …, podSelector: …}.',
    ipBlock: 'Write networks: [CIDR] in an egress rule.',
    cidr: 'Write networks: [CIDR] in an egress rule.',
    matchLabels: 'Write namespaces: {matchLabels: …}, or pods.',
  };
}

function readNetworks(field: Reader): Peer[] {
  const items = field.each();
  if (field.kind === 'a list' && items.length === 0) field.error('too-few', 'networks is empty; expected one CIDR or more.');
  if (items.length > mostInPeer) field.error('too-many', `networks lists ${items.length} CIDRs; the API takes ${mostInPeer} at most.`, 'Make more peers.');
  return items.flatMap((item) => {
    if (item.absent) item.error('wrong-type', 'A network is nothing; expected a CIDR.');
    const cidr = readCidr(item);
    return cidr === undefined ? [] : [{ kind: 'cidr', cidr: cidr.text, except: [] }];
  });
}

/** Null when absent: every port of every protocol. */
function readPorts(field: Reader, shape: ClusterPolicyShape): readonly PortMatch[] | null {
  if (field.absent) return null;
  const items = capped(field, shape.most, shape.portsField);
  if (field.kind === 'a list' && field.each().length === 0)
    field.error('too-few', `${shape.portsField} is empty; expected one item or more.`, `Leave ${shape.portsField} out for every port of every protocol.`);
  return items.map(shape.readPort).filter((port) => port !== undefined);
}

/** Rules about peers and ports, or peers and actions, together. */
function checkTogether(rule: Reader, action: Action, peers: readonly Peer[], ports: readonly PortMatch[] | null, shape: ClusterPolicyShape): void {
  const outside = peers.some((p) => p.kind === 'cidr' || p.kind === 'nodes' || p.kind === 'names');
  if (outside && !shape.namedPortsOutside && (ports ?? []).some((p) => typeof p.port === 'string'))
    rule.error(
      'named-port-outside',
      'This rule has port names beside networks, nodes or domainNames, which have none.',
      'Write numbers, or make one rule for pods and one for the rest.',
    );
  if (action !== 'allow' && peers.some((p) => p.kind === 'names'))
    rule.error('names-need-accept', 'domainNames belong only in rules that accept.', 'Accept the names that are wanted, and deny networks in a later rule.');
}

/** The items of a list of at most `most`; more are an error. */
function capped(field: Reader, most: number, what: string): readonly Reader[] {
  const items = field.each();
  if (items.length > most)
    field.error('too-many', `There are ${items.length} ${what}; the API takes ${most} at most, so no cluster has this object.`, 'Split them.');
  return items;
}

/** A port number of the API. */
export function readPortNumber(at: Reader): number | undefined {
  return at.integer(1, 65535);
}

/** `namedPort`, `destinationNamedPort`: a container port of that name, whatever its protocol. */
export function readPortName(at: Reader): PortMatch | undefined {
  const name = at.string();
  if (name === undefined) return undefined;
  if (name !== '') return { protocol: 'ANY', port: name, endPort: null };
  at.error('bad-port-name', 'The name of a port is empty.');
  return undefined;
}

/** An item of v1alpha1 and EKS: `portNumber`, `portRange` or `namedPort`. `strictRange`: the start lies before the end, never on it. */
export function readNumberRangeOrName(item: Reader, strictRange: boolean): PortMatch | undefined {
  const fields = ['portNumber', 'portRange', 'namedPort'];
  const elsewhere = { port: 'Write portNumber: {protocol: TCP, port: …}.', protocol: 'Write portNumber: {protocol: TCP, port: …}.' };
  if (item.absent) item.error('wrong-type', 'A port is nothing; expected an object.');
  if (!item.object(fields, elsewhere)) return undefined;
  const given = oneOf(item, fields);
  if (given === undefined) return undefined;
  if (given === 'namedPort') return readPortName(item.field('namedPort'));
  const at = item.field(given);
  const single = given === 'portNumber';
  if (!at.object(single ? ['protocol', 'port'] : ['protocol', 'start', 'end'])) return undefined;
  const protocol = at.has('protocol') ? at.field('protocol').oneOf(['TCP', 'UDP', 'SCTP']) : 'TCP';
  if (single) {
    at.required('port');
    const port = readPortNumber(at.field('port'));
    return protocol === undefined || port === undefined ? undefined : { protocol, port, endPort: null };
  }
  const range = readRange(at, strictRange);
  return protocol === undefined || range === undefined ? undefined : { protocol, ...range };
}

/** `start` and `end`, both included. A range from back to front exists where the API lets it, and matches nothing: undefined, with a warning. */
export function readRange(at: Reader, strict: boolean): { readonly port: number; readonly endPort: number } | undefined {
  at.required('start');
  at.required('end');
  const port = readPortNumber(at.field('start'));
  const endPort = readPortNumber(at.field('end'));
  if (port === undefined || endPort === undefined) return undefined;
  if (strict && port >= endPort) {
    at.error('range-order', `The range starts at ${port} and ends at ${endPort}; the start must lie before the end.`, 'Write a number for a single port.');
    return undefined;
  }
  if (port > endPort) {
    at.warning('range-order', `The range starts at ${port} and ends at ${endPort}, before it: it matches nothing.`, 'Swap them.');
    return undefined;
  }
  return { port, endPort };
}

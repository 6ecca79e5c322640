import type { Reader } from '../../kernel/reader.ts';
import type { Action, Direction, Peer, Rule } from '../../model/policy.ts';
import type { Surroundings } from '../dialect.ts';
import type { AppliedItem } from './applied-to.ts';
import { readAppliedTo } from './applied-to.ts';
import type { Applied } from './groups.ts';
import { type PeerContext, readPeers, readToServices } from './peers.ts';
import { readTransport } from './transport.ts';

/** What surrounds a rule. `applied` is the policy's own appliedTo. */
export interface RuleContext {
  readonly direction: Direction;
  readonly namespace: string | null;
  readonly around: Surroundings;
  readonly applied: readonly AppliedItem[];
  readonly baseline: boolean;
}

/** A rule of the model and whom it is about. */
export interface PlacedRule {
  readonly applied: Applied;
  readonly rule: Rule;
}

const actions = { Allow: 'allow', Drop: 'deny', Reject: 'deny', Pass: 'pass' } as const;
const common = ['action', 'ports', 'protocols', 'l7Protocols', 'name', 'enableLogging', 'logLabel', 'appliedTo'];

/**
 * The model's rules of one rule, all of rank `rank`: one for each of those whom it is about, and for each part that hangs on something of its own.
 * Source: antrea pkg/controller/networkpolicy/antreaclusternetworkpolicy.go processAntreaClusterNetworkPolicy, antreanetworkpolicy.go, validate.go.
 */
export function readRule(rule: Reader, rank: number, context: RuleContext): readonly PlacedRule[] {
  const { direction, namespace, around } = context;
  const peersKey = direction === 'ingress' ? 'from' : 'to';
  rule.object([...common, peersKey, ...(direction === 'egress' ? ['toServices'] : [])], {
    [direction === 'ingress' ? 'to' : 'from']: `${direction} rules say ${peersKey}.`,
    toServices: 'Only egress rules have toServices.',
    priority: 'Rules come in the order in which they are written.',
  });
  rule.required('action');
  const word = rule.field('action').oneOf(['Allow', 'Drop', 'Reject', 'Pass']);
  if (word === 'Pass' && context.baseline)
    rule.field('action').error('baseline-pass', 'Nothing comes after the tier baseline, and the API refuses Pass there.');
  checkLogging(rule);
  const own = readAppliedTo(rule.field('appliedTo'), { namespace, at: direction, egressRules: direction === 'egress', around });
  const items = own.length > 0 ? own : context.applied;
  const transports = readTransport(rule, direction);
  checkLayer7(rule, word);
  if (direction === 'egress') checkMulticast(rule, word);
  checkServicePeers(rule, peersKey, items);
  const parts = partsOf(rule, peersKey, context);
  if (word === undefined) return [];
  const base: Omit<Rule, 'peers' | 'ports'> = {
    direction,
    action: actions[word] as Action,
    application: rule.field('l7Protocols').each().length === 0 ? null : { dns: null, serverNames: null, otherL7: true },
    rank,
    origin: rule.origin,
  };
  return parts.flatMap((part) =>
    items.flatMap((item, i) => {
      const doubt = part.kind === 'absolute' ? null : lastCounts(part.kind, i, items.length, own.length > 0);
      return (part.kind === 'absolute' ? item.own : item.relative).flatMap((applied) =>
        transports.map(({ ports, condition }): PlacedRule => {
          const conditions = [condition, part.condition, doubt, applied.gap === null ? null : `whether the policy is about this pod (${applied.gap})`];
          const text = conditions.filter((c) => c !== null).join('; ');
          return { applied, rule: { ...base, peers: part.peers, ports, ...(text === '' ? {} : { condition: text }) } };
        }),
      );
    }),
  );
}

interface Part {
  readonly kind: 'absolute' | 'self' | 'same-labels';
  readonly peers: readonly Peer[] | null;
  readonly condition: string | null;
}

function partsOf(rule: Reader, peersKey: 'from' | 'to', context: PeerContext): readonly Part[] {
  const whole = (peers: readonly Peer[] | null, condition: string | null = null): Part => ({ kind: 'absolute', peers, condition });
  const services = rule.field('toServices');
  const items = rule.field(peersKey).each();
  if (context.direction === 'egress' && services.present) {
    const beside = [...(items.length > 0 ? ['to'] : []), ...['ports', 'protocols'].filter((key) => rule.has(key))];
    if (beside.length > 0) services.error('one-of', `toServices stands beside ${beside.join(', ')}; the API takes it without them.`);
    return [whole(readToServices(services, context.namespace), 'whether the packet was sent to the address of the Service')];
  }
  const peers = items.length === 0 ? null : readPeers(items, context);
  if (peers === null) return [whole(null)];
  const relative = (['self', 'same-labels'] as const).flatMap((kind): Part[] => {
    const some = peers.relative.filter((r) => r.sameLabels === (kind === 'same-labels')).map((r) => r.peer);
    return some.length === 0 ? [] : [{ kind, peers: some, condition: null }];
  });
  return peers.absolute.length > 0 || relative.length === 0 ? [whole(peers.absolute), ...relative] : relative;
}

/**
 * Of several items of an appliedTo, Antrea keeps for each namespace the last when it works out peers that hang on the subject's namespace: what the
 * others get is not to be counted on. Source: antrea antreaclusternetworkpolicy.go processAntreaClusterNetworkPolicy, atgPerAffectedNS, labelsPerAffectedNS.
 */
function lastCounts(kind: 'self' | 'same-labels', index: number, count: number, inRule: boolean): string | null {
  if (index === count - 1 || (kind === 'self' && inRule)) return null;
  return 'whether Antrea counts this item of appliedTo: of several it keeps the last, for peers in the same namespace or with the same labels';
}

function checkLogging(rule: Reader): void {
  rule.field('name').string();
  rule.field('enableLogging').boolean();
  const label = rule.field('logLabel').string();
  if (label !== undefined && !/^(?:(?:[A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9])?$/.test(label))
    rule.field('logLabel').error('bad-log-label', 'logLabel is no label value.');
}

/** Source: antrea validate.go validateL7Protocols, validateMulticastIGMP. */
function checkLayer7(rule: Reader, action: string | undefined): void {
  const protocols = rule.field('protocols').each();
  const igmp = protocols.some((p) => p.has('igmp'));
  const others = [
    ...['ports', 'toServices', 'from', 'to'].filter((key) => rule.field(key).each().length > 0),
    ...(protocols.some((p) => p.has('icmp')) ? ['icmp'] : []),
  ];
  if (igmp && others.length > 0) rule.field('protocols').error('igmp-alone', `IGMP stands beside ${others.join(', ')}; the API takes it alone.`);
  if (igmp && (action === 'Pass' || action === 'Reject'))
    rule.field('action').error('igmp-action', `IGMP cannot be ${action === 'Pass' ? 'passed' : 'rejected'}; only Allow and Drop are taken.`);
  const field = rule.field('l7Protocols');
  const layer7 = field.each();
  if (layer7.length === 0) return;
  for (const item of layer7) {
    item.object(['http', 'tls']);
    if (item.has('http') === item.has('tls')) item.error('one-of', 'This item has both or neither of http and tls; expected exactly one.');
    item.field('http').object(['host', 'method', 'path']);
    item.field('tls').object(['sni']);
  }
  if (action !== undefined && action !== 'Allow') rule.field('action').error('layer-7-action', `Layer 7 rules only allow; this one says ${action}.`);
  if (rule.field('toServices').each().length > 0) field.error('one-of', 'l7Protocols stands beside toServices; the API takes one of them.');
  if (!layer7.some((item) => item.has('http'))) return;
  for (const port of rule.field('ports').each())
    if (port.has('protocol') && port.field('protocol').value !== 'TCP') port.field('protocol').error('http-over-tcp', 'HTTP goes over TCP alone.');
  if (protocols.length > 0) rule.field('protocols').error('http-over-tcp', 'HTTP goes over TCP alone.', 'Remove protocols.');
}

/** Rules about Services know their peers by address alone. Source: antrea validate.go validateAppliedToServiceIngressPeer. */
function checkServicePeers(rule: Reader, peersKey: string, items: readonly AppliedItem[]): void {
  if (!items.some((i) => i.isService)) return;
  for (const peer of rule.field(peersKey).each())
    if (peer.keys().some((key) => key !== 'ipBlock' && peer.has(key))) peer.error('service-peer', 'A rule about Services has ipBlock peers alone.');
}

/** The addresses that groups of receivers share. Source: RFC 5771, RFC 4291 section 2.7. */
const multicast = /^(?:22[4-9]|23\d)\.|^ff/i;

/** Source: antrea validate.go validateEgressMulticastAddress. */
function checkMulticast(rule: Reader, action: string | undefined): void {
  const blocks = rule
    .field('to')
    .each()
    .map((peer) => peer.field('ipBlock').field('cidr').value);
  const groups = blocks.filter((cidr) => typeof cidr === 'string' && multicast.test(cidr));
  if (groups.length === 0) return;
  if (blocks.some((cidr) => cidr !== undefined && !groups.includes(cidr)))
    rule.field('to').error('mixed-multicast', 'Multicast groups stand beside other addresses; the API takes them apart.', 'Make two rules.');
  if (action === 'Pass' || action === 'Reject')
    rule.field('action').error('multicast-action', `Multicast cannot be ${action === 'Pass' ? 'passed' : 'rejected'}; only Allow and Drop are taken.`);
}

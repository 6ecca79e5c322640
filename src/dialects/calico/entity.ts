import { type Reader, shown } from '../../kernel/reader.ts';
import { readCidr } from '../../model/cidr-syntax.ts';
import type { Peer } from '../../model/policy.ts';
import { type IpSet, ipIntersect, ipIsEmpty, ipSubtract, parseCidr } from '../../space/ip-set.ts';
import { type Facts, readingOf } from './facts.ts';
import { accountLabel, accountPrefix, namespacePrefix, selectedPods } from './pods.ts';
import { readPorts } from './protocol-syntax.ts';
import { allAs, conjunction, type Expression, evaluate, namespaceLabel, prefixed } from './selector.ts';
import { readSelectorText } from './selector-syntax.ts';
import type { RulePort } from './transport.ts';

/** What a rule says about one end of the connection; null where it says nothing. All of it must hold. */
export interface Entity {
  /** Endpoints and sets that it must be among: selector, namespaces and service accounts together. */
  readonly among: Expression | null;
  readonly notAmong: Expression | null;
  readonly nets: readonly string[] | null;
  readonly notNets: readonly string[];
  readonly service: { readonly namespace: string; readonly name: string } | null;
  readonly ports: readonly RulePort[] | null;
  readonly notPorts: readonly RulePort[] | null;
}

const fields = ['nets', 'notNets', 'selector', 'notSelector', 'namespaceSelector', 'serviceAccounts', 'services', 'ports', 'notPorts'];
const mostNets = 256;

/** `namespace` is that of the policy, null in a GlobalNetworkPolicy. Source: projectcalico/api v3 EntityRule. */
export function readEntity(at: Reader, namespace: string | null): Entity {
  at.object(fields, { domains: 'Names in rules are a feature of Calico Enterprise and Calico Cloud only.', cidrs: 'Write nets.', port: 'Write ports: […].' });
  const selector = readSelectorText(at.field('selector'));
  const notSelector = readSelectorText(at.field('notSelector'));
  const namespaces = readSelectorText(at.field('namespaceSelector'), 'alone');
  return {
    among: endpoints(namespaces, conjunction([readAccounts(at.field('serviceAccounts')), selector]), notSelector, namespace),
    notAmong: notSelector,
    nets: readNets(at.field('nets'), true),
    notNets: readNets(at.field('notNets'), false) ?? [],
    service: readService(at, namespace),
    ports: readPorts(at.field('ports')),
    notPorts: readPorts(at.field('notPorts')),
  };
}

/**
 * In a namespaced policy a selector of any sort, notSelector too, means endpoints of the policy's own namespace unless namespaceSelector says which.
 * Source: libcalico-go/lib/backend/syncersv1/updateprocessors/rules.go getEndpointSelector.
 */
function endpoints(namespaces: Expression | null, selector: Expression | null, notSelector: Expression | null, namespace: string | null): Expression | null {
  if (namespaces !== null) return conjunction([inNamespaces(namespaces), selector]);
  if (namespace === null || (selector === null && notSelector === null)) return selector;
  return conjunction([{ kind: 'among', label: namespaceLabel, values: [namespace] }, selector]);
}

/** A namespaceSelector as an expression over endpoints. */
export function inNamespaces(namespaces: Expression): Expression {
  return allAs(prefixed(namespaces, namespacePrefix), namespaceLabel);
}

function readAccounts(at: Reader): Expression | null {
  if (!at.object(['names', 'selector'])) return null;
  const names = at
    .field('names')
    .each()
    .map((item) => item.string())
    .filter((name) => name !== undefined);
  const selector = readSelectorText(at.field('selector'));
  return conjunction([
    selector === null ? null : prefixed(selector, accountPrefix),
    names.length === 0 ? null : { kind: 'among', label: accountLabel, values: names },
  ]);
}

/** Null when absent or empty: no restriction. */
function readNets(at: Reader, warn: boolean): readonly string[] | null {
  const items = at.items();
  if (items === undefined) return null;
  if (items.length === 0) {
    if (warn) at.warning('empty-list', 'An empty list restricts nothing: this matches every address.', 'Remove it, or name the networks.');
    return null;
  }
  if (items.length > mostNets)
    at.error(
      'too-many',
      `This lists ${items.length} networks; the API takes at most ${mostNets}.`,
      'Put them in a NetworkSet or GlobalNetworkSet and select it.',
    );
  return items.map((item) => readCidr(item)?.text).filter((text) => text !== undefined);
}

/** Source: projectcalico/api v3 EntityRule, its CEL rules. */
function readService(at: Reader, namespace: string | null): Entity['service'] {
  const services = at.field('services');
  if (!services.object(['name', 'namespace'])) return null;
  services.required('name');
  const beside = ['selector', 'notSelector', 'namespaceSelector', 'serviceAccounts', 'nets', 'notNets'].filter((key) => at.has(key));
  if (beside.length > 0) services.error('mixed-peers', `services stands beside ${beside.join(' and ')}; it is allowed only alone.`, 'Make one rule of each.');
  const name = services.field('name').string();
  const of = services.field('namespace').string() ?? namespace;
  if (of === null) services.error('missing-field', 'services needs a namespace in a GlobalNetworkPolicy.', 'Add namespace.');
  return name === undefined || of === null ? null : { name, namespace: of };
}

/** The far end of a rule as peers of the model; null is everybody. */
export function peersOf(entity: Entity, facts: Facts, at: Reader): readonly Peer[] | null {
  if (entity.service !== null) return [{ kind: 'services', namespace: entity.service.namespace, name: entity.service.name, selector: null }];
  const among = entity.among === null ? null : selectedPeers(entity.among, facts, at);
  const unwanted = entity.notAmong === null ? [] : selectedPeers(entity.notAmong, facts, at);
  if (among === null && unwanted.length === 0) {
    if (entity.nets !== null) return less(entity.nets, entity.notNets);
    if (entity.notNets.length === 0) return null;
  }
  const never = [...entity.notNets.map((cidr): Peer => ({ kind: 'cidr', cidr, except: [] })), ...unwanted].map((peer): Peer => ({ kind: 'not', peer }));
  const nets = entity.nets?.map((cidr): Peer => ({ kind: 'cidr', cidr, except: [] })) ?? null;
  if (among === null) return nets === null ? [all(never)] : nets.map((net) => all([net, ...never]));
  return among.map((peer) => all([peer, ...(nets === null ? [] : [any(nets)]), ...never]));
}

/** Pods, and addresses of sets and host endpoints, that an expression selects. */
function selectedPeers(expression: Expression, facts: Facts, at: Reader): readonly Peer[] {
  const pods = selectedPods(expression, facts);
  if (pods === null)
    at.error('selector-too-wide', 'This selector mixes pods, namespaces and service accounts in more ways than can be told apart.', 'Make several rules.');
  return [
    ...(pods ?? []).map(({ match, gap }): Peer => {
      const peer: Peer = { kind: 'pods', match };
      if (gap === null) return peer;
      return all([peer, { kind: 'unknown', gap }]);
    }),
    ...facts.sets.flatMap((set): readonly Peer[] => {
      const selected = evaluate(expression, readingOf(set, facts));
      if (selected === 'no') return [];
      const cidrs = set.cidrs.map((cidr): Peer => ({ kind: 'cidr', cidr, except: [] }));
      return selected === 'yes' ? cidrs : cidrs.map((peer) => all([peer, { kind: 'unknown', gap: `labels of namespace ${set.namespace}` }]));
    }),
  ];
}

function all(peers: readonly Peer[]): Peer {
  const flat = peers.flatMap((peer) => (peer.kind === 'all-of' ? peer.peers : [peer]));
  return flat.length === 1 ? (flat[0] as Peer) : { kind: 'all-of', peers: flat };
}

function any(peers: readonly Peer[]): Peer {
  const [only] = peers;
  if (only !== undefined && peers.length === 1) return only;
  return { kind: 'not', peer: all(peers.map((peer): Peer => ({ kind: 'not', peer }))) };
}

/** Blocks less blocks, as blocks with exceptions. CIDRs are nested or apart, never half and half. */
function less(nets: readonly string[], notNets: readonly string[]): readonly Peer[] {
  return nets.flatMap((cidr): readonly Peer[] => {
    const block = setOf(cidr);
    if (notNets.some((not) => ipIsEmpty(ipSubtract(block, setOf(not))))) return [];
    return [{ kind: 'cidr', cidr, except: notNets.filter((not) => !ipIsEmpty(ipIntersect(setOf(not), block))) }];
  });
}

function setOf(cidr: string): IpSet {
  return parseCidr(cidr)?.set ?? { v4: [], v6: [] };
}

/** These peers, as far as they have addresses of one family. */
export function inFamily(peers: readonly Peer[] | null, family: 4 | 6 | null): readonly Peer[] | null {
  if (family === null) return peers;
  const everyone: Peer = { kind: 'cidr', cidr: family === 4 ? '0.0.0.0/0' : '::/0', except: [] };
  if (peers === null) return [everyone];
  return peers.flatMap((peer): readonly Peer[] => {
    if (peer.kind !== 'cidr') return [all([peer, everyone])];
    const { v4, v6 } = setOf(peer.cidr);
    return (family === 4 ? v4 : v6).length > 0 ? [peer] : [];
  });
}

/** What must hold of the near end that its labels do not tell; null when nothing. */
export function ownAddressCondition(entity: Entity): string | null {
  const { nets, notNets } = entity;
  const parts = [...(nets === null ? [] : [`in ${nets.join(', ')}`]), ...(notNets.length === 0 ? [] : [`outside ${notNets.join(', ')}`])];
  return parts.length === 0 ? null : `whether the pod's own address is ${parts.join(' and ')}`;
}

/** What must hold of the source port; null when nothing. */
export function sourcePortCondition({ ports, notPorts }: Entity): string | null {
  const text = (list: readonly RulePort[]): string => list.map((p) => ('name' in p ? p.name : p.from === p.to ? `${p.from}` : `${p.from}:${p.to}`)).join(', ');
  const parts = [...(ports === null ? [] : [`among ${text(ports)}`]), ...(notPorts === null ? [] : [`not among ${text(notPorts)}`])];
  return parts.length === 0 ? null : `whether the source port is ${parts.join(' and ')}`;
}

/** Faults of the two ends together: every network of one rule is of one IP family, that of `ipVersion` if there is one. Source: libcalico-go/lib/validator/v3 validateRule. */
export function checkFamilies(rule: Reader, family: number | undefined): void {
  let first: { readonly v4: boolean; readonly text: string } | undefined;
  for (const end of ['source', 'destination'])
    for (const key of ['nets', 'notNets'])
      for (const item of rule.field(end).field(key).each()) {
        const cidr = typeof item.value === 'string' ? parseCidr(item.value) : undefined;
        if (cidr === undefined) continue;
        const v4 = cidr.set.v4.length > 0;
        if (key === 'notNets' && (cidr.text === '0.0.0.0/0' || cidr.text === '::/0'))
          item.error('matches-nothing', `${cidr.text} in notNets leaves nothing to match; the API refuses it.`, 'Remove it, or use ipVersion.');
        if (family !== undefined && v4 !== (family === 4))
          item.error('mixed-families', `${shown(cidr.text)} is not of IP version ${family}, which the rule asks for.`);
        first ??= { v4, text: cidr.text };
        if (first.v4 !== v4)
          item.error(
            'mixed-families',
            `${shown(cidr.text)} and ${shown(first.text)} are of two IP versions; the API refuses both in one rule.`,
            'Make one rule of each.',
          );
      }
}

import { type Reader, shown } from '../../kernel/reader.ts';
import { readCidr } from '../../model/cidr-syntax.ts';
import type { Action, Direction, NameMatch, Peer } from '../../model/policy.ts';
import { privateBlocks } from '../../model/private-blocks.ts';
import { ipIsEmpty, ipSubtract } from '../../space/ip-set.ts';
import type { Surroundings } from '../dialect.ts';
import { readCidrGroups } from './cidr-groups.ts';
import { readName } from './fqdn.ts';
import { readGroups } from './groups.ts';
import { entityNames, entityOf } from './label-keys.ts';
import { readEndpoints, readPlainSelector } from './selectors.ts';
import type { Reading } from './version.ts';

/** Pods of the other clusters of a mesh, which are not in the picture, may have any private address. */
const podsElsewhere: readonly Peer[] = privateBlocks.map(
  (cidr): Peer => ({
    kind: 'all-of',
    peers: [
      { kind: 'cidr', cidr, except: [] },
      { kind: 'unknown', gap: 'pods of other clusters of the mesh are not in the picture' },
    ],
  }),
);

/** What surrounds a rule, as far as reading it depends on that. `namespace` is null in a clusterwide policy. */
export interface RuleContext {
  readonly direction: Direction;
  readonly action: Action;
  readonly namespace: string | null;
  /** Whether the policy is about nodes (host policy). */
  readonly nodes: boolean;
  /** Whose reading it is. */
  readonly reading: Reading;
  /** The other objects of the input, CIDR groups among them. */
  readonly around: Surroundings;
  /** What every endpoint selector of the section must match besides (fromRequires, toRequires; up to 1.18). */
  readonly required: readonly Peer[];
}

/** Field names of the peers of a rule, `from…` or `to…`. Source: cilium pkg/policy/api/ingress.go, egress.go. */
const ingressPeers = ['fromEndpoints', 'fromCIDR', 'fromCIDRSet', 'fromEntities', 'fromGroups', 'fromNodes'] as const;
const egressPeers = ['toEndpoints', 'toCIDR', 'toCIDRSet', 'toEntities', 'toGroups', 'toNodes', 'toServices'] as const;

export function peerFields({ direction, action }: RuleContext): readonly string[] {
  if (direction === 'ingress') return ingressPeers;
  return action === 'allow' ? [...egressPeers, 'toFQDNs'] : egressPeers;
}

/** Lists whose empty form matches nothing; the others are as if they were not there. Source: cilium 1.19 pkg/policy/utils/parserules.go mergeEndpointSelectors. */
const emptyMatchesNothing = /^(?:from|to)(?:Endpoints|CIDR|CIDRSet|Entities|Nodes)$/;

/** Null: no peer was named. An empty list: what was named matches nothing. At most one sort of peer may have items. */
export function readPeers(rule: Reader, context: RuleContext, hasPorts: boolean): readonly Peer[] | null {
  const given = peerFields(context).filter((key) => rule.has(key));
  const filled = given.filter((key) => rule.field(key).each().length > 0);
  const [first, second] = filled;
  if (second !== undefined) {
    rule.field(second).error('mixed-peers', `This rule has ${filled.join(' and ')}; Cilium takes one sort of peer in a rule.`, 'Make one rule of each.');
  }
  for (const key of given) if (!filled.includes(key)) warnEmpty(rule.field(key), key, hasPorts);
  const peers = filled.flatMap((key) => readList(rule.field(key), key, context, hasPorts));
  if (given.some((key) => !filled.includes(key) && emptyMatchesNothing.test(key))) return [];
  if (first === undefined) return null;
  return peers.some((peer) => peer.kind === 'entity' && peer.entity === 'all') ? null : peers;
}

function warnEmpty(list: Reader, key: string, hasPorts: boolean): void {
  if (emptyMatchesNothing.test(key)) list.warning('matches-nothing', `${key} is an empty list: this rule matches nothing.`, 'Add peers, or remove the rule.');
  else if (hasPorts)
    list.warning(
      'matches-everything',
      `${key} is an empty list, which Cilium ignores: with ports, this rule matches every peer.`,
      'Add peers, or remove the rule.',
    );
}

function readList(list: Reader, key: string, context: RuleContext, hasPorts: boolean): readonly Peer[] {
  const items = list.each();
  switch (key.replace(/^(?:from|to)/, '')) {
    case 'Endpoints':
      return items.map((item) => readEndpoints(item, context.namespace, context.reading));
    case 'CIDR':
      return items.flatMap((item) => readBareCidr(item));
    case 'CIDRSet':
      return items.flatMap((item) => readCidrRule(item, context.around));
    case 'Entities':
      return items.flatMap((item) => readEntity(item, context.reading));
    case 'Nodes':
      list.warning('needs-option', `${key} works only where the nodeSelectorLabels option of Cilium is on; elsewhere the whole policy is refused.`);
      return items.flatMap((item): Peer[] => {
        const selector = readPlainSelector(item, 'node');
        return selector === undefined ? [] : [{ kind: 'nodes', selector }];
      });
    case 'Services':
      return readServices(list, items, context, hasPorts);
    case 'FQDNs':
      return [{ kind: 'names', names: items.map((item) => readName(item, context.reading)).filter((name): name is NameMatch => name !== undefined) }];
    default:
      return readGroups(items, key, context);
  }
}

function readBareCidr(item: Reader): Peer[] {
  if (item.absent) item.error('wrong-type', 'A CIDR is nothing; expected text such as "10.0.0.0/8".');
  const cidr = readCidr(item, true);
  return cidr === undefined ? [] : [{ kind: 'cidr', cidr: cidr.text, except: [] }];
}

/** Source: cilium pkg/policy/api/cidr.go CIDRRule: exactly one of three. */
function readCidrRule(item: Reader, around: Surroundings): Peer[] {
  if (item.absent) item.error('wrong-type', 'This item is nothing; expected an object with cidr.');
  if (!item.object(['cidr', 'cidrGroupRef', 'cidrGroupSelector', 'except'])) return [];
  const given = ['cidr', 'cidrGroupRef', 'cidrGroupSelector'].filter((key) => item.has(key) && item.field(key).value !== '');
  if (given.length !== 1) {
    item.error(
      'one-of',
      `This item has ${given.length === 0 ? 'no cidr' : given.join(' and ')}; expected exactly one of cidr, cidrGroupRef and cidrGroupSelector.`,
    );
    return [];
  }
  const except = item.field('except');
  if (item.has('cidrGroupRef') || item.has('cidrGroupSelector')) {
    return readCidrGroups(item, around);
  }
  const cidr = readCidr(item.field('cidr'));
  const holes: string[] = [];
  for (const hole of except.each()) {
    if (hole.absent) hole.error('wrong-type', 'An exception is nothing; expected a CIDR.');
    const read = readCidr(hole);
    if (read === undefined) continue;
    holes.push(read.text);
    if (cidr !== undefined && !ipIsEmpty(ipSubtract(read.set, cidr.set))) {
      hole.error(
        'except-outside',
        `${shown(read.text)} is not inside ${shown(cidr.text)}; an exception must be.`,
        'Remove it, or write a cidr that contains it.',
      );
    }
  }
  return cidr === undefined ? [] : [{ kind: 'cidr', cidr: cidr.text, except: holes }];
}

function readEntity(item: Reader, reading: Reading): Peer[] {
  if (item.absent) item.error('wrong-type', `An entity is nothing; expected one of ${entityNames.join(', ')}.`);
  const name = item.oneOf(entityNames);
  if (name === undefined) return [];
  if (name === 'cluster-mesh') {
    reading.needs('1.20', item, 'the entity cluster-mesh');
    return [{ kind: 'entity', entity: 'cluster' }, ...podsElsewhere];
  }
  const entity = name === 'all' || name === 'cluster' ? name : entityOf(name);
  return entity === undefined ? [] : [{ kind: 'entity', entity }];
}

function readServices(list: Reader, items: readonly Reader[], context: RuleContext, hasPorts: boolean): readonly Peer[] {
  const peers = items.flatMap((item) => readService(item));
  if (context.action === 'deny') {
    list.warning(
      'services-not-resolved',
      'Cilium resolves toServices in allow rules only; what this deny rule matches is not known.',
      'Select the pods behind the Service with toEndpoints.',
    );
    return [{ kind: 'unknown', gap: 'toServices in a deny rule is not resolved by Cilium' }];
  }
  if (hasPorts) {
    const message = 'While none of these Services exists, Cilium treats this rule as one without peers: its ports are open to everything.';
    list.warning('services-with-ports', message, 'Select the pods behind the Service with toEndpoints, and their target port.');
  }
  return peers;
}

/** Source: cilium pkg/policy/api/service.go, pkg/policy/k8s/service.go serviceRefMatches: without a namespace, Services of every namespace. */
function readService(item: Reader): Peer[] {
  if (item.absent) item.error('wrong-type', 'This item is nothing; expected k8sService or k8sServiceSelector.');
  if (!item.object(['k8sService', 'k8sServiceSelector'])) return [];
  if (item.has('k8sService') === item.has('k8sServiceSelector')) {
    item.error('one-of', 'This item needs exactly one of k8sService and k8sServiceSelector.');
    return [];
  }
  const named = item.has('k8sService');
  const ref = item.field(named ? 'k8sService' : 'k8sServiceSelector');
  if (!ref.object(named ? ['serviceName', 'namespace'] : ['selector', 'namespace'])) return [];
  const given = ref.required(named ? 'serviceName' : 'selector');
  const namespace = ref.field('namespace').string() ?? '';
  const name = named ? (ref.field('serviceName').string() ?? '') : null;
  const selector = named || !given ? null : readPlainSelector(ref.field('selector'), 'Service');
  return given && selector !== undefined ? [{ kind: 'services', namespace: namespace === '' ? null : namespace, name, selector }] : [];
}

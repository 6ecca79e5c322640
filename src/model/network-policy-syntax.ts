import { type Reader, shown } from '../kernel/reader.ts';
import { type IpSet, ipIsEmpty, ipSubtract } from '../space/ip-set.ts';
import { readCidr } from './cidr-syntax.ts';
import { everything, type LabelSelector } from './labels.ts';
import { namespacesBy } from './namespace-match.ts';
import { type DialectId, type Direction, type Peer, type Policy, type Rule, tiers } from './policy.ts';
import { readPort } from './port-syntax.ts';
import { readSelector } from './selector-syntax.ts';
import type { RawObject } from './snapshot.ts';

/** What a spec in NetworkPolicy's schema says. */
export interface NetworkPolicySpec {
  readonly pods: LabelSelector;
  readonly isolates: { readonly ingress: boolean; readonly egress: boolean };
  readonly rules: readonly Rule[];
}

/** A sort of peer that a language adds to NetworkPolicy's own (EKS: domainNames, in egress rules). It stands alone in its item. */
export interface AddedPeer {
  readonly field: string;
  readonly direction: Direction;
  /** The peer, or none, with an error, when it is wrong. */
  readonly read: (field: Reader) => Peer | undefined;
}

interface Section {
  readonly direction: Direction;
  readonly peersKey: 'from' | 'to';
  readonly typeName: 'Ingress' | 'Egress';
}

const sections: readonly Section[] = [
  { direction: 'ingress', peersKey: 'from', typeName: 'Ingress' },
  { direction: 'egress', peersKey: 'to', typeName: 'Egress' },
];

/**
 * Reads a spec in NetworkPolicy's schema, with the API server's defaults filled in and its validation applied. `namespace` is the policy's own.
 * Source: kubernetes/api networking/v1 types.go, kubernetes pkg/apis/networking/validation.
 */
export function readNetworkPolicySpec(spec: Reader, namespace: string, added?: AddedPeer): NetworkPolicySpec {
  spec.object(['podSelector', 'policyTypes', 'ingress', 'egress']);
  const pods = readSelector(spec.field('podSelector'));
  const types = readPolicyTypes(spec);
  const rules = sections.flatMap((section) => readSection(spec, section, types.has(section.typeName), namespace, added));
  return { pods, isolates: { ingress: types.has('Ingress'), egress: types.has('Egress') }, rules };
}

/** Absent or empty: Ingress always, Egress only when there is an egress rule. Source: networking/v1 NetworkPolicySpec.policyTypes. */
function readPolicyTypes(spec: Reader): ReadonlySet<'Ingress' | 'Egress'> {
  const field = spec.field('policyTypes');
  const items = field.items();
  if (items === undefined || items.length === 0) {
    const egress = spec.field('egress').value;
    return new Set(Array.isArray(egress) && egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress']);
  }
  if (items.length > 2) field.error('too-many-policy-types', `policyTypes lists ${items.length} types; expected at most Ingress and Egress.`);
  const types = new Set<'Ingress' | 'Egress'>();
  for (const item of items) {
    if (item.absent) item.error('wrong-type', 'A policy type is nothing; expected Ingress or Egress.');
    const type = item.oneOf(['Ingress', 'Egress']);
    if (type !== undefined) types.add(type);
  }
  return types;
}

/** Every rule is checked, but only sections that policyTypes names have an effect. */
function readSection(spec: Reader, section: Section, counts: boolean, namespace: string, added: AddedPeer | undefined): Rule[] {
  const field = spec.field(section.direction);
  const rules = field.each().map((rule) => readRule(rule, section, namespace, added));
  if (counts || rules.length === 0) return counts ? rules : [];
  field.warning(
    'ignored-section',
    `${section.direction} has rules but policyTypes leaves out ${section.typeName}, so they have no effect.`,
    `Add ${section.typeName} to policyTypes, or remove the rules.`,
  );
  return [];
}

function readRule(rule: Reader, section: Section, namespace: string, added: AddedPeer | undefined): Rule {
  const { direction, peersKey } = section;
  const other = peersKey === 'from' ? 'to' : 'from';
  rule.object([peersKey, 'ports'], {
    [other]: `${direction} rules say ${peersKey}; ${other} belongs under ${direction === 'ingress' ? 'egress' : 'ingress'}.`,
    port: 'Write a list: ports: [{protocol: TCP, port: …}].',
    podSelector: `Put it in the list of peers: ${peersKey}: [{podSelector: …}].`,
    namespaceSelector: `Put it in the list of peers: ${peersKey}: [{namespaceSelector: …}].`,
    ipBlock: `Put it in the list of peers: ${peersKey}: [{ipBlock: …}].`,
    ...(added?.direction === direction ? { [added.field]: `Put it in the list of peers: ${peersKey}: [{${added.field}: …}].` } : {}),
  });
  const peers = rule.field(peersKey).each();
  const ports = rule.field('ports').each();
  const more = added?.direction === direction ? added : undefined;
  return {
    direction,
    action: 'allow',
    peers: peers.length === 0 ? null : peers.flatMap((peer) => readPeer(peer, namespace, more)),
    ports: ports.length === 0 ? null : ports.map(readPort).filter((port) => port !== undefined),
    application: null,
    origin: rule.origin,
  };
}

/** One peer, or none when it is wrong. */
function readPeer(peer: Reader, namespace: string, added: AddedPeer | undefined): Peer[] {
  const own = ['podSelector', 'namespaceSelector', 'ipBlock'];
  const known = added === undefined ? own : [...own, added.field];
  if (peer.present && !peer.object(known, { cidr: 'Put cidr under ipBlock.', except: 'Put except under ipBlock.' })) return [];
  const pods = peer.field('podSelector');
  const namespaces = peer.field('namespaceSelector');
  const block = peer.field('ipBlock');
  const more = added === undefined ? undefined : peer.field(added.field);
  const podSelector = pods.present ? readSelector(pods) : everything;
  const selected = namespaces.present ? readSelector(namespaces) : undefined;
  const cidr = block.present ? readIpBlock(block) : undefined;
  const other = more?.present === true ? added?.read(more) : undefined;
  const selects = pods.present || namespaces.present;
  if (!selects && block.absent && more?.present !== true) {
    const meant =
      peer.keys().length > 0
        ? 'null means absent here; write {} to select everything.'
        : 'To allow every peer, leave the list out; to allow every pod, write namespaceSelector: {}.';
    peer.error('empty-peer', `This peer says nothing; expected ${known.slice(0, -1).join(', ')} or ${known.at(-1)}.`, meant);
    return [];
  }
  const alone = more?.present === true && added !== undefined ? added.field : 'ipBlock';
  if ((block.present && selects) || (more?.present === true && (selects || block.present))) {
    peer.error(
      'mixed-peer',
      `This peer has ${alone} and ${selects ? 'a selector' : 'ipBlock'}; the API allows ${alone} only alone.`,
      `Make two items of the list: one with ${alone}, one with the ${selects ? 'selector' : 'ipBlock'}.`,
    );
    return [];
  }
  if (more?.present === true) return other === undefined ? [] : [other];
  if (block.present) return cidr === undefined ? [] : [cidr];
  return [
    {
      kind: 'pods',
      match: { namespaces: selected === undefined ? { kind: 'named', name: namespace } : namespacesBy(selected), pods: podSelector, serviceAccounts: null },
    },
  ];
}

/** Source: kubernetes pkg/apis/networking/validation ValidateIPBlock: each exception lies strictly inside the cidr. */
function readIpBlock(block: Reader): Peer | undefined {
  if (!block.object(['cidr', 'except'])) return undefined;
  block.required('cidr');
  const cidr = readCidr(block.field('cidr'));
  const except: string[] = [];
  for (const item of block.field('except').each()) {
    if (item.absent) item.error('wrong-type', 'An exception is nothing; expected a CIDR.');
    const hole = readCidr(item);
    if (hole === undefined) continue;
    except.push(hole.text);
    if (cidr !== undefined && !strictlyInside(hole.set, cidr.set)) {
      item.error(
        'except-outside',
        `${shown(hole.text)} is not strictly inside ${shown(cidr.text)}; an exception must be.`,
        'Remove it, or write a cidr that contains it.',
      );
    }
  }
  return cidr === undefined ? undefined : { kind: 'cidr', cidr: cidr.text, except };
}

function strictlyInside(part: IpSet, whole: IpSet): boolean {
  return ipIsEmpty(ipSubtract(part, whole)) && !ipIsEmpty(ipSubtract(whole, part));
}

/**
 * A policy of a kind that adds up with NetworkPolicy: in its own namespace, one union with all others of the tier, in which nothing is denied but by
 * isolation. Named by kind, namespace and name.
 */
export function addingPolicy(object: RawObject, dialect: DialectId, { pods, isolates, rules }: NetworkPolicySpec): Policy {
  const { kind, name, origin } = object;
  const namespace = object.namespace ?? 'default';
  return {
    id: `${kind} ${namespace}/${name}`,
    dialect,
    kind,
    namespace,
    name,
    tier: tiers.normal,
    order: 0,
    evaluation: 'deny-wins',
    subject: { kind: 'pods', match: { namespaces: { kind: 'named', name: namespace }, pods, serviceAccounts: null } },
    isolates,
    rules,
    origin,
  };
}

import { finish, Reader, shown } from '../../kernel/reader.ts';
import type { Diagnostic, Result } from '../../kernel/result.ts';
import { readCidr } from '../../model/cidr-syntax.ts';
import { everything } from '../../model/labels.ts';
import { namespacesBy } from '../../model/namespace-match.ts';
import type { Direction, Peer, Policy, Rule } from '../../model/policy.ts';
import { tiers } from '../../model/policy.ts';
import { readSelector } from '../../model/selector-syntax.ts';
import type { RawObject } from '../../model/snapshot.ts';
import { type IpSet, ipIsEmpty, ipSubtract } from '../../space/ip-set.ts';
import { readPort } from './ports.ts';

/** Rules of one section, and whether it counts: policyTypes says which do. */
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
 * Lowers a NetworkPolicy, with the API server's defaults filled in and its validation applied.
 * Source: kubernetes/api networking/v1 types.go, kubernetes pkg/apis/networking/validation.
 */
export function read(object: RawObject): Result<readonly Policy[]> {
  const diagnostics: Diagnostic[] = [];
  const namespace = object.namespace ?? 'default';
  const body = new Reader(object.body, object.origin, diagnostics);
  body.object(['apiVersion', 'kind', 'metadata', 'spec', 'status'], {
    podSelector: 'Put podSelector under spec.',
    ingress: 'Put ingress under spec.',
    egress: 'Put egress under spec.',
    policyTypes: 'Put policyTypes under spec.',
  });
  const spec = body.field('spec');
  if (spec.absent)
    spec.warning(
      'no-spec',
      'This policy has no spec: it selects every pod of its namespace and lets nothing in.',
      'Write the spec, or say so: spec: {podSelector: {}, policyTypes: [Ingress]}.',
    );
  spec.object(['podSelector', 'policyTypes', 'ingress', 'egress']);
  const subject = readSelector(spec.field('podSelector'));
  const types = readPolicyTypes(spec);
  const rules = sections.flatMap((section) => readSection(spec, section, types.has(section.typeName), namespace));
  return finish(diagnostics, () => [
    {
      id: `NetworkPolicy ${namespace}/${object.name}`,
      dialect: 'kubernetes',
      kind: 'NetworkPolicy',
      namespace,
      name: object.name,
      tier: tiers.normal,
      order: 0,
      evaluation: 'deny-wins',
      subject: { kind: 'pods', match: { namespaces: { kind: 'named', name: namespace }, pods: subject, serviceAccounts: null } },
      isolates: { ingress: types.has('Ingress'), egress: types.has('Egress') },
      rules,
      origin: object.origin,
    },
  ]);
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
function readSection(spec: Reader, section: Section, counts: boolean, namespace: string): Rule[] {
  const field = spec.field(section.direction);
  const rules = field.each().map((rule) => readRule(rule, section, namespace));
  if (counts || rules.length === 0) return counts ? rules : [];
  field.warning(
    'ignored-section',
    `${section.direction} has rules but policyTypes leaves out ${section.typeName}, so they have no effect.`,
    `Add ${section.typeName} to policyTypes, or remove the rules.`,
  );
  return [];
}

function readRule(rule: Reader, section: Section, namespace: string): Rule {
  const { direction, peersKey } = section;
  const other = peersKey === 'from' ? 'to' : 'from';
  rule.object([peersKey, 'ports'], {
    [other]: `${direction} rules say ${peersKey}; ${other} belongs under ${direction === 'ingress' ? 'egress' : 'ingress'}.`,
    port: 'Write a list: ports: [{protocol: TCP, port: …}].',
    podSelector: `Put it in the list of peers: ${peersKey}: [{podSelector: …}].`,
    namespaceSelector: `Put it in the list of peers: ${peersKey}: [{namespaceSelector: …}].`,
    ipBlock: `Put it in the list of peers: ${peersKey}: [{ipBlock: …}].`,
  });
  const peers = rule.field(peersKey).each();
  const ports = rule.field('ports').each();
  return {
    direction,
    action: 'allow',

    peers: peers.length === 0 ? null : peers.flatMap((peer) => readPeer(peer, namespace)),
    ports: ports.length === 0 ? null : ports.map(readPort).filter((port) => port !== undefined),
    application: null,
    origin: rule.origin,
  };
}

/** One peer, or none when it is wrong. */
function readPeer(peer: Reader, namespace: string): Peer[] {
  if (peer.present && !peer.object(['podSelector', 'namespaceSelector', 'ipBlock'], { cidr: 'Put cidr under ipBlock.', except: 'Put except under ipBlock.' }))
    return [];
  const pods = peer.field('podSelector');
  const namespaces = peer.field('namespaceSelector');
  const block = peer.field('ipBlock');
  const podSelector = pods.present ? readSelector(pods) : everything;
  const selected = namespaces.present ? readSelector(namespaces) : undefined;
  const cidr = block.present ? readIpBlock(block) : undefined;
  if (pods.absent && namespaces.absent && block.absent) {
    const meant =
      peer.keys().length > 0
        ? 'null means absent here; write {} to select everything.'
        : 'To allow every peer, leave the list out; to allow every pod, write namespaceSelector: {}.';
    peer.error('empty-peer', 'This peer says nothing; expected podSelector, namespaceSelector or ipBlock.', meant);
    return [];
  }
  if (block.present && (pods.present || namespaces.present)) {
    peer.error(
      'mixed-peer',
      'This peer has ipBlock and a selector; the API allows ipBlock only alone.',
      'Make two items of the list: one with ipBlock, one with the selector.',
    );
    return [];
  }
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

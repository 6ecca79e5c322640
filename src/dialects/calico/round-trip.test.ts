import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LabelSelector, Requirement, SelectorTerm } from '../../model/labels.ts';
import { namespacesBy } from '../../model/namespace-match.ts';
import { type Direction, type Peer, type PodMatch, type Policy, type PortMatch, type Rule, type Tier, tiers } from '../../model/policy.ts';
import type { RawObject } from '../../model/snapshot.ts';
import type { Surroundings } from '../dialect.ts';
import { emit } from './emit.ts';
import { read } from './read.ts';

const origin = { document: { file: 'p.yaml', index: 0 }, path: [] };
const defaultTier: Tier = { id: 'default', order: 1_000_000, end: 'deny' };
const security: Tier = { id: 'security', order: 5, end: 'pass' };
const last: Tier = { id: 'last', order: Number.POSITIVE_INFINITY, end: 'deny' };
const around: Surroundings = {
  of: (group, kind) =>
    group === 'projectcalico.org' && kind === 'Tier' ? [tierObject('security', { order: 5, defaultAction: 'Pass' }), tierObject('last', {})] : [],
};

function tierObject(name: string, spec: object): RawObject {
  return { apiVersion: 'projectcalico.org/v3', kind: 'Tier', namespace: null, name, body: { metadata: { name }, spec }, origin };
}

const key = fc.constantFrom('app', 'example.com/role', 'constructor', 'a.b_c');
const value = fc.constantFrom('', 'x', 'a-b', "it's", 'toString');
const requirement: fc.Arbitrary<Requirement> = fc.oneof(
  fc.record({ key, operator: fc.constantFrom('In' as const, 'NotIn' as const), values: fc.array(value, { minLength: 1, maxLength: 3 }) }),
  fc.record({ key, operator: fc.constantFrom('Exists' as const, 'DoesNotExist' as const), values: fc.constant([]) }),
);
const plain: fc.Arbitrary<LabelSelector> = fc.record({ requirements: fc.array(requirement, { maxLength: 3 }) });
const text: fc.Arbitrary<SelectorTerm> = fc.record({
  kind: fc.constant('text' as const),
  key,
  how: fc.constantFrom('contains' as const, 'ends-with' as const),
  value,
});
const term: fc.Arbitrary<SelectorTerm> = fc.oneof(
  text,
  text.map((t): SelectorTerm => ({ kind: 'not', selector: { requirements: [], terms: [t] } })),
  fc.record({ kind: fc.constant('any-of' as const), selectors: fc.array(plain, { minLength: 2, maxLength: 3 }) }),
  fc.constant<SelectorTerm>({ kind: 'any-of', selectors: [] }),
);
const selector: fc.Arbitrary<LabelSelector> = fc.oneof(
  plain,
  fc.record({ requirements: fc.array(requirement, { maxLength: 2 }), terms: fc.array(term, { minLength: 1, maxLength: 2 }) }),
);
const accounts = fc.constantFrom<readonly string[] | null>(null, null, ['trainer'], ['trainer', 'reader']);
const match = (namespaces: fc.Arbitrary<PodMatch['namespaces']>): fc.Arbitrary<PodMatch> =>
  fc.record({ namespaces, pods: selector, serviceAccounts: accounts });
const anyNamespaces: fc.Arbitrary<PodMatch['namespaces']> = fc.oneof(
  fc.constantFrom<PodMatch['namespaces']>(
    { kind: 'named', name: 'ml' },
    { kind: 'named', name: 'other' },
    { kind: 'labelled', selector: { requirements: [] } },
  ),
  fc.array(requirement, { maxLength: 2 }).map((requirements) => namespacesBy({ requirements })),
);
const cidr = (...texts: readonly string[]): fc.Arbitrary<Peer> => fc.constantFrom(...texts).map((c) => ({ kind: 'cidr', cidr: c, except: [] }));
const peers: fc.Arbitrary<readonly Peer[] | null> = fc.oneof(
  fc.constant(null),
  match(anyNamespaces).map((m): Peer[] => [{ kind: 'pods', match: m }]),
  fc.array(cidr('10.0.0.0/8', '192.168.1.1/32'), { minLength: 1, maxLength: 2 }),
  fc.constant<Peer[]>([{ kind: 'cidr', cidr: '10.0.0.0/8', except: ['10.1.0.0/16', '10.2.0.0/16'] }]),
  cidr('10.0.0.0/8', 'fd00::/8').map((peer): Peer[] => [{ kind: 'not', peer }]),
  fc
    .record({ m: match(anyNamespaces), net: cidr('10.0.0.0/8'), not: cidr('10.1.0.0/16') })
    .map(({ m, net, not }): Peer[] => [{ kind: 'all-of', peers: [{ kind: 'pods', match: m }, net, { kind: 'not', peer: not }] }]),
  fc.constant<Peer[]>([{ kind: 'services', namespace: 'data', name: 'store', selector: null }]),
);
const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 3 }).map((list) => list.sort((a, b) => a - b).map((n) => n * 70));
const ports: fc.Arbitrary<readonly PortMatch[] | null> = fc.oneof(
  fc.constant(null),
  fc.constantFrom('TCP' as const, 'UDP' as const, 'SCTP' as const).map((protocol): PortMatch[] => [{ protocol, port: null, endPort: null }]),
  fc
    .record({ list: numbers, width: fc.integer({ min: 0, max: 60 }), name: fc.constantFrom(null, 'http', 'a_B.c') })
    .map(({ list, width, name }): PortMatch[] => [
      ...list.map((port): PortMatch => ({ protocol: 'TCP', port, endPort: width === 0 ? null : port + width })),
      ...(name === null ? [] : [{ protocol: 'TCP' as const, port: name, endPort: null }]),
    ]),
  fc.constant<PortMatch[]>([
    { protocol: 'TCP', port: 0, endPort: 79 },
    { protocol: 'TCP', port: 81, endPort: 65535 },
  ]),
  fc.constant((['TCP', 'SCTP', 'ICMP', 'OTHER'] as const).map((protocol): PortMatch => ({ protocol, port: null, endPort: null }))),
  fc.constant((['TCP', 'UDP', 'SCTP'] as const).map((protocol): PortMatch => ({ protocol, port: 'http', endPort: null }))),
);
const icmp: fc.Arbitrary<Pick<Rule, 'peers' | 'ports'>> = fc.record({
  peers: fc.constantFrom<readonly Peer[]>([{ kind: 'cidr', cidr: '0.0.0.0/0', except: [] }], [{ kind: 'cidr', cidr: '::/0', except: [] }]),
  ports: fc.constantFrom<readonly PortMatch[]>(
    [{ protocol: 'ICMP', port: null, endPort: null }],
    [{ protocol: 'ICMP', port: 8, endPort: null }],
    [
      { protocol: 'ICMP', port: 0, endPort: 7 },
      { protocol: 'ICMP', port: 9, endPort: 255 },
    ],
  ),
});
const ruleOf = (direction: Direction): fc.Arbitrary<Rule> =>
  fc
    .record({ action: fc.constantFrom('allow' as const, 'deny' as const, 'pass' as const), what: fc.oneof(fc.record({ peers, ports }), icmp) })
    .filter(({ what }) => !(what.ports !== null && what.peers?.some((p) => p.kind === 'services') === true))
    .map(({ action, what }) => ({ direction, action, ...what, application: null, origin }));
const policy: fc.Arbitrary<Policy> = fc
  .record({
    namespaced: fc.boolean(),
    isolation: fc.constantFrom('ingress', 'egress', 'both'),
    tier: fc.constantFrom(defaultTier, security, last),
    order: fc.constantFrom(Number.POSITIVE_INFINITY, 0, -1.5, 1000),
    subject: match(anyNamespaces),
    ingress: fc.array(ruleOf('ingress'), { maxLength: 3 }),
    egress: fc.array(ruleOf('egress'), { maxLength: 3 }),
  })
  .map(({ namespaced, isolation, tier, order, subject, ingress, egress }): Policy => {
    const isolates = { ingress: isolation !== 'egress', egress: isolation !== 'ingress' };
    const kind = namespaced ? 'NetworkPolicy' : 'GlobalNetworkPolicy';
    return {
      id: `${kind}.projectcalico.org ${namespaced ? 'ml/p' : 'p'}`,
      dialect: 'calico',
      kind,
      namespace: namespaced ? 'ml' : null,
      name: 'p',
      tier,
      order,
      evaluation: 'first-match',
      subject: { kind: 'pods', match: namespaced ? { ...subject, namespaces: { kind: 'named', name: 'ml' } } : subject },
      isolates,
      rules: [...(isolates.ingress ? ingress : []), ...(isolates.egress ? egress : [])],
      origin,
    };
  });

/** Says it, as a file would hold it, and reads it back without origins. */
function again(p: Policy): unknown {
  const said = emit(p);
  if (!said.ok) throw new Error(said.diagnostics.map((d) => d.message).join('\n'));
  const object: RawObject = {
    apiVersion: 'projectcalico.org/v3',
    kind: p.kind,
    namespace: p.namespace,
    name: 'p',
    body: JSON.parse(JSON.stringify(said.value)),
    origin,
  };
  const result = read(object, around);
  if (!result.ok) throw new Error(result.diagnostics.map((d) => d.message).join('\n'));
  return result.value.map(withoutOrigins);
}

const withoutOrigins = (p: Policy): unknown => ({ ...p, origin: null, rules: p.rules.map((rule) => ({ ...rule, origin: null })) });

describe('read is the inverse of emit', () => {
  it('for every policy that Calico can express', () => {
    fc.assert(
      fc.property(policy, (p) => {
        expect(again(p)).toEqual([withoutOrigins(p)]);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('what Calico cannot say is refused', () => {
  const rule: Rule = { direction: 'egress', action: 'allow', peers: null, ports: null, application: null, origin };
  const everyone: PodMatch = { namespaces: { kind: 'labelled', selector: { requirements: [] } }, pods: { requirements: [] }, serviceAccounts: null };
  const base: Policy = {
    id: 'GlobalNetworkPolicy.projectcalico.org p',
    dialect: 'calico',
    kind: 'GlobalNetworkPolicy',
    namespace: null,
    name: 'p',
    tier: defaultTier,
    order: 1,
    evaluation: 'first-match',
    subject: { kind: 'pods', match: everyone },
    isolates: { ingress: false, egress: true },
    rules: [],
    origin,
  };
  const withRule = (change: Partial<Rule>): Policy => ({ ...base, rules: [{ ...rule, ...change }] });
  const tcp: PortMatch = { protocol: 'TCP', port: 1, endPort: null };
  const pods: Peer = { kind: 'pods', match: everyone };
  const net: Peer = { kind: 'cidr', cidr: '10.0.0.0/8', except: [] };
  it.each<[string, Policy]>([
    ['rules without an order', { ...base, evaluation: 'deny-wins' }],
    ['a policy of another language', { ...base, dialect: 'cilium', kind: 'CiliumNetworkPolicy' }],
    ['a part of a policy', { ...base, id: `${base.id} part 2` }],
    ['no isolation', { ...base, isolates: { ingress: false, egress: false } }],
    ['a built-in tier with another end', { ...base, tier: { ...defaultTier, end: 'pass' } }],
    ['nodes as subject', { ...base, subject: { kind: 'nodes', selector: { requirements: [] } } }],
    ['a subject in another namespace', { ...base, kind: 'NetworkPolicy', namespace: 'ml', id: 'NetworkPolicy.projectcalico.org ml/p' }],
    ['rules without isolation', withRule({ direction: 'ingress' })],
    ['a further condition', withRule({ condition: 'whether the source port is 1' })],
    ['layer 7', withRule({ application: { dns: null, serverNames: null, otherL7: true } })],
    ['no peer', withRule({ peers: [] })],
    ['no port', withRule({ ports: [] })],
    ['two sorts of peers', withRule({ peers: [pods, net] })],
    ['two selections of pods', withRule({ peers: [pods, pods] })],
    ['two families', withRule({ peers: [net, { kind: 'cidr', cidr: 'fd00::/8', except: [] }] })],
    ['names', withRule({ peers: [{ kind: 'names', names: [] }] })],
    ['an entity', withRule({ peers: [{ kind: 'entity', entity: 'world' }] })],
    ['nodes', withRule({ peers: [{ kind: 'nodes', selector: { requirements: [] } }] })],
    ['Services by label', withRule({ peers: [{ kind: 'services', namespace: 'a', name: null, selector: { requirements: [] } }] })],
    ['an unknown peer', withRule({ peers: [{ kind: 'unknown', gap: 'x' }] })],
    ['an exclusion within an exclusion', withRule({ peers: [{ kind: 'not', peer: { kind: 'not', peer: net } }] })],
    ['two protocols', withRule({ ports: [tcp, { ...tcp, protocol: 'UDP' }] })],
    ['any protocol with a number', withRule({ ports: [{ ...tcp, protocol: 'ANY' }] })],
    ['other protocols', withRule({ ports: [{ ...tcp, protocol: 'OTHER', port: null }] })],
    ['ICMP of both families', withRule({ ports: [{ ...tcp, protocol: 'ICMP', port: 8 }] })],
    [
      'both sorts of quotes',
      withRule({ peers: [{ kind: 'pods', match: { ...everyone, pods: { requirements: [{ key: 'a', operator: 'In', values: [`'"`] }] } } }] }),
    ],
    ['no service account', { ...base, subject: { kind: 'pods', match: { ...everyone, serviceAccounts: [] } } }],
    [
      'terms of namespaces',
      withRule({
        peers: [
          {
            kind: 'pods',
            match: {
              ...everyone,
              namespaces: { kind: 'labelled', selector: { requirements: [], terms: [{ kind: 'text', key: 'a', how: 'contains', value: 'b' }] } },
            },
          },
        ],
      }),
    ],
    [
      'a selector that is too long',
      { ...base, subject: { kind: 'pods', match: { ...everyone, pods: { requirements: [{ key: 'a', operator: 'In', values: ['x'.repeat(1024)] }] } } } },
    ],
    ['a tier of another language', { ...base, tier: { ...tiers.normal, id: '' } }],
  ])('%s', (_name, p) => {
    const result = emit(p);
    expect(result.ok).toBe(false);
    expect(result.diagnostics.length).toBeGreaterThan(0);
    expect(result.diagnostics.every((d) => d.code === 'cannot-say' && d.severity === 'error')).toBe(true);
  });

  it('says the plain one', () => {
    expect(emit(withRule({ peers: [net], ports: [tcp] }))).toEqual({
      ok: true,
      diagnostics: [],
      value: {
        apiVersion: 'projectcalico.org/v3',
        kind: 'GlobalNetworkPolicy',
        metadata: { name: 'p' },
        spec: {
          order: 1,
          selector: 'all()',
          types: ['Egress'],
          egress: [{ action: 'Allow', protocol: 'TCP', destination: { nets: ['10.0.0.0/8'], ports: [1] } }],
        },
      },
    });
  });
});

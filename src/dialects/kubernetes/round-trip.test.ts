import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LabelSelector, Requirement } from '../../model/labels.ts';
import { namespacesBy } from '../../model/namespace-match.ts';
import type { Direction, Peer, Policy, PortMatch, Rule } from '../../model/policy.ts';
import { tiers } from '../../model/policy.ts';
import { emit } from './emit.ts';
import { read } from './read.ts';

const origin = { document: { file: 'p.yaml', index: 0 }, path: [] };
const key = fc.constantFrom('app', 'example.com/role', '1', 'constructor', 'kubernetes.io/metadata.name', 'a.b_c');
const value = fc.constantFrom('', 'x', 'a-b', '7', 'toString');
const requirement: fc.Arbitrary<Requirement> = fc.oneof(
  fc.record({ key, operator: fc.constantFrom('In' as const, 'NotIn' as const), values: fc.array(value, { minLength: 1, maxLength: 3 }) }),
  fc.record({ key, operator: fc.constantFrom('Exists' as const, 'DoesNotExist' as const), values: fc.constant([]) }),
);
const selector: fc.Arbitrary<LabelSelector> = fc.record({ requirements: fc.array(requirement, { maxLength: 4 }) });
const cidr: fc.Arbitrary<Peer> = fc.constantFrom<Peer>(
  { kind: 'cidr', cidr: '0.0.0.0/0', except: ['169.254.169.254/32', '10.0.0.0/8'] },
  { kind: 'cidr', cidr: '10.1.2.3/32', except: [] },
  { kind: 'cidr', cidr: 'fd00::/8', except: ['fd00:1::/32'] },
);
const pods: fc.Arbitrary<Peer> = fc.record({
  kind: fc.constant('pods' as const),
  match: fc.record({
    namespaces: fc.oneof(
      fc.constantFrom('ml', 'other').map((name) => ({ kind: 'named' as const, name })),
      selector.map(namespacesBy),
    ),
    pods: selector,
    serviceAccounts: fc.constant(null),
  }),
});
const port: fc.Arbitrary<PortMatch> = fc.oneof(
  fc.record({
    protocol: fc.constantFrom('TCP' as const, 'UDP' as const, 'SCTP' as const),
    port: fc.constantFrom(null, 1, 65535, 'http', 'a-1'),
    endPort: fc.constant(null),
  }),
  fc.record({
    protocol: fc.constantFrom('TCP' as const, 'UDP' as const),
    port: fc.integer({ min: 1, max: 100 }),
    endPort: fc.integer({ min: 100, max: 65535 }),
  }),
);
const rules = (direction: Direction): fc.Arbitrary<Rule[]> =>
  fc.array(
    fc.record({
      direction: fc.constant(direction),
      action: fc.constant('allow' as const),
      peers: fc.option(fc.array(fc.oneof(pods, cidr), { minLength: 1, maxLength: 3 })),
      ports: fc.option(fc.array(port, { minLength: 1, maxLength: 3 })),
      application: fc.constant(null),
      origin: fc.constant(origin),
    }),
    { maxLength: 3 },
  );
const policy: fc.Arbitrary<Policy> = fc
  .record({ isolation: fc.constantFrom('ingress', 'egress', 'both'), pods: selector, ingress: rules('ingress'), egress: rules('egress') })
  .map(({ isolation, pods: subject, ingress, egress }) => {
    const isolates = { ingress: isolation !== 'egress', egress: isolation !== 'ingress' };
    return {
      id: 'NetworkPolicy ml/p',
      dialect: 'kubernetes',
      kind: 'NetworkPolicy',
      namespace: 'ml',
      name: 'p',
      tier: tiers.normal,
      order: 0,
      evaluation: 'deny-wins',
      subject: { kind: 'pods', match: { namespaces: { kind: 'named', name: 'ml' }, pods: subject, serviceAccounts: null } },
      isolates,
      rules: [...(isolates.ingress ? ingress : []), ...(isolates.egress ? egress : [])],
      origin,
    };
  });

/** Says it, as a file would hold it, and reads it back without origins. */
function again(p: Policy): unknown {
  const said = emit(p);
  if (!said.ok) throw new Error(said.diagnostics.map((d) => d.message).join('\n'));
  const result = read({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    namespace: 'ml',
    name: 'p',
    body: JSON.parse(JSON.stringify(said.value)),
    origin,
  });
  if (!result.ok) throw new Error(result.diagnostics.map((d) => d.message).join('\n'));
  return result.value.map(plain);
}

const plain = (p: Policy): unknown => ({ ...p, origin: null, rules: p.rules.map((rule) => ({ ...rule, origin: null })) });

describe('read is the inverse of emit', () => {
  it('for every policy that NetworkPolicy can express', () => {
    fc.assert(
      fc.property(policy, (p) => {
        expect(again(p)).toEqual([plain(p)]);
      }),
      { numRuns: 500 },
    );
  });
});

describe('what NetworkPolicy cannot say is refused', () => {
  const rule: Rule = { direction: 'egress', action: 'allow', peers: null, ports: null, application: null, origin };
  const base: Policy = {
    id: 'NetworkPolicy ml/p',
    dialect: 'kubernetes',
    kind: 'NetworkPolicy',
    namespace: 'ml',
    name: 'p',
    tier: tiers.normal,
    order: 0,
    evaluation: 'deny-wins',
    subject: { kind: 'pods', match: { namespaces: { kind: 'named', name: 'ml' }, pods: { requirements: [] }, serviceAccounts: null } },
    isolates: { ingress: false, egress: true },
    rules: [],
    origin,
  };
  const withRule = (change: Partial<Rule>): Policy => ({ ...base, rules: [{ ...rule, ...change }] });
  const tcp: PortMatch = { protocol: 'TCP', port: 1, endPort: null };
  const rows: readonly (readonly [string, Policy])[] = [
    ['deny', withRule({ action: 'deny' })],
    ['pass', withRule({ action: 'pass' })],
    ['an order of rules', { ...base, evaluation: 'first-match' }],
    ['an order of policies', { ...base, order: 7 }],
    ['a further condition', withRule({ condition: 'a source port' })],
    ['peers by exclusion', withRule({ peers: [{ kind: 'not', peer: { kind: 'cidr', cidr: '10.0.0.0/8', except: [] } }] })],
    [
      'terms that label selectors lack',
      {
        ...base,
        subject: {
          kind: 'pods',
          match: {
            namespaces: { kind: 'named', name: 'ml' },
            pods: { requirements: [], terms: [{ kind: 'not', selector: { requirements: [] } }] },
            serviceAccounts: null,
          },
        },
      },
    ],
    ['an entity', withRule({ peers: [{ kind: 'entity', entity: 'world' }] })],
    ['names', withRule({ peers: [{ kind: 'names', names: [] }] })],
    ['nodes', withRule({ peers: [{ kind: 'nodes', selector: { requirements: [] } }] })],
    ['services', withRule({ peers: [{ kind: 'services', namespace: null, name: 's', selector: null }] })],
    ['an unknown peer', withRule({ peers: [{ kind: 'unknown', gap: 'x' }] })],
    [
      'service accounts',
      withRule({ peers: [{ kind: 'pods', match: { namespaces: { kind: 'named', name: 'ml' }, pods: { requirements: [] }, serviceAccounts: ['a'] } }] }),
    ],
    ['no peer', withRule({ peers: [] })],
    ['no port', withRule({ ports: [] })],
    ['any protocol', withRule({ ports: [{ ...tcp, protocol: 'ANY' }] })],
    ['ICMP', withRule({ ports: [{ ...tcp, protocol: 'ICMP' }] })],
    ['other protocols', withRule({ ports: [{ ...tcp, protocol: 'OTHER', port: null }] })],
    ['layer 7', withRule({ application: { dns: null, serverNames: ['a'], otherL7: false } })],
    ['rules without isolation', withRule({ direction: 'ingress' })],
    ['no isolation', { ...base, isolates: { ingress: false, egress: false } }],
    ['nodes as subject', { ...base, subject: { kind: 'nodes', selector: { requirements: [] } } }],
    ['a tier', { ...base, tier: tiers.admin }],
    ['the whole cluster', { ...base, namespace: null, id: 'NetworkPolicy p' }],
    ['a policy of another language', { ...base, dialect: 'cilium', kind: 'CiliumNetworkPolicy' }],
  ];
  it.each(rows)('%s', (_name, p) => {
    const result = emit(p);
    expect(result.ok).toBe(false);
    expect(result.diagnostics.every((d) => d.code === 'cannot-say' && d.severity === 'error')).toBe(true);
  });

  it('says the plain one', () => {
    expect(emit(withRule({}))).toEqual({
      ok: true,
      diagnostics: [],
      value: {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'p', namespace: 'ml' },
        spec: { podSelector: {}, policyTypes: ['Egress'], egress: [{}] },
      },
    });
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { domainName } from '../../model/domain-name-syntax.ts';
import { type LabelSelector, type Requirement, selectorText } from '../../model/labels.ts';
import { namespacesBy } from '../../model/namespace-match.ts';
import { type Direction, type Peer, type PodMatch, type Policy, type PortMatch, type Rule, tiers } from '../../model/policy.ts';
import { emit } from './emit.ts';
import { read } from './read.ts';

const origin = { document: { file: 'p.yaml', index: 0 }, path: [] };
const key = fc.constantFrom('app', 'example.com/role', '1', 'constructor', 'kubernetes.io/metadata.name');
const value = fc.constantFrom('', 'x', 'a-b', '7', 'toString');
const requirement: fc.Arbitrary<Requirement> = fc.oneof(
  fc.record({ key, operator: fc.constantFrom('In' as const, 'NotIn' as const), values: fc.array(value, { minLength: 1, maxLength: 3 }) }),
  fc.record({ key, operator: fc.constantFrom('Exists' as const, 'DoesNotExist' as const), values: fc.constant([]) }),
);
const selector: fc.Arbitrary<LabelSelector> = fc.record({ requirements: fc.array(requirement, { maxLength: 3 }) });
const match: fc.Arbitrary<PodMatch> = fc.record({
  namespaces: fc.oneof(fc.constant({ kind: 'named' as const, name: 'ml' }), selector.map(namespacesBy)),
  pods: selector,
  serviceAccounts: fc.constant(null),
});
const pods: fc.Arbitrary<Peer> = match.map((m) => ({ kind: 'pods', match: m }));
const network: fc.Arbitrary<Peer> = fc.constantFrom('0.0.0.0/0', '10.1.2.3/32', 'fd00::/8').map((cidr) => ({ kind: 'cidr', cidr, except: [] }));
const nodes: fc.Arbitrary<Peer> = selector.map((s) => ({ kind: 'nodes', selector: s }));
const names: fc.Arbitrary<Peer> = fc
  .array(fc.constantFrom('data.example.com', '*.example.com', 'a_b.example.com').map(domainName), { minLength: 1, maxLength: 3 })
  .map((n) => ({ kind: 'names', names: n, withoutDnsRule: true }));
const port: fc.Arbitrary<PortMatch> = fc.oneof(
  fc.record({ protocol: fc.constantFrom('TCP' as const, 'UDP' as const, 'SCTP' as const), port: fc.constantFrom(1, 443, 65535), endPort: fc.constant(null) }),
  fc.record({ protocol: fc.constantFrom('TCP' as const, 'SCTP' as const), port: fc.constantFrom(1, 443), endPort: fc.constantFrom(444, 65535) }),
);
const named: fc.Arbitrary<PortMatch> = fc.constantFrom('http', 'a-1').map((p) => ({ protocol: 'ANY', port: p, endPort: null }));
const some = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(item, { minLength: 1, maxLength: 3 });

function rule(direction: Direction): fc.Arbitrary<Rule> {
  const action = fc.constantFrom('allow' as const, 'deny' as const, 'pass' as const);
  const inside = fc.record({ action, peers: some(pods), ports: fc.option(some(fc.oneof(port, named))) });
  const outside = fc.record({ action, peers: some(fc.oneof(pods, network, nodes)), ports: fc.option(some(port)) });
  const byName = fc.record({ action: fc.constant('allow' as const), peers: some(fc.oneof(pods, names)), ports: fc.option(some(port)) });
  return (direction === 'ingress' ? inside : fc.oneof(inside, outside, byName)).map((r) => ({ ...r, direction, application: null, origin }));
}

const policy: fc.Arbitrary<Policy> = fc
  .record({
    tier: fc.constantFrom(tiers.admin, tiers.baseline),
    order: fc.constantFrom(0, 1, 1000),
    subject: match,
    ingress: fc.array(rule('ingress'), { maxLength: 3 }),
    egress: fc.array(rule('egress'), { maxLength: 3 }),
  })
  .map(({ tier, order, subject, ingress, egress }) => ({
    id: 'ClusterNetworkPolicy p',
    dialect: 'network-policy-api',
    kind: 'ClusterNetworkPolicy',
    namespace: null,
    name: 'p',
    tier,
    order,
    evaluation: 'first-match',
    subject: { kind: 'pods', match: subject },
    isolates: { ingress: false, egress: false },
    rules: [...ingress, ...egress],
    origin,
  }));

const plain = ({ origin: _, rules, ...rest }: Policy): unknown => ({ ...rest, rules: rules.map(({ origin: __, ...r }) => r) });

/** Says it, as a file would hold it, and reads it back without origins. */
function again(p: Policy): unknown {
  const said = emit(p);
  if (!said.ok) throw new Error(said.diagnostics.map((d) => d.message).join('\n'));
  const result = read({
    apiVersion: 'policy.networking.k8s.io/v1alpha2',
    kind: 'ClusterNetworkPolicy',
    namespace: null,
    name: 'p',
    body: JSON.parse(JSON.stringify(said.value)),
    origin,
  });
  if (!result.ok) throw new Error(result.diagnostics.map((d) => d.message).join('\n'));
  return result.value.map(plain);
}

describe('what is said reads back the same', () => {
  it('for every policy that the language can say', () => {
    fc.assert(
      fc.property(policy, (p) => {
        expect(again(p)).toEqual([plain(p)]);
      }),
    );
  });
});

describe('what the language cannot say is refused', () => {
  const [base] = fc.sample(policy, { numRuns: 1, seed: 7 });
  const allow: Rule = {
    direction: 'egress',
    action: 'allow',
    peers: [{ kind: 'cidr', cidr: '10.0.0.0/8', except: [] }],
    ports: null,
    application: null,
    origin,
  };
  const withRule = (change: Partial<Rule>): Partial<Policy> => ({ rules: [{ ...allow, ...change }] });
  const tcp = (p: PortMatch['port'], protocol: PortMatch['protocol'] = 'TCP'): Partial<Policy> =>
    withRule({ peers: [], ports: [{ protocol, port: p, endPort: null }] });
  const rows: readonly (readonly [string, Partial<Policy>, string])[] = [
    ['another kind', { kind: 'AdminNetworkPolicy' }, 'Migrate it first'],
    ['another language', { dialect: 'eks' }, 'a policy of kind'],
    ['a namespace', { namespace: 'ml' }, 'a policy in a namespace'],
    ['another tier', { tier: tiers.normal }, 'the tier "normal"'],
    ['a priority beyond 1000', { order: 1001 }, 'the priority 1001'],
    ['half a priority', { order: 0.5 }, 'the priority 0.5'],
    ['rules without an order', { evaluation: 'deny-wins' }, 'of which deny wins'],
    ['isolation', { isolates: { ingress: true, egress: false } }, 'a policy that isolates'],
    ['nodes as subject', { subject: { kind: 'nodes', selector: { requirements: [] } } }, 'a policy for nodes'],
    ['every peer', withRule({ peers: null }), 'every peer'],
    ['no peer', withRule({ peers: [] }), 'a rule that matches no peer'],
    ['no port', withRule({ ports: [] }), 'a rule that matches no port'],
    ['exceptions', withRule({ peers: [{ kind: 'cidr', cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] }] }), 'a network with exceptions'],
    ['networks of ingress', withRule({ direction: 'ingress' }), 'networks in ingress rules'],
    ['entities', withRule({ peers: [{ kind: 'entity', entity: 'world' }] }), 'the entity world'],
    ['exclusion', withRule({ peers: [{ kind: 'not', peer: { kind: 'cidr', cidr: '10.0.0.0/8', except: [] } }] }), 'peers by exclusion'],
    ['names beside deny', withRule({ action: 'deny', peers: [{ kind: 'names', names: [domainName('a.com')] }] }), 'names in a rule that does not accept'],
    [
      'a wildcard of one label',
      withRule({ peers: [{ kind: 'names', names: [{ kind: 'pattern', text: '*.a.com', source: '^[-a-z0-9_]*[.]a[.]com$' }] }] }),
      'pattern "*.a.com"',
    ],
    ['every TCP port', tcp(null), 'every port of TCP'],
    ['a name of TCP alone', tcp('http'), 'whatever its protocol'],
    ['any protocol', tcp(80, 'ANY'), 'any protocol on one port'],
    ['ICMP beside others', tcp(8, 'ICMP'), 'the protocol ICMP'],
    ['names of ports outside', withRule({ ports: [{ protocol: 'ANY', port: 'http', endPort: null }] }), 'port names beside networks'],
    ['26 rules', { rules: Array.from({ length: 26 }, () => allow) }, '26 egress rules'],
    ['26 peers', withRule({ peers: Array.from({ length: 26 }, () => ({ kind: 'nodes' as const, selector: { requirements: [] } })) }), '26 peers'],
    ['a condition', withRule({ condition: 'a source port' }), 'a further condition'],
    ['layer 7', withRule({ application: { dns: null, serverNames: null, otherL7: true } }), 'layer 7'],
  ];
  it.each(rows)('%s', (_name, change, message) => {
    if (base === undefined) throw new Error('no sample');
    const said = emit({ ...base, ...change });
    expect(said.ok).toBe(false);
    expect(said.diagnostics.map((d) => `${d.message} ${d.hint ?? ''}`).join('\n')).toContain(message);
  });

  it('takes a pattern of another language where it means the same', () => {
    if (base === undefined) throw new Error('no sample');
    const any = { kind: 'pattern' as const, text: '**.a.com', source: '^(?:[-a-z0-9_]+[.])+a[.]com$' };
    const said = emit({ ...base, ...withRule({ peers: [{ kind: 'names', names: [any] }] }) });
    expect(said.ok && JSON.stringify(said.value)).toContain('"domainNames":["*.a.com"]');
  });

  it('writes 30 networks as two peers', () => {
    if (base === undefined) throw new Error('no sample');
    const peers = Array.from({ length: 30 }, (_, i): Peer => ({ kind: 'cidr', cidr: `10.${i}.0.0/16`, except: [] }));
    const p = { ...base, ...withRule({ peers }) };
    expect(again(p)).toEqual([plain(p)]);
  });
});

it('prints selectors that it read', () => {
  const result = read({
    apiVersion: 'policy.networking.k8s.io/v1alpha2',
    kind: 'ClusterNetworkPolicy',
    namespace: null,
    name: 'p',
    body: { spec: { tier: 'Admin', priority: 0, subject: { namespaces: { matchLabels: { team: 'ml' } } } } },
    origin,
  });
  const [only] = result.ok ? result.value : [];
  expect(only?.subject.kind === 'pods' && only.subject.match.namespaces.kind === 'labelled' && selectorText(only.subject.match.namespaces.selector)).toBe(
    'team=ml',
  );
});

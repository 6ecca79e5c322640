import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { domainName } from '../../model/domain-name-syntax.ts';
import type { LabelSelector } from '../../model/labels.ts';
import { type Direction, type Peer, type Policy, type PortMatch, type Rule, tiers } from '../../model/policy.ts';
import { dialect } from './dialect.ts';

const origin = { document: { file: 'p.yaml', index: 0 }, path: [] };
const selector: fc.Arbitrary<LabelSelector> = fc.constantFrom<LabelSelector>(
  { requirements: [] },
  { requirements: [{ key: 'app', operator: 'In', values: ['web'] }] },
  { requirements: [{ key: 'constructor', operator: 'NotIn', values: ['a', 'b'] }] },
);
const pods: fc.Arbitrary<Peer> = fc.record({ pods: selector, labels: selector, named: fc.boolean() }).map(({ pods: p, labels, named }) => ({
  kind: 'pods',
  match: { namespaces: named ? { kind: 'named', name: 'ml' } : { kind: 'labelled', selector: labels }, pods: p, serviceAccounts: null },
}));
const names: fc.Arbitrary<Peer> = fc
  .array(fc.constantFrom('data.example.com', '*.example.com').map(domainName), { minLength: 1, maxLength: 3 })
  .map((n) => ({ kind: 'names', names: n, withoutDnsRule: true }));
const block = (except: readonly string[]): Peer => ({ kind: 'cidr', cidr: '10.0.0.0/8', except });
const protocol = fc.constantFrom('TCP' as const, 'UDP' as const, 'SCTP' as const);
const numbered: fc.Arbitrary<PortMatch> = fc.record({ protocol, port: fc.constantFrom(1, 443), endPort: fc.constantFrom(null, 444, 65535) });
const some = <T>(item: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(item, { minLength: 1, maxLength: 3 });

function clusterRule(direction: Direction): fc.Arbitrary<Rule> {
  const named = fc.constant<PortMatch>({ protocol: 'ANY', port: 'http', endPort: null });
  const ports = fc.option(some(fc.oneof(numbered, named)));
  const action = fc.constantFrom('allow' as const, 'deny' as const, 'pass' as const);
  const plain = fc.record({ action, peers: some(direction === 'egress' ? fc.oneof(pods, fc.constant(block([]))) : pods), ports });
  const byName = fc.record({ action: fc.constant('allow' as const), peers: some(names), ports });
  return (direction === 'egress' ? fc.oneof(plain, byName) : plain).map((r) => ({ ...r, direction, application: null, origin }));
}

const clusterPolicy: fc.Arbitrary<Policy> = fc
  .record({
    tier: fc.constantFrom(tiers.admin, tiers.baseline),
    order: fc.constantFrom(0, 1000),
    subject: selector,
    ingress: fc.array(clusterRule('ingress'), { maxLength: 2 }),
    egress: fc.array(clusterRule('egress'), { maxLength: 2 }),
  })
  .map(({ tier, order, subject, ingress, egress }) => ({
    id: 'ClusterNetworkPolicy.networking.k8s.aws p',
    dialect: 'eks',
    kind: 'ClusterNetworkPolicy',
    namespace: null,
    name: 'p',
    tier,
    order,
    evaluation: 'first-match',
    subject: { kind: 'pods', match: { namespaces: { kind: 'labelled', selector: { requirements: [] } }, pods: subject, serviceAccounts: null } },
    isolates: { ingress: false, egress: false },
    rules: [...ingress, ...egress],
    origin,
  }));

function applicationRule(direction: Direction): fc.Arbitrary<Rule> {
  const named = fc.record({ protocol, port: fc.constantFrom(null, 'http'), endPort: fc.constant(null) });
  const peer = fc.oneof(pods, fc.constantFrom(block([]), block(['10.1.0.0/16'])));
  return fc
    .record({ peers: fc.option(some(direction === 'egress' ? fc.oneof(peer, names) : peer)), ports: fc.option(some(fc.oneof(numbered, named))) })
    .map((r) => ({ ...r, action: 'allow', direction, application: null, origin }));
}

const applicationPolicy: fc.Arbitrary<Policy> = fc
  .record({ pods: selector, ingress: fc.array(applicationRule('ingress'), { maxLength: 2 }), egress: fc.array(applicationRule('egress'), { maxLength: 2 }) })
  .map(({ pods: subject, ingress, egress }) => ({
    id: 'ApplicationNetworkPolicy ml/p',
    dialect: 'eks',
    kind: 'ApplicationNetworkPolicy',
    namespace: 'ml',
    name: 'p',
    tier: tiers.normal,
    order: 0,
    evaluation: 'deny-wins',
    subject: { kind: 'pods', match: { namespaces: { kind: 'named', name: 'ml' }, pods: subject, serviceAccounts: null } },
    isolates: { ingress: true, egress: true },
    rules: [...ingress, ...egress],
    origin,
  }));

const plain = ({ origin: _, rules, ...rest }: Policy): unknown => ({ ...rest, rules: rules.map(({ origin: __, ...r }) => r) });

function again(p: Policy): unknown {
  const said = dialect.emit(p);
  if (!said.ok) throw new Error(said.diagnostics.map((d) => d.message).join('\n'));
  const body = JSON.parse(JSON.stringify(said.value));
  const result = dialect.read({ apiVersion: 'networking.k8s.aws/v1alpha1', kind: p.kind, namespace: p.namespace, name: 'p', body, origin }, { of: () => [] });
  if (!result.ok) throw new Error(result.diagnostics.map((d) => d.message).join('\n'));
  return result.value.map(plain);
}

describe('what is said reads back the same', () => {
  it.each([
    ['ClusterNetworkPolicy', clusterPolicy],
    ['ApplicationNetworkPolicy', applicationPolicy],
  ])('%s', (_kind, policy) => {
    fc.assert(
      fc.property(policy, (p) => {
        expect(again(p)).toEqual([plain(p)]);
      }),
    );
  });
});

describe('what the language cannot say is refused', () => {
  const [cluster] = fc.sample(clusterPolicy, { numRuns: 1, seed: 1 });
  const [application] = fc.sample(applicationPolicy, { numRuns: 1, seed: 1 });
  const rule = (change: Partial<Rule>): Rule[] => [
    { direction: 'egress', action: 'allow', peers: [block([])], ports: null, application: null, origin, ...change },
  ];
  it.each([
    ['nodes', { ...cluster, rules: rule({ peers: [{ kind: 'nodes', selector: { requirements: [] } }] }) }, 'nodes in egress rules'],
    ['exceptions of networks', { ...cluster, rules: rule({ peers: [block(['10.1.0.0/16'])] }) }, 'a network with exceptions'],
    ['names beside pass', { ...cluster, rules: rule({ action: 'pass', peers: [{ kind: 'names', names: [domainName('a.com')] }] }) }, 'does not accept'],
    ['the upstream id', { ...cluster, id: 'ClusterNetworkPolicy p' }, 'the id'],
    ['upstream’s policies', { ...cluster, dialect: 'network-policy-api' as const }, 'a policy of kind'],
    ['deny', { ...application, rules: rule({ action: 'deny' }) }, 'the action deny'],
    [
      'names of ingress',
      { ...application, rules: rule({ direction: 'ingress', peers: [{ kind: 'names', names: [domainName('a.com')] }] }) },
      'name in ingress rules',
    ],
    [
      'one label of any',
      { ...application, rules: rule({ peers: [{ kind: 'names', names: [{ kind: 'pattern', text: '*.a.com', source: '^[-a-z0-9_]*[.]a[.]com$' }] }] }) },
      'the pattern',
    ],
  ])('%s', (_name, policy, message) => {
    const said = dialect.emit(policy as Policy);
    expect(said.ok).toBe(false);
    expect(said.diagnostics.map((d) => d.message).join('\n')).toContain(message);
  });
});

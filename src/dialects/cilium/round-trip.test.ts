import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LabelSelector, Requirement } from '../../model/labels.ts';
import { namespaceNameLabel, namespacesBy } from '../../model/namespace-match.ts';
import type { Action, Direction, NamespaceMatch, Peer, PodMatch, Policy, PortMatch, Rule, RuleApplication, Subject } from '../../model/policy.ts';
import { tiers } from '../../model/policy.ts';
import { emit } from './emit.ts';
import { nameMatch } from './fqdn.ts';
import { read } from './read.ts';

const origin = { document: { file: 'p.yaml', index: 0 }, path: [] };
const key = fc.constantFrom('app', 'example.com/role', '1', 'constructor', 'reserved.thing', 'app.kubernetes.io/name');
const value = fc.constantFrom('', 'x', 'a-b', '7');
const requirementOf = (k: fc.Arbitrary<string>): fc.Arbitrary<Requirement> =>
  fc.oneof(
    fc.record({ key: k, operator: fc.constantFrom('In' as const, 'NotIn' as const), values: fc.array(value, { minLength: 1, maxLength: 3 }) }),
    fc.record({ key: k, operator: fc.constantFrom('Exists' as const, 'DoesNotExist' as const), values: fc.constant([]) }),
  );
const selector: fc.Arbitrary<LabelSelector> = fc.record({ requirements: fc.array(requirementOf(key), { maxLength: 4 }) });
const team = requirementOf(fc.constantFrom('team', '2'));
// `Exists` on a namespace's name always holds and is not kept.
const byName: fc.Arbitrary<Requirement> = fc.record({
  key: fc.constant(namespaceNameLabel),
  operator: fc.constantFrom('In' as const, 'NotIn' as const),
  values: fc.constantFrom(['a', 'b'], ['c']),
});
const namespaces: fc.Arbitrary<NamespaceMatch> = fc.oneof(
  fc.constantFrom('ml', 'other').map((name) => ({ kind: 'named' as const, name })),
  fc.array(fc.oneof(team, byName), { maxLength: 3 }).map((requirements) => namespacesBy({ requirements })),
);
const serviceAccounts = fc.constantFrom(null, ['a'], ['b', 'a']);
const pods: fc.Arbitrary<Peer> = fc.record({ kind: fc.constant('pods' as const), match: fc.record({ namespaces, pods: selector, serviceAccounts }) });
const entity = (...names: ('world' | 'cluster' | 'host' | 'remote-node' | 'kube-apiserver' | 'none')[]): fc.Arbitrary<Peer> =>
  fc.constantFrom(...names).map((e) => ({ kind: 'entity', entity: e }));
const some = (peer: fc.Arbitrary<Peer>): fc.Arbitrary<Peer[]> => fc.array(peer, { minLength: 1, maxLength: 3 });
const name = fc.constantFrom('a.com', 'b-c.example.com', '*.a.com', '**.a.com', '*', 'x*y.z').map(nameMatch);
const names = fc.array(name, { minLength: 1, maxLength: 3 });

const closed: fc.Arbitrary<Peer[]> = fc.oneof(
  some(fc.oneof(pods, entity('host', 'kube-apiserver', 'remote-node'))),
  some(entity('world', 'cluster', 'host', 'none')),
  some(
    fc.constantFrom<Peer>(
      { kind: 'cidr', cidr: '10.0.0.0/8', except: [] },
      { kind: 'cidr', cidr: '0.0.0.0/0', except: ['10.0.0.0/8', '169.254.169.254/32'] },
      { kind: 'cidr', cidr: 'fd00::1/128', except: [] },
    ),
  ),
  some(selector.map((s): Peer => ({ kind: 'nodes', selector: s }))),
  fc.constant<Peer[]>([]),
);
const open: fc.Arbitrary<Peer[]> = fc.oneof(
  names.map((n): Peer[] => [{ kind: 'names', names: n }]),
  some(
    fc.oneof(
      selector.map((s): Peer => ({ kind: 'services', namespace: null, name: null, selector: s })),
      fc.constant<Peer>({ kind: 'services', namespace: 'n', name: 's', selector: null }),
    ),
  ),
);

const protocol = fc.constantFrom('TCP' as const, 'UDP' as const, 'SCTP' as const, 'ANY' as const);
const single: fc.Arbitrary<PortMatch> = fc.record({ protocol, port: fc.constantFrom(1, 53, 65535, 'http'), endPort: fc.constant(null) });
const anyPort: fc.Arbitrary<PortMatch> = fc.oneof(
  single,
  fc.record({ protocol, port: fc.constant(null), endPort: fc.constant(null) }),
  fc.record({ protocol, port: fc.integer({ min: 1, max: 9 }), endPort: fc.integer({ min: 9, max: 65535 }) }),
);
const icmp: fc.Arbitrary<PortMatch[]> = fc
  .uniqueArray(fc.integer({ min: 0, max: 255 }), { minLength: 1, maxLength: 60, size: 'max' })
  .map((types) => types.map((port) => ({ protocol: 'ICMP', port, endPort: null })));
const plainPorts = fc.oneof(fc.constant(null), fc.array(anyPort, { maxLength: 90, size: 'max' }), icmp);

type Traffic = Pick<Rule, 'ports' | 'application'>;
const bare: fc.Arbitrary<Traffic> = plainPorts.map((ports) => ({ ports, application: null }));
const dns: fc.Arbitrary<Traffic> = fc.record({
  ports: fc.array(single, { minLength: 1, maxLength: 60, size: 'max' }),
  application: names.map((n): RuleApplication => ({ dns: n, serverNames: null, otherL7: false })),
});
const sni: fc.Arbitrary<Traffic> = fc.record({
  ports: fc.array(anyPort, { minLength: 1, maxLength: 60, size: 'max' }),
  application: fc.constant<RuleApplication>({ dns: null, serverNames: ['a.com', '*.b.com'], otherL7: false }),
});

function ruleOf(direction: Direction, action: Action): fc.Arbitrary<Rule> {
  const egressAllow = direction === 'egress' && action === 'allow';
  const peers = fc.option(egressAllow ? fc.oneof(closed, open) : closed);
  const traffic = action === 'deny' ? bare : egressAllow ? fc.oneof(bare, dns, sni) : fc.oneof(bare, sni);
  return fc.tuple(peers, traffic).map(([p, t]) => ({ direction, action, peers: p, ...t, origin }));
}

const ruleList = (direction: Direction, action: Action): fc.Arbitrary<Rule[]> => fc.array(ruleOf(direction, action), { maxLength: 2 });
const ownNamespace: Requirement = { key: namespaceNameLabel, operator: 'In', values: ['ml'] };
const within = fc.array(team, { maxLength: 2 }).map((requirements) => namespacesBy({ requirements: [ownNamespace, ...requirements] }));
const subjectOf = (ns: fc.Arbitrary<NamespaceMatch>): fc.Arbitrary<Subject> =>
  fc.record({ namespaces: ns, pods: selector, serviceAccounts }).map((match: PodMatch) => ({ kind: 'pods', match }));

const policy: fc.Arbitrary<Policy> = fc
  .record({
    clusterwide: fc.boolean(),
    inNamespace: subjectOf(within),
    anywhere: fc.oneof(
      subjectOf(namespaces),
      selector.map((s): Subject => ({ kind: 'nodes', selector: s })),
    ),
    isolates: fc.record({ ingress: fc.boolean(), egress: fc.boolean() }),
    rules: fc
      .tuple(ruleList('ingress', 'allow'), ruleList('ingress', 'deny'), ruleList('egress', 'allow'), ruleList('egress', 'deny'))
      .map((lists) => lists.flat()),
  })
  .filter(({ isolates, rules }) => isolates.ingress || isolates.egress || rules.length > 0)
  .map(({ clusterwide, inNamespace, anywhere, isolates, rules }) => ({
    id: clusterwide ? 'CiliumClusterwideNetworkPolicy p' : 'CiliumNetworkPolicy ml/p',
    dialect: 'cilium',
    kind: clusterwide ? 'CiliumClusterwideNetworkPolicy' : 'CiliumNetworkPolicy',
    namespace: clusterwide ? null : 'ml',
    name: 'p',
    tier: tiers.normal,
    order: 0,
    evaluation: 'deny-wins',
    subject: clusterwide ? anywhere : inNamespace,
    isolates,
    rules,
    origin,
  }));

/** What older versions make of it is read, not said. */
const plain = ({ readings: _, ...p }: Policy): unknown => ({ ...p, origin: null, rules: p.rules.map((rule) => ({ ...rule, origin: null })) });

/** Says it, as a file would hold it, and reads it back without origins. */
function again(p: Policy): unknown {
  const said = emit(p);
  if (!said.ok) throw new Error(said.diagnostics.map((d) => d.message).join('\n'));
  const result = read({ apiVersion: 'cilium.io/v2', kind: p.kind, namespace: p.namespace, name: 'p', body: JSON.parse(JSON.stringify(said.value)), origin });
  if (!result.ok) throw new Error(result.diagnostics.map((d) => d.message).join('\n'));
  return result.value.map(plain);
}

describe('read is the inverse of emit', () => {
  it('for every policy that Cilium can express', () => {
    fc.assert(
      fc.property(policy, (p) => {
        expect(again(p)).toEqual([plain(p)]);
      }),
      { numRuns: 150 },
    );
  });

  it('also for labels that Cilium leaves out of identities', () => {
    const spec = {
      endpointSelector: { matchLabels: { 'pod-template-hash': 'x', 'reserved:init': '' } },
      ingress: [{ fromEndpoints: [{ matchExpressions: [{ key: 'controller-uid', operator: 'Exists' }] }] }],
    };
    const first = read({ apiVersion: 'cilium.io/v2', kind: 'CiliumNetworkPolicy', namespace: 'ml', name: 'p', body: { spec }, origin });
    const [only] = first.ok ? first.value : [];
    expect(only).toBeDefined();
    if (only !== undefined) expect(again(only)).toEqual([plain(only)]);
  });
});

describe('what Cilium cannot say is refused', () => {
  const rule: Rule = { direction: 'egress', action: 'allow', peers: [], ports: null, application: null, origin };
  const all: PodMatch = { namespaces: { kind: 'labelled', selector: { requirements: [] } }, pods: { requirements: [] }, serviceAccounts: null };
  const base: Policy = {
    id: 'CiliumNetworkPolicy ml/p',
    dialect: 'cilium',
    kind: 'CiliumNetworkPolicy',
    namespace: 'ml',
    name: 'p',
    tier: tiers.normal,
    order: 0,
    evaluation: 'deny-wins',
    subject: { kind: 'pods', match: { ...all, namespaces: { kind: 'named', name: 'ml' } } },
    isolates: { ingress: false, egress: true },
    rules: [],
    origin,
  };
  const withRule = (change: Partial<Rule>): Policy => ({ ...base, rules: [{ ...rule, ...change }] });
  const tcp: PortMatch = { protocol: 'TCP', port: 1, endPort: null };
  const l7 = (change: Partial<RuleApplication>): RuleApplication => ({ dns: null, serverNames: null, otherL7: false, ...change });
  const namePeer: Peer = { kind: 'names', names: [nameMatch('a.com')] };
  const host: Peer = { kind: 'entity', entity: 'host' };
  const rows: readonly (readonly [string, Policy])[] = [
    ['pass', withRule({ action: 'pass' })],
    ['an order of rules', { ...base, evaluation: 'first-match' }],
    ['a further condition', withRule({ condition: 'a source port' })],
    ['peers by exclusion', withRule({ peers: [{ kind: 'not', peer: { kind: 'cidr', cidr: '10.0.0.0/8', except: [] } }] })],
    ['two sorts of peer', withRule({ peers: [host, { kind: 'cidr', cidr: '10.0.0.0/8', except: [] }] })],
    [
      'an entity beside pods that only entities can say',
      withRule({
        peers: [
          { kind: 'pods', match: all },
          { kind: 'entity', entity: 'cluster' },
        ],
      }),
    ],
    ['identities that the model does not tell apart', withRule({ peers: [{ kind: 'entity', entity: 'other' }] })],
    ['an unknown peer', withRule({ peers: [{ kind: 'unknown', gap: 'x' }] })],
    ['names on ingress', withRule({ direction: 'ingress', peers: [namePeer] })],
    ['names in a deny rule', withRule({ action: 'deny', peers: [namePeer] })],
    ['two lists of names', withRule({ peers: [namePeer, namePeer] })],
    ['a pattern of another language', withRule({ peers: [{ kind: 'names', names: [{ kind: 'pattern', text: '*.a.com', source: '^.*$' }] }] })],
    [
      'a pod label that Cilium keeps',
      withRule({
        peers: [{ kind: 'pods', match: { ...all, pods: { requirements: [{ key: 'io.kubernetes.pod.namespace', operator: 'In', values: ['x'] }] } } }],
      }),
    ],
    ['layer 7 that was not kept', withRule({ ports: [tcp], application: l7({ otherL7: true }) })],
    ['layer 7 in a deny rule', withRule({ action: 'deny', ports: [tcp], application: l7({ serverNames: ['a'] }) })],
    ['layer 7 without ports', withRule({ application: l7({ serverNames: ['a'] }) })],
    ['DNS on every port', withRule({ ports: [{ ...tcp, port: null }], application: l7({ dns: [nameMatch('a')] }) })],
    ['DNS on ingress', withRule({ direction: 'ingress', ports: [tcp], application: l7({ dns: [nameMatch('a')] }) })],
    ['other protocols', withRule({ ports: [{ ...tcp, protocol: 'OTHER', port: null }] })],
    ['ICMP beside TCP', withRule({ ports: [tcp, { ...tcp, protocol: 'ICMP' }] })],
    ['all of ICMP', withRule({ ports: [{ ...tcp, protocol: 'ICMP', port: null }] })],
    ['nothing at all', { ...base, isolates: { ingress: false, egress: false } }],
    ['pods of other namespaces', { ...base, subject: { kind: 'pods', match: all } }],
    ['nodes in a namespace', { ...base, subject: { kind: 'nodes', selector: { requirements: [] } } }],
    ['one spec of several', { ...base, id: 'CiliumNetworkPolicy ml/p specs 1' }],
    ['a tier', { ...base, tier: tiers.admin }],
    ['a policy of another language', { ...base, dialect: 'kubernetes', kind: 'NetworkPolicy' }],
  ];
  it.each(rows)('%s', (_name, p) => {
    const result = emit(p);
    expect(result.ok).toBe(false);
    expect(result.diagnostics.every((d) => d.code === 'cannot-say' && d.severity === 'error')).toBe(true);
  });

  it('says the plain ones as people write them', () => {
    const said = (p: Policy) => {
      const result = emit(p);
      return result.ok ? result.value.spec : result.diagnostics;
    };
    expect(said(base)).toEqual({ endpointSelector: {}, egress: [{}] });
    const dnsPods: Peer = {
      kind: 'pods',
      match: {
        namespaces: { kind: 'named', name: 'kube-system' },
        pods: { requirements: [{ key: 'k8s-app', operator: 'In', values: ['kube-dns'] }] },
        serviceAccounts: null,
      },
    };
    expect(
      said(withRule({ peers: [dnsPods], ports: [{ protocol: 'ANY', port: 53, endPort: null }], application: l7({ dns: [nameMatch('*.a.com')] }) })),
    ).toEqual({
      endpointSelector: {},
      egress: [
        {
          toEndpoints: [{ matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'kube-system', 'k8s-app': 'kube-dns' } }],
          toPorts: [{ ports: [{ port: '53', protocol: 'ANY' }], rules: { dns: [{ matchPattern: '*.a.com' }] } }],
        },
      ],
    });
    expect(said(withRule({ peers: null }))).toEqual({ endpointSelector: {}, egress: [{ toEntities: ['all'] }] });
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LabelSelector, Requirement } from '../../model/labels.ts';
import { namespacesBy } from '../../model/namespace-match.ts';
import type { Direction, NamespaceMatch, Peer, PodMatch, Policy, PortMatch, Rule, Subject, Tier } from '../../model/policy.ts';
import type { RawObject } from '../../model/snapshot.ts';
import type { Surroundings } from '../dialect.ts';
import { emit } from './emit.ts';
import { nameMatch } from './fqdn.ts';
import { read } from './read.ts';

const origin = { document: { file: 'p.yaml', index: 0 }, path: [] };
const tier = (name: string, order: number): Tier => ({ id: `antrea/${name}`, order, end: 'pass', ...(name === 'baseline' ? {} : { passesTo: 1_000_000 }) });
const around: Surroundings = {
  of: (group, kind) =>
    group === 'crd.antrea.io' && kind === 'Tier'
      ? [{ apiVersion: 'crd.antrea.io/v1beta1', kind, namespace: null, name: 'mine', body: { metadata: { name: 'mine' }, spec: { priority: 7 } }, origin }]
      : [],
};

const key = fc.constantFrom('app', 'example.com/role', 'constructor', 'a.b_c');
const value = fc.constantFrom('', 'x', 'a-b', 'toString');
const requirement: fc.Arbitrary<Requirement> = fc.oneof(
  fc.record({ key, operator: fc.constantFrom('In' as const, 'NotIn' as const), values: fc.array(value, { minLength: 1, maxLength: 3 }) }),
  fc.record({ key, operator: fc.constantFrom('Exists' as const, 'DoesNotExist' as const), values: fc.constant([]) }),
);
const selector: fc.Arbitrary<LabelSelector> = fc.record({ requirements: fc.array(requirement, { maxLength: 3 }) });
const absolute: fc.Arbitrary<NamespaceMatch> = fc.oneof(
  fc.constantFrom<NamespaceMatch>({ kind: 'named', name: 'ml' }, { kind: 'named', name: 'other' }),
  fc.array(requirement, { maxLength: 2 }).map((requirements) => namespacesBy({ requirements })),
);
const relative = fc.constantFrom<NamespaceMatch>({ kind: 'as-subject', sameLabels: null }, { kind: 'as-subject', sameLabels: ['env', 'example.com/team'] });
const pods = (namespaces: fc.Arbitrary<NamespaceMatch>): fc.Arbitrary<PodMatch> =>
  fc.record({ namespaces, pods: selector, serviceAccounts: fc.constant(null) });
const account: fc.Arbitrary<PodMatch> = fc.constant({ namespaces: { kind: 'named', name: 'ml' }, pods: { requirements: [] }, serviceAccounts: ['trainer'] });

function peer(direction: Direction, namespaced: boolean): fc.Arbitrary<Peer> {
  const match = namespaced ? pods(absolute) : fc.oneof(pods(absolute), pods(relative), account);
  return fc.oneof(
    match.map((m): Peer => ({ kind: 'pods', match: m })),
    fc.constantFrom<Peer>({ kind: 'cidr', cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] }, { kind: 'cidr', cidr: 'fd00::/8', except: [] }),
    selector.map((s): Peer => ({ kind: 'nodes', selector: s })),
    ...(direction === 'egress'
      ? [
          fc
            .constantFrom('data.example.com', '*example.com', '*.example.com', '*', 'a*b*c.com')
            .map((n): Peer => ({ kind: 'names', names: [nameMatch(n)], withoutDnsRule: true })),
        ]
      : []),
  );
}

const port: fc.Arbitrary<PortMatch> = fc.record({
  protocol: fc.constantFrom('TCP' as const, 'UDP' as const, 'SCTP' as const),
  port: fc.constantFrom(null, 80, 443),
  endPort: fc.constant(null),
});
const ports: fc.Arbitrary<readonly PortMatch[] | null> = fc.oneof(
  fc.constant(null),
  fc.array(port, { minLength: 1, maxLength: 3 }),
  fc.constant<PortMatch[]>([
    { protocol: 'TCP', port: 80, endPort: 90 },
    { protocol: 'TCP', port: 'http', endPort: null },
    { protocol: 'ICMP', port: 8, endPort: null },
    { protocol: 'ICMP', port: null, endPort: null },
  ]),
);

function section(direction: Direction, namespaced: boolean, baseline: boolean): fc.Arbitrary<readonly Rule[]> {
  const action = baseline ? fc.constantFrom('allow' as const, 'deny' as const) : fc.constantFrom('allow' as const, 'deny' as const, 'pass' as const);
  const rule = fc.record({ action, peers: fc.option(fc.array(peer(direction, namespaced), { minLength: 1, maxLength: 2 })), ports });
  // The API takes no rule twice. Peers by their own namespace come last: read back, they are a rule of their own.
  return fc
    .uniqueArray(rule, { maxLength: 3, selector: (r) => JSON.stringify(r) })
    .map((rules) => rules.filter((r) => new Set(r.peers?.map(kindOf)).size < 2).map((r, rank): Rule => ({ ...r, direction, application: null, rank, origin })));
}

const kindOf = (p: Peer): string =>
  p.kind === 'pods' && p.match.namespaces.kind === 'as-subject' ? `as-subject ${p.match.namespaces.sameLabels === null}` : 'absolute';

const policy: fc.Arbitrary<Policy> = fc
  .record({
    namespaced: fc.boolean(),
    at: fc.constantFrom(tier('application', 250), tier('baseline', 9_000_000), tier('mine', 7)),
    order: fc.constantFrom(1, 5.3, 10_000),
  })
  .chain(({ namespaced, at, order }) => {
    const own: fc.Arbitrary<Subject> = selector.map((s) => ({
      kind: 'pods',
      match: { namespaces: { kind: 'named', name: 'ml' }, pods: s, serviceAccounts: null },
    }));
    const any: fc.Arbitrary<Subject> = fc.oneof(
      fc.oneof(pods(absolute), account).map((match): Subject => ({ kind: 'pods', match })),
      selector.map((s): Subject => ({ kind: 'nodes', selector: s })),
    );
    const baseline = at.id === 'antrea/baseline';
    return fc
      .record({ subject: namespaced ? own : any, ingress: section('ingress', namespaced, baseline), egress: section('egress', namespaced, baseline) })
      .map(({ subject, ingress, egress }): Policy => {
        const kind = namespaced ? 'NetworkPolicy' : 'ClusterNetworkPolicy';
        return {
          id: `${kind}.crd.antrea.io ${namespaced ? 'ml/p' : 'p'}`,
          dialect: 'antrea',
          kind,
          namespace: namespaced ? 'ml' : null,
          name: 'p',
          tier: at,
          order,
          evaluation: 'ranked',
          subject,
          isolates: { ingress: false, egress: false },
          rules: [...ingress, ...egress],
          origin,
        };
      });
  })
  // Nodes have no namespace: what their rules on the same namespace mean is not certain, and not said.
  .filter((p) => p.subject.kind === 'pods' || !p.rules.some((r) => r.peers?.some((x) => kindOf(x) !== 'absolute')));

/** Says it, as a file would hold it, and reads it back without origins. */
function again(p: Policy): unknown {
  const said = emit(p);
  if (!said.ok) throw new Error(said.diagnostics.map((d) => d.message).join('\n'));
  const body = JSON.parse(JSON.stringify(said.value)) as Record<string, unknown>;
  const result = read({ apiVersion: 'crd.antrea.io/v1beta1', kind: p.kind, namespace: p.namespace, name: 'p', body, origin } satisfies RawObject, around);
  if (!result.ok) throw new Error(result.diagnostics.map((d) => d.message).join('\n'));
  return result.value.map(withoutOrigins);
}

const withoutOrigins = (p: Policy): unknown => ({ ...p, origin: null, rules: p.rules.map((rule) => ({ ...rule, origin: null })) });

const plain: Policy = {
  id: 'ClusterNetworkPolicy.crd.antrea.io p',
  dialect: 'antrea',
  kind: 'ClusterNetworkPolicy',
  namespace: null,
  name: 'p',
  tier: tier('application', 250),
  order: 5,
  evaluation: 'ranked',
  subject: { kind: 'pods', match: { namespaces: { kind: 'labelled', selector: { requirements: [] } }, pods: { requirements: [] }, serviceAccounts: null } },
  isolates: { ingress: false, egress: false },
  rules: [],
  origin,
};
const withRule = (more: Partial<Rule>): Policy => ({
  ...plain,
  rules: [{ direction: 'egress', action: 'allow', peers: null, ports: null, application: null, rank: 0, origin, ...more }],
});

describe('what Antrea says and hears', () => {
  it('reads back every policy that it writes', () => {
    fc.assert(
      fc.property(policy, (p) => {
        expect(again(p)).toEqual([withoutOrigins(p)]);
      }),
      { numRuns: 500, seed: 20_261_126 },
    );
  });

  it.each<[string, Policy, string]>([
    ['another language', { ...plain, dialect: 'calico' }, 'a policy of kind'],
    ['isolation', { ...plain, isolates: { ingress: true, egress: false } }, 'isolates'],
    ['an order of its own', { ...plain, evaluation: 'first-match' }, 'not ranked'],
    ['another tier', { ...plain, tier: { id: 'admin', order: 1000, end: 'pass' } }, 'the tier "admin"'],
    ['a part of an object', { ...plain, id: `${plain.id} part 2` }, 'one of several parts'],
    ['a rank that is not its place', withRule({ rank: 4 }), 'the rank 4'],
    ['a condition', withRule({ condition: 'whether the source port is 5' }), 'a further condition'],
    ['layer 7', withRule({ application: { dns: null, serverNames: null, otherL7: true } }), 'DNS names'],
    ['no peer', withRule({ peers: [] }), 'matches no peer'],
    ['no port', withRule({ ports: [] }), 'matches no port'],
    ['any protocol', withRule({ ports: [{ protocol: 'ANY', port: 5, endPort: null }] }), 'the protocol ANY'],
    ['a range of ICMP types', withRule({ ports: [{ protocol: 'ICMP', port: 5, endPort: 8 }] }), 'a range of ICMP types'],
    ['an entity', withRule({ peers: [{ kind: 'entity', entity: 'world' }] }), 'the entity world'],
    ['a Service', withRule({ peers: [{ kind: 'services', namespace: 'ml', name: 's', selector: null }] }), 'Services as peers'],
    ['an exclusion', withRule({ peers: [{ kind: 'not', peer: { kind: 'cidr', cidr: '10.0.0.0/8', except: [] } }] }), 'by exclusion'],
    ['an unknown peer', withRule({ peers: [{ kind: 'unknown', gap: 'a cloud group' }] }), 'a cloud group'],
    ['names that need a DNS rule', withRule({ peers: [{ kind: 'names', names: [nameMatch('a.com')] }] }), 'ask DNS'],
    ['two names', withRule({ peers: [{ kind: 'names', names: [nameMatch('a.com'), nameMatch('b.com')], withoutDnsRule: true }] }), '2 names'],
    [
      'another meaning of a star',
      withRule({ peers: [{ kind: 'names', names: [{ kind: 'pattern', text: '*.a.com', source: '^[-a-z0-9_]*[.]a[.]com$' }], withoutDnsRule: true }] }),
      'a star spans dots',
    ],
    [
      'accounts and labels',
      {
        ...plain,
        subject: {
          kind: 'pods',
          match: { namespaces: { kind: 'named', name: 'ml' }, pods: { requirements: [{ key: 'a', operator: 'Exists', values: [] }] }, serviceAccounts: ['x'] },
        },
      },
      'service account and labels',
    ],
    [
      'the same namespace in a NetworkPolicy',
      {
        ...withRule({
          peers: [{ kind: 'pods', match: { namespaces: { kind: 'as-subject', sameLabels: null }, pods: { requirements: [] }, serviceAccounts: null } }],
        }),
        id: 'NetworkPolicy.crd.antrea.io ml/p',
        kind: 'NetworkPolicy',
        namespace: 'ml',
        subject: { kind: 'pods', match: { namespaces: { kind: 'named', name: 'ml' }, pods: { requirements: [] }, serviceAccounts: null } },
      },
      'in a NetworkPolicy',
    ],
  ])('refuses %s', (_, p, message) => {
    const said = emit(p);
    expect(said.ok).toBe(false);
    expect(said.diagnostics.map((d) => `${d.code} ${d.message}`).join('\n')).toContain(message);
  });
});

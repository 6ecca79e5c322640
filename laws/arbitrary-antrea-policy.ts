import fc from 'fast-check';
import { everything } from '../src/model/labels.ts';
import type { Direction, NamespaceMatch, Peer, PodMatch, Policy, PortMatch, Rule, Subject, Tier } from '../src/model/policy.ts';
import { arbitraryNamespaceSelector, arbitraryNodeSelector, arbitrarySelector } from './arbitrary-labels.ts';

/** Policies as Antrea can say them: tiers whose `pass` skips others, ranked rules, and peers that hang on the subject's namespace. Few orders, so that they collide. */

const antreaTiers: readonly Tier[] = [
  { id: 'antrea/securityops', order: 100, end: 'pass', passesTo: 1_000_000 },
  { id: 'antrea/application', order: 250, end: 'pass', passesTo: 1_000_000 },
  { id: 'antrea/baseline', order: 9_000_000, end: 'pass' },
  // None that Antrea has: what is passed goes on in the tier after the next.
  { id: 'odd', order: 50, end: 'pass', passesTo: 250 },
];

const relative = fc.constantFrom<NamespaceMatch>(
  { kind: 'as-subject', sameLabels: null },
  { kind: 'as-subject', sameLabels: ['env'] },
  { kind: 'as-subject', sameLabels: ['env', 'team'] },
  { kind: 'as-subject', sameLabels: ['kubernetes.io/metadata.name'] },
);

const absolute: fc.Arbitrary<NamespaceMatch> = fc.oneof(
  fc.constantFrom('ml', 'prod', 'edge').map((name): NamespaceMatch => ({ kind: 'named', name })),
  arbitraryNamespaceSelector.map((selector): NamespaceMatch => ({ kind: 'labelled', selector })),
);

function pods(namespaces: fc.Arbitrary<NamespaceMatch>): fc.Arbitrary<PodMatch> {
  return fc.record({ namespaces, pods: fc.oneof(arbitrarySelector, fc.constant(everything)), serviceAccounts: fc.constantFrom(null, null, ['trainer']) });
}

const podPeer: fc.Arbitrary<Peer> = pods(fc.oneof(relative, relative, absolute)).map((match): Peer => ({ kind: 'pods', match }));

const otherPeer: fc.Arbitrary<Peer> = fc.oneof(
  fc.constantFrom<Peer>({ kind: 'cidr', cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] }, { kind: 'cidr', cidr: '0.0.0.0/0', except: [] }),
  arbitraryNodeSelector.map((selector): Peer => ({ kind: 'nodes', selector })),
  podPeer.map((peer): Peer => ({ kind: 'not', peer })),
  fc.tuple(podPeer, podPeer).map((peers): Peer => ({ kind: 'all-of', peers })),
  fc.constantFrom<Peer>({ kind: 'services', namespace: 'ml', name: 's1', selector: null }, { kind: 'unknown', gap: 'members of an ExternalEntity selector' }),
);

const names: Peer = {
  kind: 'names',
  names: [{ kind: 'pattern', text: '*example.com', source: '^[-a-z0-9_.]*example[.]com$' }],
  withoutDnsRule: true,
};

const arbitraryPort: fc.Arbitrary<PortMatch> = fc.constantFrom<PortMatch>(
  { protocol: 'TCP', port: 80, endPort: 8080 },
  { protocol: 'TCP', port: 'http', endPort: null },
  { protocol: 'UDP', port: null, endPort: null },
  { protocol: 'ICMP', port: 8, endPort: null },
);

function arbitraryRule(policy: number, direction: Direction, place: number): fc.Arbitrary<Rule> {
  return fc
    .record({
      action: fc.constantFrom('allow' as const, 'deny' as const, 'pass' as const),
      peers: fc.option(fc.array(fc.oneof(podPeer, podPeer, direction === 'egress' ? fc.oneof(otherPeer, fc.constant(names)) : otherPeer), { maxLength: 2 })),
      ports: fc.option(fc.array(arbitraryPort, { minLength: 1, maxLength: 2 })),
      doubtful: fc.constantFrom(false, false, false, true),
      ties: fc.constantFrom(0, 0, 1),
    })
    .map(({ doubtful, ties, ...rule }) => ({
      ...rule,
      direction,
      application: null,
      ...(doubtful ? { condition: 'whether the source port is 4242' } : {}),
      rank: Math.max(0, place - ties),
      origin: { document: { file: `antrea-${policy}.yaml`, index: 0 }, path: [direction, place] },
    }));
}

function section(policy: number, direction: Direction): fc.Arbitrary<readonly Rule[]> {
  return fc.integer({ min: 0, max: 3 }).chain((n) => fc.tuple(...Array.from({ length: n }, (_, place) => arbitraryRule(policy, direction, place))));
}

export function arbitraryAntreaPolicy(index: number): fc.Arbitrary<Policy> {
  const subject: fc.Arbitrary<Subject> = fc.oneof(
    pods(absolute).map((match): Subject => ({ kind: 'pods', match })),
    pods(fc.constant({ kind: 'labelled', selector: everything })).map((match): Subject => ({ kind: 'pods', match })),
    arbitraryNodeSelector.map((selector): Subject => ({ kind: 'nodes', selector })),
  );
  return fc
    .record({
      tier: fc.constantFrom(...antreaTiers),
      order: fc.constantFrom(5, 5, 7.5),
      subject,
      ingress: section(index, 'ingress'),
      egress: section(index, 'egress'),
    })
    .map(({ tier, order, subject, ingress, egress }): Policy => {
      const name = `a${index}`;
      return {
        id: `ClusterNetworkPolicy.crd.antrea.io ${name}`,
        dialect: 'antrea',
        kind: 'ClusterNetworkPolicy',
        namespace: null,
        name,
        tier,
        order,
        evaluation: 'ranked',
        subject,
        isolates: { ingress: false, egress: false },
        rules: [...ingress, ...egress],
        origin: { document: { file: `antrea-${index}.yaml`, index: 0 }, path: [] },
      };
    });
}

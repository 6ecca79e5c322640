import fc from 'fast-check';
import { domainName } from '../src/model/domain-name-syntax.ts';
import { everything } from '../src/model/labels.ts';
import { type Direction, type NamespaceMatch, type Peer, type PodMatch, type Policy, type PortMatch, type Rule, tiers } from '../src/model/policy.ts';
import { arbitraryNamespaceSelector, arbitraryNodeSelector, arbitrarySelector } from './arbitrary-labels.ts';

/** Cluster policies as ClusterNetworkPolicy can say them: two tiers, few priorities, so that they collide, and all three actions. */

const arbitraryNamespaces: fc.Arbitrary<NamespaceMatch> = fc.oneof(
  fc.constantFrom('ml', 'prod', 'edge').map((name): NamespaceMatch => ({ kind: 'named', name })),
  arbitraryNamespaceSelector.map((selector): NamespaceMatch => ({ kind: 'labelled', selector })),
);

const arbitraryPods: fc.Arbitrary<PodMatch> = fc.record({
  namespaces: arbitraryNamespaces,
  pods: fc.oneof(arbitrarySelector, fc.constant(everything)),
  serviceAccounts: fc.constant(null),
});

const pods = arbitraryPods.map((match): Peer => ({ kind: 'pods', match }));

const outside: fc.Arbitrary<Peer> = fc.oneof(
  fc.constantFrom('0.0.0.0/0', '::/0', '10.1.0.0/16', '192.168.1.0/24', '8.8.8.8/32').map((cidr): Peer => ({ kind: 'cidr', cidr, except: [] })),
  arbitraryNodeSelector.map((selector): Peer => ({ kind: 'nodes', selector })),
);

const names: Peer = { kind: 'names', names: ['data.example.com', '*.example.com'].map(domainName), withoutDnsRule: true };

const arbitraryPort: fc.Arbitrary<PortMatch> = fc.oneof(
  fc.record({
    protocol: fc.constantFrom('TCP' as const, 'UDP' as const, 'SCTP' as const),
    port: fc.constantFrom(53, 80, 8080),
    endPort: fc.constantFrom(null, 8090, 65535),
  }),
  fc.constantFrom('http', 'dns').map((port): PortMatch => ({ protocol: 'ANY', port, endPort: null })),
);

function arbitraryRule(policy: number, direction: Direction): fc.Arbitrary<Rule> {
  return fc
    .record({
      action: fc.constantFrom('allow' as const, 'deny' as const, 'pass' as const),
      peers: fc.oneof(
        fc.array(direction === 'egress' ? fc.oneof(pods, outside) : pods, { minLength: 1, maxLength: 2 }),
        // A peer that nobody knows: nothing, or everything.
        fc.constantFrom(null, []),
      ),
      ports: fc.option(fc.array(arbitraryPort, { minLength: 1, maxLength: 2 })),
      named: fc.boolean(),
    })
    .map(({ action, peers, ports, named }): Rule => {
      const byName = named && direction === 'egress' && action === 'allow';
      return {
        direction,
        action,
        peers: byName ? [names] : peers,
        ports,
        application: null,
        origin: { document: { file: `cluster-policy-${policy}.yaml`, index: 0 }, path: [direction, 0] },
      };
    });
}

export function arbitraryClusterPolicy(index: number): fc.Arbitrary<Policy> {
  return fc
    .record({
      tier: fc.constantFrom(tiers.admin, tiers.admin, tiers.baseline),
      order: fc.constantFrom(0, 1, 1000),
      match: arbitraryPods,
      ingress: fc.array(arbitraryRule(index, 'ingress'), { maxLength: 3 }),
      egress: fc.array(arbitraryRule(index, 'egress'), { maxLength: 3 }),
    })
    .map(({ tier, order, match, ingress, egress }): Policy => {
      const name = `c${index}`;
      return {
        id: `ClusterNetworkPolicy ${name}`,
        dialect: 'network-policy-api',
        kind: 'ClusterNetworkPolicy',
        namespace: null,
        name,
        tier,
        order,
        evaluation: 'first-match',
        subject: { kind: 'pods', match },
        isolates: { ingress: false, egress: false },
        rules: [...ingress, ...egress],
        origin: { document: { file: `cluster-policy-${index}.yaml`, index: 0 }, path: [] },
      };
    });
}

import fc from 'fast-check';
import { nameMatch } from '../src/dialects/ovn-kubernetes/names.ts';
import { doubtOf, firewallTier, outsideBlock } from '../src/dialects/ovn-kubernetes/shape.ts';
import { everything } from '../src/model/labels.ts';
import type { Peer, Policy, PortMatch, Rule } from '../src/model/policy.ts';
import { arbitraryNodeSelector } from './arbitrary-labels.ts';

const peer: fc.Arbitrary<Peer> = fc.oneof(
  fc.constantFrom('0.0.0.0/0', '::/0', '10.1.0.0/16', '192.168.1.0/24', '8.8.8.8/32').map(outsideBlock),
  fc.constantFrom('data.example.com', '*.example.com').map((name): Peer => ({ kind: 'names', names: [nameMatch(name)], withoutDnsRule: true })),
  arbitraryNodeSelector.map((selector): Peer => ({ kind: 'nodes', selector })),
);

const port: fc.Arbitrary<PortMatch> = fc.record({
  protocol: fc.constantFrom('TCP' as const, 'UDP' as const, 'SCTP' as const),
  port: fc.constantFrom(53, 80, 8080),
  endPort: fc.constant(null),
});

const rules = fc.array(
  fc.record({ action: fc.constantFrom('pass' as const, 'deny' as const), peer, ports: fc.option(fc.array(port, { minLength: 1, maxLength: 2 })) }),
  { maxLength: 3 },
);

/** The EgressFirewall of one namespace, as its dialect reads it. */
export function arbitraryEgressFirewall(namespace: string): fc.Arbitrary<Policy> {
  const origin = { document: { file: `firewall-${namespace}.yaml`, index: 0 }, path: [] };
  return rules.map((items): Policy => {
    const peers = items.map((i) => i.peer);
    return {
      id: `EgressFirewall ${namespace}/default`,
      dialect: 'ovn-kubernetes',
      kind: 'EgressFirewall',
      namespace,
      name: 'default',
      tier: firewallTier,
      order: 0,
      evaluation: 'first-match',
      subject: { kind: 'pods', match: { namespaces: { kind: 'named', name: namespace }, pods: everything, serviceAccounts: null } },
      isolates: { ingress: false, egress: false },
      rules: items.map(({ action, peer: own, ports }): Rule => {
        const condition = doubtOf(action, own, peers);
        return { direction: 'egress', action, peers: [own], ports, application: null, ...(condition === undefined ? {} : { condition }), origin };
      }),
      origin,
    };
  });
}

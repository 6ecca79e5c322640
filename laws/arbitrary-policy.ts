import fc from 'fast-check';
import type { Origin } from '../src/kernel/origin.ts';
import type { NameMatch, NamespaceMatch, Peer, PodMatch, Policy, PortMatch, Rule, RuleApplication, Subject } from '../src/model/policy.ts';
import { tiers } from '../src/model/policy.ts';
import { arbitraryNamespaceSelector, arbitraryNodeSelector, arbitrarySelector } from './arbitrary-labels.ts';

function origin(policy: number, ...path: (string | number)[]): Origin {
  return { document: { file: `policy-${policy}.yaml`, index: 0 }, path };
}

const arbitraryNamespaces: fc.Arbitrary<NamespaceMatch> = fc.oneof(
  fc.constantFrom('ml', 'prod', 'edge').map((name): NamespaceMatch => ({ kind: 'named', name })),
  arbitraryNamespaceSelector.map((selector): NamespaceMatch => ({ kind: 'labelled', selector })),
);

function arbitraryPods(cilium: boolean): fc.Arbitrary<PodMatch> {
  return fc.record({
    namespaces: arbitraryNamespaces,
    pods: arbitrarySelector,
    serviceAccounts: cilium ? fc.constantFrom(null, null, ['trainer']) : fc.constant(null),
  });
}

/** Blocks that touch each other, pods, nodes, the metadata service and both families. */
const arbitraryBlock: fc.Arbitrary<Peer> = fc.constantFrom<Peer>(
  { kind: 'cidr', cidr: '0.0.0.0/0', except: [] },
  { kind: 'cidr', cidr: '0.0.0.0/0', except: ['10.0.0.0/8', '169.254.169.254/32'] },
  { kind: 'cidr', cidr: '10.1.0.0/16', except: ['10.1.0.2/32'] },
  { kind: 'cidr', cidr: '10.0.0.0/8', except: [] },
  { kind: 'cidr', cidr: '192.168.1.0/24', except: ['192.168.1.2/32'] },
  { kind: 'cidr', cidr: '8.8.8.0/24', except: ['8.8.8.8/32'] },
  { kind: 'cidr', cidr: '8.8.8.8/32', except: [] },
  { kind: 'cidr', cidr: '::/0', except: [] },
  { kind: 'cidr', cidr: '2001:db8::/32', except: ['2001:db8::1/128'] },
);

const names: readonly NameMatch[] = [
  { kind: 'exact', name: 'data.example.com' },
  { kind: 'exact', name: 'other.example.org' },
  { kind: 'pattern', text: '*.example.com', source: '^[-a-zA-Z0-9_]*[.]example[.]com$' },
];

const arbitraryCiliumPeer: fc.Arbitrary<Peer> = fc.oneof(
  fc
    .constantFrom('all', 'world', 'cluster', 'host', 'remote-node', 'kube-apiserver', 'none', 'ingress', 'other')
    .map((entity): Peer => ({ kind: 'entity', entity })),
  arbitraryNodeSelector.map((selector): Peer => ({ kind: 'nodes', selector })),
  fc
    .record({ namespace: fc.constantFrom('ml', 'prod', null), name: fc.constantFrom('s1', 's2', null) })
    .map((s): Peer => ({ kind: 'services', ...s, selector: null })),
  fc.constant<Peer>({ kind: 'unknown', gap: 'members of a cloud security group' }),
);

const arbitraryNamesPeer: fc.Arbitrary<Peer> = fc.subarray([...names], { minLength: 1 }).map((some): Peer => ({ kind: 'names', names: some }));

function arbitraryPeer(cilium: boolean, egress: boolean): fc.Arbitrary<Peer> {
  const pods = arbitraryPods(cilium).map((match): Peer => ({ kind: 'pods', match }));
  if (!cilium) return fc.oneof(pods, pods, arbitraryBlock);
  return egress ? fc.oneof(pods, pods, arbitraryBlock, arbitraryCiliumPeer, arbitraryNamesPeer) : fc.oneof(pods, pods, arbitraryBlock, arbitraryCiliumPeer);
}

function arbitraryPortMatch(cilium: boolean): fc.Arbitrary<PortMatch> {
  const protocol = cilium
    ? fc.constantFrom('TCP' as const, 'UDP' as const, 'SCTP' as const, 'ANY' as const)
    : fc.constantFrom('TCP' as const, 'UDP' as const, 'SCTP' as const);
  const plain = fc.oneof(
    fc.record({ protocol, port: fc.constantFrom(53, 80, 8080), endPort: fc.constant(null) }),
    fc.record({ protocol, port: fc.constant(80), endPort: fc.constantFrom(80, 90, 65535) }),
    fc.record({ protocol, port: fc.constantFrom('http', 'dns'), endPort: fc.constant(null) }),
    fc.record({ protocol, port: fc.constant(null), endPort: fc.constant(null) }),
  );
  return cilium
    ? fc.oneof(plain, plain, fc.constantFrom<PortMatch>({ protocol: 'ICMP', port: 8, endPort: null }, { protocol: 'ICMP', port: null, endPort: null }))
    : plain;
}

const arbitraryApplication: fc.Arbitrary<RuleApplication | null> = fc.constantFrom<RuleApplication | null>(
  null,
  null,
  { dns: [...names], serverNames: null, otherL7: false },
  { dns: names.slice(0, 1), serverNames: null, otherL7: false },
  { dns: null, serverNames: ['data.example.com'], otherL7: false },
  { dns: null, serverNames: null, otherL7: true },
);

/** A rule of policy number `policy`. Kubernetes rules only allow; Cilium's may deny, and deny comes first. */
export function arbitraryRule(policy: number, cilium: boolean, direction?: Rule['direction']): fc.Arbitrary<Rule> {
  return (direction === undefined ? fc.constantFrom('ingress' as const, 'egress' as const) : fc.constant(direction)).chain((d) =>
    fc
      .record({
        action: cilium ? fc.constantFrom('allow' as const, 'allow' as const, 'deny' as const) : fc.constant('allow' as const),
        peers: fc.option(fc.array(arbitraryPeer(cilium, d === 'egress'), { maxLength: 2 }), { freq: 4 }),
        ports: fc.option(fc.array(arbitraryPortMatch(cilium), { maxLength: 2 }), { freq: 2 }),
        application: cilium && d === 'egress' ? arbitraryApplication : fc.constant(null),
      })
      .map((r): Rule => {
        const deny = r.action === 'deny';
        const peers = deny ? (r.peers?.filter((p) => p.kind !== 'names') ?? null) : r.peers;
        return { ...r, peers, direction: d, application: deny ? null : r.application, origin: origin(policy, d, 0) };
      }),
  );
}

/** A NetworkPolicy, or (with `cilium`) perhaps one of Cilium's kinds, host policies included. */
export function arbitraryPolicy(index: number, cilium: boolean): fc.Arbitrary<Policy> {
  return (cilium ? fc.boolean() : fc.constant(false)).chain((ofCilium) => {
    const pods: fc.Arbitrary<Subject> = arbitraryPods(ofCilium).map((match): Subject => ({ kind: 'pods', match }));
    const own: fc.Arbitrary<Subject> = fc
      .record({ name: fc.constantFrom('ml', 'prod', 'edge'), pods: arbitrarySelector })
      .map((s): Subject => ({ kind: 'pods', match: { namespaces: { kind: 'named', name: s.name }, pods: s.pods, serviceAccounts: null } }));
    const hosts: fc.Arbitrary<Subject> = fc
      .record({ selector: arbitraryNodeSelector, node: fc.constantFrom(null, null, 'n1', '192.168.1.2', 'n3') })
      .map(({ selector, node }): Subject => ({ kind: 'nodes', selector, ...(node === null ? {} : { node }) }));
    return fc
      .record({
        subject: ofCilium ? fc.oneof(own, own, pods, hosts) : own,
        rules: fc.array(arbitraryRule(index, ofCilium), { maxLength: 3 }),
        isolates: ofCilium
          ? fc.record({ ingress: fc.boolean(), egress: fc.boolean() })
          : fc.constantFrom({ ingress: true, egress: false }, { ingress: false, egress: true }, { ingress: true, egress: true }),
      })
      .map(({ subject, rules, isolates }): Policy => {
        const namespace = subject.kind === 'pods' && subject.match.namespaces.kind === 'named' ? subject.match.namespaces.name : null;
        const kind = ofCilium ? (namespace === null ? 'CiliumClusterwideNetworkPolicy' : 'CiliumNetworkPolicy') : 'NetworkPolicy';
        const kept = ofCilium ? rules : rules.filter((r) => isolates[r.direction]);
        const id = namespace === null ? `${kind} p${index}` : `${kind} ${namespace}/p${index}`;
        return {
          id,
          dialect: ofCilium ? 'cilium' : 'kubernetes',
          kind,
          namespace,
          name: `p${index}`,
          tier: tiers.normal,
          order: 0,
          evaluation: 'deny-wins',
          subject,
          isolates,
          rules: kept,
          origin: origin(index),
        };
      });
  });
}

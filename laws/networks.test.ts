import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Flow } from '../src/engine/flow.ts';
import { profiles } from '../src/engine/profiles.ts';
import { reach } from '../src/engine/reach.ts';
import type { Service } from '../src/model/cluster.ts';
import type { NamespaceMatch, Policy } from '../src/model/policy.ts';
import { openPortsAnnotation, type PrimaryNetwork, primaryNetworkLabel } from '../src/model/primary-network.ts';
import type { Snapshot } from '../src/model/snapshot.ts';
import type { Protocol } from '../src/space/transport-set.ts';
import { arbitraryCluster } from './arbitrary-cluster.ts';
import { arbitraryEgressFirewall } from './arbitrary-egress-firewall.ts';
import { arbitraryNamespaceSelector, arbitrarySelector } from './arbitrary-labels.ts';
import { expectAgreement } from './found.ts';
import { trials } from './runs.ts';

const points: readonly (readonly [Protocol, number])[] = [
  ['TCP', 80],
  ['UDP', 53],
  ['SCTP', 8080],
  ['ICMP', 8],
  ['OTHER', 0],
];

/** Namespaces that take part in primary networks, where all their labels are known. */
function labelled(snapshot: Snapshot, names: readonly string[]): Snapshot {
  const namespaces = [...snapshot.namespaces.values()].map((n) =>
    n.origin !== null && names.includes(n.name) ? { ...n, labels: { ...n.labels, [primaryNetworkLabel]: '' } } : n,
  );
  return { ...snapshot, namespaces: new Map(namespaces.map((n) => [n.name, n])) };
}

const origin = { document: { file: 'networks.yaml', index: 0 }, path: [] };

const arbitraryNetwork: fc.Arbitrary<PrimaryNetwork> = fc
  .record({
    namespaces: fc.oneof(
      fc.constantFrom('ml', 'prod').map((name): NamespaceMatch => ({ kind: 'named', name })),
      arbitraryNamespaceSelector.map((selector): NamespaceMatch => ({ kind: 'labelled', selector })),
    ),
    id: fc.constantFrom('UserDefinedNetwork a', 'ClusterUserDefinedNetwork b', 'ClusterUserDefinedNetwork c'),
    joined: fc.constantFrom(false, false, true),
  })
  .map((n) => ({ ...n, origin }));

/** The DNS Service of the default network, or none. */
const arbitraryDoor: fc.Arbitrary<readonly Service[]> = fc
  .array(fc.oneof(fc.constant(null), arbitrarySelector), { maxLength: 1 })
  .map((selectors) => selectors.map((selector): Service => ({ ...door, selector })));

const door: Service = {
  namespace: 'kube-system',
  name: 'kube-dns',
  labels: {},
  type: 'ClusterIP',
  headless: false,
  selector: null,
  ports: [],
  clusterIps: [],
  externalIps: [],
  externalName: null,
  origin,
};

/** NetworkPolicies, egress firewalls before them, and primary networks around all. */
const arbitrary: fc.Arbitrary<Snapshot> = fc
  .record({
    snapshot: arbitraryCluster({ cilium: false, maxPolicies: 3 }),
    firewalls: fc.subarray(['ml', 'prod', 'edge']).chain((names) => fc.tuple(...names.map(arbitraryEgressFirewall))),
    members: fc.subarray(['ml', 'prod', 'edge']),
    primaryNetworks: fc.uniqueArray(arbitraryNetwork, { maxLength: 3, selector: (n) => n.id }),
    opening: fc.subarray([0, 1, 2, 3], { maxLength: 1 }),
    doors: arbitraryDoor,
    system: fc.subarray([0, 1, 2, 3]),
  })
  .map(({ snapshot, firewalls, members, primaryNetworks, opening, doors, system }) => ({
    ...labelled(snapshot, members),
    services: [...snapshot.services, ...doors],
    policies: [...snapshot.policies, ...(firewalls as readonly Policy[])],
    primaryNetworks,
    workloads: snapshot.workloads
      .map((w, i) => (opening.includes(i) ? { ...w, annotations: { [openPortsAnnotation]: '' } } : w))
      .map((w, i) => (system.includes(i) ? { ...w, namespace: 'kube-system' } : w)),
  }));

describe('the networks of OVN-Kubernetes', () => {
  for (const profile of profiles.filter((p) => p.id === 'kubernetes' || p.enforces.includes('ovn-kubernetes'))) {
    test(`reach agrees with decide under ${profile.id}`, () => {
      expectAgreement(profile, arbitrary, fc.subarray([...points], { minLength: 2, maxLength: 3 }), trials(120));
    });

    test(`rectangles say what pairs say under ${profile.id}`, () => {
      fc.assert(
        fc.property(arbitrary, (snapshot) => {
          const reachability = reach(snapshot, profile);
          const cells = new Map<string, string>();
          for (const { from, to, flow } of reachability.rectangles())
            for (const a of from) for (const b of to) cells.set(`${a} ${b}`, flowText(flow, cells.get(`${a} ${b}`)));
          const live = reachability.classes.filter((c) => c.workloads.length > 0);
          for (const a of live)
            for (const b of live) {
              const flow = reachability.betweenClasses(a.id, b.id);
              expect(cells.get(`${a.id} ${b.id}`) ?? 'denied').toBe(flow.allowed.isEmpty && flow.unknown.isEmpty ? 'denied' : flowText(flow, undefined));
            }
        }),
        trials(60),
      );
    });
  }
});

/** A cell is told once. */
function flowText({ allowed, unknown }: Flow, before: string | undefined): string {
  return before === undefined ? `${allowed}, perhaps ${unknown}` : 'told twice';
}

import fc from 'fast-check';
import type { Service } from '../src/model/cluster.ts';
import type { NamespaceMatch } from '../src/model/policy.ts';
import { openPortsAnnotation, type PrimaryNetwork, primaryNetworkLabel } from '../src/model/primary-network.ts';
import type { Snapshot } from '../src/model/snapshot.ts';
import { arbitraryNamespaceSelector, arbitrarySelector } from './arbitrary-labels.ts';

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
    subnets: fc.subarray(['10.1.0.0/17', '8.8.8.0/30', 'fd00:1::/64']),
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
  endpoints: null,
  origin,
};

/** These clusters with primary networks around all: namespaces that take part, doors between networks, ports that pods keep open. */
export function amongNetworks(clusters: fc.Arbitrary<Snapshot>): fc.Arbitrary<Snapshot> {
  return fc
    .record({
      snapshot: clusters,
      members: fc.subarray(['ml', 'prod', 'edge']),
      primaryNetworks: fc.uniqueArray(arbitraryNetwork, { maxLength: 3, selector: (n) => n.id }),
      opening: fc.subarray([0, 1, 2, 3], { maxLength: 1 }),
      doors: arbitraryDoor,
      system: fc.subarray([0, 1, 2, 3]),
    })
    .map(({ snapshot, members, primaryNetworks, opening, doors, system }) => ({
      ...labelled(snapshot, members),
      services: [...snapshot.services, ...doors],
      primaryNetworks,
      workloads: snapshot.workloads
        .map((w, i) => (opening.includes(i) ? { ...w, annotations: { [openPortsAnnotation]: '' } } : w))
        .map((w, i) => (system.includes(i) ? { ...w, namespace: 'kube-system' } : w)),
    }));
}

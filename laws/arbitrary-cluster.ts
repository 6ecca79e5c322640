import fc from 'fast-check';
import type { Origin } from '../src/kernel/origin.ts';
import type { ClusterNode, Namespace, Service } from '../src/model/cluster.ts';
import type { Labels } from '../src/model/labels.ts';
import type { Policy } from '../src/model/policy.ts';
import { emptySnapshot, type Snapshot } from '../src/model/snapshot.ts';
import type { ContainerPort, Workload } from '../src/model/workload.ts';
import { emptyPod } from '../src/model/workload.ts';
import { arbitraryLabels, arbitrarySelector } from './arbitrary-labels.ts';
import { arbitraryPolicy } from './arbitrary-policy.ts';
import { clusterText } from './cluster-text.ts';

/** Small clusters in which much happens at once: few names, so that selectors, blocks and ports meet. */

const origin: Origin = { document: { file: 'cluster.yaml', index: 0 }, path: [] };

const facts = emptyPod;

const namespaceNames = ['ml', 'prod', 'edge'] as const;
const nodeNames = ['n1', 'n2'] as const;

const arbitraryPort: fc.Arbitrary<ContainerPort> = fc.record({
  name: fc.constantFrom('http', 'dns', null),
  port: fc.constantFrom(53, 80, 8080),
  protocol: fc.constantFrom('TCP' as const, 'UDP' as const),
  hostPort: fc.constant(null),
});

const addresses = ['10.1.0.1', '10.1.0.2', '10.2.0.1', '192.168.1.1', '2001:db8::1', 'fd00::1'] as const;

function arbitraryWorkload(index: number): fc.Arbitrary<Workload> {
  return fc
    .record({
      namespace: fc.constantFrom(...namespaceNames),
      labels: arbitraryLabels,
      indexed: fc.constantFrom(null, null, 0, 1),
      replicas: fc.constantFrom(1, 1, 2, 3),
      serviceAccount: fc.constantFrom('default', 'trainer'),
      hostNetwork: fc.constantFrom(false, false, false, true),
      node: fc.constantFrom(null, ...nodeNames, 'n3', '192.168.1.1', '2001:db8::1', '192.168.1.9'),
      ips: fc.oneof(fc.constant([]), fc.uniqueArray(fc.constantFrom(...addresses), { minLength: 1, maxLength: 2 })),
      lifecycle: fc.constantFrom('running' as const, 'running' as const, 'running' as const, 'terminating' as const, 'pending' as const, 'finished' as const),
      ports: fc.array(arbitraryPort, { maxLength: 2 }),
    })
    .map(({ indexed, ...w }) => ({
      ...w,
      id: `Deployment/${w.namespace}/w${index}`,
      kind: 'Deployment',
      name: `w${index}`,
      role: null,
      perPodLabels: indexed === null ? [] : [{ key: 'index', prefix: '', start: indexed }],
      annotations: {},
      interfaces: [],
      pod: facts,
      origin,
      podOrigin: origin,
    }));
}

/** Declared with all its labels, or implied: then only its name is known. */
function arbitraryNamespace(name: string): fc.Arbitrary<Namespace> {
  const own: Labels = { 'kubernetes.io/metadata.name': name };
  return fc.oneof(
    fc.constant<Namespace>({ name, labels: own, annotations: {}, origin: null }),
    fc
      .dictionary(fc.constantFrom('env', 'team'), fc.constantFrom('a', 'b'), { maxKeys: 2 })
      .map((labels): Namespace => ({ name, labels: { ...labels, ...own }, annotations: {}, origin })),
  );
}

/** Read, or implied by a pod that runs there: then its labels are not known. It may have addresses of both families, or none that is known. */
function arbitraryNode(name: string): fc.Arbitrary<ClusterNode> {
  return fc
    .record({
      role: fc.constantFrom('gpu', 'cpu'),
      control: fc.constantFrom(null, 'control-plane', 'master'),
      addresses: fc.constantFrom(0, 1, 2),
      shown: fc.constantFrom(true, true, true, false),
    })
    .map(({ role, control, addresses, shown }) => ({
      name,
      labels: shown ? { role, ...(control === null ? {} : { [`node-role.kubernetes.io/${control}`]: '' }) } : {},
      taints: [],
      addresses: (name === 'n1' ? ['192.168.1.1', '2001:db8::1'] : ['192.168.1.2', 'fd00::1']).slice(0, addresses),
      podCidrs: [],
      origin: shown ? origin : null,
    }));
}

const arbitraryService: fc.Arbitrary<Service> = fc
  .record({ namespace: fc.constantFrom(...namespaceNames), name: fc.constantFrom('s1', 's2'), selector: fc.option(arbitrarySelector) })
  .map((s) => ({
    ...s,
    labels: { app: 'a' },
    type: 'ClusterIP',
    headless: false,
    ports: [],
    clusterIps: [],
    externalIps: [],
    externalName: null,
    endpoints: null,
    origin,
  }));

export interface ClusterShape {
  /** Whether Cilium's kinds take part. */
  readonly cilium: boolean;
  readonly maxPolicies?: number;
}

/** A snapshot of at most four workloads and a handful of policies, in the model's own form. */
export function arbitraryCluster({ cilium, maxPolicies = 4 }: ClusterShape): fc.Arbitrary<Snapshot> {
  return fc
    .record({
      namespaces: fc.tuple(...namespaceNames.map(arbitraryNamespace)),
      workloads: fc.integer({ min: 2, max: 4 }).chain((n) => fc.tuple(...Array.from({ length: n }, (_, i) => arbitraryWorkload(i)))),
      nodes: fc.subarray([...nodeNames]).chain((names) => fc.tuple(...names.map(arbitraryNode))),
      services: fc.uniqueArray(arbitraryService, { maxLength: 2, selector: (s) => `${s.namespace}/${s.name}` }),
      policies: fc.integer({ min: 0, max: maxPolicies }).chain((n) => fc.tuple(...Array.from({ length: n }, (_, i) => arbitraryPolicy(i, cilium)))),
      ranges: fc.constantFrom(
        { pods: [], nodes: [], services: [] },
        { pods: ['10.1.0.0/16'], nodes: ['192.168.1.0/24'], services: [] },
        { pods: ['10.2.0.0/15', 'fd00::/64'], nodes: ['192.168.0.0/16', '2001:db8::/64'], services: [] },
      ),
    })
    .map(({ namespaces, workloads, nodes, services, policies, ranges }) => ({
      ...emptySnapshot,
      namespaces: new Map(namespaces.map((n) => [n.name, n])),
      workloads,
      nodes,
      services,
      policies: policies as readonly Policy[],
      ranges,
    }))
    .map(withText);
}

/** The same snapshot; fast-check prints it as people read it. */
function withText(snapshot: Snapshot): Snapshot {
  return Object.defineProperty({ ...snapshot }, fc.toStringMethod, { value: () => clusterText(snapshot), enumerable: false });
}

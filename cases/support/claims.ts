import { loadSnapshot } from '../../src/app/load.ts';
import { verify } from '../../src/app/verify.ts';
import { profileOf } from '../../src/engine/profiles.ts';
import type { ClaimResult } from '../../src/model/claim.ts';
import type { Profile } from '../../src/model/profile.ts';
import type { ClusterRanges, Snapshot } from '../../src/model/snapshot.ts';
import { readZones } from '../../src/spec/parse.ts';
import type { LoadedZone } from '../../src/spec/zone.ts';
import type { ClusterSpec, PodSpec } from './case-file.ts';
import { topologyText } from './topology.ts';

/**
 * A small closed world in which every claim of one zone holds: workload `train` of namespace `ml` with its peers, cluster DNS and a store, and a protected
 * namespace `prod`. A test changes one thing in it.
 */
export interface World {
  /** Members of the zone's spec that differ. */
  readonly zone?: Readonly<Record<string, unknown>>;
  /** Members of the zone's one workload that differ. */
  readonly workload?: Readonly<Record<string, unknown>>;
  readonly namespaces?: ClusterSpec['namespaces'];
  readonly nodes?: ClusterSpec['nodes'];
  readonly pods?: Readonly<Record<string, PodSpec>>;
  /** More objects, as YAML documents: policies and anything else. */
  readonly objects?: readonly string[];
  /** Pods, namespaces and policies of the closed world that are not there: `kube-system/coredns`, `prod`, `policy dns`. */
  readonly omit?: readonly string[];
  readonly profile?: string;
  readonly ranges?: Partial<ClusterRanges>;
}

const namespaces: ClusterSpec['namespaces'] = {
  ml: { 'pod-security.kubernetes.io/enforce': 'baseline' },
  storage: { team: 'data' },
  'kube-system': {},
  prod: { env: 'production' },
};

const pods: Readonly<Record<string, PodSpec>> = {
  'ml/train': { replicas: 2 },
  'storage/minio': { replicas: 1 },
  'kube-system/coredns': { replicas: 1, labels: { 'k8s-app': 'kube-dns' } },
  'prod/pay': { replicas: 1, ports: { https: 8443 } },
};

const closed: Readonly<Record<string, string>> = {
  deny: '{podSelector: {}, policyTypes: [Ingress, Egress]}',
  dns: trainTo(
    '{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}, podSelector: {matchLabels: {k8s-app: kube-dns}}}',
    '{protocol: UDP, port: 53}, {protocol: TCP, port: 53}',
  ),
  store: trainTo('{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: storage}}, podSelector: {matchLabels: {app: minio}}}', '{port: 9000}'),
  peers: between('{matchLabels: {app: train}}', '{protocol: TCP}'),
};

/** A NetworkPolicy of namespace `ml` (or another) with this spec. */
export function networkPolicy(name: string, spec: string, namespace = 'ml'): string {
  return `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: ${name}, namespace: ${namespace}}\nspec: ${spec}\n`;
}

/** A CiliumNetworkPolicy of namespace `ml` with this spec. */
export function ciliumPolicy(name: string, spec: string): string {
  return `apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: ${name}, namespace: ml}\nspec: ${spec}\n`;
}

/** Egress of `train` to one peer; no ports are all ports. */
export function trainTo(peer: string, ports?: string): string {
  return `{podSelector: {matchLabels: {app: train}}, policyTypes: [Egress], egress: [{to: [${peer}]${ports === undefined ? '' : `, ports: [${ports}]`}}]}`;
}

/** Ingress to `train` from one peer, on all ports. */
export function trainFrom(peer: string): string {
  return `{podSelector: {matchLabels: {app: train}}, policyTypes: [Ingress], ingress: [{from: [${peer}]}]}`;
}

/** Pods of `ml` that this selector selects, with each other, both ways. */
export function between(selector: string, ports: string): string {
  return `{podSelector: ${selector}, policyTypes: [Ingress, Egress], ingress: [{from: [{podSelector: ${selector}}], ports: [${ports}]}], egress: [{to: [{podSelector: ${selector}}], ports: [${ports}]}]}`;
}

/** The world as the program reads it. Throws when anything of it is an error. */
export function readWorld(world: World): { readonly snapshot: Snapshot; readonly profile: Profile; readonly zones: readonly LoadedZone[] } {
  const there = <T>(all: Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(Object.entries(all).filter(([key]) => world.omit?.includes(key) !== true));
  const cluster: ClusterSpec = {
    namespaces: there({ ...namespaces, ...world.namespaces }),
    pods: there({ ...pods, ...world.pods }),
    nodes: world.nodes,
  };
  const policies = Object.entries(closed).flatMap(([name, spec]) => (world.omit?.includes(`policy ${name}`) === true ? [] : [networkPolicy(name, spec)]));
  const text = [topologyText(cluster), ...policies, ...(world.objects ?? [])].join('---\n');
  const { snapshot, diagnostics } = loadSnapshot([{ file: 'cluster.yaml', text }], { ranges: world.ranges ?? {} });
  const read = readZones([{ file: 'zone.yaml', text: JSON.stringify(zoneOf(world)) }]);
  const errors = [...diagnostics, ...read.diagnostics].filter((d) => d.severity === 'error');
  if (errors.length > 0) throw new Error(errors.map((d) => d.message).join('\n'));
  const profile = profileOf(world.profile ?? 'kubernetes');
  if (!profile.ok) throw new Error(`no profile ${world.profile}`);
  return { snapshot, profile: profile.value, zones: read.zones };
}

/** Every claim of the world's zone, by id. */
export function claimsIn(world: World): ReadonlyMap<string, ClaimResult> {
  const { snapshot, profile, zones } = readWorld(world);
  const [report] = verify(snapshot, profile, zones).zones;
  return new Map((report?.claims ?? []).map((c) => [c.id, c]));
}

/** What became of one claim. */
export function statusIn(world: World, claim: string): ClaimResult['status'] {
  const found = claimsIn(world).get(claim);
  if (found === undefined) throw new Error(`no claim ${claim}; there are ${[...claimsIn(world).keys()].join(', ')}`);
  return found.status;
}

function zoneOf(world: World): object {
  return {
    apiVersion: 'ringfence.dev/v1alpha1',
    kind: 'TrainingZone',
    metadata: { name: 'llm' },
    spec: {
      platform: { cni: 'kubernetes' },
      namespace: { name: 'ml', podSecurity: 'baseline' },
      workloads: [
        {
          name: 'train',
          selector: { app: 'train' },
          data: [{ name: 'features', access: 'read', objectStore: { namespace: 'storage', selector: { app: 'minio' }, port: 9000 } }],
          ...world.workload,
        },
      ],
      protected: [{ name: 'production', namespaces: ['prod'] }],
      ...world.zone,
    },
  };
}

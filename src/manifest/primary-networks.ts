import { Reader } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import { groupOf } from '../model/metadata.ts';
import { namespacesBy } from '../model/namespace-match.ts';
import type { PrimaryNetwork } from '../model/primary-network.ts';
import { readSelector } from '../model/selector-syntax.ts';
import type { RawObject } from '../model/snapshot.ts';

const group = 'k8s.ovn.org';
const kinds: readonly string[] = ['UserDefinedNetwork', 'ClusterUserDefinedNetwork', 'ClusterNetworkConnect'];

/** Kinds that make networks, or join them. Source: ovn-kubernetes go-controller/pkg/crd. */
export function isNetworkObject(object: RawObject): boolean {
  return groupOf(object.apiVersion) === group && kinds.includes(object.kind);
}

/** The primary networks among these objects; faults go to `diagnostics`, and an object with one makes no network. Secondary ones are interfaces of the pods that ask for them. */
export function readPrimaryNetworks(objects: readonly RawObject[], diagnostics: Diagnostic[]): readonly PrimaryNetwork[] {
  const joined = objects.some((o) => groupOf(o.apiVersion) === group && o.kind === 'ClusterNetworkConnect');
  return objects.filter((o) => isNetworkObject(o) && o.kind !== 'ClusterNetworkConnect').flatMap((o) => readNetwork(o, joined, diagnostics) ?? []);
}

function readNetwork(object: RawObject, joined: boolean, diagnostics: Diagnostic[]): PrimaryNetwork | undefined {
  const own: Diagnostic[] = [];
  const body = new Reader(object.body, object.origin, own);
  body.required('spec');
  const spec = body.field('spec');
  const whole = object.kind === 'ClusterUserDefinedNetwork';
  if (spec.expect('an object') && whole) for (const key of ['namespaceSelector', 'network']) spec.required(key);
  const network = whole ? spec.field('network') : spec;
  const primary = network.expect('an object') && isPrimary(network, whole);
  const namespaces = whole ? namespacesBy(readSelector(spec.field('namespaceSelector'))) : ({ kind: 'named', name: object.namespace ?? 'default' } as const);
  diagnostics.push(...own);
  if (!primary || own.some((d) => d.severity === 'error')) return undefined;
  const id = whole ? `${object.kind} ${object.name}` : `${object.kind} ${object.namespace ?? 'default'}/${object.name}`;
  return { id, namespaces, joined, origin: object.origin };
}

/** The section of the topology says the role. Source: ovn-kubernetes go-controller/pkg/crd/userdefinednetwork/v1 udn.go, cudn.go, shared.go. */
function isPrimary(network: Reader, whole: boolean): boolean {
  network.required('topology');
  const topology = network.field('topology').oneOf(whole ? ['Layer2', 'Layer3', 'Localnet'] : ['Layer2', 'Layer3']);
  if (topology === undefined) return false;
  const section = topology.toLowerCase();
  if (!network.required(section)) return false;
  const layer = network.field(section);
  if (!layer.expect('an object')) return false;
  layer.required('role');
  return layer.field('role').oneOf(topology === 'Localnet' ? ['Secondary'] : ['Primary', 'Secondary']) === 'Primary';
}

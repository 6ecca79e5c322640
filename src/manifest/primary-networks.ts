import { Reader } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import { readCidr } from '../model/cidr-syntax.ts';
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
  const layer = network.expect('an object') ? layerOf(network, whole) : undefined;
  const primary = layer !== undefined && isPrimary(layer, network.field('topology').value === 'Localnet');
  const subnets = layer === undefined ? [] : readSubnets(layer.field('subnets'), network.field('topology').value === 'Layer3');
  const namespaces = whole ? namespacesBy(readSelector(spec.field('namespaceSelector'))) : ({ kind: 'named', name: object.namespace ?? 'default' } as const);
  diagnostics.push(...own);
  if (!primary || own.some((d) => d.severity === 'error')) return undefined;
  const id = whole ? `${object.kind} ${object.name}` : `${object.kind} ${object.namespace ?? 'default'}/${object.name}`;
  return { id, namespaces, subnets, joined, origin: object.origin };
}

/** The section of the topology. Source: ovn-kubernetes go-controller/pkg/crd/userdefinednetwork/v1 udn.go, cudn.go, shared.go. */
function layerOf(network: Reader, whole: boolean): Reader | undefined {
  network.required('topology');
  const topology = network.field('topology').oneOf(whole ? ['Layer2', 'Layer3', 'Localnet'] : ['Layer2', 'Layer3']);
  if (topology === undefined) return undefined;
  const section = topology.toLowerCase();
  return network.required(section) && network.field(section).expect('an object') ? network.field(section) : undefined;
}

/** The section says the role, too. */
function isPrimary(layer: Reader, flat: boolean): boolean {
  layer.required('role');
  return layer.field('role').oneOf(flat ? ['Secondary'] : ['Primary', 'Secondary']) === 'Primary';
}

/** Layer 2 lists CIDRs, layer 3 objects with one and the size of a node's share. Source: as above, Layer3Subnet, DualStackCIDRs. */
function readSubnets(subnets: Reader, shared: boolean): readonly string[] {
  return subnets.each().flatMap((at) => {
    if (shared && at.expect('an object')) at.required('cidr');
    return readCidr(shared ? at.field('cidr') : at)?.text ?? [];
  });
}

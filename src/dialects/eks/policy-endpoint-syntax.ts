import { Reader, shown } from '../../kernel/reader.ts';
import type { Diagnostic } from '../../kernel/result.ts';
import { controllerOf } from '../../model/metadata.ts';
import type { Action, Direction } from '../../model/policy.ts';
import type { RawObject } from '../../model/snapshot.ts';
import { protocols, TransportSet } from '../../space/transport-set.ts';
import { addressesOf, type Resolved } from './resolved.ts';

/** A PolicyEndpoint or ClusterPolicyEndpoint: one slice of what the controller made of a policy. */
export interface Slice {
  readonly object: RawObject;
  /** `namespace/name` of the policy, or its name. */
  readonly policy: string;
  readonly cluster: boolean;
  /** The kind of the policy: NetworkPolicy or ApplicationNetworkPolicy, as its owner reference says; null without one. */
  readonly owner: string | null;
  readonly isolates: { readonly ingress: boolean; readonly egress: boolean };
  /** Addresses of the pods that the policy is enforced on. */
  readonly pods: readonly { readonly ip: string; readonly namespace: string }[];
  readonly rules: readonly Resolved[];
  /** Of cluster policies: `Admin 10`; null otherwise. */
  readonly rank: string | null;
}

/** A slice with something in it that cannot be read. Nothing is said to be absent from the policy that it is of. */
export interface UnreadSlice {
  readonly object: RawObject;
  readonly cluster: boolean;
  /** As in a slice; null where nothing tells: then it may be of any policy of its namespace, or any cluster policy. */
  readonly policy: string | null;
  readonly owner: string | null;
}

const actions: Readonly<Record<string, Action>> = { Accept: 'allow', Deny: 'deny', Pass: 'pass' };

/** Reads one slice, all of it or not at all: half a slice would tell of differences that are none. What is wrong goes to `diagnostics`. */
export function readSlice(object: RawObject, diagnostics: Diagnostic[]): Slice | UnreadSlice {
  const wrong: Diagnostic[] = [];
  const slice = readFields(object, wrong);
  diagnostics.push(...wrong);
  if (slice !== undefined && wrong.length === 0) return slice;
  const cluster = object.kind === 'ClusterPolicyEndpoint';
  const owner = controllerOf(object);
  const owned = owner === null ? null : cluster ? owner.name : `${object.namespace ?? 'default'}/${owner.name}`;
  return { object, cluster, policy: slice?.policy ?? owned, owner: owner?.kind ?? null };
}

/**
 * Fields that an audit does not need are not looked at: the controller writes them.
 * Source: amazon-network-policy-controller-k8s api/v1alpha1/policyendpoint_types.go, clusterpolicyendpoint_types.go.
 */
function readFields(object: RawObject, diagnostics: Diagnostic[]): Slice | undefined {
  const cluster = object.kind === 'ClusterPolicyEndpoint';
  const spec = new Reader(object.body, object.origin, diagnostics).field('spec');
  if (!spec.expect('an object') || !spec.required('policyRef')) return undefined;
  const ref = spec.field('policyRef');
  if (!ref.expect('an object') || !ref.required('name')) return undefined;
  const name = ref.field('name').string();
  const namespace = cluster ? null : (ref.field('namespace').string() ?? object.namespace ?? 'default');
  if (name === undefined) return undefined;
  const types = spec
    .field('podIsolation')
    .each()
    .map((t) => t.string());
  const rules = (['ingress', 'egress'] as const).flatMap((direction) =>
    spec
      .field(direction)
      .each()
      .flatMap((item) => readEntry(item, direction, cluster) ?? []),
  );
  return {
    object,
    policy: namespace === null ? name : `${namespace}/${name}`,
    cluster,
    owner: controllerOf(object)?.kind ?? null,
    isolates: { ingress: types.includes('Ingress'), egress: types.includes('Egress') },
    pods: spec
      .field('podSelectorEndpoints')
      .each()
      .flatMap((pod) => {
        if (!pod.expect('an object') || !pod.required('podIP')) return [];
        const ip = pod.field('podIP').string();
        return ip === undefined ? [] : [{ ip, namespace: namespace ?? pod.field('namespace').string() ?? '' }];
      }),
    rules,
    rank: cluster ? `${spec.field('tier').string()} ${spec.field('priority').integer(0, 1000)}` : null,
  };
}

function readEntry(item: Reader, direction: Direction, cluster: boolean): Resolved | undefined {
  if (!item.expect('an object')) return undefined;
  const cidr = item.field('cidr').string();
  const name = item.field('domainName').string()?.toLowerCase().replace(/[.]$/, '') ?? null;
  const except = item
    .field('except')
    .each()
    .flatMap((e) => e.string() ?? []);
  const addresses = cidr === undefined || cidr === '' ? { v4: [], v6: [] } : addressesOf(cidr, except);
  if (addresses === undefined) {
    item.field('cidr').error('bad-cidr', `${shown(cidr)} is neither an address nor a CIDR.`);
    return undefined;
  }
  const action = cluster ? actions[item.field('action').oneOf(['Accept', 'Deny', 'Pass']) ?? ''] : 'allow';
  return action === undefined ? undefined : { direction, action, addresses, name, ports: readPorts(item.field('ports')) };
}

/** No ports are all of them, ICMP included. */
function readPorts(list: Reader): TransportSet {
  const items = list.each();
  if (items.length === 0) return TransportSet.full;
  return TransportSet.unionAll(
    items.map((item) => {
      if (!item.expect('an object')) return TransportSet.empty;
      const protocol = item.has('protocol') ? item.field('protocol').oneOf(protocols) : 'TCP';
      const port = item.field('port').integer(0, 65535);
      if (protocol === undefined) return TransportSet.empty;
      if (port === undefined) return TransportSet.of(protocol);
      return TransportSet.of(protocol, [[port, Math.max(port, item.field('endPort').integer(0, 65535) ?? port)]]);
    }),
  );
}

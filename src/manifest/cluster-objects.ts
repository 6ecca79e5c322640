import { Reader, shown } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { ClusterNode, Namespace, ResourceQuota, Service, ServiceAccount } from '../model/cluster.ts';
import type { Labels } from '../model/labels.ts';
import { annotationsOf, groupOf, isLive, labelsOf } from '../model/metadata.ts';
import { namespaceNameLabel } from '../model/namespace-match.ts';
import type { RawObject } from '../model/snapshot.ts';
import { readNode } from './node.ts';
import { readService } from './service.ts';

/** The objects around workloads and policies, lowered to the model. */
export interface ClusterObjects {
  readonly namespaces: Map<string, Namespace>;
  readonly services: Service[];
  readonly nodes: ClusterNode[];
  readonly serviceAccounts: ServiceAccount[];
  readonly quotas: ResourceQuota[];
}

type Read = (object: RawObject, at: Reader, into: ClusterObjects) => () => void;

/** Each kind of the core group that is read here: it looks first, and puts its result in only when nothing was wrong. */
const readers: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['Namespace', (object, _at, into) => () => into.namespaces.set(object.name, namespaceOf(object.name, object))],
  ['Service', (object, at, into) => put(into.services, readService(object, at))],
  ['Node', (object, at, into) => put(into.nodes, readNode(object, at))],
  ['ServiceAccount', (object, at, into) => put(into.serviceAccounts, readServiceAccount(object, at))],
  ['ResourceQuota', (object, at, into) => put(into.quotas, readQuota(object, at))],
]);

export function noClusterObjects(): ClusterObjects {
  return { namespaces: new Map(), services: [], nodes: [], serviceAccounts: [], quotas: [] };
}

/** Whether `readClusterObject` takes the kind. */
export function isClusterObject(object: RawObject): boolean {
  return groupOf(object.apiVersion) === '' && readers.has(object.kind);
}

/** Reads one object into `into`, unless something is wrong with it; the faults are returned. */
export function readClusterObject(object: RawObject, into: ClusterObjects): readonly Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const store = readers.get(object.kind)?.(object, new Reader(object.body, object.origin, diagnostics), into);
  if (!diagnostics.some((d) => d.severity === 'error')) store?.();
  return diagnostics;
}

/** A namespace as the control plane labels it; `object` is null for one that is only implied. */
export function namespaceOf(name: string, object: RawObject | null): Namespace {
  const labels: Labels = { ...(object === null ? {} : labelsOf(object)), [namespaceNameLabel]: name };
  return { name, labels, annotations: object === null ? {} : annotationsOf(object), origin: object?.origin ?? null };
}

function readServiceAccount(object: RawObject, at: Reader): ServiceAccount {
  return {
    namespace: object.namespace ?? 'default',
    name: object.name,
    annotations: annotationsOf(object),
    automountToken: at.field('automountServiceAccountToken').boolean() ?? null,
    origin: object.origin,
  };
}

function readQuota(object: RawObject, at: Reader): ResourceQuota {
  const hard: Record<string, string> = Object.create(null);
  const map = at.field('spec').field('hard');
  for (const key of map.expect('an object') ? map.keys() : []) {
    const member = map.field(key);
    // YAML numbers are quantities too. Source: kubernetes/apimachinery resource.Quantity.UnmarshalJSON.
    const text = typeof member.value === 'number' ? String(member.value) : member.string();
    if (text !== undefined) hard[key] = text;
    else if (member.absent) member.error('wrong-type', `${shown(key)} is nothing; expected a quantity such as 8, 500m or 16Gi.`);
  }
  const scoped = at.field('spec').field('scopes').present || at.field('spec').field('scopeSelector').present;
  return { namespace: object.namespace ?? 'default', name: object.name, hard, used: usedOf(object, at), scoped, origin: object.origin };
}

/** Only a cluster knows what is taken. */
function usedOf(object: RawObject, at: Reader): ResourceQuota['used'] {
  const said = at.field('status').field('used');
  if (!isLive(object) || said.kind !== 'an object') return null;
  const used: Record<string, string> = Object.create(null);
  for (const key of said.keys()) {
    const { value } = said.field(key);
    if (typeof value === 'string' || typeof value === 'number') used[key] = String(value);
  }
  return used;
}

function put<T>(list: T[], item: T): () => void {
  return () => list.push(item);
}

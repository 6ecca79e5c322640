import { sortedBy } from '../kernel/stable.ts';
import type { Namespace } from '../model/cluster.ts';
import type { RawObject } from '../model/snapshot.ts';
import { namespaceOf } from './cluster-objects.ts';

/** The namespaces that were read and those that some object lives in, by name. */
export function impliedNamespaces(read: ReadonlyMap<string, Namespace>, objects: readonly RawObject[]): ReadonlyMap<string, Namespace> {
  const all = new Map(read);
  for (const { namespace } of objects) if (namespace !== null && !all.has(namespace)) all.set(namespace, namespaceOf(namespace, null));
  return new Map(sortedBy(all, ([name]) => name));
}

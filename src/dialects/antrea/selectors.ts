import type { Reader } from '../../kernel/reader.ts';
import { everything } from '../../model/labels.ts';
import { namespacesBy } from '../../model/namespace-match.ts';
import type { NamespaceMatch, PodMatch } from '../../model/policy.ts';
import { readSelector } from '../../model/selector-syntax.ts';

export const everyNamespace: NamespaceMatch = { kind: 'labelled', selector: everything };

/**
 * Pods by podSelector and namespaceSelector of one item. Without a namespaceSelector: those of the object's own namespace, or, where it has none, of every
 * namespace; an item without either selects all pods of its namespace, or nobody at all (null). Source: antrea pkg/controller/types/group.go
 * NewGroupSelector, pkg/controller/grouping/group_entity_index.go match.
 */
export function readPods(item: Reader, namespace: string | null): PodMatch | null {
  const [pods, namespaces] = [item.field('podSelector'), item.field('namespaceSelector')];
  const selected = pods.present ? readSelector(pods) : everything;
  const within: NamespaceMatch = namespaces.present
    ? namespacesBy(readSelector(namespaces))
    : namespace === null
      ? everyNamespace
      : { kind: 'named', name: namespace };
  if (pods.absent && namespaces.absent && namespace === null) return null;
  return { namespaces: within, pods: selected, serviceAccounts: null };
}

/** Pods of one service account. Source: antrea pkg/controller/networkpolicy/antreaclusternetworkpolicy.go serviceAccountNameToPodSelector. */
export function readAccount(at: Reader): PodMatch | undefined {
  const found = readReference(at);
  return found === undefined ? undefined : { namespaces: { kind: 'named', name: found.namespace }, pods: everything, serviceAccounts: [found.name] };
}

/** A name and a namespace, both of which must be there. */
export function readReference(at: Reader): { readonly namespace: string; readonly name: string } | undefined {
  if (!at.object(['name', 'namespace'])) return undefined;
  at.required('name');
  at.required('namespace');
  const [name, namespace] = [at.field('name').string(), at.field('namespace').string()];
  return name === undefined || namespace === undefined ? undefined : { name, namespace };
}

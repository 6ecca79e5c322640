import type { Entity } from '../../model/policy.ts';

/** Where a label comes from, as far as pods care: `any` and `k8s` labels are theirs, `reserved` ones name entities, others belong to addresses, names and runtimes. */
export type LabelSource = 'any' | 'k8s' | 'reserved' | 'other';

/** A label key without its source. */
export interface LabelKey {
  readonly source: LabelSource;
  readonly key: string;
}

// Synthetic keys. Source: cilium pkg/k8s/apis/cilium.io/const.go.
export const namespaceKey = 'io.kubernetes.pod.namespace';
export const namespaceLabelPrefix = 'io.cilium.k8s.namespace.labels.';
export const serviceAccountKey = 'io.cilium.k8s.policy.serviceaccount';
export const clusterKey = 'io.cilium.k8s.policy.cluster';

/**
 * Splits `source:key`; `$name` is short for `reserved:name`, and so is `reserved.name` up to 1.19 (`dotted`).
 * Source: cilium 1.19 and 1.20 pkg/labels/labels.go parseSource.
 */
export function labelKey(text: string, dotted = true): LabelKey {
  if (text.startsWith('$')) return { source: 'reserved', key: text.slice(1) };
  const colon = text.indexOf(':');
  if (colon < 0) return dotted && text.startsWith('reserved.') ? { source: 'reserved', key: text.slice('reserved.'.length) } : { source: 'any', key: text };
  const source = text.slice(0, colon);
  return { source: source === 'any' || source === '' ? 'any' : source === 'k8s' || source === 'reserved' ? source : 'other', key: text.slice(colon + 1) };
}

/** The key as Cilium reads it back; a prefix is written only where a bare key would mean something else. */
export function writeLabelKey(key: string): string {
  return labelKey(key).source === 'any' && !key.startsWith('$') ? key : `k8s:${key}`;
}

/** Entities that a rule may name, `cluster-mesh` since 1.20. Source: cilium pkg/policy/api/entity.go, the Enum of Entity. */
export const entityNames = [
  'all',
  'world',
  'cluster',
  'cluster-mesh',
  'host',
  'init',
  'ingress',
  'unmanaged',
  'remote-node',
  'health',
  'none',
  'kube-apiserver',
] as const;

/** The model's entity behind a reserved label; undefined for those that a selector cannot stand for. */
export function entityOf(name: string): Entity | undefined {
  switch (name) {
    case 'world':
    case 'host':
    case 'remote-node':
    case 'kube-apiserver':
    case 'ingress':
    case 'none':
      return name;
    case 'init':
    case 'unmanaged':
    case 'health':
      return 'other';
    default:
      return undefined;
  }
}

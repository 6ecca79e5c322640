import type { ClusterNode, Taint } from '../model/cluster.ts';
import type { Labels } from '../model/labels.ts';
import type { NodeRequirement } from '../model/node-term.ts';

/** A node that exists, as the scheduler sees it. */
export interface KnownNode {
  readonly kind: 'known';
  readonly node: ClusterNode;
}

/**
 * Any node that could be created with labels that meet `must` and with these taints. All its other labels, and its name, are free: it is to be the one
 * that suits a pod best. More taints would keep more pods off, so it has no others.
 */
export interface NodeToCome {
  readonly kind: 'to-come';
  readonly title: string;
  readonly must: readonly NodeRequirement[];
  readonly taints: readonly Taint[];
}

export type PlacementNode = KnownNode | NodeToCome;

export function nodeTitle(node: PlacementNode): string {
  return node.kind === 'known' ? `node ${node.node.name}` : node.title;
}

export function taintsOf(node: PlacementNode): readonly Taint[] {
  return node.kind === 'known' ? node.node.taints : node.taints;
}

/** Any node that could be given the labels and the taint of a pool. */
export function poolNodeToCome(labels: Labels, taint: Taint | null): NodeToCome {
  const must = Object.entries(labels).map(([key, value]): NodeRequirement => ({ key, operator: 'In', values: [value] }));
  return { kind: 'to-come', title: 'any new node of the pool', must, taints: taint === null ? [] : [taint] };
}

/** Any node that could be created outside a pool: one without some label of it, and without taints. One for each label. */
export function otherNodesToCome(labels: Labels): readonly NodeToCome[] {
  return Object.entries(labels).map(([key, value]) => ({
    kind: 'to-come',
    title: `any new node without ${key}=${value}`,
    must: [{ key, operator: 'NotIn', values: [value] }],
    taints: [],
  }));
}

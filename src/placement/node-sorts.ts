import { kept } from '../kernel/memo.ts';
import { stableJson } from '../kernel/stable.ts';
import type { ClusterNode } from '../model/cluster.ts';
import { labelOf } from '../model/labels.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Workload } from '../model/workload.ts';
import { arrivalsOf } from './arrival.ts';
import type { PlacementNode } from './nodes.ts';

/** Nodes that no template tells apart, as one. */
export interface NodeSort {
  readonly node: PlacementNode;
  readonly alike: number;
}

/** One node of each sort that no template tells apart: by labels that some template mentions, by name where one asks for a name, by taints. */
export function nodeSorts(snapshot: Snapshot, nodes: readonly ClusterNode[], workloads: readonly Workload[]): readonly NodeSort[] {
  const keys = new Set<string>();
  for (const workload of workloads)
    for (const { selector, terms, perhaps } of arrivalsOf(snapshot, workload)) {
      for (const labels of [selector, ...perhaps.map((p) => p.selector ?? {})]) for (const key of Object.keys(labels)) keys.add(key);
      for (const term of terms) for (const { key } of [...term.labels, ...term.fields]) keys.add(key);
    }
  const named = keys.has('metadata.name') || keys.has('kubernetes.io/hostname');
  const sorts = new Map<string, ClusterNode[]>();
  for (const node of nodes) {
    const labels = [...keys].map((key) => labelOf(node.labels, key) ?? null);
    kept(sorts, stableJson([named ? node.name : '', labels, node.taints, node.unschedulable === true]), () => []).push(node);
  }
  return [...sorts.values()].flatMap(([node, ...others]) => (node === undefined ? [] : [{ node: { kind: 'known', node } as const, alike: others.length + 1 }]));
}

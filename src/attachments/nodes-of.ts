import type { Snapshot } from '../model/snapshot.ts';
import type { Workload } from '../model/workload.ts';
import { canLand } from '../placement/can-land.ts';

/** Nodes that pods of a workload may be on, by name; null where the input has none of them. `pinned`: they are there, and not only may be. */
export interface NodesOf {
  readonly nodes: readonly string[] | null;
  readonly pinned: boolean;
}

/** Where pods of a workload are, or may be: their node, else the nodes of the input that the scheduler may put them on. */
export function nodesOf(snapshot: Snapshot, workload: Workload): NodesOf {
  if (workload.node !== null) return { nodes: [workload.node], pinned: true };
  const known = snapshot.nodes.filter((n) => n.origin !== null);
  const nodes = known.filter((node) => canLand(snapshot, workload, { kind: 'known', node }).is !== 'no').map((n) => n.name);
  // None of them: the nodes that it will run on are not in the input.
  return { nodes: nodes.length === 0 ? null : nodes, pinned: nodes.length === 1 };
}

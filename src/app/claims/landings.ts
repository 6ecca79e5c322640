import type { PodLanding } from '../../model/claim.ts';
import type { ClusterNode } from '../../model/cluster.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { type Workload, workloadTitle } from '../../model/workload.ts';
import { canLand } from '../../placement/can-land.ts';
import { type NodeSort, nodeSorts } from '../../placement/node-sorts.ts';
import { type NodeToCome, nodeTitle } from '../../placement/nodes.ts';

/** What became of many templates on many nodes: which may run where, each with one node; and what is not known, each once. */
export interface Landings {
  readonly found: readonly PodLanding[];
  readonly doubts: readonly string[];
}

/** How many landings a claim shows. */
const shown = 5;

/**
 * Asks each template of each node; known nodes before nodes to come, for they are easier to believe. `known` are of one side: of the pool, or outside it.
 */
export function landingsOf(snapshot: Snapshot, workloads: readonly Workload[], known: readonly ClusterNode[], toCome: readonly NodeToCome[]): Landings {
  const sorts = nodeSorts(snapshot, known, workloads);
  const byName = new Map(known.flatMap((n) => [n.name, ...n.addresses].map((name) => [name, n] as const)));
  const found: PodLanding[] = [];
  const doubts = new Set<string>();
  for (const workload of workloads) {
    const own = workload.node === null ? undefined : byName.get(workload.node);
    const nodes: readonly NodeSort[] = [
      ...(own === undefined ? [] : [{ node: { kind: 'known', node: own } as const, alike: 1 }]),
      ...sorts,
      ...toCome.map((node) => ({ node, alike: 1 })),
    ];
    const answers = nodes.map(({ node, alike }) => ({ node, alike, landing: canLand(snapshot, workload, node) }));
    const first = answers.find((a) => a.landing.is === 'yes');
    if (first !== undefined && first.landing.is === 'yes') found.push({ pod: workloadTitle(workload), node: titleOf(first), through: first.landing.through });
    else
      for (const { node, landing } of answers)
        if (landing.is === 'unknown') for (const why of landing.why) doubts.add(`${workloadTitle(workload)} on ${nodeTitle(node)}: not known: ${why}`);
  }
  return { found, doubts: [...doubts] };
}

/** The first few, and how many more there are. */
export function shownLandings({ found }: Landings): { readonly landings: readonly PodLanding[]; readonly more: readonly string[] } {
  return {
    landings: found.slice(0, shown),
    more: found.length > shown ? [`${found.length} pod templates in all; the first ${shown} are shown`] : [],
  };
}

function titleOf({ node, alike }: NodeSort): string {
  return alike > 1 ? `${nodeTitle(node)} (and ${alike - 1} like it)` : nodeTitle(node);
}

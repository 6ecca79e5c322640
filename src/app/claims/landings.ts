import { kept } from '../../kernel/memo.ts';
import { stableJson } from '../../kernel/stable.ts';
import type { PodLanding } from '../../model/claim.ts';
import type { ClusterNode } from '../../model/cluster.ts';
import { labelOf } from '../../model/labels.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { type Workload, workloadTitle } from '../../model/workload.ts';
import { arrivalsOf } from '../../placement/arrival.ts';
import { canLand } from '../../placement/can-land.ts';
import { type NodeToCome, nodeTitle, type PlacementNode } from '../../placement/nodes.ts';

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
  const sorts = oneOfEach(snapshot, known, workloads);
  const byName = new Map(known.flatMap((n) => [n.name, ...n.addresses].map((name) => [name, n] as const)));
  const found: PodLanding[] = [];
  const doubts = new Set<string>();
  for (const workload of workloads) {
    const own = workload.node === null ? undefined : byName.get(workload.node);
    const nodes: readonly Sort[] = [
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

/** Nodes that no template tells apart, as one. */
interface Sort {
  readonly node: PlacementNode;
  readonly alike: number;
}

function titleOf({ node, alike }: Sort): string {
  return alike > 1 ? `${nodeTitle(node)} (and ${alike - 1} like it)` : nodeTitle(node);
}

/** One node of each sort that no template tells apart: by labels that some template mentions, by name where one asks for a name, by taints. */
function oneOfEach(snapshot: Snapshot, nodes: readonly ClusterNode[], workloads: readonly Workload[]): readonly Sort[] {
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

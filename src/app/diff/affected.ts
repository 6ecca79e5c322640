import { podLabels, seenLabels } from '../../engine/directory.ts';
import { matchPods } from '../../engine/match.ts';
import type { Reachability } from '../../engine/reach.ts';
import { stableJson } from '../../kernel/stable.ts';
import type { Direction, Policy } from '../../model/policy.ts';
import { policyText } from '../../model/policy-text.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Workload } from '../../model/workload.ts';
import type { Member, PodGroup, Refinement } from './leaves.ts';
import type { PolicyChanges } from './same-policies.ts';

/** Pod groups whose egress, or ingress, may differ; pairs of others need not be looked at. */
export interface Affected {
  readonly egress: ReadonlySet<number>;
  readonly ingress: ReadonlySet<number>;
  /** Groups of which a pod, or its Namespace, is itself different: they are among both. */
  readonly changed: ReadonlySet<number>;
}

/**
 * What a change can touch: pods that are themselves different, and pods that a policy selects which only one side has, in the directions it speaks of.
 * Null when everything may be touched (another profile, other nodes, Services or ranges).
 */
export function affectedBy(before: Reachability, after: Reachability, changes: PolicyChanges, { groups, leaves }: Refinement): Affected | null {
  if (before.profile !== after.profile || surroundings(before.snapshot) !== surroundings(after.snapshot)) return null;
  const egress = new Set<number>();
  const ingress = new Set<number>();
  const changed = new Set<number>();
  for (const group of groups) {
    const members = group.leaves.flatMap((l) => membersOf(leaves[l]));
    if (members.some((m) => !alike(before.snapshot, after.snapshot, m))) changed.add(group.index);
    const touched = (direction: Direction): boolean => changed.has(group.index) || touchedBy(before, after, changes, direction, group, members);
    if (touched('egress')) egress.add(group.index);
    if (touched('ingress')) ingress.add(group.index);
  }
  return { egress, ingress, changed };
}

/** Whether one of the policies that only one side has is about a group, in a direction. */
export function touchedBy(
  before: Reachability,
  after: Reachability,
  { gone, come }: PolicyChanges,
  direction: Direction,
  group: PodGroup,
  members: readonly Member[],
): boolean {
  return gone.some((p) => speaksOf(p, direction, before, group, members, 'before')) || come.some((p) => speaksOf(p, direction, after, group, members, 'after'));
}

export function membersOf(leaf: Refinement['leaves'][number] | undefined): readonly Member[] {
  return leaf?.kind === 'pods' ? leaf.members : [];
}

function speaksOf(policy: Policy, direction: Direction, reach: Reachability, group: PodGroup, members: readonly Member[], side: 'before' | 'after'): boolean {
  if (!policy.isolates[direction] && !policy.rules.some((r) => r.direction === direction)) return false;
  if (policy.subject.kind === 'nodes') return group.host;
  const { match } = policy.subject;
  // All members of a group look alike to every policy, so the first that is there speaks for all.
  const member = members.find((m) => m[side] !== null);
  const workload = member?.[side] ?? null;
  if (member === undefined || workload === null) return false;
  return matchPods(reach.snapshot, match, workload, seenLabels(reach.profile, podLabels(workload, 0))).is !== 'no';
}

/** Whatever rules look at beside pods and policies. Host policies are about nodes, which are few: they count here. */
function surroundings(snapshot: Snapshot): string {
  return stableJson({
    nodes: snapshot.nodes.map(({ name, labels, addresses, origin }) => ({ name, labels, addresses, shown: origin !== null })),
    services: snapshot.services.map(({ origin: _, ...service }) => service),
    ranges: snapshot.ranges,
    primaryNetworks: snapshot.primaryNetworks.map(({ id, namespaces, joined }) => ({ id, namespaces, joined })),
    hostPolicies: snapshot.policies.filter((p) => p.subject.kind === 'nodes').map(policyText),
  });
}

function alike(before: Snapshot, after: Snapshot, { before: b, after: a }: Member): boolean {
  return (
    b !== null && a !== null && (b === a || workloadText(b) === workloadText(a)) && namespaceText(before, b.namespace) === namespaceText(after, a.namespace)
  );
}

function workloadText(w: Workload): string {
  const { labels, perPodLabels, replicas, serviceAccount, hostNetwork, node, ips, lifecycle, ports } = w;
  return stableJson({ labels, perPodLabels, replicas, serviceAccount, hostNetwork, node, ips, lifecycle, ports });
}

function namespaceText(snapshot: Snapshot, name: string): string {
  const namespace = snapshot.namespaces.get(name);
  return namespace === undefined ? '' : stableJson({ labels: namespace.labels, declared: namespace.origin !== null });
}

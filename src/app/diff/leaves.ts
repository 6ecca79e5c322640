import type { PodClass } from '../../engine/classes.ts';
import { namesOf } from '../../engine/name-parties.ts';
import type { Reachability, ReachParty } from '../../engine/reach.ts';
import { kept } from '../../kernel/memo.ts';
import type { NameMatch, Policy } from '../../model/policy.ts';
import type { Workload, WorkloadId } from '../../model/workload.ts';
import { type IpSet, ipIntersect, ipIsEmpty } from '../../space/ip-set.ts';
import type { Slice } from './split.ts';

/** A slice of a workload on both sides, as it is in the split clusters; null where it does not exist. */
export interface Member extends Slice {
  readonly before: Workload | null;
  readonly after: Workload | null;
}

/** Pods that neither side tells apart, whichever node they are on. */
export interface PodGroup {
  readonly kind: 'pods';
  readonly index: number;
  readonly before: PodClass | null;
  readonly after: PodClass | null;
  /** On its node's network on one side: the workload then stands alone. */
  readonly host: boolean;
  readonly leaves: readonly number[];
}

/** What a change is made of: the finest parts that both sides can tell apart. */
export type Leaf =
  | { readonly kind: 'pods'; readonly group: number; readonly members: readonly Member[] }
  | { readonly kind: 'node'; readonly node: string | null; readonly before: boolean; readonly after: boolean }
  | { readonly kind: 'addresses'; readonly addresses: IpSet }
  /** A name that rules mention, or one of those that a pattern covers. */
  | { readonly kind: 'name'; readonly name: string; readonly pattern: string | null };

/** The common refinement of two matrices. */
export interface Refinement {
  readonly leaves: readonly Leaf[];
  readonly groups: readonly PodGroup[];
  /** Leaves that are no pods. */
  readonly others: readonly number[];
}

/** A party that is of a leaf on one side: of its pods the first, or the `nth` where there are so many. Null where nobody is. */
export function partyOf(side: 'before' | 'after', leaf: Leaf, nth = 0): ReachParty | null {
  switch (leaf.kind) {
    case 'pods': {
      const there = leaf.members.flatMap((m) => m[side] ?? []);
      const workload = there[nth] ?? there[0];
      return workload === undefined ? null : { kind: 'workload', id: workload.id };
    }
    case 'node':
      return leaf[side] ? { kind: 'node', node: leaf.node } : null;
    case 'addresses':
      return { kind: 'external', addresses: leaf.addresses };
    case 'name':
      return { kind: 'name', name: leaf.name };
  }
}

/** Cuts what two matrices of split clusters tell apart so finely that each leaf is of one kind on both sides. */
export function refine(before: Reachability, after: Reachability, slices: ReadonlyMap<WorkloadId, Slice>): Refinement {
  const leaves: Leaf[] = [];
  const groups: PodGroup[] = [];
  for (const { members, ...group } of podGroups(before, after, slices)) {
    const byNode = new Map<string, Member[]>();
    for (const m of members) kept(byNode, `${m.before?.node ?? ''}\n${m.after?.node ?? ''}`, () => []).push(m);
    const own = [...byNode.values()].map((some) => leaves.push({ kind: 'pods', group: groups.length, members: some }) - 1);
    groups.push({ kind: 'pods', index: groups.length, ...group, leaves: own });
  }
  const first = leaves.length;
  leaves.push(...nodeLeaves(before, after), ...addressLeaves(before, after), ...nameLeaves(before, after));
  return { leaves, groups, others: leaves.slice(first).map((_, i) => first + i) };
}

type Group = Pick<PodGroup, 'before' | 'after' | 'host'> & { readonly members: Member[] };

function podGroups(before: Reachability, after: Reachability, slices: ReadonlyMap<WorkloadId, Slice>): Group[] {
  const classes = [classOf(before), classOf(after)] as const;
  const workloads = new Map<WorkloadId, readonly [Workload | null, Workload | null]>();
  for (const w of live(after)) workloads.set(w.id, [null, w]);
  for (const w of live(before)) workloads.set(w.id, [w, workloads.get(w.id)?.[1] ?? null]);
  const groups = new Map<string, Group>();
  for (const [id, [b, a]] of workloads) {
    const host = b?.hostNetwork === true || a?.hostNetwork === true;
    const [cb, ca] = [classes[0].get(id) ?? null, classes[1].get(id) ?? null];
    const slice = slices.get(id) ?? { id, replica: 0, second: 1, pods: Math.max(b?.replicas ?? 0, a?.replicas ?? 0), part: false };
    const group = kept(groups, `${cb?.id ?? '-'} ${ca?.id ?? '-'} ${host ? id : ''}`, () => ({ before: cb, after: ca, host, members: [] }));
    group.members.push({ ...slice, before: b, after: a });
  }
  return [...groups.values()];
}

function live(reach: Reachability): readonly Workload[] {
  return reach.snapshot.workloads.filter((w) => w.lifecycle !== 'finished');
}

/** The class of each workload: in split clusters it has one. */
function classOf(reach: Reachability): ReadonlyMap<WorkloadId, PodClass> {
  return new Map(reach.classes.flatMap((c) => c.workloads.map((id) => [id, c] as const)));
}

/** Nodes by name; where one side knows none at all, the node that no input names as well. */
function nodeLeaves(before: Reachability, after: Reachability): Leaf[] {
  const [b, a] = [nodesOf(before), nodesOf(after)];
  const names = [...new Set([...b, ...a])];
  const anonymous = b.has(null) || a.has(null);
  return names.map((node) => ({ kind: 'node', node, before: node === null || b.has(node) || anonymous, after: node === null || a.has(node) || anonymous }));
}

function nodesOf(reach: Reachability): ReadonlySet<string | null> {
  return new Set(reach.parties.flatMap((p) => (p.kind === 'node' ? [p.node] : [])));
}

function addressLeaves(before: Reachability, after: Reachability): Leaf[] {
  const blocks = (reach: Reachability): IpSet[] => reach.parties.flatMap((p) => (p.kind === 'external' ? [p.addresses] : []));
  const others = blocks(after);
  return blocks(before).flatMap((block) =>
    others.flatMap((other): Leaf[] => {
      const addresses = ipIntersect(block, other);
      return ipIsEmpty(addresses) ? [] : [{ kind: 'addresses', addresses }];
    }),
  );
}

function nameLeaves(before: Reachability, after: Reachability): Leaf[] {
  const found = new Map<string, string | null>();
  const policies = [...before.snapshot.policies, ...after.snapshot.policies];
  for (const reach of [before, after]) for (const p of reach.parties) if (p.kind === 'name') found.set(p.name, null);
  for (const match of namesIn(policies))
    for (const name of samplesOf(match)) if (!found.has(name)) found.set(name, match.kind === 'pattern' ? match.text : null);
  return [...found].map(([name, pattern]) => ({ kind: 'name', name, pattern }));
}

function namesIn(policies: readonly Policy[]): NameMatch[] {
  return policies.flatMap((p) => p.rules.flatMap((r) => (r.peers ?? []).flatMap(namesOf)));
}

/** What a wildcard may stand for: CNIs differ in whether it crosses dots and whether it may be empty, so each sort is asked for. */
const fillings: readonly string[] = ['any', 'any.deep', ''];

/** Names that stand for a pattern. Whether the pattern takes a name is the engine's to say. */
function samplesOf(match: NameMatch): string[] {
  if (match.kind === 'exact') return [match.name];
  return fillings
    .map((filling) =>
      match.text
        .toLowerCase()
        .replace(/\*+/g, filling)
        .replace(/^\.+|\.+$/g, '')
        .replace(/\.{2,}/g, '.'),
    )
    .filter((name) => name !== '');
}

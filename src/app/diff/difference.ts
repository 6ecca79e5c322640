import type { Flow } from '../../engine/flow.ts';
import { type Reachability, reach as solve } from '../../engine/reach.ts';
import type { Seen } from '../../engine/seen-by.ts';
import { kept } from '../../kernel/memo.ts';
import type { FlowState } from '../../model/diff-report.ts';
import { TransportSet } from '../../space/transport-set.ts';
import { type Affected, affectedBy } from './affected.ts';
import { Bearing } from './bearing.ts';
import { type Leaf, type Member, type PodGroup, partyOf, type Refinement, refine } from './leaves.ts';
import { type PolicyChanges, policyChanges } from './same-policies.ts';
import { split } from './split.ts';

/** A rectangle of changed traffic: each leaf of `from` to each leaf of `to` (two distinct pods where it is the same leaf). */
export interface Rectangle {
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly before: FlowState;
  readonly after: FlowState;
  readonly ports: TransportSet;
  readonly because: 'rules' | 'workloads';
}

/**
 * All that differs between two clusters. Rectangles are disjoint; what neither they nor `undecided` hold is the same on both sides. `undecided`: traffic
 * that is unknown on both sides, and that the change bears on.
 */
export interface Difference {
  readonly refinement: Refinement;
  readonly policies: PolicyChanges;
  readonly rectangles: readonly Rectangle[];
  readonly undecided: readonly Rectangle[];
}

/**
 * Compares two clusters on the common refinement of what their rules tell apart. Workloads are the same when their ids are; what exists on one side
 * only has no traffic on the other, and a workload that scales is the same workload. `strict`: what is unknown counts as allowed.
 */
export function difference(before: Seen, after: Seen, strict = false): Difference {
  const parts = split(before, after);
  const [b, a] = [solve(parts.before, before.profile), solve(parts.after, after.profile)];
  const refinement = refine(b, a, parts.slices);
  const policies = policyChanges(before.snapshot, after.snapshot);
  const affected = affectedBy(b, a, policies, refinement);
  const bearing = new Bearing({ seen: before, reach: b }, { seen: after, reach: a }, refinement, policies, affected);
  const found = new Comparing(b, a, refinement, affected, bearing, strict).run();
  const isOpen = (r: Rectangle): boolean => r.before === 'unknown' && r.after === 'unknown';
  return { refinement, policies, rectangles: found.filter((r) => !isOpen(r)), undecided: found.filter(isOpen) };
}

/** Leaves that one row of the comparison reaches, by how they changed. */
type Row = Map<string, { readonly change: Omit<Rectangle, 'from' | 'to'>; readonly to: number[] }>;

const sides = ['before', 'after'] as const;
type SideName = (typeof sides)[number];

class Comparing {
  readonly #reach: Readonly<Record<SideName, Reachability>>;
  readonly #parts: Refinement;
  readonly #affected: Affected | null;
  readonly #bearing: Bearing;
  readonly #strict: boolean;
  readonly #rectangles = new Map<string, { readonly from: number[]; readonly row: Omit<Rectangle, 'from'> }>();

  constructor(before: Reachability, after: Reachability, parts: Refinement, affected: Affected | null, bearing: Bearing, strict: boolean) {
    this.#reach = { before, after };
    this.#parts = parts;
    this.#affected = affected;
    this.#bearing = bearing;
    this.#strict = strict;
  }

  run(): Rectangle[] {
    const { groups, others } = this.#parts;
    const plain = groups.filter((g) => !g.host);
    const hosts = groups.filter((g) => g.host);
    for (const from of groups) this.#keep(from.leaves, this.#fromGroup(from, plain, hosts));
    for (const leaf of others) this.#keep([leaf], this.#fromOther(leaf));
    return [...this.#rectangles.values()].map(({ from, row }) => ({ from, ...row }));
  }

  #keep(from: readonly number[], row: Row): void {
    for (const [key, { change, to }] of row) kept(this.#rectangles, `${key}|${to.join()}`, () => ({ from: [], row: { ...change, to } })).from.push(...from);
  }

  #fromGroup(from: PodGroup, plain: readonly PodGroup[], hosts: readonly PodGroup[]): Row {
    const row: Row = new Map();
    const source = this.#parts.leaves[from.leaves[0] as number] as Leaf;
    for (const to of plain) {
      if (!this.#mayDiffer(from, to)) continue;
      if (from.host) this.#addEach(row, source, to.leaves);
      else this.#add(row, source, to.leaves, (side) => this.#groups(side, from, to));
    }
    for (const to of hosts) if (this.#mayDiffer(from, to)) for (const leaf of to.leaves) this.#addNode(row, from, leaf);
    if (this.#affected !== null && !this.#affected.egress.has(from.index)) return row;
    for (const leaf of this.#parts.others)
      if (this.#parts.leaves[leaf]?.kind === 'node') this.#addNode(row, from, leaf);
      else this.#addEach(row, source, [leaf]);
    return row;
  }

  /**
   * A group towards a node, or a pod on its network: a pod's own node may be another peer than the rest, and a pod of which no node is told may be on any.
   * Where that makes a difference, the leaves that it is made to stand in rows of their own.
   */
  #addNode(row: Row, from: PodGroup, to: number): void {
    const target = this.#parts.leaves[to] as Leaf;
    const alike = new Map<string, number[]>();
    for (const leaf of from.leaves) kept(alike, nearness(this.#parts.leaves[leaf] as Leaf, target), () => []).push(leaf);
    const rows = [...alike.values()].map((leaves) => {
      const own: Row = new Map();
      this.#addEach(own, this.#parts.leaves[leaves[0] as number] as Leaf, [to]);
      return { leaves, own };
    });
    const [first] = rows;
    if (first !== undefined && rows.every(({ own }) => [...own.keys()].join() === [...first.own.keys()].join())) {
      for (const [key, { change, to: leaves }] of first.own) kept(row, key, () => ({ change, to: [] })).to.push(...leaves);
    } else for (const { leaves, own } of rows) this.#keep(leaves, own);
  }

  #fromOther(index: number): Row {
    const row: Row = new Map();
    const source = this.#parts.leaves[index] as Leaf;
    if (source.kind === 'name') return row;
    for (const to of this.#parts.groups) {
      if (this.#affected !== null && !this.#affected.ingress.has(to.index) && source.kind !== 'node') continue;
      this.#addEach(row, source, to.leaves);
    }
    if (source.kind === 'node' || source.kind === 'addresses') {
      for (const leaf of this.#parts.others) {
        const target = this.#parts.leaves[leaf] as Leaf;
        if (leaf !== index && (source.kind === 'node' || target.kind === 'node')) this.#addEach(row, source, [leaf]);
      }
    }
    return row;
  }

  #mayDiffer(from: PodGroup, to: PodGroup): boolean {
    return this.#affected === null || this.#affected.egress.has(from.index) || this.#affected.ingress.has(to.index);
  }

  #addEach(row: Row, from: Leaf, to: readonly number[]): void {
    for (const leaf of to) this.#add(row, from, [leaf], (side) => this.#leaves(side, from, this.#parts.leaves[leaf] as Leaf));
  }

  #add(row: Row, from: Leaf, to: readonly number[], flow: (side: SideName) => Flow | null): void {
    const [b, a] = [flow('before'), flow('after')];
    if (b !== null && a !== null && b.allowed === a.allowed && b.unknown === a.unknown && (this.#strict || b.unknown.isEmpty)) return;
    const because: Rectangle['because'] = b === null || a === null ? 'workloads' : 'rules';
    const [states, later] = [this.#byState(b), this.#byState(a)];
    for (const [before, was] of states)
      for (const [after, is] of later) {
        const both = was.intersect(is);
        if (both.isEmpty || (before === after && before !== 'unknown')) continue;
        const ports = before === after ? this.#bearing.of(from, this.#parts.leaves[to[0] as number] as Leaf, both) : both;
        if (!ports.isEmpty)
          kept(row, `${before} ${after} ${ports.id} ${because}`, () => ({ change: { before, after, ports, because }, to: [] })).to.push(...to);
      }
  }

  /** A flow cut into what passes, what may pass and what does not; nothing passes where an end does not exist. */
  #byState(flow: Flow | null): readonly (readonly [FlowState, TransportSet])[] {
    if (flow === null) return [['denied', TransportSet.full]];
    const open = flow.allowed.union(flow.unknown);
    const states = [
      ['allowed', this.#strict ? open : flow.allowed],
      ['unknown', this.#strict ? TransportSet.empty : flow.unknown],
      ['denied', TransportSet.full.subtract(open)],
    ] as const;
    return states.filter(([, ports]) => !ports.isEmpty);
  }

  /** Between two groups of ordinary pods; null when one of them does not exist on that side, or when there are no two such pods. */
  #groups(side: SideName, from: PodGroup, to: PodGroup): Flow | null {
    const [a, b] = [from[side], to[side]];
    if (a === null || b === null) return null;
    if (from === to && podsIn(this.#members(from)) < 2) return null;
    return this.#reach[side].betweenClasses(a.id, b.id);
  }

  #members(group: PodGroup): readonly Member[] {
    return group.leaves.flatMap((l) => {
      const leaf = this.#parts.leaves[l];
      return leaf?.kind === 'pods' ? leaf.members : [];
    });
  }

  #leaves(side: SideName, from: Leaf, to: Leaf): Flow | null {
    const [a, b] = [partyOf(side, from), partyOf(side, to)];
    if (a === null || b === null) return null;
    if (from === to && from.kind === 'pods' && podsIn(from.members) < 2) return null;
    return this.#reach[side].between(a, b);
  }
}

/** Whether pods are on the node of a leaf, on each side: yes, no or not told. */
function nearness(from: Leaf, to: Leaf): string {
  return sides
    .map((side) => {
      const own = nodeOf(from, side);
      return own === null ? '?' : own === nodeOf(to, side) ? 'own' : 'other';
    })
    .join();
}

function nodeOf(leaf: Leaf, side: SideName): string | null {
  if (leaf.kind === 'node') return leaf.node;
  return leaf.kind === 'pods' ? (leaf.members.find((m) => m[side] !== null)?.[side]?.node ?? null) : null;
}

/** How many pods there are, on the side that has more: a workload that scales is the same workload. */
function podsIn(members: readonly Member[]): number {
  return members.reduce((sum, m) => sum + m.pods, 0);
}

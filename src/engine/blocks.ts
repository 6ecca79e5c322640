import { kept } from '../kernel/memo.ts';
import type { Peer, Policy } from '../model/policy.ts';
import type { Interval, IntervalAlgebra, IntervalSet } from '../space/interval-set.ts';
import { type IpSet, ipv4, ipv6 } from '../space/ip-set.ts';
import { blockSet } from './addresses.ts';

/** A CIDR with its exceptions, as rules write it; `key` is its text. */
export interface Block {
  readonly key: string;
  readonly addresses: IpSet;
}

/** Outside addresses that every block of the snapshot treats alike; `inside` are the keys of the blocks that hold them. Atoms partition all addresses. */
export interface AddressAtom {
  readonly addresses: IpSet;
  readonly inside: ReadonlySet<string>;
}

export function blockKey(cidr: string, except: readonly string[]): string {
  return [cidr, ...except].join(' !');
}

/** Every distinct block that these policies mention. */
export function blocksOf(policies: readonly Policy[]): Block[] {
  const found = new Map<string, Block>();
  const add = (peer: Peer): void => {
    if (peer.kind === 'cidr')
      kept(found, blockKey(peer.cidr, peer.except), () => ({ key: blockKey(peer.cidr, peer.except), addresses: blockSet(peer.cidr, peer.except) }));
    else if (peer.kind === 'all-of') for (const p of peer.peers) add(p);
    else if (peer.kind === 'not') add(peer.peer);
  };
  for (const policy of policies) for (const rule of policy.rules) for (const peer of rule.peers ?? []) add(peer);
  return [...found.values()];
}

/**
 * The coarsest partition of all addresses in which each block is a union of atoms, by a sweep over the blocks' boundaries, one family at a time.
 * IPv4 and IPv6 never share an atom.
 */
export function addressAtoms(blocks: readonly Block[]): AddressAtom[] {
  return [
    ...sweep(
      ipv4,
      blocks,
      (b) => b.addresses.v4,
      (v4) => ({ v4, v6: [] }),
    ),
    ...sweep(
      ipv6,
      blocks,
      (b) => b.addresses.v6,
      (v6) => ({ v4: [], v6 }),
    ),
  ];
}

function sweep<N extends number | bigint>(
  line: IntervalAlgebra<N>,
  blocks: readonly Block[],
  part: (b: Block) => IntervalSet<N>,
  wrap: (set: IntervalSet<N>) => IpSet,
): AddressAtom[] {
  const [whole] = line.full as readonly [Interval<N>];
  // Blocks that open (their number) or close (its complement) at a point.
  const events = new Map<N, number[]>([[whole[0], []]]);
  for (const [id, block] of blocks.entries()) {
    for (const [low, high] of part(block)) {
      kept(events, low, () => []).push(id);
      if (high !== whole[1]) kept(events, line.after(high), () => []).push(-1 - id);
    }
  }
  const points = [...events.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const groups = new Map<string, { intervals: Interval<N>[]; inside: readonly number[] }>();
  const inside = new Set<number>();
  for (const [i, low] of points.entries()) {
    const here = events.get(low) ?? [];
    for (const id of here) if (id < 0) inside.delete(-1 - id);
    for (const id of here) if (id >= 0) inside.add(id);
    const next = points[i + 1];
    const ids = [...inside].sort((a, b) => a - b);
    kept(groups, ids.join(), () => ({ intervals: [], inside: ids })).intervals.push([low, next === undefined ? whole[1] : line.before(next)]);
  }
  return [...groups.values()].map((g) => ({ addresses: wrap(line.of(g.intervals)), inside: new Set(g.inside.map((id) => (blocks[id] as Block).key)) }));
}

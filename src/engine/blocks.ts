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

/** Outside addresses that every block of the snapshot treats alike. Atoms partition all addresses. */
export interface AddressAtom {
  readonly addresses: IpSet;
  /** Does the block with this key hold the atom? */
  inside(key: string): boolean;
  /** The keys of all blocks that hold it. */
  holders(): readonly string[];
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
  const ids = new Map(blocks.map((b, id) => [b.key, id]));
  return [
    ...sweep(
      ipv4,
      blocks,
      ids,
      (b) => b.addresses.v4,
      (v4) => ({ v4, v6: [] }),
    ),
    ...sweep(
      ipv6,
      blocks,
      ids,
      (b) => b.addresses.v6,
      (v6) => ({ v4: [], v6 }),
    ),
  ];
}

function sweep<N extends number | bigint>(
  line: IntervalAlgebra<N>,
  blocks: readonly Block[],
  ids: ReadonlyMap<string, number>,
  part: (b: Block) => IntervalSet<N>,
  wrap: (set: IntervalSet<N>) => IpSet,
): AddressAtom[] {
  const [whole] = line.full as readonly [Interval<N>];
  // Blocks that open or close at a point: either way their membership flips there.
  const flips = new Map<N, number[]>([[whole[0], []]]);
  for (const [id, block] of blocks.entries()) {
    for (const [low, high] of part(block)) {
      kept(flips, low, () => []).push(id);
      if (high !== whole[1]) kept(flips, line.after(high), () => []).push(id);
    }
  }
  const points = [...flips.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const groups = new Map<number, { readonly members: Uint32Array; readonly intervals: Interval<N>[] }[]>();
  const members = new Uint32Array(Math.ceil(blocks.length / 32));
  let mark = 0;
  for (const [i, low] of points.entries()) {
    for (const id of flips.get(low) ?? []) {
      members[id >>> 5] = (members[id >>> 5] as number) ^ (1 << (id & 31));
      mark ^= Math.imul(id + 1, 0x9e3779b1);
    }
    const next = points[i + 1];
    const interval: Interval<N> = [low, next === undefined ? whole[1] : line.before(next)];
    // The mark only finds candidates; the members themselves decide.
    const alike = kept(groups, mark, () => []);
    const group = alike.find((g) => g.members.every((word, at) => word === members[at]));
    if (group === undefined) alike.push({ members: members.slice(), intervals: [interval] });
    else group.intervals.push(interval);
  }
  return [...groups.values()].flat().map((g) => ({
    addresses: wrap(line.of(g.intervals)),
    inside(key) {
      const id = ids.get(key);
      return id !== undefined && ((g.members[id >>> 5] ?? 0) & (1 << (id & 31))) !== 0;
    },
    holders: () => bitsOf(g.members).map((id) => (blocks[id] as Block).key),
  }));
}

/** Numbers of the bits that are set; words without any are passed over, as most are where there are thousands of blocks. */
function bitsOf(words: Uint32Array): number[] {
  const found: number[] = [];
  for (const [at, word] of words.entries()) for (let rest = word, bit = 0; rest !== 0; rest >>>= 1, bit++) if ((rest & 1) === 1) found.push(at * 32 + bit);
  return found;
}

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
  const starts = new Map<N, { open: string[]; close: string[] }>();
  const at = (point: N): { open: string[]; close: string[] } => kept(starts, point, () => ({ open: [], close: [] }));
  at(whole[0]);
  for (const block of blocks)
    for (const [low, high] of part(block)) {
      at(low).open.push(block.key);
      if (high !== whole[1]) at((line.complement([[whole[0], high]])[0] as Interval<N>)[0]).close.push(block.key);
    }
  const points = [...starts.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const groups = new Map<string, { intervals: Interval<N>[]; inside: Set<string> }>();
  const inside = new Set<string>();
  for (const [i, low] of points.entries()) {
    const { open, close } = starts.get(low) as { open: string[]; close: string[] };
    for (const key of close) inside.delete(key);
    for (const key of open) inside.add(key);
    const next = points[i + 1];
    const high = next === undefined ? whole[1] : (line.complement([[next, whole[1]]]).at(-1) as Interval<N>)[1];
    const signature = [...inside].sort().join('\n');
    const group = groups.get(signature);
    if (group === undefined) groups.set(signature, { intervals: [[low, high]], inside: new Set(inside) });
    else group.intervals.push([low, high]);
  }
  return [...groups.values()].map((g) => ({ addresses: wrap(line.of(g.intervals)), inside: g.inside }));
}

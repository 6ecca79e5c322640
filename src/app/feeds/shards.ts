import { type IpSet, parseCidr, toCidrs } from '../../space/ip-set.ts';

/** The blocks of one object. `name` tells which part of the address space it is for: `v4`, or `v4-34000000-6` for what starts with those six bits. */
export interface Shard {
  readonly name: string;
  readonly cidrs: readonly string[];
}

/** A block with its first address in binary, as far as its length goes. */
interface Block {
  readonly text: string;
  readonly bits: string;
  readonly size: number;
}

/**
 * Cuts a set into objects of at most `most` bytes by `size`, the families apart. A part of the address space that holds too much is cut in halves, again and
 * again: which block lies where depends on nothing but the set, and one block more changes only the part that it lies in. Parts without a block have no
 * object. In address order, IPv4 first.
 */
export function shardsOf(set: IpSet, size: (cidr: string) => number, most: number): readonly Shard[] {
  const blocks = (part: IpSet, family: 'v4' | 'v6'): readonly Block[] => toCidrs(part).map((text) => ({ text, bits: bitsOf(text, family), size: size(text) }));
  return [...cut('v4', '', blocks({ v4: set.v4, v6: [] }, 'v4'), most), ...cut('v6', '', blocks({ v4: [], v6: set.v6 }, 'v6'), most)];
}

function cut(family: 'v4' | 'v6', prefix: string, blocks: readonly Block[], most: number): readonly Shard[] {
  if (blocks.length === 0) return [];
  const total = blocks.reduce((sum, block) => sum + block.size, 0);
  // A block as wide as the part is all that the part holds: blocks of a merged set do not overlap.
  if (total <= most || blocks.length === 1) return [{ name: nameOf(family, prefix), cidrs: blocks.map((block) => block.text) }];
  return ['0', '1'].flatMap((bit) =>
    cut(
      family,
      prefix + bit,
      blocks.filter((block) => block.bits[prefix.length] === bit),
      most,
    ),
  );
}

/** The first bits as hexadecimal digits, filled up with zeros to whole digits, and their number. */
function nameOf(family: 'v4' | 'v6', prefix: string): string {
  if (prefix === '') return family;
  const digits = prefix.match(/.{1,4}/g) ?? [];
  return `${family}-${digits.map((four) => Number.parseInt(four.padEnd(4, '0'), 2).toString(16)).join('')}-${prefix.length}`;
}

function bitsOf(text: string, family: 'v4' | 'v6'): string {
  const set = parseCidr(text)?.set;
  return family === 'v4' ? (set?.v4[0]?.[0] ?? 0).toString(2).padStart(32, '0') : (set?.v6[0]?.[0] ?? 0n).toString(2).padStart(128, '0');
}

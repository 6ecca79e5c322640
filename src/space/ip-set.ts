import { bigintLine, IntervalAlgebra, type IntervalSet, numberLine } from './interval-set.ts';

/** IPv4 addresses as whole numbers 0..2^32-1. */
export const ipv4: IntervalAlgebra<number> = new IntervalAlgebra(numberLine(0, 2 ** 32 - 1));
/** IPv6 addresses as bigints 0..2^128-1. */
export const ipv6: IntervalAlgebra<bigint> = new IntervalAlgebra(bigintLine(0n, (1n << 128n) - 1n));

/** One address of one family. IPv4-mapped IPv6 (::ffff:a.b.c.d) is its IPv4 address, as Go's net.IP has it. */
export type IpAddress = { readonly family: 4; readonly value: number } | { readonly family: 6; readonly value: bigint };

/** A set of addresses, the two families apart (a rule on 0.0.0.0/0 says nothing about IPv6). Canonical, immutable. */
export interface IpSet {
  readonly v4: IntervalSet<number>;
  readonly v6: IntervalSet<bigint>;
}

/** A parsed CIDR: the addresses it covers, its canonical text, and whether the input had host bits set (10.0.0.5/8). */
export interface Cidr {
  readonly text: string;
  readonly set: IpSet;
  readonly hadHostBits: boolean;
}

export const noAddresses: IpSet = { v4: [], v6: [] };

/** Parses dotted-quad IPv4 or RFC 4291 IPv6 text; undefined when it is neither. Leading zeros in IPv4 are refused, as Go does since 1.17. */
export function parseIp(text: string): IpAddress | undefined {
  if (text.includes(':')) {
    const value = parseIpv6(text);
    if (value === undefined) return undefined;
    return value >> 32n === 0xffffn ? { family: 4, value: Number(value & 0xffffffffn) } : { family: 6, value };
  }
  const value = parseIpv4(text);
  return value === undefined ? undefined : { family: 4, value };
}

/** Digit by digit: lists of providers have tens of thousands. */
function parseIpv4(text: string): number | undefined {
  let sum = 0;
  let octet = -1;
  let octets = 0;
  for (let i = 0; i <= text.length; i++) {
    const digit = i === text.length ? -1 : text.charCodeAt(i) - 48;
    if (digit >= 0 && digit <= 9) {
      // No digit after a leading zero.
      if (octet === 0) return undefined;
      octet = octet < 0 ? digit : octet * 10 + digit;
      if (octet > 255) return undefined;
    } else {
      // A dot, or the end.
      if (octet < 0 || (digit !== -2 && i < text.length)) return undefined;
      sum = sum * 256 + octet;
      octet = -1;
      if (++octets > 4) return undefined;
    }
  }
  return octets === 4 ? sum : undefined;
}

function parseIpv6(text: string): bigint | undefined {
  if (text.length > 45) return undefined;
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const groups = (half: string | undefined): string[] | undefined => {
    if (half === undefined || half === '') return [];
    const out: string[] = [];
    const parts = half.split(':');
    for (const [i, part] of parts.entries()) {
      if (part.includes('.')) {
        const v4 = i === parts.length - 1 ? parseIpv4(part) : undefined;
        if (v4 === undefined) return undefined;
        out.push(v4.toString(16).padStart(8, '0'));
      } else {
        if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return undefined;
        out.push(part.padStart(4, '0'));
      }
    }
    return out;
  };
  const head = groups(halves[0]);
  const tail = groups(halves[1]);
  if (head === undefined || tail === undefined) return undefined;
  const [high, low] = [head.join(''), tail.join('')];
  const given = high.length + low.length;
  if (halves.length === 1 ? given !== 32 : given > 28) return undefined;
  return BigInt(`0x${high}${'0'.repeat(32 - given)}${low}`);
}

/** A block as numbers: the addresses of one family from `low` to `high`. */
export type Block = { readonly length: number; readonly hadHostBits: boolean } & (
  | { readonly family: 4; readonly low: number; readonly high: number }
  | { readonly family: 6; readonly low: bigint; readonly high: bigint }
);

/** What `parseCidr` understands, without its text: lists of providers hold tens of thousands. */
export function parseBlock(text: string): Block | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return undefined;
  const given = lengthOf(text, slash + 1);
  const address = parseIp(text.slice(0, slash));
  if (address === undefined || given === undefined) return undefined;
  if (address.family === 4) {
    const length = text.includes(':') ? given - 96 : given;
    if (length < 0 || length > 32) return undefined;
    const size = 2 ** (32 - length);
    const low = Math.floor(address.value / size) * size;
    return { family: 4, low, high: low + size - 1, length, hadHostBits: low !== address.value };
  }
  if (given > 128) return undefined;
  const host = BigInt(128 - given);
  const low = (address.value >> host) << host;
  return { family: 6, low, high: low + (1n << host) - 1n, length: given, hadHostBits: low !== address.value };
}

/** The digits from `at` to the end as a number, one to three of them, without a leading zero. */
function lengthOf(text: string, at: number): number | undefined {
  if (text.length === at || text.length > at + 3 || (text.charCodeAt(at) === 48 && text.length > at + 1)) return undefined;
  let length = 0;
  for (let i = at; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return undefined;
    length = length * 10 + digit;
  }
  return length;
}

/** Parses `address/length`; host bits are masked off (and reported), as the API server keeps them but every CNI masks them. */
export function parseCidr(text: string): Cidr | undefined {
  const block = parseBlock(text);
  if (block === undefined) return undefined;
  const { length, hadHostBits } = block;
  return block.family === 4
    ? { text: `${formatIp({ family: 4, value: block.low })}/${length}`, set: { v4: [[block.low, block.high]], v6: [] }, hadHostBits }
    : { text: `${formatIp({ family: 6, value: block.low })}/${length}`, set: { v4: [], v6: [[block.low, block.high]] }, hadHostBits };
}

/** The block that holds one address alone, as text; `ip` is the text of an address. */
export function hostCidr(ip: string): string {
  return `${ip}/${ip.includes(':') ? 128 : 32}`;
}

/** Canonical text: dotted quad, or RFC 5952 IPv6. */
export function formatIp(ip: IpAddress): string {
  if (ip.family === 4) return [24, 16, 8, 0].map((shift) => Math.floor(ip.value / 2 ** shift) % 256).join('.');
  const digits = ip.value.toString(16).padStart(32, '0');
  const groups = Array.from({ length: 8 }, (_, i) => Number.parseInt(digits.slice(4 * i, 4 * i + 4), 16));
  let best = { at: -1, length: 1 };
  for (let i = 0; i < 8; i++) {
    let n = 0;
    while (i + n < 8 && groups[i + n] === 0) n++;
    if (n > best.length) best = { at: i, length: n };
  }
  const hex = groups.map((g) => g.toString(16));
  return best.at < 0 ? hex.join(':') : `${hex.slice(0, best.at).join(':')}::${hex.slice(best.at + best.length).join(':')}`;
}

export function ipSetOf(ip: IpAddress): IpSet {
  return ip.family === 4 ? { v4: [[ip.value, ip.value]], v6: [] } : { v4: [], v6: [[ip.value, ip.value]] };
}

export function ipUnion(a: IpSet, b: IpSet): IpSet {
  return { v4: ipv4.union(a.v4, b.v4), v6: ipv6.union(a.v6, b.v6) };
}

/** All of them at once: the cost is that of sorting, where joining one by one is quadratic. */
export function ipUnionAll(sets: readonly IpSet[]): IpSet {
  return { v4: ipv4.of(sets.flatMap((s) => s.v4)), v6: ipv6.of(sets.flatMap((s) => s.v6)) };
}

export function ipIntersect(a: IpSet, b: IpSet): IpSet {
  return { v4: ipv4.intersect(a.v4, b.v4), v6: ipv6.intersect(a.v6, b.v6) };
}

export function ipSubtract(a: IpSet, b: IpSet): IpSet {
  return { v4: ipv4.subtract(a.v4, b.v4), v6: ipv6.subtract(a.v6, b.v6) };
}

export function ipIsEmpty(a: IpSet): boolean {
  return a.v4.length === 0 && a.v6.length === 0;
}

/** Whether the two hold the same addresses. */
export function sameIps(a: IpSet, b: IpSet): boolean {
  return ipv4.equal(a.v4, b.v4) && ipv6.equal(a.v6, b.v6);
}

/** Whether the two have an address in common. */
export function ipMeets(a: IpSet, b: IpSet): boolean {
  return a.v4.some((interval) => ipv4.meets(b.v4, interval)) || a.v6.some((interval) => ipv6.meets(b.v6, interval));
}

export function ipHas(a: IpSet, ip: IpAddress): boolean {
  return ip.family === 4 ? ipv4.has(a.v4, ip.value) : ipv6.has(a.v6, ip.value);
}

/** The fewest CIDRs that cover exactly this set, in address order, IPv4 first. */
export function toCidrs(set: IpSet): string[] {
  const out: string[] = [];
  for (const [low, high] of set.v4) {
    for (let at = low; at <= high; ) {
      // The largest block that starts here (by the zeros that the address ends in) and that ends in time.
      const zeros = at === 0 ? 32 : 31 - Math.clz32(at & -at);
      const room = Math.floor(Math.log2(high - at + 1));
      const host = zeros < room ? zeros : room;
      out.push(`${formatIp({ family: 4, value: at })}/${32 - host}`);
      at += 2 ** host;
    }
  }
  for (const [low, high] of set.v6) {
    for (let at = low; at <= high; ) {
      const zeros = at === 0n ? 128 : Math.log2(Number(at & -at));
      const room = floorLog2(high - at + 1n);
      const host = zeros < room ? zeros : room;
      out.push(`${formatIp({ family: 6, value: at })}/${128 - host}`);
      at += 1n << BigInt(host);
    }
  }
  return out;
}

/** Of a positive number; rounding to a double may carry it over the next power of two. */
function floorLog2(n: bigint): number {
  const near = Math.floor(Math.log2(Number(n)));
  return 1n << BigInt(near) > n ? near - 1 : near;
}

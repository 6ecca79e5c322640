import { isMap } from '../kernel/map.ts';
import type { Protocol } from '../space/transport-set.ts';

type Json = Readonly<Record<string, unknown>>;

/** An object at a key; null where there is none. */
export function mapAt(record: Json | null, key: string): Json | null {
  const value = record === null ? undefined : record[key];
  return isMap(value) ? value : null;
}

/** A text at a key; empty where there is none. */
export function textAt(record: Json | null, key: string): string {
  const value = record === null ? undefined : record[key];
  return typeof value === 'string' ? value : '';
}

/** A whole number at a key, also one that is written as text (64-bit numbers are, in protobuf's JSON); `otherwise` where there is none. */
export function countAt(record: Json | null, key: string, otherwise = 0): number {
  const value = record === null ? undefined : record[key];
  const number = typeof value === 'string' && /^\d{1,19}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? Math.trunc(number) : otherwise;
}

export function listAt(record: Json | null, key: string): readonly unknown[] {
  const value = record === null ? undefined : record[key];
  return Array.isArray(value) ? value : [];
}

/** Texts of a list, those with a comma left out: commas separate them in a flow. */
export function textsAt(record: Json | null, key: string): readonly string[] {
  return listAt(record, key).filter((v): v is string => typeof v === 'string' && v !== '' && !v.includes(','));
}

/** IP protocol numbers. Source: IANA Protocol Numbers. */
const numbers: Readonly<Record<string, Protocol>> = { '6': 'TCP', '17': 'UDP', '132': 'SCTP', '1': 'ICMP', '58': 'ICMP' };
const names: Readonly<Record<string, Protocol>> = { TCP: 'TCP', UDP: 'UDP', SCTP: 'SCTP', ICMP: 'ICMP', ICMPV4: 'ICMP', ICMPV6: 'ICMP', 'ICMP-V6': 'ICMP' };

/** A protocol by its name or number. */
export function protocolOf(word: string): Protocol {
  const upper = word.toUpperCase();
  return numbers[upper] ?? (Object.hasOwn(names, upper) ? (names[upper] as Protocol) : 'OTHER');
}

const digits = /^\d{1,20}$/;

/** A port; undefined where the text is none. */
export function portOf(text: string): number | undefined {
  const port = digits.test(text) ? Number(text) : Number.NaN;
  return port <= 65_535 ? port : undefined;
}

/** A count of bytes, packets or seconds; undefined where the text is none. */
export function countOf(text: string): number | undefined {
  const count = digits.test(text) ? Number(text) : Number.NaN;
  return count <= Number.MAX_SAFE_INTEGER ? count : undefined;
}

const utc = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|z|[+-]\d\d:?\d\d)?$/;

/** A moment of RFC 3339 in nanoseconds since 1970; undefined where the text is none. Without a zone it is UTC. */
export function timeOf(text: string): bigint | undefined {
  const found = utc.exec(text);
  if (found === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction = '', zone = 'Z'] = found;
  const at = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  const offset = zone.length > 1 ? (zone.startsWith('-') ? 1 : -1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))) * 60_000 : 0;
  return BigInt(at + offset) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}

/** A time in seconds, milliseconds, microseconds or nanoseconds since 1970, by its size: all of these are years 2001 to 2286. */
export function epochOf(text: string): bigint | undefined {
  if (!/^\d{9,19}$/.test(text)) return undefined;
  const scale = text.length <= 10 ? 1_000_000_000n : text.length <= 13 ? 1_000_000n : text.length <= 16 ? 1000n : 1n;
  return BigInt(text) * scale;
}

/** Names as they are compared: lower case, without the final dot. */
export function nameOf(text: string): string {
  const lower = text.toLowerCase();
  return lower.endsWith('.') ? lower.slice(0, -1) : lower;
}

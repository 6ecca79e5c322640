/**
 * P_Keys: 16 bits, of which the low 15 number the partition and the top one says full member. Two ports can talk when they share the number and at least
 * one of them is full. Source: InfiniBand Architecture Specification vol. 1, §10.9.3 (P_Key matching).
 */

const fullBit = 0x8000;

/** The partition that every port is in, as OpenSM makes it. Source: opensm include/iba/ib_types.h (IB_DEFAULT_PARTIAL_PKEY). */
export const defaultPartition = 0x7fff;

export function baseOf(key: number): number {
  return key & defaultPartition;
}

export function isFull(key: number): boolean {
  return (key & fullBit) !== 0;
}

export function asFull(base: number): number {
  return base | fullBit;
}

/** A key as OpenSM and its tools print it: `0x8010`. */
export function keyText(key: number): string {
  return `0x${key.toString(16).padStart(4, '0')}`;
}

/** The order in which OpenSM goes through partitions: by key as its bytes stand in memory (network order on a little-endian machine). Source: opensm osm_prtn.c. */
export function processingOrder(base: number): number {
  return ((base & 0xff) << 8) | (base >> 8);
}

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IntervalAlgebra, numberLine } from '../src/space/interval-set.ts';
import {
  formatIp,
  type IpAddress,
  type IpSet,
  ipHas,
  ipIntersect,
  ipSubtract,
  ipUnion,
  noAddresses,
  parseCidr,
  parseIp,
  toCidrs,
} from '../src/space/ip-set.ts';
import { type Protocol, protocols, TransportSet } from '../src/space/transport-set.ts';
import { trials } from './runs.ts';

const line = new IntervalAlgebra(numberLine(0, 20));
const points = Array.from({ length: 21 }, (_, i) => i);
const arbitraryIntervals = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 20 })), { maxLength: 5 })
  .map((intervals) => line.of(intervals));

describe('intervals', () => {
  test('every operation is what it does to each point, and its result is canonical', () => {
    fc.assert(
      fc.property(arbitraryIntervals, arbitraryIntervals, (a, b) => {
        const results = [
          [line.union(a, b), (p: number): boolean => line.has(a, p) || line.has(b, p)],
          [line.intersect(a, b), (p: number): boolean => line.has(a, p) && line.has(b, p)],
          [line.subtract(a, b), (p: number): boolean => line.has(a, p) && !line.has(b, p)],
          [line.complement(a), (p: number): boolean => !line.has(a, p)],
        ] as const;
        for (const [set, inside] of results) {
          expect(points.filter((p) => line.has(set, p))).toEqual(points.filter(inside));
          expect(set).toEqual(line.of(points.filter(inside).map((p) => [p, p] as const)));
        }
        for (const interval of b) expect(line.meets(a, interval)).toBe(points.some((p) => line.has(a, p) && interval[0] <= p && p <= interval[1]));
        expect(line.subset(a, b)).toBe(points.every((p) => !line.has(a, p) || line.has(b, p)));
        expect(line.equal(a, b)).toBe(points.every((p) => line.has(a, p) === line.has(b, p)));
      }),
      trials(500),
    );
  });
});

const arbitraryTransport: fc.Arbitrary<TransportSet> = fc
  .array(fc.tuple(fc.constantFrom<Protocol>(...protocols), fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 8 })), { maxLength: 4 })
  .map((parts) => TransportSet.unionAll(parts.map(([protocol, low, high]) => TransportSet.of(protocol, [[low, high]]))));
const samples = protocols.flatMap((p) => (p === 'OTHER' ? [0] : [0, 1, 4, 8, 9, 255]).map((n) => [p, n] as const));

describe('transport', () => {
  test('every operation is what it does to each point, and equal sets are one object', () => {
    fc.assert(
      fc.property(arbitraryTransport, arbitraryTransport, arbitraryTransport, (a, b, c) => {
        for (const [p, n] of samples) {
          expect(a.union(b).has(p, n)).toBe(a.has(p, n) || b.has(p, n));
          expect(a.intersect(b).has(p, n)).toBe(a.has(p, n) && b.has(p, n));
          expect(a.subtract(b).has(p, n)).toBe(a.has(p, n) && !b.has(p, n));
          expect(a.complement().has(p, n)).toBe(!a.has(p, n));
        }
        expect(a.union(b)).toBe(b.union(a));
        expect(a.union(b).union(c)).toBe(a.union(b.union(c)));
        expect(a.intersect(b.union(c))).toBe(a.intersect(b).union(a.intersect(c)));
        expect(a.union(b).complement()).toBe(a.complement().intersect(b.complement()));
        expect(a.complement().complement()).toBe(a);
        expect(a.subsetOf(b)).toBe(a.union(b) === b);
      }),
      trials(300),
    );
  });
});

const arbitraryIp: fc.Arbitrary<IpAddress> = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 32 - 1 }).map((value): IpAddress => ({ family: 4, value })),
  fc
    .bigInt({ min: 0n, max: (1n << 128n) - 1n })
    .filter((value) => value >> 32n !== 0xffffn)
    .map((value): IpAddress => ({ family: 6, value })),
);
const arbitraryBlock: fc.Arbitrary<IpSet> = fc
  .tuple(arbitraryIp, fc.nat(128))
  .map(([ip, n]) => parseCidr(`${formatIp(ip)}/${ip.family === 4 ? n % 33 : n}`)?.set ?? noAddresses);
const arbitrarySet: fc.Arbitrary<IpSet> = fc.array(arbitraryBlock, { maxLength: 4 }).map((blocks) => blocks.reduce(ipUnion, noAddresses));

describe('addresses', () => {
  test('text and value are inverse', () => {
    fc.assert(
      fc.property(arbitraryIp, (ip) => {
        expect(parseIp(formatIp(ip))).toEqual(ip);
      }),
      trials(500),
    );
  });

  test('every operation is what it does to each address', () => {
    fc.assert(
      fc.property(arbitrarySet, arbitrarySet, arbitraryIp, (a, b, ip) => {
        expect(ipHas(ipUnion(a, b), ip)).toBe(ipHas(a, ip) || ipHas(b, ip));
        expect(ipHas(ipIntersect(a, b), ip)).toBe(ipHas(a, ip) && ipHas(b, ip));
        expect(ipHas(ipSubtract(a, b), ip)).toBe(ipHas(a, ip) && !ipHas(b, ip));
      }),
      trials(500),
    );
  });

  test('CIDRs cover exactly their set, without overlap and in canonical form', () => {
    fc.assert(
      fc.property(arbitrarySet, (set) => {
        const blocks = toCidrs(set).map((text) => {
          const cidr = parseCidr(text);
          expect(cidr).toMatchObject({ text, hadHostBits: false });
          return cidr?.set ?? noAddresses;
        });
        expect(blocks.reduce(ipUnion, noAddresses)).toEqual(set);
        for (const [i, block] of blocks.entries())
          expect(blocks.slice(i + 1).map((other) => ipIntersect(block, other))).toEqual(blocks.slice(i + 1).map(() => noAddresses));
      }),
      trials(100),
    );
  });
});

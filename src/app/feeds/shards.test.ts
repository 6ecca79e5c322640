import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type IpSet, ipSubtract, ipUnion, ipUnionAll, noAddresses, parseCidr, sameIps } from '../../space/ip-set.ts';
import { type Shard, shardsOf } from './shards.ts';

const set = (cidrs: readonly string[]): IpSet => ipUnionAll(cidrs.flatMap((text) => parseCidr(text)?.set ?? []));
const bytes = (cidr: string): number => cidr.length;

/** Blocks that do not touch, over both families. */
const arbitraryBlock = fc.oneof(
  fc.tuple(fc.nat(255), fc.nat(255), fc.nat(127)).map(([a, b, c]) => `${a}.${b}.${c * 2}.0/24`),
  fc.tuple(fc.nat(0xffff), fc.nat(0x7fff)).map(([a, b]) => `${(0x2000 + (a % 0x1fff)).toString(16)}:${(b * 2).toString(16)}::/32`),
);

test('shards hold the set, no address more, and no shard is too large', () => {
  fc.assert(
    fc.property(fc.array(arbitraryBlock, { maxLength: 200 }), fc.integer({ min: 1, max: 400 }), (cidrs, most) => {
      const whole = set(cidrs);
      const shards = shardsOf(whole, bytes, most);
      expect(sameIps(shards.map((s) => set(s.cidrs)).reduce(ipUnion, noAddresses), whole)).toBe(true);
      expect(new Set(shards.map((s) => s.name)).size).toBe(shards.length);
      for (const { cidrs: inside } of shards) expect(inside.length === 1 || inside.reduce((sum, c) => sum + c.length, 0) <= most).toBe(true);
    }),
    { seed: 20_261_127, numRuns: 200 },
  );
});

test('one block more or less changes the shard that it lies in, and no other', () => {
  fc.assert(
    fc.property(fc.uniqueArray(arbitraryBlock, { minLength: 100, maxLength: 200 }), arbitraryBlock, (cidrs, one) => {
      const before = set(cidrs);
      const block = ipSubtract(set([one]), before);
      const shards = (of: IpSet): ReadonlyMap<string, Shard> => new Map(shardsOf(of, bytes, 300).map((s) => [s.name, s]));
      const [was, is] = [shards(before), shards(ipUnion(before, block))];
      const touched = [...was.values()].filter((s) => is.get(s.name)?.cidrs.join() !== s.cidrs.join());
      expect(touched.length).toBeLessThanOrEqual(1);
    }),
    { seed: 20_261_127, numRuns: 200 },
  );
});

test('names tell the part of the address space', () => {
  expect(shardsOf(set(['8.0.0.0/24', '52.0.0.0/24', '200.0.0.0/24', '2600::/32']), bytes, 20).map((s) => [s.name, ...s.cidrs])).toEqual([
    ['v4-0-3', '8.0.0.0/24'],
    ['v4-2-3', '52.0.0.0/24'],
    ['v4-8-1', '200.0.0.0/24'],
    ['v6', '2600::/32'],
  ]);
});

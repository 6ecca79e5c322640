import { expect, test } from 'vitest';
import { cidrSet } from '../../engine/addresses.ts';
import type { ReachParty } from '../../engine/reach.ts';
import { ipIsEmpty, ipSubtract, ipUnion, noAddresses, toCidrs } from '../../space/ip-set.ts';
import { outsidePieces } from './pieces.ts';

const external = (...cidrs: readonly string[]): ReachParty => ({ kind: 'external', addresses: cidrSet(cidrs) });
const text = (parties: readonly ReachParty[], cuts: readonly string[] = []): string[] =>
  outsidePieces(
    parties,
    cuts.map((c) => cidrSet([c])),
  ).map((p) => `${p.title} ${p.rank}: ${toCidrs(p.addresses).join(' ')}`);

test.each<readonly [string, readonly ReachParty[], readonly string[], readonly string[]]>([
  ['public addresses', [external('8.8.8.0/24')], [], ['the internet 4: 8.8.8.0/24']],
  ['public addresses of the other family', [external('2606:4700::/32')], [], ['the internet (IPv6) 4: 2606:4700::/32']],
  ['private addresses', [external('10.0.0.0/8')], [], ['private addresses outside the cluster 5: 10.0.0.0/8']],
  ['shared addresses are private', [external('100.64.0.0/16')], [], ['private addresses outside the cluster 5: 100.64.0.0/16']],
  ['unique local addresses are private', [external('fd12::/16')], [], ['private addresses outside the cluster 5: fd12::/16']],
  ['neither', [external('192.0.2.0/24')], [], ['special-purpose addresses 8: 192.0.2.0/24']],
  ['a cut', [external('8.8.8.0/24')], ['8.8.8.0/25'], ['the internet 4: 8.8.8.0/25', 'the internet 4: 8.8.8.128/25']],
  ['a cut beside it', [external('8.8.8.0/24')], ['9.9.9.0/24'], ['the internet 4: 8.8.8.0/24']],
  [
    'a border between public and private',
    [external('11.0.0.0/8', '10.0.0.0/8')],
    [],
    ['the internet 4: 11.0.0.0/8', 'private addresses outside the cluster 5: 10.0.0.0/8'],
  ],
  [
    'what is not outside',
    [
      { kind: 'node', node: 'n1' },
      { kind: 'name', name: 'example.com' },
    ],
    [],
    [],
  ],
])('%s', (_, parties, cuts, wanted) => {
  expect(text(parties, cuts)).toEqual(wanted);
});

test('the metadata service is a piece of its own, and the most telling one', () => {
  const pieces = outsidePieces([external('169.254.0.0/16')], []);
  const service = pieces.find((p) => toCidrs(p.addresses).join() === '169.254.169.254/32');
  expect(service?.rank).toBe(0);
  expect(service?.title).toContain('169.254.169.254');
});

test('pieces lose no address', () => {
  const all = cidrSet(['0.0.0.0/0', '::/0']);
  const pieces = outsidePieces([external('0.0.0.0/0'), external('::/0')], [cidrSet(['8.0.0.0/7'])]);
  expect(ipIsEmpty(ipSubtract(all, pieces.map((p) => p.addresses).reduce(ipUnion, noAddresses)))).toBe(true);
});

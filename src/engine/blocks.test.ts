import { expect, test } from 'vitest';
import { block, policy, rule } from '../../cases/support/hand-made.ts';
import type { Peer } from '../model/policy.ts';
import { toCidrs } from '../space/ip-set.ts';
import { addressAtoms, blockKey, blocksOf } from './blocks.ts';

/** The atoms that lie in some block, each as `addresses <- numbers of the peers that hold it`. */
function atoms(...peers: readonly Peer[]): string[] {
  const blocks = blocksOf([policy('p', [rule({ peers })])]);
  const keys = peers.map((p) => (p.kind === 'cidr' ? blockKey(p.cidr, p.except) : ''));
  return addressAtoms(blocks).flatMap((atom) => {
    const held = keys.flatMap((key, i) => (atom.inside(key) ? [i] : []));
    return held.length === 0 ? [] : [`${toCidrs(atom.addresses).join(' ')} <- ${held.join()}`];
  });
}

test.each<readonly [string, readonly Peer[], readonly string[]]>([
  ['none', [], []],
  ['one block', [block('10.0.0.0/8')], ['10.0.0.0/8 <- 0']],
  ['one in another', [block('10.0.0.0/8'), block('10.128.0.0/9')], ['10.0.0.0/9 <- 0', '10.128.0.0/9 <- 0,1']],
  ['two beside each other', [block('10.0.0.0/9'), block('10.128.0.0/9')], ['10.0.0.0/9 <- 0', '10.128.0.0/9 <- 1']],
  ['an exception', [block('10.0.0.0/8', '10.0.0.0/9')], ['10.128.0.0/9 <- 0']],
  ['a hole is one atom with the other side', [block('10.0.0.0/30', '10.0.0.1/32')], ['10.0.0.0/32 10.0.0.2/31 <- 0']],
  ['the whole of a family', [block('0.0.0.0/0'), block('::/0')], ['0.0.0.0/0 <- 0', '::/0 <- 1']],
  ['the last address', [block('255.255.255.255/32')], ['255.255.255.255/32 <- 0']],
  ['the same block twice', [block('10.0.0.0/8'), block('10.0.0.0/8')], ['10.0.0.0/8 <- 0,1']],
  ['the same addresses, written otherwise', [block('10.0.0.0/8'), block('10.0.0.0/7', '11.0.0.0/8')], ['10.0.0.0/8 <- 0,1']],
])('atoms of %s', (_, peers, wanted) => {
  expect(atoms(...peers)).toEqual(wanted);
});

test('blocks are found within and without', () => {
  const peers: Peer[] = [{ kind: 'all-of', peers: [block('10.0.0.0/8'), { kind: 'not', peer: block('11.0.0.0/8') }] }];
  expect(blocksOf([policy('p', [rule({ peers })])]).map((b) => b.key)).toEqual(['10.0.0.0/8', '11.0.0.0/8']);
});

test('more than 32 blocks have 34 atoms', () => {
  const blocks = Array.from({ length: 34 }, (_, i) => block(`10.${i}.0.0/16`));
  expect(atoms(...blocks)).toEqual(blocks.map((_, i) => `10.${i}.0.0/16 <- ${i}`));
});

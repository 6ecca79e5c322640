import { describe, expect, test } from 'vitest';
import { clusterNode, snapshotOf, workload } from '../../cases/support/hand-made.ts';
import { ipHas, parseIp, toCidrs } from '../space/ip-set.ts';
import { assumedClusterRanges, blockSet, cidrSet, inBlock, nodeAddresses, podAddresses, publicAddresses } from './addresses.ts';

function has(set: ReturnType<typeof cidrSet>, text: string): boolean {
  const ip = parseIp(text);
  if (ip === undefined) throw new Error(`no address: ${text}`);
  return ipHas(set, ip);
}

describe('what addresses are for', () => {
  // Each range by its first and last address, and its neighbours.
  test.each<readonly [string, 'public' | 'cluster' | 'neither']>([
    ['9.255.255.255', 'public'],
    ['10.0.0.0', 'cluster'],
    ['10.255.255.255', 'cluster'],
    ['11.0.0.0', 'public'],
    ['100.63.255.255', 'public'],
    ['100.64.0.0', 'cluster'],
    ['100.127.255.255', 'cluster'],
    ['100.128.0.0', 'public'],
    ['127.0.0.1', 'neither'],
    ['169.253.255.255', 'public'],
    ['169.254.169.254', 'neither'],
    ['172.15.255.255', 'public'],
    ['172.16.0.0', 'cluster'],
    ['172.31.255.255', 'cluster'],
    ['172.32.0.0', 'public'],
    ['192.167.255.255', 'public'],
    ['192.168.0.0', 'cluster'],
    ['192.168.255.255', 'cluster'],
    ['192.169.0.0', 'public'],
    ['192.0.2.1', 'neither'],
    ['198.18.0.1', 'neither'],
    ['203.0.113.1', 'neither'],
    ['0.0.0.0', 'neither'],
    ['224.0.0.1', 'neither'],
    ['255.255.255.255', 'neither'],
    ['8.8.8.8', 'public'],
    ['fbff:ffff::', 'neither'],
    ['fc00::', 'cluster'],
    ['fd00:ec2::254', 'cluster'],
    ['fdff:ffff::', 'cluster'],
    ['fe00::', 'neither'],
    ['fe80::1', 'neither'],
    ['::1', 'neither'],
    ['2001:db8::1', 'neither'],
    ['2000::1', 'public'],
    ['2606:4700::1', 'public'],
    ['3fff:1000::', 'public'],
    ['3fff::1', 'neither'],
    ['4000::', 'neither'],
    ['64:ff9b::1', 'neither'],
  ])('%s is %s', (ip, wanted) => {
    expect([has(publicAddresses, ip), has(assumedClusterRanges, ip)]).toEqual([wanted === 'public', wanted === 'cluster']);
  });
});

test('an exception takes from its own block only, and text that is no CIDR is nothing', () => {
  expect(toCidrs(blockSet('10.0.0.0/30', ['10.0.0.2/31', '11.0.0.0/8', 'x']))).toEqual(['10.0.0.0/31']);
  expect(toCidrs(cidrSet(['nonsense', '10.0.0.1/32']))).toEqual(['10.0.0.1/32']);
});

describe('where pods and nodes may be', () => {
  const given = snapshotOf({ ranges: { pods: ['10.1.0.0/16'], nodes: ['10.2.0.0/16'], services: [] } });
  const assumed = ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'];
  test.each<readonly [string, ReturnType<typeof cidrSet>, readonly string[]]>([
    ['a pod with addresses', podAddresses(given, workload('a', { ips: ['10.9.0.1', 'fd00::1'] })), ['10.9.0.1/32', 'fd00::1/128']],
    ['a pod without, in a range', podAddresses(given, workload('a')), ['10.1.0.0/16']],
    ['a pod without, and no range', podAddresses(snapshotOf(), workload('a')), assumed],
    ['a node with addresses', nodeAddresses(given, clusterNode('n', { addresses: ['10.9.0.1', 'fd00::1'] })), ['10.9.0.1/32', 'fd00::1/128']],
    ['a node without, in a range', nodeAddresses(given, clusterNode('n')), ['10.2.0.0/16']],
    ['a node that no input names, in a range', nodeAddresses(given, null), ['10.2.0.0/16']],
    ['a node without, and no range', nodeAddresses(snapshotOf(), clusterNode('n')), assumed],
  ])('%s', (_, set, wanted) => {
    expect(toCidrs(set)).toEqual(wanted);
  });
});

describe('in a block', () => {
  test.each<readonly [readonly string[], boolean, string, 'yes' | 'no' | 'maybe']>([
    [['10.0.0.1/32'], true, '10.0.0.0/24', 'yes'],
    [['10.0.1.1/32'], true, '10.0.0.0/24', 'no'],
    [['10.0.0.1/32', 'fd00::1/128'], true, '10.0.0.0/24', 'yes'],
    [['10.0.0.0/25'], false, '10.0.0.0/24', 'yes'],
    [['10.0.0.0/23'], false, '10.0.0.0/24', 'maybe'],
    [['10.0.1.0/24'], false, '10.0.0.0/24', 'no'],
    // A range of each family: what is wholly outside in one may still be inside by the other.
    [['10.0.0.0/25', 'fd00::/64'], false, '10.0.0.0/24', 'maybe'],
  ])('%j (exactly: %s) in %s: %s', (candidates, exact, cidr, wanted) => {
    expect(inBlock(cidrSet(candidates), exact, cidrSet([cidr]))).toBe(wanted);
  });
});

import { describe, expect, test } from 'vitest';
import type { NameMatch } from '../model/policy.ts';
import type { ContainerPort } from '../model/workload.ts';
import { TransportSet } from '../space/transport-set.ts';
import { cidrSet } from './addresses.ts';
import { believableAddress, believableNames, believablePort, ephemeralOr } from './witness.ts';

const tcp = (...ranges: readonly (readonly [number, number])[]): TransportSet => TransportSet.of('TCP', ranges);
const declared = (port: number, protocol: ContainerPort['protocol'] = 'TCP') => ({ ports: [{ name: null, port, protocol, hostPort: null }] });

describe('ports', () => {
  test.each<readonly [string, TransportSet, ReturnType<typeof declared> | null, string]>([
    ['one that the destination declares', TransportSet.full, declared(8443), 'TCP/8443'],
    ['a declared one of TCP before a declared one of UDP', TransportSet.full, { ports: [...declared(53, 'UDP').ports, ...declared(8125).ports] }, 'TCP/8125'],
    ['… unless it is not in the set', tcp([1, 100]), declared(8443), 'TCP/80'],
    ['one that people know', TransportSet.full, null, 'TCP/443'],
    ['the lowest, where people know none', tcp([1100, 1200]), null, 'TCP/1100'],
    ['port 1 before port 0', tcp([0, 5]), null, 'TCP/1'],
    ['port 0 alone', tcp([0, 0]), null, 'TCP/0'],
    ['TCP before UDP', tcp([7, 7]).union(TransportSet.of('UDP')), null, 'TCP/7'],
    ['UDP', TransportSet.of('UDP', [[50, 60]]), null, 'UDP/53'],
    ['an ICMP type', TransportSet.of('ICMP'), null, 'ICMP/0'],
    ['other protocols', TransportSet.of('OTHER'), null, 'OTHER/0'],
  ])('%s', (_, set, destination, wanted) => {
    const { protocol, port } = believablePort(set, destination);
    expect(`${protocol}/${port}`).toBe(wanted);
    expect(set.has(protocol, port)).toBe(true);
  });

  test.each<readonly [string, TransportSet, string]>([
    ['an ephemeral one', TransportSet.full, 'TCP/43211'],
    ['the lowest ephemeral one', tcp([80, 80], [40_000, 40_005]), 'TCP/40000'],
    ['any, where none is ephemeral', tcp([80, 80]), 'TCP/80'],
    ['61000 is not ephemeral', tcp([22, 22], [61_000, 62_000]), 'TCP/22'],
  ])('of collectives: %s', (_, set, wanted) => {
    const { protocol, port } = ephemeralOr(set, null);
    expect(`${protocol}/${port}`).toBe(wanted);
  });

  test('the empty set has none', () => {
    expect(() => believablePort(TransportSet.empty, null)).toThrow(RangeError);
    expect(() => believableAddress(cidrSet([]))).toThrow(RangeError);
  });
});

test.each<readonly [string, readonly string[], string]>([
  ['the metadata service', ['0.0.0.0/0'], '169.254.169.254'],
  ['a resolver', ['1.0.0.0/8'], '1.1.1.1'],
  ['a public address before a private one', ['10.0.0.0/8', '44.0.0.0/24'], '44.0.0.1'],
  ['a private address before a special one', ['0.0.0.0/8', '172.16.4.0/24'], '172.16.4.1'],
  ['not the first of a block', ['10.0.0.0/24'], '10.0.0.1'],
  ['but the only one', ['10.0.0.0/32'], '10.0.0.0'],
  ['IPv6', ['2a00::/64'], '2a00::1'],
])('addresses: %s', (_, cidrs, wanted) => {
  expect(believableAddress(cidrSet(cidrs))).toBe(wanted);
});

test.each<readonly [NameMatch, string | undefined]>([
  [{ kind: 'exact', name: 'Data.Example.com.' }, 'data.example.com'],
  [{ kind: 'pattern', text: '*.evil.com', source: '^[^.]+[.]evil[.]com$' }, 'anything.evil.com'],
  [{ kind: 'pattern', text: '**.evil.com', source: '^.+[.]evil[.]com$' }, 'anything.evil.com'],
  [{ kind: 'pattern', text: '*', source: '^.*$' }, 'anything'],
  [{ kind: 'pattern', text: 'x*y.com', source: '^x.?y[.]com$' }, 'xay.com'],
  [{ kind: 'pattern', text: 'x*y.com', source: '^xy[.]com$' }, 'xy.com'],
  [{ kind: 'pattern', text: 'never', source: '^$' }, undefined],
])('names: %j', (match, wanted) => {
  expect(believableNames(match)[0]).toBe(wanted);
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { profiles } from '../src/engine/profiles.ts';
import { profileFor, seenBy } from '../src/engine/seen-by.ts';
import type { Profile } from '../src/model/profile.ts';
import { emptySnapshot } from '../src/model/snapshot.ts';
import type { Protocol } from '../src/space/transport-set.ts';
import { arbitraryCluster } from './arbitrary-cluster.ts';
import { settings, withConfig } from './cilium-settings.ts';
import { packetsAsked } from './disagreements.ts';
import { expectAgreement } from './found.ts';
import { trials } from './runs.ts';

const points: readonly (readonly [Protocol, number])[] = [
  ['TCP', 80],
  ['TCP', 85],
  ['TCP', 8080],
  ['UDP', 53],
  ['UDP', 0],
  ['SCTP', 80],
  ['ICMP', 8],
  ['ICMP', 0],
  ['OTHER', 0],
];

/** Every profile that ships, and readings that none of them has yet: the engine must not lean on what happens to be there. */
const readings: readonly Profile[] = [
  ...profiles,
  {
    ...(profiles[0] as Profile),
    id: 'made-up-addresses',
    cidrMatchesPods: 'yes',
    cidrMatchesNodes: 'yes',
    hostNetworkAsNode: 'yes',
    ownNodeReachesPod: 'no',
    otherProtocolsByRule: 'no',
  },
  {
    ...(profiles[0] as Profile),
    id: 'made-up-own-node',
    ownNodeReachesPod: 'no',
    podToOwnNode: 'dropped',
    hostPolicies: 'in-force',
    enforces: ['kubernetes', 'cilium'],
  },
  {
    ...(profiles[0] as Profile),
    id: 'made-up-own-node-in-doubt',
    hostNetworkAsNode: 'yes',
    podToOwnNode: 'unknown',
    enforces: ['kubernetes', 'cilium'],
  },
  {
    ...(profiles[0] as Profile),
    id: 'made-up-doubt',
    cidrMatchesPods: 'yes',
    cidrMatchesNodes: 'unknown',
    ownNodeReachesPod: 'unknown',
    enforces: ['kubernetes', 'cilium'],
  },
];

const asked = fc.subarray([...points], { minLength: 3, maxLength: 4 });

describe('reach agrees with decide', () => {
  for (const profile of readings) {
    test(`under ${profile.id}, on every pair of parties`, () => {
      expectAgreement(profile, arbitraryCluster({ cilium: true }), asked, trials(150));
    });
    test(`under ${profile.id}, with NetworkPolicy alone`, () => {
      expectAgreement(profile, arbitraryCluster({ cilium: false }), asked, trials(120));
    });
  }

  for (const data of settings) {
    test(`under cilium@1.20 with ${JSON.stringify(data)}`, () => {
      const base = profiles.find((p) => p.id === 'cilium@1.20') ?? expect.fail();
      const clusters = arbitraryCluster({ cilium: true }).map((snapshot) => seenBy(withConfig(snapshot, data), base).snapshot);
      expectAgreement(profileFor(withConfig(emptySnapshot, data), base), clusters, asked, trials(60));
    });
  }

  test('a million packets were asked', () => {
    if (process.env.RINGFENCE_FUZZ_RUNS !== undefined) console.info(`packets asked: ${packetsAsked}`);
    expect(packetsAsked).toBeGreaterThan(1_000_000);
  });
});

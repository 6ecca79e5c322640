import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide } from '../src/engine/decide.ts';
import { profiles } from '../src/engine/profiles.ts';
import { type ReachParty, reach } from '../src/engine/reach.ts';
import type { Profile } from '../src/model/profile.ts';
import type { Snapshot } from '../src/model/snapshot.ts';
import type { Protocol } from '../src/space/transport-set.ts';
import { combine, pairsOf, partyText, reachAt } from './agreement.ts';
import { arbitraryCluster } from './arbitrary-cluster.ts';
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
    id: 'made-up-doubt',
    cidrMatchesPods: 'yes',
    cidrMatchesNodes: 'unknown',
    ownNodeReachesPod: 'unknown',
    enforces: ['kubernetes', 'cilium'],
  },
];

describe('reach agrees with decide', () => {
  for (const profile of readings) {
    test(`under ${profile.id}, on every pair of parties`, () => {
      fc.assert(
        fc.property(arbitraryCluster({ cilium: true }), fc.subarray([...points], { minLength: 3, maxLength: 4 }), (snapshot, asked) => {
          expect(disagreements(snapshot, profile, asked)).toEqual([]);
        }),
        trials(120),
      );
    });
    test(`under ${profile.id}, with NetworkPolicy alone`, () => {
      fc.assert(
        fc.property(arbitraryCluster({ cilium: false }), fc.subarray([...points], { minLength: 3, maxLength: 4 }), (snapshot, asked) => {
          expect(disagreements(snapshot, profile, asked)).toEqual([]);
        }),
        trials(80),
      );
    });
  }
});

function disagreements(snapshot: Snapshot, profile: Profile, asked: readonly (readonly [Protocol, number])[]): string[] {
  const reachability = reach(snapshot, profile);
  const out: string[] = [];
  for (const from of reachability.parties) {
    for (const to of reachability.parties) {
      if (outside(from) && outside(to)) continue;
      const pairs = pairsOf(snapshot, from, to);
      if (pairs.length === 0) continue;
      for (const [protocol, port] of asked) {
        const decisions = pairs.map(([a, b]) => decide(snapshot, profile, { from: a, to: b, protocol, port }).decision);
        for (const quantifier of ['some', 'every'] as const) {
          const expected = combine(decisions, quantifier);
          const answer = reachAt(reachability, from, to, protocol, port, quantifier);
          if (answer !== expected)
            out.push(`${quantifier} ${partyText(from)} -> ${partyText(to)} ${protocol}/${port}: reach says ${answer}, decide ${expected}`);
        }
      }
    }
  }
  return out.slice(0, 5);
}

function outside(party: ReachParty): boolean {
  return party.kind === 'external' || party.kind === 'name';
}

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide } from '../src/engine/decide.ts';
import { profiles } from '../src/engine/profiles.ts';
import { reach } from '../src/engine/reach.ts';
import type { Policy } from '../src/model/policy.ts';
import { enforces, type Profile } from '../src/model/profile.ts';
import type { Snapshot } from '../src/model/snapshot.ts';
import type { Decision, Packet } from '../src/model/verdict.ts';
import type { Protocol } from '../src/space/transport-set.ts';
import { endpointsOf } from './agreement.ts';
import { arbitraryCluster } from './arbitrary-cluster.ts';
import { arbitraryClusterPolicy } from './arbitrary-cluster-policy.ts';
import { expectAgreement } from './found.ts';
import { trials } from './runs.ts';

const points: readonly (readonly [Protocol, number])[] = [
  ['TCP', 80],
  ['TCP', 8085],
  ['UDP', 53],
  ['SCTP', 8080],
  ['ICMP', 8],
  ['OTHER', 0],
];

const enforcing = profiles.filter((p) => enforces(p, { dialect: 'network-policy-api', kind: 'ClusterNetworkPolicy' }));

/** NetworkPolicies of both sorts, and cluster policies around them. */
const arbitrary: fc.Arbitrary<Snapshot> = fc
  .tuple(
    arbitraryCluster({ cilium: false, maxPolicies: 2 }),
    fc.integer({ min: 1, max: 4 }).chain((n) => fc.tuple(...Array.from({ length: n }, (_, i) => arbitraryClusterPolicy(i)))),
  )
  .map(([snapshot, more]) => ({ ...snapshot, policies: [...snapshot.policies, ...(more as readonly Policy[])] }));

describe('ordered tiers', () => {
  for (const profile of [...profiles.filter((p) => p.id === 'kubernetes'), ...enforcing]) {
    test(`reach agrees with decide under ${profile.id}`, () => {
      expectAgreement(profile, arbitrary, fc.subarray([...points], { minLength: 2, maxLength: 3 }), trials(100));
    });
  }

  for (const profile of enforcing) {
    test(`a rule that passes everything at the end of a tier is transparent under ${profile.id}`, () => {
      fc.assert(
        fc.property(arbitrary, fc.constantFrom(...points), (snapshot, point) => {
          // Policies of equal order stand beside each other: there, a pass at the end of one contradicts the other.
          fc.pre(new Set(ordersOf(snapshot)).size === ordersOf(snapshot).length);
          const passing = { ...snapshot, policies: snapshot.policies.map((p, _, all) => (isLast(p, all) ? withPassingEnd(p) : p)) };
          expect(decisions(passing, profile, point)).toEqual(decisions(snapshot, profile, point));
        }),
        trials(60),
      );
    });

    test(`the order of objects in the input is irrelevant under ${profile.id}`, () => {
      fc.assert(
        fc.property(arbitrary, fc.constantFrom(...points), (snapshot, point) => {
          const turned = { ...snapshot, policies: [...snapshot.policies].reverse() };
          expect(decisions(turned, profile, point)).toEqual(decisions(snapshot, profile, point));
        }),
        trials(60),
      );
    });
  }
});

function ordersOf(snapshot: Snapshot): string[] {
  return snapshot.policies.filter((p) => p.evaluation === 'first-match').map((p) => `${p.tier.id} ${p.order}`);
}

function isLast(policy: Policy, all: readonly Policy[]): boolean {
  return policy.evaluation === 'first-match' && all.every((p) => p.tier.id !== policy.tier.id || p.order <= policy.order);
}

function withPassingEnd(policy: Policy): Policy {
  const passing = (['ingress', 'egress'] as const).map((direction) => ({
    direction,
    action: 'pass' as const,
    peers: null,
    ports: null,
    application: null,
    origin: policy.origin,
  }));
  return { ...policy, rules: [...policy.rules, ...passing] };
}

/** What `decide` says of every pair, at one point. */
function decisions(snapshot: Snapshot, profile: Profile, [protocol, port]: readonly [Protocol, number]): Decision[] {
  const ends = reach(snapshot, profile).parties.flatMap((party) => endpointsOf(snapshot, party).slice(0, 2));
  const packets = ends.flatMap((from) => ends.map((to): Packet => ({ from, to, protocol, port })));
  return packets.map((packet) => decide(snapshot, profile, packet).decision);
}

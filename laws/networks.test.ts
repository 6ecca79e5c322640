import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { profiles } from '../src/engine/profiles.ts';
import { reach } from '../src/engine/reach.ts';
import type { Policy } from '../src/model/policy.ts';
import type { Snapshot } from '../src/model/snapshot.ts';
import type { Protocol } from '../src/space/transport-set.ts';
import { arbitraryCluster } from './arbitrary-cluster.ts';
import { arbitraryEgressFirewall } from './arbitrary-egress-firewall.ts';
import { amongNetworks } from './arbitrary-networks.ts';
import { expectAgreement } from './found.ts';
import { rectangleFaults } from './rectangle-faults.ts';
import { trials } from './runs.ts';

const points: readonly (readonly [Protocol, number])[] = [
  ['TCP', 80],
  ['UDP', 53],
  ['SCTP', 8080],
  ['ICMP', 8],
  ['OTHER', 0],
];

/** NetworkPolicies, egress firewalls before them, and primary networks around all. */
const arbitrary: fc.Arbitrary<Snapshot> = amongNetworks(
  fc
    .tuple(
      arbitraryCluster({ cilium: false, maxPolicies: 3 }),
      fc.subarray(['ml', 'prod', 'edge']).chain((names) => fc.tuple(...names.map(arbitraryEgressFirewall))),
    )
    .map(([snapshot, firewalls]) => ({ ...snapshot, policies: [...snapshot.policies, ...(firewalls as readonly Policy[])] })),
);

describe('the networks of OVN-Kubernetes', () => {
  for (const profile of profiles.filter((p) => p.id === 'kubernetes' || p.enforces.includes('ovn-kubernetes'))) {
    test(`reach agrees with decide under ${profile.id}`, () => {
      expectAgreement(profile, arbitrary, fc.subarray([...points], { minLength: 2, maxLength: 3 }), trials(120));
    });

    test(`rectangles say what pairs say under ${profile.id}`, () => {
      fc.assert(
        fc.property(arbitrary, (snapshot) => {
          expect(rectangleFaults(reach(snapshot, profile))).toEqual([]);
        }),
        trials(60),
      );
    });
  }
});

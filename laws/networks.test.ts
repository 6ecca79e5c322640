import fc from 'fast-check';
import { describe, test } from 'vitest';
import { profiles } from '../src/engine/profiles.ts';
import type { Policy } from '../src/model/policy.ts';
import type { Snapshot } from '../src/model/snapshot.ts';
import type { Protocol } from '../src/space/transport-set.ts';
import { arbitraryCluster } from './arbitrary-cluster.ts';
import { arbitraryEgressFirewall } from './arbitrary-egress-firewall.ts';
import { expectAgreement } from './found.ts';
import { trials } from './runs.ts';

const points: readonly (readonly [Protocol, number])[] = [
  ['TCP', 80],
  ['UDP', 53],
  ['SCTP', 8080],
  ['ICMP', 8],
  ['OTHER', 0],
];

/** NetworkPolicies, and egress firewalls before them. */
const arbitrary: fc.Arbitrary<Snapshot> = fc
  .record({
    snapshot: arbitraryCluster({ cilium: false, maxPolicies: 3 }),
    firewalls: fc.subarray(['ml', 'prod', 'edge']).chain((names) => fc.tuple(...names.map(arbitraryEgressFirewall))),
  })
  .map(({ snapshot, firewalls }) => ({ ...snapshot, policies: [...snapshot.policies, ...(firewalls as readonly Policy[])] }));

describe('the networks of OVN-Kubernetes', () => {
  for (const profile of profiles.filter((p) => p.id === 'kubernetes' || p.enforces.includes('ovn-kubernetes'))) {
    test(`reach agrees with decide under ${profile.id}`, () => {
      expectAgreement(profile, arbitrary, fc.subarray([...points], { minLength: 2, maxLength: 3 }), trials(120));
    });
  }
});

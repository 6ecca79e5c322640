import fc from 'fast-check';
import { describe, test } from 'vitest';
import { profiles } from '../src/engine/profiles.ts';
import type { Policy } from '../src/model/policy.ts';
import { enforces } from '../src/model/profile.ts';
import type { Snapshot } from '../src/model/snapshot.ts';
import type { Protocol } from '../src/space/transport-set.ts';
import { arbitraryAntreaPolicy } from './arbitrary-antrea-policy.ts';
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

function some(make: (index: number) => fc.Arbitrary<Policy>, least: number, most: number): fc.Arbitrary<readonly Policy[]> {
  return fc.integer({ min: least, max: most }).chain((n) => fc.tuple(...Array.from({ length: n }, (_, i) => make(i))));
}

/** NetworkPolicies, cluster policies and Antrea's, with peers that hang on the subject's namespace. */
const arbitrary: fc.Arbitrary<Snapshot> = fc
  .tuple(arbitraryCluster({ cilium: false, maxPolicies: 2 }), some(arbitraryClusterPolicy, 0, 1), some(arbitraryAntreaPolicy, 1, 4))
  .map(([snapshot, cluster, antrea]) => ({ ...snapshot, policies: [...snapshot.policies, ...cluster, ...antrea] }));

const reading = profiles.filter((p) => p.id === 'kubernetes' || enforces(p, { dialect: 'antrea', kind: 'NetworkPolicy' }));

describe('tiers that skip others, ranked rules, peers that hang on the subject', () => {
  for (const profile of reading) {
    test(`reach agrees with decide under ${profile.id}`, () => {
      expectAgreement(profile, arbitrary, fc.subarray([...points], { minLength: 2, maxLength: 3 }), trials(150));
    });
  }
});

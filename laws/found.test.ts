import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { profileOf } from '../src/engine/profiles.ts';
import { arbitraryCluster } from './arbitrary-cluster.ts';
import { disagreements } from './disagreements.ts';
import { foundClusters, foundText, parseFound } from './found.ts';

describe('clusters that the fuzzer found', () => {
  test('are kept as they were', () => {
    fc.assert(
      fc.property(arbitraryCluster({ cilium: true }), (snapshot) => {
        const found = { profile: 'kubernetes', points: [['TCP', 80] as const], snapshot: structuredClone(snapshot) };
        expect(parseFound(foundText(found))).toEqual(found);
      }),
      { numRuns: 30 },
    );
  });

  for (const { name, found } of foundClusters()) {
    test(`${name}: reach says what decide says`, () => {
      const profile = profileOf(found.profile);
      expect(profile.ok ? disagreements(found.snapshot, profile.value, found.points) : profile.diagnostics).toEqual([]);
    });
  }
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { profiles } from '../src/engine/profiles.ts';
import { reach } from '../src/engine/reach.ts';
import { arbitraryCluster } from './arbitrary-cluster.ts';
import { rectangleFaults } from './rectangle-faults.ts';
import { trials } from './runs.ts';

/** Rectangles hold every pair of classes between which something may pass, each once, with the very flow that is asked for one by one. */
describe('rectangles are the matrix', () => {
  for (const profile of profiles) {
    test(`under ${profile.id}`, () => {
      fc.assert(
        fc.property(arbitraryCluster({ cilium: true }), (snapshot) => {
          expect(rectangleFaults(reach(snapshot, profile))).toEqual([]);
        }),
        trials(120),
      );
    });
  }
});

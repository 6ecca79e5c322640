import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { profiles } from '../src/engine/profiles.ts';
import { type FollowingReachability, reach } from '../src/engine/reach.ts';
import { arbitraryCluster } from './arbitrary-cluster.ts';
import { amongNetworks } from './arbitrary-networks.ts';
import { trials } from './runs.ts';

/** Pairs of pods that are said to be alike towards others, and are not. */
function unlike(solved: FollowingReachability): readonly string[] {
  const pods = solved.parties.flatMap((p) => (p.kind === 'workload' ? [p] : []));
  const addressed = new Set(solved.snapshot.workloads.filter((w) => !w.hostNetwork).map((w) => w.id));
  const told = (from: (typeof pods)[number], to: (typeof pods)[number]): string => {
    const { allowed, unknown } = solved.between(from, to);
    return `${allowed.toString()} ${unknown.toString()}`;
  };
  const found: string[] = [];
  for (const direction of ['egress', 'ingress'] as const)
    for (const one of pods)
      for (const other of pods) {
        if (one.id >= other.id || solved.podsSortOf(one.id, direction) !== solved.podsSortOf(other.id, direction)) continue;
        for (const far of pods) {
          if (far.id === one.id || far.id === other.id || !addressed.has(far.id)) continue;
          const [a, b] = direction === 'egress' ? [told(one, far), told(other, far)] : [told(far, one), told(far, other)];
          if (a !== b) found.push(`${direction} ${one.id} and ${other.id}, ${far.id}: ${a}, ${b}`);
        }
      }
  return found;
}

/** Whoever is asked about one pod and answers for all that are alike must be right for each of them. */
describe('pods of one sort exchange the same with all others', () => {
  for (const [i, profile] of profiles.entries()) {
    test(`under ${profile.id}`, () => {
      const clusters = arbitraryCluster({ cilium: true });
      fc.assert(
        fc.property(fc.oneof(clusters, amongNetworks(clusters)), (snapshot) => {
          expect(unlike(reach(snapshot, profile))).toEqual([]);
        }),
        trials(60, i),
      );
    });
  }
});

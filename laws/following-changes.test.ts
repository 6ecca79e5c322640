import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { followDirectory } from '../src/engine/directory.ts';
import { profiles } from '../src/engine/profiles.ts';
import { type Reachability, type ReachParty, reach } from '../src/engine/reach.ts';
import { changed } from '../src/model/change.ts';
import type { Profile } from '../src/model/profile.ts';
import type { Snapshot } from '../src/model/snapshot.ts';
import { partyText } from './agreement.ts';
import { arbitrarySteps, changeOf } from './arbitrary-change.ts';
import { arbitraryCluster } from './arbitrary-cluster.ts';
import { trials } from './runs.ts';

/** Each profile, and readings that none of them has: what pods' addresses decide has a path of its own. */
const readings: readonly Profile[] = [
  ...profiles,
  { ...(profiles[0] as Profile), id: 'made-up-addresses', cidrMatchesPods: 'yes', cidrMatchesNodes: 'yes', ownNodeReachesPod: 'unknown' },
];

describe('a solved snapshot that follows changes says what one solved anew says', () => {
  for (const profile of readings)
    test(`under ${profile.id}, between all parties, after each of several changes`, () => {
      fc.assert(
        fc.property(arbitraryCluster({ cilium: true }), arbitraryCluster({ cilium: true }), arbitrarySteps(6), (start, pool, steps) => {
          let snapshot: Snapshot = start;
          let following = reach(snapshot, profile);
          for (const [round, step] of steps.entries()) {
            const change = changeOf(snapshot, pool, step, round);
            if (change === null) continue;
            const next = changed(snapshot, change);
            followDirectory(snapshot, next, [change]);
            if (following.apply([change], next) === null) following = reach(next, profile);
            snapshot = next;
            expect(differences(following, reach({ ...next }, profile))).toEqual([]);
          }
        }),
        trials(60),
      );
    });
});

describe('contacts are all that a workload can exchange anything with', () => {
  test.each(readings)('under $id', (profile) => {
    fc.assert(
      fc.property(arbitraryCluster({ cilium: true }), (snapshot) => {
        const solved = reach(snapshot, profile);
        const missed = pairs(solved).flatMap(([from, to]) => {
          const flow = solved.between(from, to);
          if (flow.allowed.isEmpty && flow.unknown.isEmpty) return [];
          return solved.contacts(from.id, 'egress').has(to.id) && solved.contacts(to.id, 'ingress').has(from.id) ? [] : [`${from.id} -> ${to.id}`];
        });
        expect(missed).toEqual([]);
      }),
      trials(60),
    );
  });
});

type WorkloadParty = Extract<ReachParty, { kind: 'workload' }>;

function pairs(solved: Reachability): (readonly [WorkloadParty, WorkloadParty])[] {
  const workloads = solved.parties.filter((p) => p.kind === 'workload');
  return workloads.flatMap((from) => workloads.map((to) => [from, to] as const));
}

function differences(followed: Reachability, fresh: Reachability): string[] {
  const text = (r: Reachability): string[] => r.parties.map((p) => `${partyText(p)} ${p.kind === 'name' ? (p.pattern ?? '') : ''}`);
  expect(text(followed)).toEqual(text(fresh));
  const out: string[] = [];
  for (const [i, from] of fresh.parties.entries())
    for (const [k, to] of fresh.parties.entries())
      for (const quantifier of ['some', 'every'] as const) {
        const a = followed.between(followed.parties[i] as ReachParty, followed.parties[k] as ReachParty, quantifier);
        const b = fresh.between(from, to, quantifier);
        if (a.allowed !== b.allowed || a.unknown !== b.unknown)
          out.push(`${quantifier} ${partyText(from)} -> ${partyText(to)}: followed ${a.allowed} (${a.unknown}), anew ${b.allowed} (${b.unknown})`);
      }
  for (const party of fresh.parties)
    if (party.kind === 'workload')
      for (const direction of ['ingress', 'egress'] as const)
        if (followed.isolated(party.id, direction) !== fresh.isolated(party.id, direction)) out.push(`${party.id} isolated for ${direction}`);
  return out.slice(0, 5);
}

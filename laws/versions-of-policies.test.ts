import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide } from '../src/engine/decide.ts';
import { profiles } from '../src/engine/profiles.ts';
import { leavesAlone, profileFor, seenBy } from '../src/engine/seen-by.ts';
import type { Policy, PolicyReading } from '../src/model/policy.ts';
import type { Profile } from '../src/model/profile.ts';
import type { Snapshot } from '../src/model/snapshot.ts';
import type { Decision, Endpoint } from '../src/model/verdict.ts';
import type { Protocol } from '../src/space/transport-set.ts';
import { endpointsOf } from './agreement.ts';
import { arbitraryCluster } from './arbitrary-cluster.ts';
import { arbitraryClusterPolicy } from './arbitrary-cluster-policy.ts';
import { arbitraryRule } from './arbitrary-policy.ts';
import { settings, withConfig } from './cilium-settings.ts';
import { disagreements } from './disagreements.ts';
import { trials } from './runs.ts';

const points: readonly (readonly [Protocol, number])[] = [
  ['TCP', 80],
  ['UDP', 53],
  ['ICMP', 8],
];

const versions = ['cilium@1.18', 'cilium@1.19', 'cilium@1.20'];

const cilium: Profile = profiles.find((p) => p.id === 'cilium@1.19') ?? expect.fail();

/** A CNI of no known version, and the same one in each. */
const { readsAs: _, ...unversioned } = { ...cilium, id: 'made-up' };
const versioned = versions.map((readsAs): Profile => ({ ...unversioned, readsAs }));

/** What a version makes of a policy: other rules, other isolation, or nothing at all. */
function arbitraryReading(policy: Policy, index: number, reading: string): fc.Arbitrary<PolicyReading | null> {
  const other = fc
    .record({
      rules: fc.array(arbitraryRule(index, policy.dialect === 'cilium'), { maxLength: 2 }),
      keeps: fc.boolean(),
      isolates: fc.constantFrom(policy.isolates, { ingress: true, egress: policy.isolates.egress }),
    })
    .map(({ rules, keeps, isolates }): PolicyReading => ({ reading, policy: { ...policy, isolates, rules: keeps ? [...policy.rules, ...rules] : rules } }));
  return fc.oneof(fc.constant(null), other, fc.constant<PolicyReading>({ reading, policy: null }));
}

const withReadings: fc.Arbitrary<Snapshot> = arbitraryCluster({ cilium: true, maxPolicies: 3 }).chain((snapshot) =>
  fc.tuple(...snapshot.policies.map((policy, i) => fc.tuple(...versions.map((v) => arbitraryReading(policy, i, v))))).map((lists) => ({
    ...snapshot,
    policies: snapshot.policies.map((policy, i): Policy => {
      const readings = (lists[i] ?? []).filter((r): r is PolicyReading => r !== null);
      return readings.length === 0 ? policy : { ...policy, readings };
    }),
  })),
);

/** The same with cluster policies beside them. */
const withTiers: fc.Arbitrary<Snapshot> = fc
  .tuple(withReadings, fc.array(fc.integer({ min: 0, max: 9 }).chain(arbitraryClusterPolicy), { maxLength: 2 }))
  .map(([snapshot, more]) => ({ ...snapshot, policies: [...snapshot.policies, ...more] }));

const shipped = profiles.filter((p) => p.enforces.includes('cilium'));

function ends(snapshot: Snapshot): Endpoint[] {
  return [
    ...snapshot.workloads.filter((w) => w.lifecycle !== 'finished').flatMap((w) => endpointsOf(snapshot, { kind: 'workload', id: w.id }).slice(0, 1)),
    { kind: 'address', ip: '8.8.8.8' },
    { kind: 'node', node: snapshot.nodes[0]?.name ?? null },
  ];
}

/** The decisions between all ends at all points, in one order. */
function decisions(snapshot: Snapshot, base: Profile): Decision[] {
  const seen = seenBy(snapshot, base);
  const all = ends(snapshot);
  return all.flatMap((from) =>
    all.flatMap((to) => points.map(([protocol, port]) => decide(seen.snapshot, seen.profile, { from, to, protocol, port }).decision)),
  );
}

describe('policies that versions read in different ways', () => {
  for (const profile of shipped) {
    test(`reach agrees with decide under ${profile.id}`, () => {
      fc.assert(
        fc.property(withReadings, (snapshot) => {
          const seen = seenBy(snapshot, profile);
          expect(seen.snapshot.policies.every((p) => p.readings === undefined)).toBe(true);
          expect(disagreements(seen.snapshot, seen.profile, points)).toEqual([]);
        }),
        trials(40),
      );
    });
  }

  test('what is known without the version is so in every version', () => {
    fc.assert(
      fc.property(withReadings, (snapshot) => {
        const inDoubt = decisions(snapshot, unversioned);
        for (const profile of versioned) {
          const told = decisions(snapshot, profile);
          for (const [i, decision] of inDoubt.entries())
            if (decision === 'allowed' || decision === 'denied') expect([decision, 'unknown'], `${profile.readsAs} at ${i}`).toContain(told[i]);
        }
      }),
      trials(60),
    );
  });

  test('a version sees what it reads, and nothing of the others', () => {
    fc.assert(
      fc.property(withReadings, (snapshot) => {
        for (const profile of versioned) {
          const plain = snapshot.policies.flatMap(({ readings = [], ...policy }): Policy[] => {
            const own = readings.find((r) => r.reading === profile.readsAs);
            return own === undefined ? [policy] : own.policy === null ? [] : [own.policy];
          });
          expect(decisions(snapshot, profile)).toEqual(decisions({ ...snapshot, policies: plain }, profile));
        }
      }),
      trials(30),
    );
  });
});

describe('what a CNI sees', () => {
  for (const profile of shipped) {
    test(`is the same when looked at again, under ${profile.id} with any settings`, () => {
      fc.assert(
        fc.property(withTiers, fc.constantFrom(null, ...settings), (plain, data) => {
          const snapshot = data === null ? plain : withConfig(plain, data);
          const once = seenBy(snapshot, profile);
          const twice = seenBy(once.snapshot, profile);
          expect(twice.snapshot).toEqual(once.snapshot);
          expect(twice.profile.assumptions).toEqual(once.profile.assumptions);
          expect(seenBy(once.snapshot, once.profile).profile.assumptions).toEqual(once.profile.assumptions);
        }),
        trials(60),
      );
    });
  }

  for (const data of settings) {
    test(`reach agrees with decide under cilium@1.20 with cluster policies and ${JSON.stringify(data)}`, () => {
      const base = profiles.find((p) => p.id === 'cilium@1.20') ?? expect.fail();
      fc.assert(
        fc.property(withTiers, (snapshot) => {
          const seen = seenBy(withConfig(snapshot, data), base);
          expect(disagreements(seen.snapshot, seen.profile, points)).toEqual([]);
        }),
        trials(40),
      );
    });
  }
});

describe('whether a CNI takes policies as they stand hangs on the one that comes, where it took the others so', () => {
  for (const base of profiles.filter((p) => p.settled !== undefined))
    test(`under ${base.id}`, () => {
      let met = 0;
      fc.assert(
        fc.property(withTiers, fc.nat(), fc.constantFrom(null, ...settings), (drawn, pick, data) => {
          const snapshot = data === null ? drawn : withConfig(drawn, data);
          const profile = profileFor(snapshot, base);
          const one = pick % Math.max(1, snapshot.policies.length);
          const alone = (policies: readonly Policy[]): boolean => leavesAlone(profile, { policies, workloads: snapshot.workloads });
          const others = alone(snapshot.policies.filter((_, i) => i !== one));
          const all = alone(snapshot.policies);
          expect(all).toBe(others && alone(snapshot.policies.slice(one, one + 1)));
          if (all && snapshot.policies.length > 1) met++;
        }),
        trials(100),
      );
      expect(met).toBeGreaterThan(0);
    });
});

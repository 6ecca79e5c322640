import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide } from '../src/engine/decide.ts';
import { followDirectory } from '../src/engine/directory.ts';
import { profiles } from '../src/engine/profiles.ts';
import { type Reachability, reach } from '../src/engine/reach.ts';
import { changed } from '../src/model/change.ts';
import { everything } from '../src/model/labels.ts';
import type { Policy, Rule } from '../src/model/policy.ts';
import type { Profile } from '../src/model/profile.ts';
import type { Snapshot } from '../src/model/snapshot.ts';
import type { Protocol } from '../src/space/transport-set.ts';
import { combine, pairsOf, partyText, reachAt } from './agreement.ts';
import { answersOf, misfits } from './answers.ts';
import { arbitrarySteps, changeOf } from './arbitrary-change.ts';
import { arbitraryCluster } from './arbitrary-cluster.ts';
import { arbitraryPolicy } from './arbitrary-policy.ts';
import { rectangleFaults } from './rectangle-faults.ts';
import { trials } from './runs.ts';

/** Where many pods and rules meet, the engine keeps indices that small clusters never make. */

const bases: readonly Profile[] = [
  ...profiles.filter((p) => ['cilium@1.19', 'kubernetes', 'calico@3.30'].includes(p.id)),
  { ...(profiles[0] as Profile), id: 'made-up-addresses', cidrMatchesPods: 'yes', enforces: ['kubernetes', 'cilium'] },
];

/** Workloads of many clusters in one namespace, and so many policies that some pods have dozens of rules. */
const arbitraryCrowd: fc.Arbitrary<Snapshot> = fc
  .tuple(
    fc.array(arbitraryCluster({ cilium: true, maxPolicies: 0 }), { minLength: 7, maxLength: 7 }),
    fc.tuple(...Array.from({ length: 150 }, (_, i) => arbitraryPolicy(i, true))),
  )
  .map(([clusters, policies]) => ({
    ...(clusters[0] as Snapshot),
    workloads: clusters.flatMap(({ workloads }, i) => workloads.map((w) => ({ ...w, namespace: 'ml', id: `${w.id} of ${i}`, name: `${w.name}-${i}` }))),
    policies: policies.map((p, i): Policy => {
      if (p.subject.kind !== 'pods') return p;
      const match = { ...p.subject.match, namespaces: { kind: 'named' as const, name: 'ml' }, ...(i % 2 === 0 ? { pods: everything } : {}) };
      return { ...p, subject: { kind: 'pods', match }, rules: i % 3 === 0 ? p.rules.map(onSinglePorts) : p.rules };
    }),
  }));

/** The rule for every peer, on single ports: many of them leave much shut. */
function onSinglePorts(rule: Rule): Rule {
  const single = (rule.ports ?? []).filter((p) => p.port !== null && p.endPort === null);
  return { ...rule, peers: null, application: null, ports: single.length > 0 ? single : [{ protocol: 'TCP', port: 'http', endPort: null }] };
}

const points: readonly (readonly [Protocol, number])[] = [
  ['TCP', 80],
  ['UDP', 53],
];

describe('a crowd', () => {
  for (const profile of bases) {
    test(`is answered as decide has it, one by one and in rectangles, under ${profile.id}`, () => {
      fc.assert(
        fc.property(arbitraryCrowd, (snapshot) => {
          const solved = reach(snapshot, profile);
          expect(rectangleFaults(solved)).toEqual([]);
          expect(sampleFaults(solved)).toEqual([]);
        }),
        trials(2),
      );
    });

    test(`is followed under ${profile.id}`, () => {
      fc.assert(
        fc.property(arbitraryCrowd, arbitraryCrowd, arbitrarySteps(6), (start, pool, steps) => {
          let snapshot = start;
          const following = reach(snapshot, profile);
          answersOf(following);
          for (const [round, step] of steps.entries()) {
            const change = changeOf(snapshot, pool, step, round);
            if (change === null) continue;
            const next = changed(snapshot, change);
            followDirectory(snapshot, next, [change]);
            if (following.apply([change], next) === null) return;
            snapshot = next;
          }
          expect(misfits(answersOf(following), answersOf(reach({ ...snapshot }, profile)))).toEqual([]);
        }),
        trials(2),
      );
    });
  }
});

/** Every so many pairs of parties, asked of the definition. */
function sampleFaults(solved: Reachability): string[] {
  const { snapshot, profile, parties } = solved;
  const out: string[] = [];
  for (const [i, from] of parties.entries())
    for (const [k, to] of parties.entries()) {
      const pairs = (i * parties.length + k) % 7 === 0 && (from.kind === 'workload' || to.kind === 'workload') ? pairsOf(snapshot, from, to) : [];
      if (pairs.length === 0) continue;
      for (const [protocol, port] of points) {
        const said = pairs.map(([a, b]) => decide(snapshot, profile, { from: a, to: b, protocol, port }).decision);
        for (const quantifier of ['some', 'every'] as const) {
          const answer = reachAt(solved, from, to, protocol, port, quantifier);
          const expected = combine(said, quantifier);
          if (answer !== expected) out.push(`${quantifier} ${partyText(from)} -> ${partyText(to)} ${protocol}/${port}: reach ${answer}, decide ${expected}`);
        }
      }
    }
  return out.slice(0, 5);
}

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { standIn } from '../src/app/claims/representatives.ts';
import { futurePods, type Role } from '../src/app/future/future-pods.ts';
import { decide } from '../src/engine/decide.ts';
import { labelsFor } from '../src/engine/label-space.ts';
import { profiles } from '../src/engine/profiles.ts';
import type { LabelSelector, Labels } from '../src/model/labels.ts';
import { selects } from '../src/model/labels.ts';
import type { Snapshot } from '../src/model/snapshot.ts';
import type { Endpoint } from '../src/model/verdict.ts';
import { arbitraryCluster } from './arbitrary-cluster.ts';
import { arbitrarySelector } from './arbitrary-labels.ts';
import { trials } from './runs.ts';

const origin = { document: { file: '', index: 0 }, path: [] };

/** Selectors with everything that languages can say about labels. */
const arbitraryDeep: fc.Arbitrary<LabelSelector> = fc.letrec<{ selector: LabelSelector }>((tie) => ({
  selector: fc.oneof(
    { maxDepth: 2 },
    arbitrarySelector,
    fc.array(tie('selector'), { minLength: 1, maxLength: 2 }).map((selectors) => ({ requirements: [], terms: [{ kind: 'any-of' as const, selectors }] })),
    tie('selector').map((selector) => ({ requirements: [], terms: [{ kind: 'not' as const, selector }] })),
    fc
      .record({
        kind: fc.constant('text' as const),
        key: fc.constantFrom('app', 'tier'),
        how: fc.constantFrom('contains' as const, 'starts-with' as const, 'ends-with' as const),
        value: fc.constantFrom('a', 'b', 'ab'),
      })
      .map((term) => ({ requirements: [], terms: [term] })),
  ),
})).selector;

const values = [undefined, 'a', 'b', 'ab', 'ba', 'aab', '0', '1', 'other'];
const everyLabels: Labels[] = values.flatMap((app) =>
  values.flatMap((tier) =>
    values.map((index) => Object.fromEntries(Object.entries({ app, tier, index }).filter((e): e is [string, string] => e[1] !== undefined))),
  ),
);

test('labels are found where some do it, and said to be impossible only where none do', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ selector: arbitraryDeep, holds: fc.boolean() }), { minLength: 1, maxLength: 5 }), (literals) => {
      const found = labelsFor(literals);
      const holds = (labels: Labels): boolean => literals.every((l) => selects(l.selector, labels) === l.holds);
      if (typeof found === 'object') expect(holds(found)).toBe(true);
      else if (found === 'none') expect(everyLabels.filter(holds)).toEqual([]);
    }),
    trials(2000),
  );
});

const arbitraryPod = fc.record({
  labels: fc.dictionary(fc.constantFrom('app', 'tier', 'index', 'other'), fc.constantFrom('a', 'b', '0', '1', 'else'), { maxKeys: 4 }),
  account: fc.constantFrom('default', 'trainer', 'nobody'),
});

test.each(profiles.map((p) => [p.id, p] as const))('%s: whatever pod is created, one of those foreseen fares just as it does', (_, profile) => {
  fc.assert(
    fc.property(
      arbitraryCluster({ cilium: profile.enforces.includes('cilium') }),
      arbitraryPod,
      fc.constantFrom<Role>('source', 'destination'),
      (cluster, pod, role) => {
        const namespace = [...cluster.namespaces.keys()][0] ?? 'ml';
        const { pods, left } = futurePods(cluster, namespace, role, 4096);
        fc.pre(left.length === 0);
        const answers = (labels: Labels, account: string): string => {
          const own = { ...standIn('possible', namespace, 'it', labels, account, origin), id: 'it' };
          const snapshot: Snapshot = { ...cluster, workloads: [...cluster.workloads, own] };
          const others: Endpoint[] = [
            ...cluster.workloads.map((w): Endpoint => ({ kind: 'pod', workload: w.id, replica: 0 })),
            { kind: 'address', ip: '10.1.2.3' },
            { kind: 'address', ip: '8.8.8.8' },
          ];
          const it: Endpoint = { kind: 'pod', workload: 'it', replica: 0 };
          return others
            .flatMap((other) =>
              [80, 443].map(
                (port) =>
                  decide(snapshot, profile, { ...(role === 'source' ? { from: it, to: other } : { from: other, to: it }), protocol: 'TCP', port }).decision,
              ),
            )
            .join();
        };
        const wanted = answers(pod.labels, pod.account);
        expect(pods.some(({ labels, account }) => answers(labels, account) === wanted)).toBe(true);
      },
    ),
    trials(60),
  );
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CurrentClaims } from '../src/app/current.ts';
import { verify } from '../src/app/verify.ts';
import { profiles } from '../src/engine/profiles.ts';
import { leavesAlone } from '../src/engine/seen-by.ts';
import { changed } from '../src/model/change.ts';
import type { MadeUpLabel } from '../src/model/made-up-label.ts';
import type { Policy } from '../src/model/policy.ts';
import type { Snapshot } from '../src/model/snapshot.ts';
import { parseZone } from '../src/spec/parse.ts';
import type { LoadedZone } from '../src/spec/zone.ts';
import { arbitrarySteps, changeOf } from './arbitrary-change.ts';
import { arbitraryCluster } from './arbitrary-cluster.ts';
import { arbitraryClusterPolicy } from './arbitrary-cluster-policy.ts';
import { trials } from './runs.ts';

/** Two zones over namespaces of the random clusters, with every sort of need and of protected zone. */
const zones: readonly LoadedZone[] = [
  `
apiVersion: ringfence.dev/v1alpha1
kind: TrainingZone
metadata: {name: llm}
spec:
  platform: {cni: cilium}
  namespace: {name: ml}
  workloads:
  - name: pretrain
    selector: {app: a}
    data:
    - {name: features, access: read, objectStore: {namespace: edge, selector: {app: b}, port: 8080}}
  protected:
  - {name: production, namespaces: [prod]}
  - {name: ledger, cidrs: [10.2.0.0/16]}
`,
  `
apiVersion: ringfence.dev/v1alpha1
kind: TrainingZone
metadata: {name: edge}
spec:
  platform: {cni: kubernetes}
  namespace: {name: edge}
  workloads:
  - {name: tune, selector: {app: b}, clients: [{name: operator, namespace: ml, selector: {app: a}, port: 8080}]}
  protected:
  - {name: production, namespaces: {env: a}}
`,
].map((text) => {
  const read = parseZone(text, 'zone.yaml');
  if (!read.ok) throw new Error(read.diagnostics.map((d) => d.message).join('\n'));
  return read.value;
});

/** Policies of namespaces and of the cluster. */
const cluster: fc.Arbitrary<Snapshot> = fc
  .tuple(
    arbitraryCluster({ cilium: true, maxPolicies: 3 }),
    fc.integer({ min: 0, max: 2 }).chain((n) => fc.tuple(...Array.from({ length: n }, (_, i) => arbitraryClusterPolicy(i)))),
  )
  .map(([snapshot, more]) => ({ ...snapshot, policies: [...snapshot.policies, ...(more as readonly Policy[])] }));

describe('claims that follow changes are those of the snapshot judged anew', () => {
  for (const profile of profiles)
    test(`under ${profile.id}, after each of several changes`, () => {
      let followed = 0;
      fc.assert(
        fc.property(cluster, cluster, arbitrarySteps(5), (start, pool, steps) => {
          let snapshot = start;
          const current = new CurrentClaims(snapshot, profile, zones);
          for (const [round, step] of steps.entries()) {
            const change = changeOf(snapshot, pool, step, round);
            if (change === null) continue;
            if (!current.apply(change).anew) followed++;
            snapshot = changed(snapshot, change);
            const anew = verify({ ...snapshot }, profile, zones).zones.map(({ zone, claims }) => ({ zone, claims }));
            expect(current.zones).toEqual(anew);
          }
        }),
        trials(25),
      );
      // Where settings of the CNI decide what policies mean, nothing is followed.
      if (profile.settled === undefined) expect(followed).toBeGreaterThan(0);
    });
});

/** Rules on nodes, which settings may refuse, and a label whose value its controller makes up, which selectors hold perhaps. */
const onNodes = (policy: Policy): Policy => ({
  ...policy,
  rules: policy.rules.map((rule) => (rule.application !== null || rule.peers === null ? rule : { ...rule, peers: [...rule.peers, anyNode] })),
});
const anyNode = { kind: 'nodes', selector: { requirements: [] } } as const;
const madeUp: MadeUpLabel = { key: 'app', value: '?', patterns: ['?'], digits: true, why: 'which app it is' };

describe('a policy comes that the CNI may take otherwise than it stands', () => {
  for (const profile of profiles.filter((p) => p.settled !== undefined || p.id === 'kubernetes'))
    test(`under ${profile.id}`, () => {
      fc.assert(
        fc.property(cluster, cluster, fc.boolean(), fc.boolean(), (start, pool, nodes, label) => {
          const workloads = start.workloads.map((w, i) => (label && i === 0 ? { ...w, labels: { ...w.labels, app: madeUp.value }, madeUp: [madeUp] } : w));
          const alone = (p: Policy): boolean => leavesAlone(profile, { policies: [p], workloads });
          let snapshot: Snapshot = { ...start, workloads, policies: start.policies.filter(alone) };
          const current = new CurrentClaims(snapshot, profile, zones);
          for (const drawn of pool.policies) {
            const policy = nodes && drawn.dialect === 'cilium' ? onNodes(drawn) : drawn;
            const change = { kind: 'policy', before: null, after: { ...policy, id: `${policy.id} that came`, name: `${policy.name}-came` } } as const;
            current.apply(change);
            snapshot = changed(snapshot, change);
            const anew = verify({ ...snapshot }, profile, zones).zones.map(({ zone, claims }) => ({ zone, claims }));
            expect(current.zones).toEqual(anew);
          }
        }),
        trials(15),
      );
    });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ClaimMatrix } from '../src/app/claims/claim-matrix.ts';
import { claimsOf } from '../src/app/claims/claims-of.ts';
import { bindZones } from '../src/app/claims/member.ts';
import { profiles } from '../src/engine/profiles.ts';
import { reach } from '../src/engine/reach.ts';
import { seenBy } from '../src/engine/seen-by.ts';
import { zoneIntents } from '../src/spec/intents.ts';
import { parseZone } from '../src/spec/parse.ts';
import { arbitraryCluster } from './arbitrary-cluster.ts';
import { trials } from './runs.ts';

const read = parseZone(
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
    peers: same-job
    jobs: [a, b]
    jobLabel: job
    data:
    - {name: features, access: read, objectStore: {namespace: ml, selector: {job: a}, port: 8080}}
    clients:
    - {name: operator, namespace: edge, selector: {app: a}, port: 8080}
  - {name: tune, selector: {app: b}, peers: namespace}
  protected:
  - {name: production, namespaces: [prod]}
  - {name: ledger, cidrs: [10.2.0.0/16]}
`,
  'zone.yaml',
);
if (!read.ok) throw new Error(read.diagnostics.map((d) => d.message).join('\n'));
const loaded = read.value;

describe('claims that ask one member of each kind say what claims say that ask all', () => {
  for (const profile of profiles)
    test(`under ${profile.id}`, () => {
      fc.assert(
        fc.property(arbitraryCluster({ cilium: true, maxPolicies: 4 }), fc.integer({ min: 0, max: 255 }), (drawn, jobs) => {
          // Each workload three times, with a label that the zone alone goes by: no policy tells them apart.
          const workloads = drawn.workloads.flatMap((w, i) =>
            [0, 1, 2].map((k) => {
              const job = ((jobs >> ((3 * i + k) % 8)) & 1) === 1 ? 'a' : 'b';
              return { ...w, id: `${w.id}-${k}`, name: `${w.name}-${k}`, labels: { ...w.labels, job }, ips: [] };
            }),
          );
          const seen = seenBy({ ...drawn, workloads }, profile);
          const { snapshot, bound } = bindZones(seen.snapshot, [{ loaded, intents: zoneIntents(loaded) }]);
          const matrix = reach(snapshot, seen.profile);
          const all: ClaimMatrix = {
            snapshot,
            profile: seen.profile,
            parties: matrix.parties,
            others: matrix.others,
            between: (...ends) => matrix.between(...ends),
            isolated: (...asked) => matrix.isolated(...asked),
          };
          for (const zone of bound) expect(claimsOf(matrix, zone)).toEqual(claimsOf(all, { ...zone }));
        }),
        trials(60),
      );
    });
});

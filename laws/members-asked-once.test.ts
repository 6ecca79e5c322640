import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { networkPolicy } from '../cases/support/claims.ts';
import type { ClaimMatrix } from '../src/app/claims/claim-matrix.ts';
import { claimsOf } from '../src/app/claims/claims-of.ts';
import { bindZones } from '../src/app/claims/member.ts';
import { loadSnapshot } from '../src/app/load.ts';
import { profiles } from '../src/engine/profiles.ts';
import { reach } from '../src/engine/reach.ts';
import { seenBy } from '../src/engine/seen-by.ts';
import type { Policy } from '../src/model/policy.ts';
import type { Workload } from '../src/model/workload.ts';
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
    selector: {team: one}
    peers: same-job
    jobs: [a, b]
    jobLabel: job
    data:
    - {name: features, access: read, objectStore: {namespace: ml, selector: {store: 'yes'}, port: 8080}}
    services:
    - {name: feed, cidrs: [8.8.8.0/24], port: 80}
    clients:
    - {name: operator, namespace: edge, selector: {job: a}, port: 8080}
  - {name: tune, selector: {team: two}, peers: namespace, services: [{name: hub, pods: {namespace: prod, selector: {job: b}}, port: 80}]}
  protected:
  - {name: production, namespaces: [prod]}
  - {name: ledger, cidrs: [10.2.0.0/16]}
`,
  'zone.yaml',
);
if (!read.ok) throw new Error(read.diagnostics.map((d) => d.message).join('\n'));
const loaded = read.value;

type CopyOf = Pick<Workload, 'labels' | 'node' | 'replicas' | 'ports'>;

const copies: fc.Arbitrary<CopyOf> = fc.record({
  labels: fc.record({ team: fc.constantFrom('one', 'two', 'none'), job: fc.constantFrom('a', 'b'), store: fc.constantFrom('yes', 'no') }),
  node: fc.constantFrom(null, 'n1', 'n2'),
  replicas: fc.constantFrom(1, 2),
  ports: fc.constantFrom([], ...[80, 8080].map((port) => [{ name: 'http', port, protocol: 'TCP' as const, hostPort: null }])),
});

/** Nothing passes but what the zone may permit: whether it does is then all that matters. */
function narrow(ports: string): readonly Policy[] {
  const text = networkPolicy(
    'narrow',
    `{podSelector: {}, policyTypes: [Ingress, Egress],
      ingress: [{from: [{namespaceSelector: {}}, {ipBlock: {cidr: 8.8.8.0/24}}], ports: ${ports}}],
      egress: [{to: [{namespaceSelector: {}}, {ipBlock: {cidr: 8.8.8.0/24}}], ports: ${ports}}]}`,
  );
  return loadSnapshot([{ file: 'narrow.yaml', text }]).snapshot.policies;
}
const narrowed = ['[{port: 80}]', '[{port: 8080}]', '[{port: 80}, {port: 8080}]', '[{port: http}]'].map(narrow);

describe('claims that ask one member of each kind say what claims say that ask all', () => {
  for (const profile of profiles)
    test(`under ${profile.id}`, () => {
      fc.assert(
        fc.property(arbitraryCluster({ cilium: true, maxPolicies: 4 }), fc.infiniteStream(copies), fc.constantFrom(null, ...narrowed), (drawn, stream, few) => {
          // Each workload three times, with labels that the zone alone goes by: no policy tells them apart.
          const workloads = drawn.workloads.flatMap((w, i) =>
            [0, 1, 2].map((k) => {
              const { labels, node, replicas, ports } = stream.next().value as CopyOf;
              const copy = { ...w, id: `${w.id}-${k}`, name: `${w.name}-${k}`, labels: { ...w.labels, ...labels }, ips: [] };
              return i % 2 === 0 ? { ...copy, node, replicas, ports } : copy;
            }),
          );
          const policies = few === null ? drawn.policies : [...few, ...drawn.policies.slice(0, 1)];
          const seen = seenBy({ ...drawn, workloads, policies }, profile);
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
        trials(80),
      );
    });
});

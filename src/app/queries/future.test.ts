import { describe, expect, test } from 'vitest';
import { profileOf } from '../../engine/profiles.ts';
import type { ClaimResult } from '../../model/claim.ts';
import { loadSnapshot } from '../load.ts';
import { readQueryFiles, runQueries } from './run.ts';

const db = (more = ''): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: db, namespace: data, labels: {app: db}}\nspec: {${more}containers: [{name: c, image: db, ports: [{containerPort: 5432}]}]}\n`;
const ml = (level?: string): string =>
  `apiVersion: v1\nkind: Namespace\nmetadata: {name: ml${level === undefined ? '' : `, labels: {pod-security.kubernetes.io/enforce: ${level}}`}}\n`;
const shut =
  'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny, namespace: ml}\nspec: {podSelector: {}, policyTypes: [Ingress, Egress]}\n';

function answer(objects: readonly string[], assertion: string, profileId: string): ClaimResult {
  const profile = profileOf(profileId);
  if (!profile.ok) throw new Error('no profile');
  const { snapshot } = loadSnapshot([{ file: 'c.yaml', text: objects.join('---\n') }]);
  const read = readQueryFiles([{ file: 'q.yaml', text: `apiVersion: ringfence.dev/v1alpha1\nkind: Queries\nqueries: [{name: q, ${assertion}}]\n` }]);
  const result = runQueries(snapshot, profile.value, { files: read.files, zones: [], useless: new Set(), strict: false });
  const [claim] = result.ok ? result.value.zones.flatMap((z) => z.claims) : [];
  if (claim === undefined) throw new Error('no claim');
  return claim;
}

describe('pods to come on the network of their node', () => {
  const out = 'must-not-reach: {from: {anyPodIn: ml}, to: {workload: data/db}}';

  test.each<readonly [string, string, string | undefined, string]>([
    ['reach what their node reaches', 'calico', undefined, 'fails'],
    ['and where Pod Security lets them in', 'cilium@1.19', 'privileged', 'fails'],
    ['and where nobody knows whether the CNI governs them', 'kubernetes', undefined, 'undecided'],
    ['but do not come where Pod Security refuses them', 'calico', 'baseline', 'holds'],
    ['nor under a stricter level', 'cilium@1.19', 'restricted', 'holds'],
  ])('%s', (_, profile, level, status) => {
    expect(answer([db(), ml(level), shut], out, profile).status).toBe(status);
  });

  test('are named, with what keeps them out', () => {
    const { counterexamples, fix } = answer([db(), ml(), shut], out, 'calico');
    expect(counterexamples.map((e) => e.story)).toEqual([expect.stringContaining('any pod of ml on the network of its node')]);
    expect(fix).toContain('pod-security.kubernetes.io/enforce: baseline');
  });

  test('are reached as their node is', () => {
    const inwards = 'must-not-reach: {from: {workload: data/db}, to: {anyPodIn: ml}}';
    expect(answer([db(), ml(), shut], inwards, 'calico').status).toBe('fails');
    expect(answer([db(), ml('baseline'), shut], inwards, 'calico').status).toBe('holds');
  });
});

describe('pods to come that are reached', () => {
  const src = 'apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: src, labels: {app: a}}\nspec: {containers: [{name: c, image: x}]}\n';
  const out = (port: string): string =>
    `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: out, namespace: src}\nspec: {podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ml}}}], ports: [{port: ${port}}]}]}\n`;
  const only = (ports: string): string => `only-reaches: {from: {workload: src/a}, to: [{anyPodIn: ml, ports: [${ports}]}]}`;
  const named =
    'apiVersion: v1\nkind: Pod\nmetadata: {name: b, namespace: ml, labels: {app: b}}\nspec: {containers: [{name: c, image: x, ports: [{containerPort: 8080, name: web}]}]}\n';

  test.each<readonly [string, readonly string[], string, string]>([
    ['another port than the query names', [out('8080')], only('443'), 'fails'],
    ['that port', [out('443')], only('443'), 'holds'],
    ['a number, where the query names a port and not every pod calls it so', [out('8080'), named], only('web'), 'fails'],
    ['a name, where the query gives the number that one pod has under it', [out('web'), named], only('8080'), 'fails'],
    ['a name that the query names', [out('web'), named], only('web'), 'holds'],
    ['every port', [out('web')], only('1-65535'), 'holds'],
  ])('only on: %s', (_, objects, query, status) => {
    expect(answer([src, ml('restricted'), ...objects], query, 'calico').status).toBe(status);
  });

  test('a port by a name that no rule mentions', () => {
    const isolated = named.replace('8080', '80');
    const shutB =
      'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: b-in, namespace: ml}\nspec: {podSelector: {matchLabels: {app: b}}, policyTypes: [Ingress]}\n';
    const query = 'must-not-reach: {from: {workload: src/a}, to: {anyPodIn: ml}, ports: [web]}';
    expect(answer([src, ml('restricted'), isolated, shutB], query, 'calico').status).toBe('fails');
    expect(answer([src, ml('restricted'), isolated, shut], query, 'calico').status).toBe('holds');
  });

  test('are in the ground of an answer, or said to be left out', () => {
    expect(answer([src, ml('restricted'), out('443')], only('443'), 'calico').evidence.join()).toContain('in ml alone');
    expect(answer([src, ml('restricted'), out('443')], 'only-reaches: {from: {workload: src/a}}', 'calico').evidence.join()).toContain('nowhere');
  });
});

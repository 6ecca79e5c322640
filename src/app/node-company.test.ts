import { expect, test } from 'vitest';
import { profiles } from '../engine/profiles.ts';
import { reach } from '../engine/reach.ts';
import { loadSnapshot } from './load.ts';
import { scan } from './scan.ts';

const deny =
  'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: deny, namespace: NS}\nspec: {podSelector: {}, policyTypes: [Ingress, Egress]}\n';
const node = (name: string, pool: string): string => `apiVersion: v1\nkind: Node\nmetadata: {name: ${name}, labels: {pool: ${pool}}}\n`;
const app = (namespace: string, spec: string, resources = '{}'): string =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: app, namespace: ${namespace}}\nspec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {${spec}, containers: [{name: c, image: i, securityContext: {privileged: ${namespace === 'ml'}}, resources: ${resources}}]}}}\n`;

function hops(...texts: readonly string[]): readonly string[] {
  const { snapshot, diagnostics } = loadSnapshot(texts.map((text, i) => ({ file: `f${i}.yaml`, text })));
  expect(diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
  const profile = profiles.find((p) => p.id === 'kubernetes');
  if (profile === undefined) throw new Error('no profile');
  const [first] = scan(snapshot, profile, reach(snapshot, profile)).training;
  return (first?.blastRadius ?? []).flatMap(({ hop, reached }) =>
    reached.filter((r) => r.party.kind === 'workload' || r.party.kind === 'node').map((r) => `${hop} ${r.party.title} ${r.certainty} ${r.ports}`),
  );
}

test('who may be put on the node of a privileged pod falls with it, where the scheduler may put them there', () => {
  const gpu = '{limits: {nvidia.com/gpu: "1"}}';
  const world = (pool: string): readonly string[] =>
    hops(
      node('n1', 'gpu'),
      node('n2', 'cpu'),
      app('ml', 'nodeSelector: {pool: gpu}', gpu),
      app('prod', `nodeSelector: {pool: ${pool}}`),
      deny.replace('NS', 'ml'),
      deny.replace('NS', 'prod'),
    );
  expect(world('gpu').filter((l) => l.includes('may run on it'))).toEqual(['2 prod/app[Deployment] unknown everything (may run on it)']);
  expect(world('cpu').filter((l) => l.includes('run'))).not.toContainEqual(expect.stringContaining('may run on it'));
  expect(world('cpu')).toContainEqual(expect.stringMatching(/^1 the node of ml\/app.* allowed everything \(privileged container\)$/));
});

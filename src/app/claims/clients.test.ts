import { describe, expect, test } from 'vitest';
import { profileOf } from '../../engine/profiles.ts';
import { parseZone } from '../../spec/parse.ts';
import { compile } from '../generate.ts';
import { loadSnapshot } from '../load.ts';
import { verify } from '../verify.ts';

const zone = (clients = '{name: kuberay, namespace: kuberay, selector: {app: operator}, port: 8265}') => `
apiVersion: ringfence.dev/v1alpha1
kind: TrainingZone
metadata: {name: z}
spec:
  platform: {cni: kubernetes}
  namespace: {name: ml}
  workloads:
  - name: ray
    selector: {app: train}
    clients: [${clients}]`;
const pod = (namespace: string, name: string, app: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: ${namespace}, labels: {app: ${app}}}\nspec: {containers: [{name: c, image: i}]}`;
const operator = pod('kuberay', 'operator', 'operator');
const trainer = pod('ml', 'trainer', 'train');
const wide = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: wide, namespace: ml}
spec:
  podSelector: {matchLabels: {app: train}}
  policyTypes: [Ingress]
  ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kuberay}}}]}]`;

function claims(zoneText: string, ...manifests: readonly string[]): ReadonlyMap<string, string> {
  const loaded = parseZone(zoneText, 'zone.yaml');
  const profile = profileOf('kubernetes');
  if (!loaded.ok || !profile.ok) throw new Error('no zone');
  const pack = compile(loaded.value);
  if (!pack.ok) throw new Error('no pack');
  const packed = pack.value.files.filter((f) => f.path.endsWith('.yaml')).map((f) => ({ file: f.path, text: f.text }));
  const { snapshot } = loadSnapshot([...packed, ...manifests.map((text, i) => ({ file: `${i}.yaml`, text }))]);
  return new Map(verify(snapshot, profile.value, [loaded.value]).zones.flatMap((z) => z.claims.map((c) => [c.id, c.status] as const)));
}

describe('clients of a workload', () => {
  test('are let in on their port, and nobody else is', () => {
    const found = claims(zone(), operator, trainer);
    expect(found.get('safety/nothing-else-reaches-training')).toBe('holds');
    expect(found.get('liveness/client/kuberay/ray')).toBe('holds');
  });

  test('may not use other ports, nor may their neighbours come in', () => {
    expect(claims(zone(), operator, trainer, wide).get('safety/nothing-else-reaches-training')).toBe('fails');
    expect(claims(zone(''), operator, trainer, wide).get('safety/nothing-else-reaches-training')).toBe('fails');
  });

  test('that are not in the input cannot be asked', () => {
    expect(claims(zone(), trainer).get('liveness/client/kuberay/ray')).toBe('undecided');
  });

  test('are held back by policies of their own namespace', () => {
    const shut =
      'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: shut, namespace: kuberay}\nspec: {podSelector: {}, policyTypes: [Egress]}';
    expect(claims(zone(), operator, trainer, shut).get('liveness/client/kuberay/ray')).toBe('fails');
  });

  test('are outside the namespace, each with a name of its own', () => {
    const client = (name: string, namespace: string): string => `{name: ${name}, namespace: ${namespace}, selector: {app: x}, port: 1}`;
    const bad = parseZone(zone(`${client('a', 'ml')}, ${client('b', 'other')}, ${client('b', 'third')}`), 'zone.yaml');
    expect(bad.diagnostics.map((d) => d.code).sort()).toEqual(['client-inside', 'name-twice']);
  });
});

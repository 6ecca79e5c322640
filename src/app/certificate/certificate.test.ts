import { describe, expect, test } from 'vitest';
import { networkPolicy } from '../../../cases/support/claims.ts';
import { profileOf } from '../../engine/profiles.ts';
import type { SourceText } from '../../kernel/source-text.ts';
import type { Certificate } from '../../model/certificate.ts';
import { readZones } from '../../spec/parse.ts';
import { loadSnapshot } from '../load.ts';
import { plainModes } from '../modes.ts';
import { promote } from '../staged/promote.ts';
import { verify } from '../verify.ts';
import { checkCertificate } from './check.ts';
import { makeCertificate } from './make.ts';
import { rangesOf } from './zone-ranges.ts';

const zone: SourceText = {
  file: 'zone.yaml',
  text: `
apiVersion: ringfence.dev/v1alpha1
kind: TrainingZone
metadata: {name: llm}
spec:
  platform: {cni: cilium, ranges: {pods: [10.244.0.0/16], nodes: [10.0.1.0/24]}}
  namespace: {name: ml, podSecurity: baseline}
  workloads:
  - name: pretrain
    selector: {app: train}
    data:
    - {name: features, access: read, objectStore: {namespace: storage, selector: {app: minio}, port: 9000}}
    - {name: corpus, access: read, s3: {bucket: corpus, region: us-east-1}}
  protected:
  - {name: production, namespaces: [prod]}
  - {name: databases, cidrs: [10.20.0.0/16]}
`,
};

const cluster: SourceText = {
  file: 'cluster.yaml',
  text: `
apiVersion: v1
kind: Namespace
metadata: {name: ml, labels: {pod-security.kubernetes.io/enforce: baseline}}
---
apiVersion: v1
kind: Namespace
metadata: {name: prod}
---
apiVersion: v1
kind: Node
metadata: {name: n1}
status: {addresses: [{type: InternalIP, address: 10.0.1.4}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: llm, namespace: ml}
spec: {replicas: 3, serviceName: llm, selector: {matchLabels: {app: train}}, template: {metadata: {labels: {app: train}}, spec: {containers: [{name: c, image: train}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: pay, namespace: prod}
spec: {replicas: 2, selector: {matchLabels: {app: pay}}, template: {metadata: {labels: {app: pay}}, spec: {containers: [{name: c, image: pay, ports: [{name: https, containerPort: 8443}]}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: minio, namespace: storage}
spec: {selector: {matchLabels: {app: minio}}, template: {metadata: {labels: {app: minio}}, spec: {containers: [{name: c, image: minio, ports: [{name: s3, containerPort: 9000}]}]}}}
`,
};

const policies: SourceText = {
  file: 'policies/all.yaml',
  text: `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: ml}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: peers, namespace: ml}
spec:
  podSelector: {matchLabels: {app: train}}
  ingress: [{from: [{podSelector: {matchLabels: {app: train}}}]}]
  egress:
  - to: [{podSelector: {matchLabels: {app: train}}}]
  - to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: storage}}}]
    ports: [{port: s3}]
  - to: [{ipBlock: {cidr: 10.0.0.0/8, except: [10.20.0.0/16]}}]
    ports: [{port: 8000, endPort: 8010}]
---
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: first, namespace: ml}
spec:
  endpointSelector: {matchLabels: {statefulset.kubernetes.io/pod-name: llm-0}}
  egress: [{toFQDNs: [{matchName: example.com}, {matchPattern: "*.wandb.ai"}], toPorts: [{ports: [{port: "443", protocol: TCP}]}]}]
`,
};

function proof(profileId = 'cilium@1.19', manifestTexts: readonly SourceText[] = [cluster, policies]): Certificate {
  const profile = profileOf(profileId);
  if (!profile.ok) throw new Error('no profile');
  const { zones } = readZones([zone]);
  const { snapshot } = loadSnapshot(manifestTexts, { ranges: rangesOf(zones) });
  return makeCertificate(
    { zoneTexts: [zone], manifestTexts, snapshot, modes: plainModes, profile: profile.value, zones },
    verify(snapshot, profile.value, zones),
  );
}

const all = [zone, cluster, policies];
const certificate = proof();

/** Every path to a leaf, and to each list, of a value. */
function* leaves(value: unknown, path: readonly (string | number)[] = []): Generator<readonly (string | number)[]> {
  if (Array.isArray(value)) {
    yield path;
    for (const [i, item] of value.entries()) yield* leaves(item, [...path, i]);
  } else if (typeof value === 'object' && value !== null) for (const [key, member] of Object.entries(value)) yield* leaves(member, [...path, key]);
  else yield path;
}

/** Values near the one at a path, each of which makes another certificate of it. */
function mutants(value: unknown): unknown[] {
  if (Array.isArray(value)) return [...(value.length > 0 ? [value.slice(1), [...value, value[0]]] : [[0]]), ...(value.length > 1 ? [value.slice(0, -1)] : [])];
  if (typeof value === 'string') return [`${value}x`, ...swaps.filter(([a]) => a === value).map(([, b]) => b)];
  if (typeof value === 'number') return [value + 1, ...(value > 0 ? [value - 1, 0] : [])];
  return value === null ? [[0], 'x'] : [];
}

const swaps: readonly (readonly [string, string])[] = [
  ['holds', 'fails'],
  ['fails', 'holds'],
  ['undecided', 'holds'],
  ['allowed', 'denied'],
  ['denied', 'allowed'],
  ['unknown', 'denied'],
  ['allow', 'deny'],
  ['no-match', 'allow'],
  ['TCP', 'UDP'],
  ['UDP', 'TCP'],
  ['egress', 'ingress'],
  ['ingress', 'egress'],
  ['zone', 'manifests'],
  ['manifests', 'zone'],
  ['cilium@1.19', 'kubernetes'],
];

function replaced(value: unknown, path: readonly (string | number)[], by: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return by;
  if (Array.isArray(value)) return value.map((item, i) => (i === step ? replaced(item, rest, by) : item));
  const object = value as Readonly<Record<string, unknown>>;
  return { ...object, [step]: replaced(object[step], rest, by) };
}

function at(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((v, step) => (v as Readonly<Record<string | number, unknown>>)[step], value);
}

describe('a certificate', () => {
  test.each(['cilium@1.19', 'kubernetes'])('of an honest proof under %s passes', (profile) => {
    const made = proof(profile);
    const checked = checkCertificate(JSON.stringify(made), all);
    expect(checked.problems).toEqual([]);
    expect(checked.packets).toBeGreaterThan(100);
    expect(made.zones[0]?.claims.some((c) => c.status === 'holds')).toBe(true);
    expect(made.zones[0]?.claims.some((c) => c.status === 'fails')).toBe(true);
  });

  test('rests on the settings of the CNI among the manifests, and is true of no others', () => {
    const config = (mode: string): SourceText => ({
      file: 'cilium.yaml',
      text: `{apiVersion: v1, kind: ConfigMap, metadata: {name: cilium-config, namespace: kube-system}, data: {enable-policy: ${mode}, labels: 'app !team'}}\n`,
    });
    const made = proof('cilium@1.19', [cluster, policies, config('always')]);
    expect(made.assumptions.join('\n')).toContain('policyEnforcementMode is "always"');
    expect(made.zones).not.toEqual(certificate.zones);
    expect(checkCertificate(JSON.stringify(made), [...all, config('always')]).problems).toEqual([]);
    expect(checkCertificate(JSON.stringify(made), [...all, config('never')]).problems.length).toBeGreaterThan(0);
    const lying = { ...certificate, inputs: made.inputs };
    expect(checkCertificate(JSON.stringify(lying), [...all, config('always')]).problems.length).toBeGreaterThan(0);
  });

  test('may be checked from another folder and in another order', () => {
    const moved = [policies, zone, cluster].map(({ file, text }) => ({ file: `/elsewhere/${file.split('/').pop()}`, text }));
    expect(checkCertificate(JSON.stringify(certificate), moved).problems).toEqual([]);
  });

  test('does not pass in another order where one object stands in two inputs', () => {
    const text = networkPolicy('peers', '{podSelector: {matchLabels: {app: train}}, policyTypes: [Ingress], ingress: [{}]}');
    const open = { file: 'open.yaml', text };
    const made = JSON.stringify(proof('cilium@1.19', [cluster, open, policies]));
    expect(checkCertificate(made, [zone, cluster, open, policies]).problems).toEqual([]);
    expect(checkCertificate(made, [zone, cluster, policies, open]).problems.join()).toContain('proven in another order');
  });

  test('does not pass with another input, without one, or with one more', () => {
    const changed = { ...policies, text: policies.text.replace('endPort: 8010', 'endPort: 8011') };
    expect(checkCertificate(JSON.stringify(certificate), [zone, cluster, changed]).problems.join()).toContain('all.yaml');
    expect(checkCertificate(JSON.stringify(certificate), [zone, cluster]).problems).toHaveLength(1);
    expect(checkCertificate(JSON.stringify(certificate), [...all, { file: 'more.yaml', text: '' }]).problems).toHaveLength(1);
  });

  test('that an engine with a fault made does not pass, though its digests are right', () => {
    const manifestTexts = [cluster, { ...policies, text: policies.text.replace('except: [10.20.0.0/16]', 'except: []') }];
    const honest = proof('cilium@1.19', manifestTexts);
    const lying = { ...honest, zones: certificate.zones };
    expect(honest.zones).not.toEqual(certificate.zones);
    expect(checkCertificate(JSON.stringify(honest), [zone, ...manifestTexts]).problems).toEqual([]);
    expect(checkCertificate(JSON.stringify(lying), [zone, ...manifestTexts]).problems.join()).toContain('protected-unreachable/databases fails');
  });

  test('shows every change of any field', () => {
    const kept: string[] = [];
    let tried = 0;
    const paths = [...leaves(certificate)];
    for (const [n, path] of paths.entries()) {
      // Of long lists of a kind, every seventh: each takes a whole check.
      if (path.length > 2 && n % 7 !== 0 && (path[0] === 'rows' || path[0] === 'verdicts' || path[0] === 'rules')) continue;
      const original = at(certificate, path);
      for (const mutant of mutants(original)) {
        tried++;
        const changed = replaced(certificate, path, mutant);
        if (checkCertificate(JSON.stringify(changed), all).problems.length === 0)
          kept.push(`${path.join('.')}: ${JSON.stringify(original)} to ${JSON.stringify(mutant)}`);
      }
    }
    expect(kept).toEqual([]);
    expect(tried).toBeGreaterThan(300);
  }, 120_000);

  test('says how it was judged, and is true of no other way', () => {
    const staged: SourceText = {
      file: 'staged.yaml',
      text: `
apiVersion: projectcalico.org/v3
kind: StagedNetworkPolicy
metadata: {name: open, namespace: ml}
spec: {selector: all(), order: 1, types: [Egress], egress: [{action: Allow}]}
---
apiVersion: example.com/v1
kind: Trainer
metadata: {name: unknown, namespace: ml}
`,
    };
    const manifestTexts = [cluster, policies, staged];
    const profile = profileOf('calico');
    if (!profile.ok) throw new Error('no profile');
    const { zones } = readZones([zone]);
    const { snapshot } = loadSnapshot(manifestTexts, { ranges: rangesOf(zones) });
    const modes = { promoted: true, strict: true };
    const report = verify(snapshot, profile.value, zones, modes);
    const made = makeCertificate({ zoneTexts: [zone], manifestTexts, snapshot: promote(snapshot).snapshot, modes, profile: profile.value, zones }, report);
    const inputs = [zone, ...manifestTexts];
    expect(checkCertificate(JSON.stringify(made), inputs).problems).toEqual([]);
    expect(made.assumptions.slice(2, 4)).toEqual([expect.stringContaining('--with-staged'), expect.stringContaining('--strict')]);
    const { promoted: _, ...unpromoted } = made;
    const { strict: __, ...lax } = made;
    for (const [tampered, assumptions] of [
      [unpromoted, made.assumptions.slice(1)],
      [lax, made.assumptions.filter((_, i) => i !== 1)],
    ] as const) {
      expect(checkCertificate(JSON.stringify(tampered), inputs).problems).not.toEqual([]);
      // Without the line that says so as well it is another certificate, and not true.
      expect(checkCertificate(JSON.stringify({ ...tampered, assumptions }), inputs).problems).not.toEqual([]);
    }
  });

  test('that is none is refused in a sentence', () => {
    expect(checkCertificate('{', all).problems[0]).toContain('not JSON');
    expect(checkCertificate('{"kind":"Certificate"}', all).problems[0]).toContain('no certificate');
    expect(checkCertificate(JSON.stringify({ ...certificate, more: 1 }), all).problems[0]).toContain('no certificate');
  });
});

import { describe, expect, test } from 'vitest';
import { profileOf } from '../engine/profiles.ts';
import type { ClaimResult } from '../model/claim.ts';
import { readZones } from '../spec/parse.ts';
import { loadSnapshot } from './load.ts';
import { verify } from './verify.ts';

const zone = `
apiVersion: ringfence.dev/v1alpha1
kind: TrainingZone
metadata: {name: llm}
spec:
  platform: {cni: kubernetes, ranges: {pods: [10.244.0.0/16], nodes: [10.0.1.0/24]}}
  namespace: {name: ml, podSecurity: baseline}
  workloads:
  - name: pretrain
    selector: {app: train}
    data:
    - {name: features, access: read, objectStore: {namespace: storage, selector: {app: minio}, port: 9000}}
  protected:
  - {name: production, namespaces: [prod]}
`;

const cluster = `
apiVersion: v1
kind: Namespace
metadata: {name: ml, labels: {pod-security.kubernetes.io/enforce: baseline}}
---
apiVersion: v1
kind: Namespace
metadata: {name: prod}
---
apiVersion: kubeflow.org/v1
kind: PyTorchJob
metadata: {name: llm, namespace: ml}
spec:
  pytorchReplicaSpecs:
    Worker:
      replicas: 2
      template: {metadata: {labels: {app: train}}, spec: {containers: [{name: pytorch, image: train}]}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: pay, namespace: prod}
spec: {selector: {matchLabels: {app: pay}}, template: {metadata: {labels: {app: pay}}, spec: {containers: [{name: c, image: pay, ports: [{containerPort: 8443}]}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: minio, namespace: storage}
spec: {selector: {matchLabels: {app: minio}}, template: {metadata: {labels: {app: minio}}, spec: {containers: [{name: c, image: minio}]}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: coredns, namespace: kube-system}
spec: {selector: {matchLabels: {k8s-app: kube-dns}}, template: {metadata: {labels: {k8s-app: kube-dns}}, spec: {containers: [{name: c, image: coredns}]}}}
`;

const deny = `
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: ml}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
`;

const dns = `
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: dns, namespace: ml}
spec:
  podSelector: {matchLabels: {app: train}}
  policyTypes: [Egress]
  egress:
  - to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}, podSelector: {matchLabels: {k8s-app: kube-dns}}}]
    ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]
`;

const storage = `
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: storage, namespace: ml}
spec:
  podSelector: {matchLabels: {app: train}}
  policyTypes: [Egress]
  egress:
  - to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: storage}}, podSelector: {matchLabels: {app: minio}}}]
    ports: [{port: 9000}]
`;

const peers = (ports: string): string => `
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: peers, namespace: ml}
spec:
  podSelector: {matchLabels: {app: train}}
  policyTypes: [Ingress, Egress]
  ingress: [{from: [{podSelector: {matchLabels: {app: train}}}], ports: [${ports}]}]
  egress: [{to: [{podSelector: {matchLabels: {app: train}}}], ports: [${ports}]}]
`;

function claims(...parts: readonly string[]): ReadonlyMap<string, ClaimResult> {
  const { zones } = readZones([{ file: 'zone.yaml', text: zone }]);
  const { snapshot, diagnostics } = loadSnapshot([{ file: 'cluster.yaml', text: [cluster, ...parts].join('') }]);
  expect(diagnostics.filter((d) => d.severity === 'error')).toEqual([]);
  const profile = profileOf('kubernetes');
  if (!profile.ok) throw new Error('no profile');
  const [report] = verify(snapshot, profile.value, zones).zones;
  return new Map((report?.claims ?? []).map((c) => [c.id, c]));
}

const closed = [deny, dns, storage, peers('{protocol: TCP}')];

describe('verify', () => {
  test('every claim holds on a pack that is closed and complete', () => {
    expect([...claims(...closed).values()].filter((c) => c.status !== 'holds')).toEqual([]);
  });

  test('29500 and 29501 alone refute liveness, with an ephemeral port as witness', () => {
    const claim = claims(deny, dns, storage, peers('{port: 29500}, {port: 29501}')).get('liveness/peers/pretrain');
    expect(claim?.status).toBe('fails');
    const [example] = claim?.counterexamples ?? [];
    expect(example?.packet.protocol).toBe('TCP');
    expect(example?.packet.port).toBeGreaterThanOrEqual(32_768);
    expect(example?.verdict.decision).toBe('denied');
  });

  test.each([
    [
      'no policy at all',
      [],
      ['safety/reaches-only/pretrain', 'safety/protected-unreachable/production', 'safety/nothing-else-reaches-training', 'hygiene/default-deny'],
    ],
    ['no DNS rule', [deny, storage, peers('{protocol: TCP}')], ['liveness/dns/pretrain']],
    ['no storage rule', [deny, dns, peers('{protocol: TCP}')], ['liveness/data/features/pretrain']],
    ['no default deny', [dns, storage, peers('{protocol: TCP}')], ['safety/undeclared-pods-reach-nothing', 'hygiene/default-deny']],
    [
      'a rule into production',
      [
        ...closed,
        '---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: oops, namespace: ml}\nspec: {podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {}}], ports: [{port: 8443}]}]}\n',
      ],
      ['safety/protected-unreachable/production', 'safety/reaches-only/pretrain'],
    ],
  ] as const)('%s refutes what rests on it', (_, parts, refuted) => {
    const found = claims(...parts);
    for (const id of refuted) expect([id, found.get(id)?.status]).toEqual([id, 'fails']);
  });

  test('each counterexample is a packet that the definition really lets pass (safety) or stops (liveness)', () => {
    for (const claim of claims().values()) {
      for (const { verdict } of claim.counterexamples) expect(verdict.decision).toBe(claim.group === 'liveness' ? 'denied' : 'allowed');
    }
  });

  test('the most telling counterexample comes first: the metadata service, when it is open', () => {
    const [first] = claims().get('safety/reaches-only/pretrain')?.counterexamples ?? [];
    expect(first?.packet.to).toEqual({ kind: 'address', ip: '169.254.169.254' });
  });

  test('a protected zone that nothing in the input belongs to is undecided, not safe', () => {
    const { zones } = readZones([{ file: 'zone.yaml', text: zone.replace('namespaces: [prod]', 'namespaces: [elsewhere]') }]);
    const { snapshot } = loadSnapshot([{ file: 'cluster.yaml', text: [cluster, ...closed].join('') }]);
    const profile = profileOf('kubernetes');
    const [report] = profile.ok ? verify(snapshot, profile.value, zones).zones : [];
    expect(report?.claims.find((c) => c.id === 'safety/protected-unreachable/production')?.status).toBe('undecided');
  });
});

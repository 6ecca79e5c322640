import { describe, expect, test } from 'vitest';
import { profileOf } from '../engine/profiles.ts';
import { reach } from '../engine/reach.ts';
import type { ScanReport } from '../model/scan-report.ts';
import { loadSnapshot } from './load.ts';
import { scan } from './scan.ts';

function report(text: string, profileText = 'cilium@1.19'): ScanReport {
  const profile = profileOf(profileText);
  if (!profile.ok) throw new Error('no such profile');
  const { snapshot } = loadSnapshot([{ file: 'm.yaml', text }]);
  return scan(snapshot, profile.value, reach(snapshot, profile.value));
}

const pod = (name: string, more = '', ports = ''): string => `
---
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: ${name}, labels: {app: ${name}}}
spec: {${more}containers: [{name: c, image: "x:1"${ports === '' ? '' : `, ports: [${ports}]`}${name.startsWith('train') ? ', resources: {limits: {nvidia.com/gpu: "1"}}' : ''}}]}`;
const policy = (namespace: string, spec: string): string => `
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: p${spec.length}, namespace: ${namespace}}
spec: ${spec}`;
const to = (namespace: string, port: number): string =>
  `{to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ${namespace}}}}], ports: [{port: ${port}}]}`;

const chain = [
  pod('train'),
  pod('web', '', '{containerPort: 80}'),
  pod('data', '', '{containerPort: 5432}'),
  pod('far', '', '{containerPort: 9999}'),
  policy('train', `{podSelector: {}, policyTypes: [Ingress, Egress], egress: [${to('web', 80)}]}`),
  policy('web', `{podSelector: {}, policyTypes: [Egress], egress: [${to('data', 5432)}, ${to('far', 1)}]}`),
  policy('data', '{podSelector: {}, policyTypes: [Egress]}'),
  policy('far', '{podSelector: {}, policyTypes: [Egress]}'),
].join('');

test('the blast radius goes hop by hop, over every open port, declared or not', () => {
  const [train] = report(chain).training;
  expect(train?.blastRadius.map((ring) => ring.reached.map((r) => `${r.party.title} ${r.ports} via ${r.via?.title ?? 'itself'}`))).toEqual([
    ['web/web[Pod] TCP 80 via itself'],
    ['data/data[Pod] TCP 5432 via web/web[Pod]', 'far/far[Pod] TCP 1 via web/web[Pod]'],
  ]);
  expect(train?.podsWithin).toEqual({ allowed: 1, unknown: 0, total: 3 });
});

test('what it reaches directly is narrowed to what answers', () => {
  const [train] = report(pod('train') + pod('web', '', '{containerPort: 80}')).training;
  const web = train?.reaches.find((p) => p.party.kind === 'workload');
  expect(web).toMatchObject({ party: { title: 'web/web[Pod]' }, certainty: 'allowed', ports: 'everything', listening: 'TCP 80' });
  expect(train?.reaches.map((p) => p.party.kind)).toEqual(['metadata', 'metadata', 'internet', 'workload', 'node']);
  expect(train?.reachedBy.map((p) => p.party.kind)).toEqual(['workload', 'node']);
});

test('a privileged pod that falls gives its node, and the node gives the pods on it', () => {
  const text = [
    pod('train'),
    pod('agent', 'nodeName: n1, ', '{containerPort: 9100}').replace('name: c,', 'name: c, securityContext: {privileged: true},'),
    pod('vault', 'nodeName: n1, '),
    policy('vault', '{podSelector: {}, policyTypes: [Ingress, Egress]}'),
  ].join('');
  const [train] = report(text).training;
  const titles = train?.blastRadius.map((ring) =>
    ring.reached.filter((r) => r.party.kind !== 'internet' && r.party.kind !== 'metadata').map((r) => r.party.title),
  );
  expect(titles).toEqual([['agent/agent[Pod]'], ['node n1'], ['vault/vault[Pod]']]);
});

test('what is not known is never counted as reached', () => {
  const text =
    pod('train') +
    pod('web', '', '{containerPort: 80}') +
    policy('train', '{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}');
  const [train] = report(text, 'kubernetes').training;
  expect(train?.podsWithin).toEqual({ allowed: 0, unknown: 1, total: 1 });
  const web = train?.reaches.find((p) => p.party.kind === 'workload');
  expect(web?.certainty).toBe('unknown');
  expect(web?.gaps.length).toBeGreaterThan(0);
});

test('Services are reached through their target port, and shown with their own', () => {
  const service =
    '\n---\napiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: web}\nspec: {selector: {app: web}, ports: [{port: 8080, targetPort: 80}, {port: 9, targetPort: 9}]}';
  const [train] = report(
    `${pod('train')}${pod('web', '', '{containerPort: 80}')}${service}${policy('train', `{podSelector: {}, policyTypes: [Egress], egress: [${to('web', 80)}]}`)}`,
  ).training;
  expect(train?.reaches.filter((p) => p.party.kind === 'service')).toEqual([
    { party: { kind: 'service', id: 'web/web', title: 'web/web (Service)' }, certainty: 'allowed', ports: 'TCP 8080', listening: null, gaps: [] },
  ]);
});

test('a range of addresses is named as such, and is not the internet', () => {
  const [train] = report(
    `${pod('train')}${policy('train', '{podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 52.216.0.0/15}}], ports: [{port: 443}]}]}')}`,
  ).training;
  expect(train?.reaches.map((p) => [p.party.kind, p.party.title, p.ports])).toEqual([['address', '52.216.0.0/15', 'TCP 443']]);
});

test('a passage open on one side is half-open, from either side', () => {
  const shut = '{podSelector: {}, policyTypes: [Ingress, Egress]}';
  const named = (direction: string, peer: string): string =>
    `{podSelector: {}, policyTypes: [Ingress, Egress], ${direction}: [{${direction === 'egress' ? 'to' : 'from'}: [{namespaceSelector: {}, podSelector: {matchLabels: {app: ${peer}}}}], ports: [{port: 80}]}]}`;
  const egress = report([pod('train'), pod('web', '', '{containerPort: 80}'), policy('train', named('egress', 'web')), policy('web', shut)].join(''));
  expect(egress.halfOpen.map((h) => [h.from.title, h.to.title, h.openSide, h.ports])).toEqual([['train/train[Pod]', 'web/web[Pod]', 'egress', 'TCP 80']]);
  const place = (h: ScanReport['halfOpen'][number] | undefined): unknown => [h?.belongs.how, h?.belongs.direction, h?.belongs.policy, h?.belongs.origin?.path];
  expect(place(egress.halfOpen[0])).toEqual(['new', 'ingress', 'NetworkPolicy web/web-allow-from-train', undefined]);
  const ingress = report([pod('train'), pod('web', '', '{containerPort: 80}'), policy('train', shut), policy('web', named('ingress', 'train'))].join(''));
  expect(ingress.halfOpen.map((h) => [h.from.title, h.to.title, h.openSide])).toEqual([['train/train[Pod]', 'web/web[Pod]', 'ingress']]);
  const other = policy('web', named('ingress', 'cron'));
  const some = report([pod('train'), pod('web', '', '{containerPort: 80}'), policy('train', named('egress', 'web')), policy('web', shut), other].join(''));
  expect(place(some.halfOpen[0])).toEqual(['add-to', 'ingress', expect.stringContaining('NetworkPolicy web/p'), []]);
  expect(some.halfOpen[0]?.belongs.origin?.document.index).toBeGreaterThan(egress.halfOpen[0]?.opener.document.index ?? 0);
  const open = report([pod('train'), pod('web', '', '{containerPort: 80}'), policy('train', named('egress', 'web'))].join(''));
  expect(open.halfOpen).toEqual([]);
});

test('the order of documents does not change the report', () => {
  const documents = chain.split('\n---\n').filter((d) => d.trim() !== '');
  const plain = (r: ScanReport): unknown => ({ ...r, findings: r.findings.map(({ primary, related, ...f }) => f) });
  expect(plain(report(documents.reverse().join('\n---\n')))).toEqual(plain(report(chain)));
});

test('a pod that declares other ports than the open one is within reach', () => {
  const text = [
    pod('train'),
    pod('web', '', '{containerPort: 80}'),
    policy('train', `{podSelector: {}, policyTypes: [Egress], egress: [${to('web', 22)}]}`),
  ].join('');
  const [train] = report(text).training;
  expect(train?.podsWithin).toEqual({ allowed: 1, unknown: 0, total: 1 });
  expect(train?.blastRadius[0]?.reached.map((r) => [r.party.title, r.ports])).toEqual([['web/web[Pod]', 'TCP 22']]);
});

test('a pattern of names is shown as what it is, not as the name that stands for it', () => {
  const text = `${pod('train')}
---
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: names, namespace: train}
spec:
  endpointSelector: {}
  egress:
  - toFQDNs: [{matchPattern: "*.evil.example"}]
    toPorts: [{ports: [{port: "443", protocol: TCP}]}]
  - toEndpoints: [{matchLabels: {k8s:io.kubernetes.pod.namespace: kube-system, k8s-app: kube-dns}}]
    toPorts: [{ports: [{port: "53", protocol: ANY}], rules: {dns: [{matchPattern: "*"}]}}]`;
  const [train] = report(text).training;
  const names = train?.reaches.filter((p) => p.party.kind === 'name').map((p) => [p.party.id, p.party.title]);
  expect(names).toEqual([['*.evil.example', '*.evil.example (any such name)']]);
  expect(train?.blastRadius[0]?.reached.map((r) => r.party.id)).toContain('*.evil.example');
});

describe('workloads of which the same is true are described once', () => {
  const replica = (role: string, replicas: number): string =>
    `${role}: {replicas: ${replicas}, template: {spec: {containers: [{name: pytorch, image: i, resources: {limits: {nvidia.com/gpu: 8}}}]}}}`;
  const job = `
---
apiVersion: kubeflow.org/v1
kind: PyTorchJob
metadata: {name: llm, namespace: train}
spec: {pytorchReplicaSpecs: {${replica('Master', 1)}, ${replica('Worker', 3)}}}`;

  test('master and workers of a job', () => {
    const { training } = report(job);
    expect(training.map((w) => [w.title, w.pods, w.members.length])).toEqual([['train/llm[PyTorchJob master, worker]', 4, 2]]);
    expect(training[0]?.podsWithin).toEqual({ allowed: 3, unknown: 0, total: 3 });
    expect(training[0]?.reaches.filter((p) => p.party.kind === 'workload').map((p) => p.party.title)).toEqual([
      'train/llm[PyTorchJob master, worker], its other pods',
    ]);
  });

  test('but not when a rule treats one of them otherwise', () => {
    const { training } = report(
      job +
        policy('train', '{podSelector: {matchLabels: {training.kubeflow.org/replica-type: worker}}, policyTypes: [Egress], egress: [{ports: [{port: 443}]}]}'),
    );
    expect(training.map((w) => w.title)).toEqual(['train/llm[PyTorchJob master]', 'train/llm[PyTorchJob worker]']);
  });
});

test('a report stays small, and says what it left out', () => {
  const chained = Array.from(
    { length: 250 },
    (_, i) => `
---
apiVersion: v1
kind: Pod
metadata: {name: p${i}, namespace: a, labels: {x: v${i}}}
spec: {containers: [{name: c, image: i, resources: {limits: {nvidia.com/gpu: 1}}}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: p${i}, namespace: a}
spec: {podSelector: {matchLabels: {x: v${i}}}, policyTypes: [Egress], egress: [{to: [{podSelector: {}}], ports: [{port: ${i + 1}}]}]}`,
  ).join('');
  const { training, omitted } = report(chained);
  expect(training.length + omitted.training).toBe(250);
  expect(training.length).toBeLessThanOrEqual(100);
  for (const w of training) {
    expect(w.podsWithin.allowed).toBe(249);
    expect(w.reaches.length).toBeLessThanOrEqual(100);
    const pods = w.reaches.filter((p) => p.party.kind === 'workload').length;
    expect(pods + w.omitted.reaches).toBe(249);
    expect(w.blastRadius.map((ring) => ring.count)).toEqual([249]);
    expect(w.blastRadius.flatMap((ring) => ring.reached).length + w.omitted.blastRadius).toBe(249);
  }
});

test('a cluster without training is a report too', () => {
  expect(report(pod('web'))).toMatchObject({ training: [], halfOpen: [], counts: { pods: 1 } });
});

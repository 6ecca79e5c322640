import { describe, expect, test } from 'vitest';
import { profileOf } from '../engine/profiles.ts';
import type { Explanation } from '../model/explanation.ts';
import { explain, parsePort } from './explain.ts';
import { loadSnapshot } from './load.ts';

const text = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {replicas: 2, selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: web, ports: [{name: http, containerPort: 8080}]}]}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: LoadBalancer, clusterIP: 10.96.0.7, selector: {app: web}, ports: [{port: 80, targetPort: http, nodePort: 30080}]}
status: {loadBalancer: {ingress: [{ip: 203.0.113.5}]}}
---
apiVersion: v1
kind: Pod
metadata: {name: train, namespace: ml, labels: {app: train}}
spec: {containers: [{name: c, image: train}]}
status: {podIP: 10.244.0.9, phase: Running}
---
apiVersion: v1
kind: Service
metadata: {name: outside, namespace: shop}
spec: {type: ExternalName, externalName: db.example.com}
---
apiVersion: v1
kind: Node
metadata: {name: n1}
status: {addresses: [{type: InternalIP, address: 10.0.1.4}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web-in, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ml}}}], ports: [{port: 80}]}]
`;

function ask(from: string, to: string, port: string | null, profile = 'cilium@1.19'): ReturnType<typeof explain> {
  const chosen = profileOf(profile);
  if (!chosen.ok) throw new Error('no profile');
  return explain(loadSnapshot([{ file: 'a.yaml', text }]).snapshot, chosen.value, { from, to, port });
}

function answer(from: string, to: string, port: string | null): Explanation {
  const result = ask(from, to, port);
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics));
  return result.value;
}

describe('explain', () => {
  test('a Service is judged on the port of its pods, and says so: the rule on the Service port opens nothing', () => {
    const { verdict, answers } = answer('ml/train', 'shop/web', '80/TCP');
    const through = answers.find((a) => a.packet.via === 'shop/web');
    expect(through?.packet.port).toBe(8080);
    expect(through?.verdict.decision).toBe('denied');
    expect(through?.note).toContain('8080');
    expect(verdict).toBe('denied');
  });

  test.each([
    ['10.96.0.7', 'shop/web[Deployment] through Service shop/web'],
    ['web.shop.svc.cluster.local', 'shop/web[Deployment] through Service shop/web'],
    ['outside.shop.svc', 'db.example.com (ExternalName of shop/outside)'],
    ['node/n1', 'node n1'],
    ['10.0.1.4', 'node n1'],
    ['192.0.2.7', '192.0.2.7'],
    ['s3.us-east-1.amazonaws.com', 's3.us-east-1.amazonaws.com'],
    ['Deployment/shop/web', 'shop/web[Deployment]'],
  ])('%s is found', (word, title) => {
    expect(answer('ml/train', word, '80/TCP').answers.map((a) => a.to)).toContain(title);
  });

  test('an address of a pod is that pod, on either side', () => {
    expect(answer('10.244.0.9', 'shop/web', '8080').answers[0]?.from).toBe('ml/train[Pod]');
  });

  test('replicas of one workload talk to each other, not to themselves', () => {
    const [first] = answer('shop/web', 'Deployment/shop/web', '8080/TCP').answers;
    expect(first?.packet.to).toMatchObject({ replica: 1 });
    expect(first?.verdict.decision).toBe('denied');
  });

  test('the walk names both sides, the policy and why', () => {
    const [first] = answer('ml/train', 'Deployment/shop/web', '8080/TCP').answers;
    expect(first?.tierWalk).toBe(
      'egress: no policy selects it for egress → allowed | ingress: normal[NetworkPolicy shop/web-in: no match] → denied (default deny)',
    );
  });

  test('words that name nothing are all reported, with the nearest name', () => {
    const result = ask('ml/trian', 'shop/wep', '99999');
    expect(result.ok).toBe(false);
    expect(result.diagnostics.map((d) => d.code)).toEqual(['unknown-place', 'unknown-place', 'port-syntax']);
    expect(result.diagnostics[0]?.hint).toBe('did you mean ml/train?');
  });

  test('packets that fare differently make the answer ambiguous, whichever fares worse', () => {
    expect(answer('ml/train', 'Deployment/shop/web', null).verdict).toBe('denied');
    const policies = `${text}---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: zero, namespace: shop}\nspec: {podSelector: {matchLabels: {apps.kubernetes.io/pod-index: "0"}}, policyTypes: [Ingress]}\n---\napiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db, namespace: shop}\nspec: {replicas: 3, selector: {matchLabels: {app: db}}, template: {metadata: {labels: {app: db}}, spec: {containers: [{name: c, image: db}]}}}\n`;
    const profile = profileOf('kubernetes');
    if (!profile.ok) throw new Error('no profile');
    const { snapshot } = loadSnapshot([{ file: 'a.yaml', text: policies }]);
    const all = explain(snapshot, profile.value, { from: 'ml/train', to: 'shop/db', port: '5432' });
    expect(all).toMatchObject({ ok: true, value: { verdict: 'ambiguous' } });
    expect(all.ok ? all.value.answers.map((a) => a.verdict.decision) : []).toEqual(['denied', 'allowed']);
    expect(explain(snapshot, profile.value, { from: 'ml/train', to: 'shop/db-1', port: '5432' })).toMatchObject({ ok: true, value: { verdict: 'allowed' } });
    expect(explain(snapshot, profile.value, { from: 'ml/train', to: 'shop/db-0', port: '5432' })).toMatchObject({ ok: true, value: { verdict: 'denied' } });
  });

  test('a name that is both a Service and its workload means the Service where only the Service has the port', () => {
    expect(answer('ml/train', 'shop/web', '80/TCP').answers.map((a) => a.packet.via)).toEqual(['shop/web']);
    expect(answer('ml/train', 'shop/web', '8080/TCP').answers.map((a) => a.packet.via)).toEqual([undefined]);
  });

  test('addresses of load balancers and node ports lead to the pods behind them', () => {
    expect(answer('ml/train', '203.0.113.5', '80/TCP').answers.map((a) => a.to)).toEqual(['shop/web[Deployment] through Service shop/web']);
    const node = answer('ml/train', '10.0.1.4', '30080/TCP').answers;
    expect(node.map((a) => [a.to, a.packet.port])).toEqual([['shop/web[Deployment] through Service shop/web', 8080]]);
  });

  test('a CIDR holds the pods, Services and nodes in it', () => {
    expect(answer('ml/train', '10.0.1.0/24', '22/TCP').answers.map((a) => a.to)).toEqual(['node n1', '10.0.1.1 (of 10.0.1.0/24)']);
    expect(answer('shop/web', '10.244.0.0/16', '22/TCP').answers[0]?.to).toBe('ml/train[Pod]');
  });

  test('a CIDR stands for each of its parts that rules tell apart', () => {
    expect(answer('ml/train', '192.0.2.0/24', '443/TCP').answers).toHaveLength(1);
  });
});

describe('parsePort', () => {
  test.each([
    ['443', 'TCP', 443],
    ['443/tcp', 'TCP', 443],
    ['UDP/53', 'UDP', 53],
    ['132/SCTP', 'SCTP', 132],
    ['icmp', 'ICMP', 8],
  ])('%s', (word, protocol, port) => {
    expect(parsePort(word)).toMatchObject({ ok: true, value: { protocol, port } });
  });

  test.each(['', '0', '65536', '443/', '443/QUIC', '1/2/3', 'http', '-1', '4e2'])('refuses %j', (word) => {
    expect(parsePort(word).ok).toBe(false);
  });
});

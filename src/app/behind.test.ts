import { describe, expect, test } from 'vitest';
import { profileOf } from '../engine/profiles.ts';
import { reach } from '../engine/reach.ts';
import { pathText } from '../kernel/reader.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { behindByHand } from './behind.ts';
import { explain } from './explain.ts';
import { exposure } from './exposure.ts';
import { loadSnapshot } from './load.ts';

const around = `
apiVersion: v1
kind: Pod
metadata: {name: client, namespace: ml}
spec: {containers: [{name: c, image: i}]}
---
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: data}
spec: {containers: [{name: c, image: i}]}
status: {phase: Running, podIP: 10.1.0.9}
---
apiVersion: v1
kind: Pod
metadata: {name: pending, namespace: ml}
spec: {containers: [{name: c, image: i}]}
---
apiVersion: v1
kind: Node
metadata: {name: n1}
status: {addresses: [{type: InternalIP, address: 10.0.1.4}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: in, namespace: data}
spec: {podSelector: {}, ingress: [{ports: [{port: 5432}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: legacy, namespace: ml}
spec: {type: LoadBalancer, ports: [{name: pg, port: 80, targetPort: 9999}, {name: web, port: 81}]}
`;

const slice = (says: string): string => `---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: legacy-1, namespace: ml, labels: {kubernetes.io/service-name: legacy}}
addressType: IPv4
ports: [{name: pg, port: 5432}, {name: web}, {name: other, port: 99}]
${says}
`;
const endpoints = (says: string): string => `---\napiVersion: v1\nkind: Endpoints\nmetadata: {name: legacy, namespace: ml}\n${says}\n`;

function load(...texts: readonly string[]): { readonly snapshot: Snapshot; readonly faults: readonly string[] } {
  const { snapshot, diagnostics } = loadSnapshot([{ file: 'f', text: [around, ...texts].join('') }]);
  return { snapshot, faults: diagnostics.map((d) => `${d.code} ${d.origin === null ? '' : pathText(d.origin.path)}`) };
}

function behind(...texts: readonly string[]): readonly string[] | null {
  const { snapshot } = load(...texts);
  const [service] = snapshot.services;
  if (service === undefined) throw new Error('no Service');
  return behindByHand(snapshot, service)?.map(({ address, workload, node, ports }) => `${address} ${workload?.id ?? node} ${ports.map((p) => p.port)}`) ?? null;
}

function profile(): Parameters<typeof explain>[1] {
  const found = profileOf('kubernetes');
  if (!found.ok) throw new Error('no profile');
  return found.value;
}

describe('what is behind a Service without a selector', () => {
  test('nothing is known without endpoints', () => {
    expect(behind()).toBeNull();
    expect(
      behind('---\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: stray, namespace: ml}\naddressType: IPv4\nendpoints: []\n'),
    ).toBeNull();
  });

  test('addresses are pods, nodes, or neither; the pod that is named counts while its address is not known', () => {
    const says = `endpoints:
- {addresses: [10.1.0.9], targetRef: {kind: Pod, name: client}}
- {addresses: [10.0.1.4, 203.0.113.20], conditions: {ready: false}}
- {addresses: [10.1.0.77], targetRef: {kind: Pod, name: pending}}`;
    const wanted = ['10.1.0.9 Pod/data/db 5432,99', '10.0.1.4 n1 5432,99', '203.0.113.20 null 5432,99', '10.1.0.77 Pod/ml/pending 5432,99'];
    expect(behind(slice(says))).toEqual(wanted);
    expect(load(slice(says))).toMatchObject({ faults: [], snapshot: { unread: new Map() } });
  });

  test('Endpoints and the slice that mirrors them are one', () => {
    const subsets = 'subsets: [{addresses: [{ip: 10.1.0.9}], notReadyAddresses: [{ip: 10.0.1.4}], ports: [{name: pg, port: 5432}, {name: other, port: 99}]}]';
    const wanted = ['10.1.0.9 Pod/data/db 5432,99', '10.0.1.4 n1 5432,99'];
    expect(behind(endpoints(subsets))).toEqual(wanted);
    expect(behind(slice('endpoints: [{addresses: [10.1.0.9]}]'), endpoints(subsets))).toEqual(wanted);
  });

  test.each([
    [slice('endpoints: [{addresses: [10.1.0.9, host]}]'), ['bad-address endpoints[0].addresses[1]']],
    [
      endpoints('subsets: [{addresses: [{hostname: a}], ports: [{port: 0}]}]'),
      ['missing-field subsets[0].addresses[0]', 'out-of-range subsets[0].ports[0].port'],
    ],
  ])('a fault leaves them unknown', (text, faults) => {
    expect([...load(text).faults].sort()).toEqual(faults);
    expect(behind(text)).toBeNull();
  });

  test('explain goes to the endpoints, on the port that they have for the name', () => {
    const { snapshot } = load(slice('endpoints: [{addresses: [10.1.0.9, 10.0.1.4, 203.0.113.20]}]'));
    const result = explain(snapshot, profile(), { from: 'ml/client', to: 'ml/legacy', port: '80' });
    expect(result.ok ? result.value.answers.map((a) => [a.to, a.packet.port, a.note]) : result.diagnostics).toEqual([
      ['data/db[Pod] through Service ml/legacy', 5432, 'Service port 80 leads to port 5432 of the pod; policies see 5432'],
      ['node n1 through Service ml/legacy', 5432, 'Service port 80 leads to port 5432 there; policies see 5432'],
      ['203.0.113.20 through Service ml/legacy', 5432, 'Service port 80 leads to port 5432 there; policies see 5432'],
    ]);
    expect(explain(load().snapshot, profile(), { from: 'ml/client', to: 'ml/legacy', port: '80' })).toMatchObject({
      ok: false,
      diagnostics: [{ code: 'service-without-backends', hint: expect.stringContaining('EndpointSlices') }],
    });
  });

  test('who is exposed through it is known, and what is no pod is told', () => {
    const ways = (...texts: readonly string[]): unknown => {
      const { workloads, loose } = exposure(reach(load(...texts).snapshot, profile()));
      return [workloads.map((w) => `${w.id} ${w.verdict} ${w.paths.map((p) => p.ports)}`), loose.map((l) => l.because)];
    };
    expect(ways(slice('endpoints: [{addresses: [10.1.0.9, 203.0.113.20]}]'))).toEqual([
      ['Pod/data/db allowed TCP 5432'],
      ['Service ml/legacy leads to 203.0.113.20, which no pod of the input has'],
    ]);
    expect(ways(slice('endpoints: []'))).toEqual([[], ['Service ml/legacy has no endpoints on these ports']]);
    expect(ways()).toEqual([[], ['Service ml/legacy has no selector: its endpoints are kept by hand']]);
  });
});

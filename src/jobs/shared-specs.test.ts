import { describe, expect, test } from 'vitest';
import type { RawObject } from '../model/snapshot.ts';
import { expander } from './pod.ts';
import { SharedSpecs } from './shared-specs.ts';

const main = { name: 'main', image: 'app:1', ports: [{ name: 'http', containerPort: 8080 }] };
const base = { nodeName: 'n1', containers: [main], volumes: [{ name: 'token-a', projected: {} }] };

/** Specs that differ from `base` in one thing each. */
const specs: readonly Readonly<Record<string, unknown>>[] = [
  base,
  { ...base, nodeName: 'n2' },
  { ...base, volumes: [{ name: 'token-b', projected: {} }] },
  { ...base, volumes: [{ name: 'token-b', hostPath: { path: '/' } }] },
  { ...base, volumes: [{ name: 'token-b', hostPath: { path: '/etc' } }] },
  { ...base, volumes: [{ hostPath: { path: '/' }, emptyDir: {}, name: 'x' }] },
  { ...base, volumes: [{ emptyDir: {}, hostPath: { path: '/' }, name: 'x' }] },
  { ...base, volumes: [{ name: 'token-b', projected: {} }, 1] },
  { ...base, volumes: { name: 'token-a' } },
  { ...base, containers: [{ ...main, volumeMounts: [{ name: 'token-a' }] }] },
  { ...base, containers: [{ ...main, securityContext: { privileged: true } }] },
  { ...base, containers: [{ ...main, securityContext: { privileged: false } }] },
  { ...base, containers: [{ ...main, ports: [{ name: 'http', containerPort: 8081 }] }] },
  { ...base, containers: [{ ...main, ports: [{ name: 'http', containerPort: 0 }] }] },
  { ...base, containers: [main, { name: 'other', image: 'app:2' }] },
  { ...base, containers: [{ ...main, image: 'app:2' }] },
  { ...base, containers: [{ ...main, env: [{ name: 'A', value: null }] }] },
  { ...base, initContainers: [{ name: 'nodeName', image: 'app:1' }] },
  { ...base, hostNetwork: true },
  { ...base, hostNetwork: false },
  { ...base, hostNetwork: 'yes' },
  { ...base, serviceAccountName: 'x' },
  { ...base, nodeSelector: { nodeName: 'a' } },
  { ...base, nodeSelector: { nodeName: 'b' } },
  { ...base, nodeName: 5 },
  { containers: [] },
];

function pod(spec: unknown, at: number): RawObject {
  const body = { apiVersion: 'v1', kind: 'Pod', metadata: { name: `p${at}` }, spec };
  return { apiVersion: 'v1', kind: 'Pod', namespace: 'a', name: `p${at}`, body, origin: { document: { file: 'f', index: 0 }, path: ['items', at] } };
}

const find = (): undefined => undefined;

describe('specs that are shared', () => {
  test('make no difference to what is read, told or placed', () => {
    for (const before of specs) {
      for (const spec of specs) {
        const shared = new SharedSpecs();
        expander.expand(pod(before, 0), { shared, find });
        const copy: unknown = JSON.parse(JSON.stringify(spec));
        expect(expander.expand(pod(copy, 1), { shared, find })).toEqual(expander.expand(pod(spec, 1), { find }));
      }
    }
  });

  test('are one value in memory', () => {
    const shared = new SharedSpecs();
    const [first, second] = [base, { ...base, nodeName: 'n2' }].map((spec, i) => expander.expand(pod(spec, i), { shared, find }));
    if (first?.ok !== true || second?.ok !== true) throw new Error('these are good pods');
    expect(second.value[0]?.pod).toBe(first.value[0]?.pod);
    expect(second.value[0]?.node).toBe('n2');
    expect(second.value[0]?.podOrigin.path).toEqual(['items', 1, 'spec']);
  });
});

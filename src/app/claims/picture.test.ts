import { expect, test } from 'vitest';
import { claimsIn, statusIn, type World } from '../../../cases/support/claims.ts';

const object = (apiVersion: string, kind: string, metadata: string): string => `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {${metadata}}\n`;

test.each<readonly [string, string, 'holds' | 'undecided']>([
  ['an object that makes no pods', object('v1', 'ConfigMap', 'name: x, namespace: ml'), 'holds'],
  ['a runtime of jobs', object('trainer.kubeflow.org/v1alpha1', 'TrainingRuntime', 'name: x, namespace: ml'), 'holds'],
  ['an object that may make pods', object('batch.example.com/v1', 'Sweep', 'name: x, namespace: ml'), 'undecided'],
  ['… in another namespace', object('batch.example.com/v1', 'Sweep', 'name: x, namespace: storage'), 'holds'],
  ['a policy that nothing reads', object('net.example.com/v1', 'TrafficPolicy', 'name: x, namespace: ml'), 'undecided'],
  ['… in another namespace', object('net.example.com/v1', 'TrafficPolicy', 'name: x, namespace: storage'), 'holds'],
  ['… without a namespace', object('net.example.com/v1', 'ClusterTrafficPolicy', 'name: x'), 'undecided'],
  ['something else without a namespace', object('net.example.com/v1', 'Widget', 'name: x'), 'holds'],
  ['a firewall', object('net.example.com/v1', 'ClusterFirewall', 'name: x'), 'undecided'],
  ['what the API server enforces itself', object('admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicy', 'name: x'), 'holds'],
])('%s', (_, text, wanted) => {
  expect(statusIn({ objects: [text] }, 'safety/whole-picture')).toBe(wanted);
});

test('many objects are told by the first ten and a count', () => {
  const objects = Array.from({ length: 13 }, (_, i) => object('batch.example.com/v1', 'Sweep', `name: x${i}, namespace: ml`));
  const reasons = claimsIn({ objects }).get('safety/whole-picture')?.reasons ?? [];
  expect(reasons).toHaveLength(11);
  expect(reasons.at(-1)).toBe('and 3 more');
});

const pod = (spec: string, annotations = '{}', namespace = 'ml'): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: x, namespace: ${namespace}, annotations: ${annotations}}\nspec: ${spec}\n`;
const container = (more = ''): string => `containers: [{name: c, image: x${more}}]`;
const vlan = '{k8s.v1.cni.cncf.io/networks: net/vlan}';

test.each<readonly [string, string, 'holds' | 'fails' | 'undecided']>([
  ['a pod like any other', pod(`{${container()}}`), 'holds'],
  ['the network of its node', pod(`{hostNetwork: true, ${container()}}`), 'fails'],
  ['… in another namespace', pod(`{hostNetwork: true, ${container()}}`, '{}', 'storage'), 'holds'],
  ['a path of its node', pod(`{${container()}, volumes: [{name: v, hostPath: {path: /}}]}`), 'fails'],
  ['a port of its node', pod(`{${container(', ports: [{containerPort: 80, hostPort: 80}]')}}`), 'fails'],
  ['privilege', pod(`{${container(', securityContext: {privileged: true}')}}`), 'fails'],
  ['a second network', pod(`{${container()}}`, vlan), 'undecided'],
  ['a fabric device', pod(`{${container(', resources: {limits: {rdma/hca: 1}}')}}`), 'undecided'],
  ['a second network and the network of its node', pod(`{hostNetwork: true, ${container()}}`, vlan), 'fails'],
])('%s', (_, text, wanted) => {
  const world: World = { objects: [text] };
  expect(statusIn(world, 'safety/no-ungoverned-paths')).toBe(wanted);
});

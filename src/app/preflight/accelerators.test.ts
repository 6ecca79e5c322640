import { describe, expect, test } from 'vitest';
import { among, asked, deny, dns, only, space, statuses } from '../../../cases/support/asked-job.ts';
import { loadSnapshot } from '../load.ts';
import { trainingWorkloads } from '../training.ts';

const job = (resources: string, more = ''): string => `
apiVersion: kubeflow.org/v1
kind: PyTorchJob
metadata: {name: llm, namespace: ml}
spec:
  pytorchReplicaSpecs:
    Master: {template: &t {spec: {automountServiceAccountToken: false, ${more}containers: [{name: pytorch, image: "acme:1", command: [torchrun, t.py], resources: ${resources}}]}}}
    Worker: {replicas: 3, template: *t}
`;
const claimed = job('{claims: [{name: dev}]}', 'resourceClaims: [{name: dev, resourceClaimTemplateName: devices}], ');
const template = (request: string): string => `
apiVersion: resource.k8s.io/v1
kind: ResourceClaimTemplate
metadata: {name: devices, namespace: ml}
spec: {spec: {devices: {requests: [${request}]}}}`;
const storeOnly = [space, deny, dns, among('{protocol: TCP, port: 23456}, {protocol: TCP, port: 29500}')];

const found = (text: string, cluster: readonly string[] = []): Record<string, string> => statuses(only(asked(text, [...storeOnly, ...cluster])));

describe('what pods ask for decides whose collectives they are', () => {
  test.each<readonly [string, string, readonly string[], Readonly<Record<string, string>>]>([
    ['no device', job('{}'), [], { 'gloo/collectives': 'blocked' }],
    ['GPUs', job('{limits: {nvidia.com/gpu: 8}}'), [], { 'nccl/collectives': 'blocked' }],
    ['a network device of NVIDIA alone', job('{limits: {nvidia.com/hostdev: 1}}'), [], { 'gloo/collectives': 'blocked' }],
    ...['habana.ai/gaudi', 'google.com/tpu', 'aws.amazon.com/neuron', 'aws.amazon.com/neuroncore', 'aws.amazon.com/neurondevice', 'gpu.intel.com/i915'].map(
      (name) =>
        [
          name,
          job(`{limits: {${name}: 8}}`),
          [],
          { 'unrecognised/among': 'unknown', ...(name === 'google.com/tpu' ? { 'tpu/slice': 'blocked' } : {}) },
        ] as const,
    ),
    ['a claim that is not in the input', claimed, [], { 'unrecognised/among': 'unknown' }],
    ['a claim of GPUs', claimed, [template('{name: d, exactly: {deviceClassName: gpu.nvidia.com}}')], { 'nccl/collectives': 'blocked' }],
    ['a claim of GPUs as v1beta1 has it', claimed, [template('{name: d, deviceClassName: gpu.amd.com}')], { 'nccl/collectives': 'blocked' }],
    [
      'a claim of the first that is free',
      claimed,
      [template('{name: d, firstAvailable: [{name: a, deviceClassName: mig.nvidia.com}, {name: b, deviceClassName: gpu.nvidia.com}]}')],
      { 'nccl/collectives': 'blocked' },
    ],
    ['a claim of Gaudis', claimed, [template('{name: d, exactly: {deviceClassName: gaudi.intel.com}}')], { 'unrecognised/among': 'unknown' }],
    ['a claim of a class of the site', claimed, [template('{name: d, exactly: {deviceClassName: h100}}')], { 'unrecognised/among': 'unknown' }],
    [
      'a claim of a class of the site that the input has',
      claimed,
      [
        template('{name: d, exactly: {deviceClassName: h100}}'),
        `apiVersion: resource.k8s.io/v1\nkind: DeviceClass\nmetadata: {name: h100}\nspec: {selectors: [{cel: {expression: "device.driver == 'gpu.nvidia.com'"}}]}`,
      ],
      { 'nccl/collectives': 'blocked' },
    ],
  ])('%s', (_, text, cluster, expected) => {
    const { 'pytorch/store': store, dns: named, ...others } = found(text, cluster);
    expect([store, named]).toEqual(['open', 'open']);
    expect(others).toEqual(expected);
  });
});

test('a claim of the pod that no container uses is nobody’s', () => {
  expect(found(job('{}', 'resourceClaims: [{name: dev, resourceClaimTemplateName: devices}], '))).toMatchObject({ 'gloo/collectives': 'blocked' });
});

test('pods that claim devices are training, also where the claim is not in the input', () => {
  const pod = `
apiVersion: v1
kind: Pod
metadata: {name: p, namespace: ml}
spec: {resourceClaims: [{name: dev, resourceClaimName: mine}], containers: [{name: c, image: x, resources: {claims: [{name: dev}]}}]}`;
  const claim = `\n---\napiVersion: resource.k8s.io/v1\nkind: ResourceClaim\nmetadata: {name: mine, namespace: ml}\nspec: {devices: {requests: [{name: d, exactly: {deviceClassName: gpu.nvidia.com}}]}}`;
  const evidence = (text: string): unknown => [...trainingWorkloads(loadSnapshot([{ file: 'p.yaml', text }]).snapshot).values()].flat();
  expect(evidence(pod)).toEqual(['claims devices by ResourceClaim mine, which is not in the input']);
  expect(evidence(`${pod}${claim}`)).toEqual(['claims device class gpu.nvidia.com']);
});

import { expect, test } from 'vitest';
import { loadSnapshot } from './load.ts';
import { trainingMarks, trainingWorkloads } from './training.ts';

function evidence(text: string): readonly string[] {
  return [...trainingWorkloads(loadSnapshot([{ file: 'm.yaml', text }]).snapshot).values()].flat();
}

const pod = (limits: string, labels = '{}', metadata = '', spec = ''): string => `
apiVersion: v1
kind: Pod
metadata: {name: p, namespace: ml, labels: ${labels}${metadata}}
spec: {containers: [{name: c, image: "x:1", resources: {limits: ${limits}}}]${spec}}`;

test.each([
  'nvidia.com/gpu',
  'nvidia.com/mig-1g.5gb',
  'amd.com/gpu',
  'gpu.intel.com/i915',
  'habana.ai/gaudi',
  'google.com/tpu',
  'aws.amazon.com/neuroncore',
  'rdma/hca_shared_devices_a',
  'vpc.amazonaws.com/efa',
])('a pod that requests %s is training', (name) => {
  expect(evidence(pod(`{${name}: "1"}`))).toEqual([`requests ${name}: 1`]);
});

test.each(['{nvidia.com/gpu: "0"}', '{cpu: "4"}', '{nvidia.com/gpumem: "1"}', '{example.com/gpu: "1"}'])('a pod with limits %s is not', (limits) => {
  expect(evidence(pod(limits))).toEqual([]);
});

test('labels of operators count, whatever the pod requests', () => {
  expect(evidence(pod('{cpu: "1"}', '{jobset.sigs.k8s.io/jobset-name: run-1}'))).toEqual(['label jobset.sigs.k8s.io/jobset-name=run-1']);
});

test('a finished pod is not training any more', () => {
  expect(evidence(`${pod('{nvidia.com/gpu: "1"}', '{}', ', uid: u', ', nodeName: n1')}\nstatus: {phase: Succeeded}`)).toEqual([]);
});

test('every mark names its source', () => {
  for (const { mark, source } of trainingMarks()) {
    expect(mark).toMatch(/^(?:resource|class|kind|label) \S+$/);
    expect(source).not.toBe('');
  }
});

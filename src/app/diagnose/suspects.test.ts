import { describe, expect, test } from 'vitest';
import { loadSnapshot } from '../load.ts';
import { jobsIn } from '../preflight/preflight.ts';
import { Pods } from './suspects.ts';

function podsOf(file: string, text: string): Pods {
  const { snapshot, diagnostics } = loadSnapshot([{ file, text }]);
  expect(diagnostics).toEqual([]);
  return new Pods(snapshot, jobsIn(snapshot, new Set([file])), new Map());
}

test('the first worker, which is a sort of pod by itself, is told from the others by its name', () => {
  const pods = podsOf(
    'job.yaml',
    '{apiVersion: kubeflow.org/v1, kind: JAXJob, metadata: {name: spmd}, spec: {jaxReplicaSpecs: {Worker: {replicas: 12, template: {spec: {containers: [{name: jax, image: x}]}}}}}}',
  );
  const named = (host: string): unknown => {
    const found = pods.named(host);
    return found === null ? null : [found.workload.role, found.replica];
  };
  expect(named('spmd-worker-0')).toEqual(['worker-0', 0]);
  expect(named('spmd-worker-1.spmd.default.svc')).toEqual(['worker', 0]);
  expect(named('spmd-worker-11')).toEqual(['worker', 10]);
  expect(named('spmd-master-0')).toBeNull();
});

test('pods of groups have the names that their labels say, and jobs may have names that the API server makes up', () => {
  const groups = podsOf(
    'lws.yaml',
    '{apiVersion: leaderworkerset.x-k8s.io/v1, kind: LeaderWorkerSet, metadata: {name: vllm}, spec: {replicas: 2, leaderWorkerTemplate: {size: 4, workerTemplate: {spec: {containers: [{name: a, image: x}]}}}}}',
  );
  expect(groups.named('vllm-1')?.workload.role).toBe('leader-1');
  expect(groups.named('vllm-1-3.vllm.default')?.workload.role).toMatch(/^worker/);
  expect(groups.named('vllm-7')).toBeNull();
  const generated = podsOf(
    'job.yaml',
    '{apiVersion: kubeflow.org/v1, kind: PyTorchJob, metadata: {generateName: llm-}, spec: {pytorchReplicaSpecs: {Worker: {replicas: 2, template: {spec: {containers: [{name: pytorch, image: x}]}}}}}}',
  );
  expect(generated.named('llm-x7k2p-worker-1')).not.toBeNull();
  expect(generated.named('llm-eval-worker-1')).toBeNull();
});

const template = '{spec: {containers: [{name: a, image: x}]}}';
const ray = `rayStartParams: {}, template: ${template}`;

describe('names that operators give in ways of their own', () => {
  test.each([
    [
      'RayCluster',
      `{apiVersion: ray.io/v1, kind: RayCluster, metadata: {name: ray, namespace: ml}, spec: {headGroupSpec: {${ray}}, workerGroupSpecs: [{groupName: gpu-group, replicas: 3, ${ray}}]}}`,
      {
        'ray-head': 'head 0',
        'ray-head-x7k2p': 'head 0',
        'ray-head-svc.ml.svc.cluster.local': 'head 0',
        'ray-gpu-group-worker-x7k2p': 'gpu-group 0',
        'ray-worker-gpu-group-x7k2p': 'gpu-group 0',
        'ray-other-worker-x7k2p': null,
      },
    ],
    [
      'RayJob, whose cluster has a name that the API server ends',
      `{apiVersion: ray.io/v1, kind: RayJob, metadata: {name: rj, namespace: ml}, spec: {entrypoint: python a.py, rayClusterSpec: {headGroupSpec: {${ray}}, workerGroupSpecs: [{groupName: small, replicas: 2, ${ray}}]}}}`,
      {
        'rj-x7k2p-head-b2c4d': 'head 0',
        'rj-raycluster-x7k2p-head': 'head 0',
        'rj-raycluster-x7k2p-head-svc': 'head 0',
        'rj-x7k2p-small-worker-b2c4d': 'small 0',
        'rj-raycluster-x7k2p-worker-small-b2c4d': 'small 0',
        'rj-b2c4d': 'submitter 0',
        'rj-other-b2c4d': null,
      },
    ],
    [
      'LeaderWorkerSet of so many groups that their workers are one sort',
      `{apiVersion: leaderworkerset.x-k8s.io/v1, kind: LeaderWorkerSet, metadata: {name: vllm, namespace: ml}, spec: {replicas: 300, leaderWorkerTemplate: {size: 4, workerTemplate: ${template}}}}`,
      { 'vllm-299': 'leader 299', 'vllm-0-1': 'worker 0', 'vllm-299-3': 'worker 899', 'vllm-299-4': null, 'vllm-299-0': null, 'vllm-300-1': null },
    ],
    [
      'VirtualMachine of KubeVirt',
      '{apiVersion: kubevirt.io/v1, kind: VirtualMachine, metadata: {name: trainer, namespace: ml}, spec: {running: true, template: {spec: {domain: {devices: {}}}}}}',
      { 'virt-launcher-trainer-x7k2p': 'null 0', 'virt-launcher-other-x7k2p': null, 'virt-launcher-trainer-2-x7k2p': null },
    ],
    [
      'TrainJob, whose pods have the second number',
      '{apiVersion: trainer.kubeflow.org/v1alpha1, kind: TrainJob, metadata: {name: tj, namespace: ml}, spec: {runtimeRef: {name: torch-distributed}, trainer: {numNodes: 2, image: x}}}',
      { 'tj-node-0-0-x7k2p': 'node 0', 'tj-node-0-1-x7k2p': 'node 1', 'tj-node-0-1.tj': 'node 1', 'tj-node-0-2': null },
    ],
  ])('%s', (_, text, names) => {
    const { snapshot } = loadSnapshot([{ file: 'job.yaml', text }]);
    const pods = new Pods(snapshot, jobsIn(snapshot, new Set(['job.yaml'])), new Map());
    const found = Object.keys(names).map((name) => {
      const pod = pods.named(name);
      return [name, pod === null ? null : `${pod.workload.role} ${pod.replica}`];
    });
    expect(Object.fromEntries(found)).toEqual(names);
  });
});

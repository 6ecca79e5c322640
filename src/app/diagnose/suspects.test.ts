import { expect, test } from 'vitest';
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
  expect(groups.named('vllm-1')?.workload.role).toBe('leader');
  expect(groups.named('vllm-1-3.vllm.default')?.workload.role).toMatch(/^worker/);
  expect(groups.named('vllm-7')).toBeNull();
  const generated = podsOf(
    'job.yaml',
    '{apiVersion: kubeflow.org/v1, kind: PyTorchJob, metadata: {generateName: llm-}, spec: {pytorchReplicaSpecs: {Worker: {replicas: 2, template: {spec: {containers: [{name: pytorch, image: x}]}}}}}}',
  );
  expect(generated.named('llm-x7k2p-worker-1')).not.toBeNull();
  expect(generated.named('llm-eval-worker-1')).toBeNull();
});

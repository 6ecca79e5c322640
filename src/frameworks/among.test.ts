import { expect, test } from 'vitest';
import { loadSnapshot } from '../app/load.ts';
import { leadersOf } from './among.ts';
import { trainingJobs } from './training-jobs.ts';

function leaders(kind: string, specs: string): unknown {
  const text = `{apiVersion: kubeflow.org/v1, kind: ${kind}, metadata: {name: llm, namespace: ml}, spec: {${specs}}}`;
  const { snapshot, diagnostics } = loadSnapshot([{ file: 'job.yaml', text }]);
  expect(diagnostics).toEqual([]);
  return trainingJobs(snapshot.workloads).map((job) => leadersOf(job).map((m) => m.role));
}

const pods = (name: string): string => `{replicas: 4, template: {spec: {containers: [{name: ${name}, image: x}]}}}`;

test('the first worker leads where its operator marks it so, and the master where there is one', () => {
  expect(leaders('JAXJob', `jaxReplicaSpecs: {Worker: ${pods('jax')}}`)).toEqual([['worker-0']]);
  expect(leaders('PyTorchJob', `pytorchReplicaSpecs: {Worker: ${pods('pytorch')}}`)).toEqual([['worker-0']]);
  expect(leaders('PyTorchJob', `pytorchReplicaSpecs: {Master: ${pods('pytorch')}, Worker: ${pods('pytorch')}}`)).toEqual([['master']]);
  expect(leaders('PaddleJob', `paddleReplicaSpecs: {Worker: ${pods('paddle')}}`)).toEqual([['worker']]);
});

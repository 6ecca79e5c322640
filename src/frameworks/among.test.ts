import { describe, expect, test } from 'vitest';
import { loadSnapshot } from '../app/load.ts';
import { leadersOf, ranks } from './among.ts';
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

describe('a launcher without GPUs', () => {
  const rolesOf = (text: string): unknown => {
    const { snapshot } = loadSnapshot([{ file: 'job.yaml', text }]);
    return trainingJobs(snapshot.workloads).map((job) => ranks(job).map((m) => m.role));
  };
  const mpiJob = (more: string, limits: string): string =>
    `{apiVersion: kubeflow.org/v2beta1, kind: MPIJob, metadata: {name: pi, namespace: ml}, spec: {${more} mpiReplicaSpecs: {Launcher: {template: {spec: {containers: [{name: l, image: x, command: [mpirun]}]}}}, Worker: {replicas: 2, template: {spec: {containers: [{name: w, image: x, resources: {limits: {${limits}}}}]}}}}}}`;
  const trainJob = (launches: string): string => `
{apiVersion: trainer.kubeflow.org/v1alpha1, kind: TrainJob, metadata: {name: mp, namespace: ml}, spec: {runtimeRef: {name: r}, trainer: {numNodes: 3}}}
---
{apiVersion: trainer.kubeflow.org/v1alpha1, kind: ClusterTrainingRuntime, metadata: {name: r}, spec: {mlPolicy: {numNodes: 1, mpi: {mpiImplementation: OpenMPI, runLauncherAsNode: ${launches !== ''}}}, template: {spec: {replicatedJobs: [
  {name: launcher, template: {${launches} spec: {template: {spec: {containers: [{name: main, image: x, command: [mpirun]}]}}}}},
  {name: node, template: {spec: {template: {spec: {containers: [{name: node, image: x}]}}}}}]}}}}
`;

  test('holds ranks where its operator has it work too', () => {
    expect(rolesOf(mpiJob('runLauncherAsWorker: true,', ''))).toEqual([['launcher', 'worker']]);
    expect(rolesOf(mpiJob('runLauncherAsWorker: true,', 'nvidia.com/gpu: 8'))).toEqual([['launcher', 'worker']]);
    expect(rolesOf(trainJob('metadata: {labels: {trainer.kubeflow.org/trainjob-ancestor-step: trainer}},'))).toEqual([['launcher', 'node']]);
  });

  test('holds none where it only starts others', () => {
    expect(rolesOf(mpiJob('', ''))).toEqual([['worker']]);
    expect(rolesOf(mpiJob('', 'nvidia.com/gpu: 8'))).toEqual([['worker']]);
    expect(rolesOf(trainJob(''))).toEqual([['node']]);
  });
});

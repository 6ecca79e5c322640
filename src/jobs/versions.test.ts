import { describe, expect, test } from 'vitest';
import { loadSnapshot } from '../app/load.ts';

const pod = '{spec: {containers: [{name: c, image: x}]}}';
const object = (apiVersion: string, kind: string, spec: string): string =>
  `{apiVersion: ${apiVersion}, kind: ${kind}, metadata: {name: a, namespace: ml}, spec: ${spec}}`;

function read(text: string) {
  const { snapshot, diagnostics } = loadSnapshot([{ file: 'm.yaml', text }]);
  return { pods: snapshot.workloads.length, services: snapshot.services.length, told: diagnostics.map((d) => [d.code, d.message, d.hint]) };
}

describe('versions', () => {
  test.each([
    ['kubeflow.org/v2', 'PyTorchJob', `{pytorchReplicaSpecs: {Worker: {template: ${pod}}}}`, 'kubeflow.org/v1'],
    ['v9', 'Pod', '{containers: [{name: c, image: x}]}', 'v1'],
    ['apps/v2', 'Deployment', `{template: ${pod}}`, 'apps/v1 or apps/v1beta2 or apps/v1beta1'],
    ['batch/v1beta1', 'Job', `{template: ${pod}}`, 'batch/v1'],
    ['ray.io/v2', 'RayCluster', `{headGroupSpec: {template: ${pod}}}`, 'ray.io/v1 or ray.io/v1beta1 or ray.io/v1alpha1'],
  ])('%s %s, which does not exist, is refused', (apiVersion, kind, spec, expected) => {
    const { pods, services, told } = read(object(apiVersion, kind, spec));
    expect([pods, services]).toEqual([0, 0]);
    expect(told).toEqual([
      [
        'unknown-version',
        `${kind} "${apiVersion}" is not read; expected ${expected}.`,
        `Write apiVersion: ${expected.split(' ')[0]}, or give its pods themselves.`,
      ],
    ]);
  });

  test.each([
    ['batch/v1beta1', 'CronJob', `{jobTemplate: {spec: {template: ${pod}}}}`],
    ['jobset.x-k8s.io/v1', 'JobSet', `{replicatedJobs: [{name: w, template: {spec: {template: ${pod}}}}]}`],
  ])('%s %s is read', (apiVersion, kind, spec) => {
    expect(read(object(apiVersion, kind, spec))).toMatchObject({ pods: 1, told: [] });
  });
});

describe('kinds that nothing reads', () => {
  test.each([
    ['kubeflow.org/v1', 'PytorchJob', 'kind PyTorchJob of kubeflow.org/v1'],
    ['kubeflow.org/v2beta1', 'MPIjob', 'kind MPIJob of kubeflow.org/v2beta1'],
    ['batch/v1', 'PyTorchJob', 'kind PyTorchJob of kubeflow.org/v1'],
    ['v1', 'Deployment', 'kind Deployment of apps/v1'],
    ['batch/v1', 'Cronjob', 'kind CronJob of batch/v1'],
    ['jobset.x-k8s.io/v1alpha2', 'Jobset', 'kind JobSet of jobset.x-k8s.io/v1alpha2'],
  ])('%s %s is told with what was meant', (apiVersion, kind, meant) => {
    const { told } = read(object(apiVersion, kind, '{}'));
    expect(told).toEqual([
      ['kind-not-read', `Objects of kind "${kind}" ("${apiVersion}") are not read: pods that they make are in no answer.`, `Was ${meant} meant?`],
    ]);
  });

  test.each([
    ['mycorp.io/v1', 'Job'],
    ['kubeflow.org/v1', 'MXJob'],
    ['ray.io/v1', 'RayCronJob'],
    ['kubeflow.org/v1', 'Notebook'],
    ['v1', 'PodTemplate'],
    ['v1', 'Binding'],
    ['kubevirt.io/v1', 'VirtualMachineInstanceMigration'],
  ])('%s %s is no slip', (apiVersion, kind) => {
    expect(read(object(apiVersion, kind, '{}')).told).toEqual([]);
  });
});

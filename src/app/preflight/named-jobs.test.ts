import { describe, expect, test } from 'vitest';
import { asked, deny, dns, only, space, statuses } from '../../../cases/support/asked-job.ts';
import { wouldRun } from '../../model/preflight-report.ts';

const pod = (command: string): string => `{spec: {containers: [{name: c, image: "acme:1", command: [${command}], resources: {limits: {nvidia.com/gpu: 8}}}]}}`;
const mpi = (name: string): string => `
apiVersion: kubeflow.org/v2beta1
kind: MPIJob
metadata: {name: ${name}, namespace: ml}
spec: {mpiReplicaSpecs: {Launcher: {replicas: 1, template: ${pod('mpirun, ./train')}}, Worker: {replicas: 2, template: ${pod('/usr/sbin/sshd')}}}}`;
const jax = (name: string): string => `
apiVersion: kubeflow.org/v1
kind: JAXJob
metadata: {name: ${name}, namespace: ml}
spec: {jaxReplicaSpecs: {Worker: {replicas: 4, template: ${pod('python3, t.py')}}}}`;
const leaderWorker = (name: string): string => `
apiVersion: leaderworkerset.x-k8s.io/v1
kind: LeaderWorkerSet
metadata: {name: ${name}, namespace: ml}
spec:
  replicas: 1
  leaderWorkerTemplate:
    size: 4
    leaderTemplate: ${pod('sh, -c, "ray start --head --port=6379; vllm serve x"')}
    workerTemplate: ${pod('sh, -c, "ray start --block --address=$LWS_LEADER_ADDRESS:6379"')}`;

describe.each([
  ['MPIJob', mpi, 'training.kubeflow.org/job-name: one'],
  ['JAXJob', jax, 'training.kubeflow.org/job-name: one'],
  ['LeaderWorkerSet', leaderWorker, 'leaderworkerset.sigs.k8s.io/name: one'],
])('a patch for a %s', (_, make, label) => {
  const manifestsOf = (cluster: readonly string[]): readonly string[] => (only(asked(make('one'), cluster)).patch?.edits ?? []).map((e) => e.manifest ?? '');

  test.each([
    ['that is alone in the input', [space, deny, dns]],
    ['beside another of its kind', [space, deny, dns, make('two')]],
  ])('%s chooses its pods alone', (__, cluster) => {
    const manifests = manifestsOf(cluster);
    expect(manifests.length).toBeGreaterThan(0);
    for (const manifest of manifests) {
      const selectors = manifest.match(/matchLabels:/g)?.length ?? 0;
      expect(manifest.split(label).length - 1).toBe(selectors);
    }
    expect(wouldRun(only(asked(make('one'), [...cluster, ...manifests])))).toBe(true);
  });

  test('opens nothing of another that comes later', () => {
    const before = statuses(only(asked(make('two'), [space, deny, dns])));
    expect(statuses(only(asked(make('two'), [space, deny, dns, ...manifestsOf([space, deny, dns])])))).toEqual(before);
  });
});

import { describe, expect, test } from 'vitest';
import { loadSnapshot } from '../app/load.ts';
import type { Snapshot } from '../model/snapshot.ts';

const loadText = (text: string): ReturnType<typeof loadSnapshot> => loadSnapshot([{ file: 'job.yaml', text }]);

function read(text: string): Snapshot {
  const { snapshot, diagnostics } = loadText(text);
  expect(diagnostics).toEqual([]);
  return snapshot;
}

const live = 'uid: 9c1e, resourceVersion: "7", creationTimestamp: "2026-11-01T00:00:00Z"';

function mpiJob(version: string, spec: string, { metadata = '', status = '{}' } = {}): string {
  return `{apiVersion: kubeflow.org/${version}, kind: MPIJob, metadata: {name: m, namespace: ml, ${metadata}}, spec: ${spec}, status: ${status}}`;
}

const pod = (more: string): string => `template: {spec: {containers: [{name: mpi, image: "registry.example.com/x:1", ${more}}]}}`;
const both = (policy: string): string => `{${policy} mpiReplicaSpecs: {Launcher: {${pod('command: [mpirun]')}}, Worker: {replicas: 2, ${pod('')}}}}`;
const succeeded = '{conditions: [{type: Succeeded, status: "True"}]}';

describe.each(['v1', 'v2beta1'])('an MPIJob %s', (version) => {
  test('that is over leaves its workers, unless its policy ends them', () => {
    const lifecycles = (policy: string): unknown =>
      read(mpiJob(version, both(policy), { metadata: live, status: succeeded })).workloads.map((w) => [w.role, w.lifecycle]);
    const left = [
      ['launcher', 'finished'],
      ['worker', 'running'],
    ];
    expect(lifecycles('')).toEqual(left);
    expect(lifecycles('runPolicy: {cleanPodPolicy: None},')).toEqual(left);
    expect(lifecycles('runPolicy: {cleanPodPolicy: Running},')).toEqual([
      ['launcher', 'finished'],
      ['worker', 'finished'],
    ]);
    expect(read(mpiJob(version, both(''), { metadata: live, status: succeeded })).services).toEqual([]);
  });

  test('has no workers where it asks for none', () => {
    const replicas = (specs: string): unknown => read(mpiJob(version, `{mpiReplicaSpecs: {${specs}}}`)).workloads.map((w) => [w.role, w.replicas]);
    expect(replicas(`Launcher: {${pod('')}}`)).toEqual([['launcher', 1]]);
    expect(replicas(`Launcher: {${pod('')}}, Worker: {${pod('')}}`)).toEqual([
      ['launcher', 1],
      ['worker', 0],
    ]);
    expect(replicas(`Launcher: {${pod('')}}, Worker: {replicas: 2147483647, ${pod('')}}`)).toEqual([
      ['launcher', 1],
      ['worker', 2147483647],
    ]);
  });

  test('that is broken is refused with the place of each fault', () => {
    const told = (spec: string): unknown => {
      const { snapshot, diagnostics } = loadText(mpiJob(version, spec));
      expect([...snapshot.workloads, ...snapshot.services]).toEqual([]);
      return diagnostics.map((d) => [d.code, d.origin?.path.join('.')]);
    };
    expect(told('[]')).toEqual([['wrong-type', 'spec']]);
    expect(told('{}')).toEqual([['missing-field', 'spec']]);
    expect(told('{mpiReplicaSpecs: 1}')).toEqual([['wrong-type', 'spec.mpiReplicaSpecs']]);
    expect(told(`{mpiReplicaSpecs: {Worker: {${pod('')}}}}`)).toEqual([['missing-field', 'spec.mpiReplicaSpecs']]);
    expect(told(`{mpiReplicaSpecs: {Launcher: {replicas: 2, ${pod('')}}}}`)).toEqual([['out-of-range', 'spec.mpiReplicaSpecs.Launcher.replicas']]);
    expect(told('{mpiReplicaSpecs: {Launcher: {}}}')).toEqual([['missing-field', 'spec.mpiReplicaSpecs.Launcher.template']]);
  });
});

test('workers that are not told what to run wait as their operator has them wait', () => {
  const words = (version: string, more: string): unknown =>
    read(mpiJob(version, `{mpiReplicaSpecs: {Launcher: {${pod('')}}, Worker: {replicas: 1, ${pod(more)}}}}`)).workloads.map((w) => {
      const [container] = w.pod.containers;
      return [...(container?.command ?? []), ...(container?.args ?? [])].join(' ');
    });
  expect(words('v1', '')).toEqual(['', 'sleep 365d']);
  expect(words('v1', 'args: [x]')).toEqual(['', 'sleep 365d']);
  expect(words('v1', 'command: [serve]')).toEqual(['', 'serve']);
  expect(words('v2beta1', '')).toEqual(['', '/usr/sbin/sshd -De']);
  expect(words('v2beta1', 'args: [x]')).toEqual(['', 'x']);
});

test('versions that other operators had are told, not guessed', () => {
  const { snapshot, diagnostics } = loadText(mpiJob('v1alpha2', both('')));
  expect(snapshot.workloads).toEqual([]);
  expect(diagnostics.map((d) => [d.code, d.origin?.path.join('.')])).toEqual([['unknown-version', 'apiVersion']]);
});

test('live pods of a v2beta1 job stand for its templates, and the Job of its launcher is told once', () => {
  const owner = (kind: string, name: string, uid: string): string =>
    `ownerReferences: [{apiVersion: x/v1, kind: ${kind}, name: ${name}, uid: ${uid}, controller: true}]`;
  const meta = (name: string, uid: string, more: string): string =>
    `{name: ${name}, namespace: ml, uid: ${uid}, resourceVersion: "7", creationTimestamp: "2026-11-01T00:00:00Z", ${more}}`;
  const labels = (role: string, more: string): string =>
    `labels: {training.kubeflow.org/operator-name: mpi-operator, training.kubeflow.org/job-name: m, training.kubeflow.org/job-role: ${role}, ${more}}`;
  const job = mpiJob('v2beta1', both(''), { metadata: live }).replace('uid: 9c1e', 'uid: u1');
  const launcher = 'batch.kubernetes.io/job-name: m-launcher, job-name: m-launcher, batch.kubernetes.io/controller-uid: u2, controller-uid: u2';
  const spec = (command: string): string => `{containers: [{name: mpi, image: "registry.example.com/x:1", command: [${command}]}]}`;
  const { workloads } = read(
    [
      job,
      `{apiVersion: batch/v1, kind: Job, metadata: ${meta('m-launcher', 'u2', owner('MPIJob', 'm', 'u1').replace('x/v1', 'kubeflow.org/v2beta1'))}, spec: {template: {metadata: {${labels('launcher', launcher)}}, spec: ${spec('mpirun')}}}}`,
      `{apiVersion: v1, kind: Pod, metadata: ${meta('m-launcher-x7k2p', 'u3', `${owner('Job', 'm-launcher', 'u2').replace('x/v1', 'batch/v1')}, ${labels('launcher', launcher)}`)}, spec: ${spec('mpirun')}, status: {phase: Running, podIP: 10.0.0.1}}`,
      ...[0, 1].map(
        (i) =>
          `{apiVersion: v1, kind: Pod, metadata: ${meta(`m-worker-${i}`, `w${i}`, `${owner('MPIJob', 'm', 'u1').replace('x/v1', 'kubeflow.org/v2beta1')}, ${labels('worker', `training.kubeflow.org/replica-index: "${i}"`)}`)}, spec: ${spec('/usr/sbin/sshd, -De')}, status: {phase: Running, podIP: 10.0.1.${i}}}`,
      ),
    ].join('\n---\n'),
  );
  expect(workloads.map((w) => [w.id, w.replicas, w.ips])).toEqual([
    ['MPIJob/ml/m/launcher', 1, ['10.0.0.1']],
    ['MPIJob/ml/m/worker', 2, ['10.0.1.0', '10.0.1.1']],
  ]);
});

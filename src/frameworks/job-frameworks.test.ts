import { describe, expect, test } from 'vitest';
import { loadSnapshot } from '../app/load.ts';
import type { Passage } from '../model/passage.ts';
import { jobTitle, memberOf, type TrainingJob } from '../model/training-job.ts';
import { detectedIn, passagesOf } from './job-frameworks.ts';
import { listenerPorts } from './listeners.ts';
import { trainingJobs } from './training-jobs.ts';

function jobIn(text: string): TrainingJob {
  const { snapshot, diagnostics } = loadSnapshot([{ file: 'job.yaml', text }]);
  expect(diagnostics).toEqual([]);
  const [job, ...others] = trainingJobs(snapshot.workloads);
  expect(others).toEqual([]);
  if (job === undefined) throw new Error('no job was read');
  return job;
}

const pytorchJob = `
apiVersion: kubeflow.org/v1
kind: PyTorchJob
metadata: {name: llm, namespace: ml}
spec:
  pytorchReplicaSpecs:
    Master: {template: {spec: {containers: [{name: pytorch, image: "train:1", env: [{name: NCCL_DEBUG, value: INFO}]}]}}}
    Worker: {replicas: 7, template: {spec: {securityContext: {sysctls: [{name: net.ipv4.ip_local_port_range, value: "50000 52000"}]}, containers: [{name: pytorch, image: "train:1"}]}}}
`;

describe('the frameworks of a job', () => {
  test('are told with what shows them', () => {
    const job = jobIn(pytorchJob);
    expect(jobTitle(job)).toBe('ml/llm[PyTorchJob]');
    expect(detectedIn(job).map(({ framework, signs }) => [framework.id, signs.map((s) => s.text)])).toEqual([
      ['nccl', ['container pytorch sets NCCL_DEBUG']],
      ['pytorch', ['kind PyTorchJob']],
    ]);
  });

  test('say who dials whom, and on which ports', () => {
    const job = jobIn(pytorchJob);
    const all: readonly Passage[] = passagesOf(job);
    expect(all.map((p) => p.id)).toEqual(['nccl/collectives', 'pytorch/store']);
    const worker = memberOf(job, 'worker');
    const master = memberOf(job, 'master');
    if (worker === undefined || master === undefined) throw new Error('both roles are there');
    expect(listenerPorts({ kind: 'ephemeral' }, worker).toString()).toBe('TCP 50000-52000');
    expect(listenerPorts({ kind: 'ephemeral' }, master).toString()).toBe('TCP 32768-60999');
  });
});

describe('a label that users can write', () => {
  const titles = (text: string) =>
    trainingJobs(loadSnapshot([{ file: 'job.yaml', text }]).snapshot.workloads).map((job) => [jobTitle(job), job.members.length]);
  const forged = (kind: string, name: string) => `
---
apiVersion: batch/v1
kind: ${kind}
metadata: {name: ${name}, namespace: ml}
spec: {template: {metadata: {labels: {training.kubeflow.org/job-name: llm}}, spec: {restartPolicy: Never, containers: [{name: t, image: x}]}}}
`;

  test('makes no pods of one job out of two objects', () => {
    expect(titles(`${pytorchJob}${forged('Job', 'a')}`).sort()).toEqual([
      ['ml/a[Job]', 1],
      ['ml/llm[PyTorchJob]', 2],
    ]);
    const tfJob =
      'apiVersion: kubeflow.org/v1\nkind: TFJob\nmetadata: {name: llm, namespace: ml}\nspec: {tfReplicaSpecs: {Worker: {template: {spec: {containers: [{name: tensorflow, image: x}]}}}}}';
    expect(titles(`${pytorchJob}---\n${tfJob}`)).toHaveLength(2);
  });

  test('ties bare pods to their job', () => {
    const pod =
      '{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: ml, labels: {training.kubeflow.org/job-name: llm}}, spec: {containers: [{name: t, image: x}]}}';
    expect(titles(`${pytorchJob}---\n${pod}`)).toEqual([['ml/llm[PyTorchJob]', 3]]);
  });
});

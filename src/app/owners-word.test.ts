import { describe, expect, test } from 'vitest';
import { asked, deny, dns, only, space, statuses } from '../../cases/support/asked-job.ts';

const job = (container: string, labels = 'app: train'): string => `
apiVersion: kubeflow.org/v1
kind: PyTorchJob
metadata: {name: llm, namespace: ml}
spec:
  pytorchReplicaSpecs:
    Master: {template: {metadata: {labels: {app: train}}, spec: {containers: [{name: pytorch, ${container}}]}}}
    Worker: {replicas: 2, template: {metadata: {labels: {${labels}}}, spec: {containers: [{name: pytorch, ${container}}]}}}`;
const plain = 'image: "acme:1", command: [/opt/run.sh]';
const torchrun = 'image: "acme:1", command: [torchrun, t.py]';

/** Frameworks that are told of a job, and the ids of its paths, where the zone's one workload is said to be of this framework. */
function told(manifest: string, framework: string) {
  const text = `{apiVersion: ringfence.dev/v1alpha1, kind: TrainingZone, metadata: {name: z}, spec: {platform: {cni: kubernetes}, namespace: {name: ml}, workloads: [{name: train, selector: {app: train}, framework: ${framework}}]}}`;
  const report = only(asked(manifest, [space, deny, dns], 'kubernetes', text));
  // Libraries stay whatever the job is called.
  return { frameworks: report.frameworks.filter((f) => f.id !== 'gloo').map((f) => [f.id, f.signs[0]?.text]), paths: Object.keys(statuses(report)) };
}

describe('the framework that a zone names', () => {
  test('counts though the job shows no sign of it, and shows where it is said', () => {
    const { frameworks, paths } = told(job(plain), 'horovod');
    expect(frameworks).toEqual([['horovod', 'zone z says framework: horovod']]);
    expect(paths).toContain('horovod/services');
  });

  test('counts in place of what a kind, a variable or an image suggests', () => {
    expect(told(job(plain), 'other').frameworks).toEqual([]);
    expect(told(job(plain), 'other').paths).not.toContain('pytorch/worker-store');
  });

  test('takes nothing away that a container starts', () => {
    expect(told(job(torchrun), 'horovod').frameworks.map(([id]) => id)).toEqual(['horovod', 'pytorch']);
  });

  test('brings what each job of it ends in', () => {
    expect(told(job(plain), 'deepspeed').frameworks.map(([id]) => id)).toEqual(['deepspeed', 'pytorch']);
  });

  test('takes nothing away where it is said of some pods alone', () => {
    expect(told(job(plain, 'app: other'), 'horovod').frameworks.map(([id]) => id)).toEqual(['horovod', 'pytorch']);
  });
});

import { describe, expect, test } from 'vitest';
import { loadSnapshot } from '../app/load.ts';

const job = (spec: string): string => `
apiVersion: trainer.kubeflow.org/v1alpha1
kind: TrainJob
metadata: {name: llm, namespace: ml}
spec: ${spec}
`;

function read(...texts: readonly string[]) {
  const { snapshot, diagnostics } = loadSnapshot([{ file: 'job.yaml', text: texts.join('\n---\n') }]);
  return { snapshot, diagnostics: diagnostics.map((d) => d.code) };
}

const pods = (text: ReturnType<typeof read>) => text.snapshot.workloads.map((w) => [w.role, w.replicas]);

describe('a TrainJob', () => {
  test('is the pods of a runtime that Trainer comes with, with what the job says laid over it', () => {
    const found = read(
      job(
        '{runtimeRef: {name: torch-distributed}, trainer: {numNodes: 4, image: "mine:1", command: [torchrun], env: [{name: A, value: b}], resourcesPerNode: {limits: {nvidia.com/gpu: 8}}}}',
      ),
    );
    expect(found.diagnostics).toEqual([]);
    expect(pods(found)).toEqual([['node', 4]]);
    const [node] = found.snapshot.workloads;
    expect(node?.id).toBe('TrainJob/ml/llm/node');
    expect(node?.labels['jobset.sigs.k8s.io/jobset-name']).toBe('llm');
    expect(node?.ports.map((p) => p.port)).toEqual([29_500]);
    const [container] = node?.pod.containers ?? [];
    expect(container).toMatchObject({ name: 'node', image: 'mine:1', command: ['torchrun'], requests: { 'nvidia.com/gpu': '8' } });
    expect(container?.env).toEqual({ PET_MASTER_ADDR: 'llm-node-0-0.llm', PET_MASTER_PORT: '29500', A: 'b' });
    expect(found.snapshot.services.map((s) => [s.name, s.headless])).toEqual([['llm', true]]);
  });

  test('of an MPI runtime has a launcher that counts as a node', () => {
    expect(pods(read(job('{runtimeRef: {name: deepspeed-distributed}, trainer: {numNodes: 4}}')))).toEqual([
      ['launcher', 1],
      ['node', 3],
    ]);
  });

  test('of a runtime that tunes has pods that fetch data and model first', () => {
    const found = read(job('{runtimeRef: {name: torchtune-llama3.2-1b}, initializer: {dataset: {storageUri: "s3://mine/data"}}}'));
    expect(pods(found)).toEqual([
      ['dataset-initializer', 1],
      ['model-initializer', 1],
      ['node', 1],
    ]);
    expect(found.snapshot.workloads[0]?.pod.containers[0]?.env).toEqual({ STORAGE_URI: 's3://mine/data' });
  });

  const runtime = `
apiVersion: trainer.kubeflow.org/v1alpha1
kind: TrainingRuntime
metadata: {name: own, namespace: ml}
spec:
  mlPolicy: {numNodes: 2, torch: {}}
  template:
    spec:
      network: {subdomain: mesh}
      replicatedJobs:
      - name: node
        template:
          metadata: {labels: {trainer.kubeflow.org/trainjob-ancestor-step: trainer}}
          spec: {template: {metadata: {labels: {team: a}}, spec: {containers: [{name: node, image: theirs, env: [{name: A, value: a}, {name: B, value: b}]}, {name: side, image: side}]}}}
`;

  test('takes its runtime from the input, and patches in both forms', () => {
    const patches = [
      '{targetJobs: [{name: node}], metadata: {labels: {job: llm}}, spec: {serviceAccountName: trainer, containers: [{name: node, env: [{name: B, value: x}]}]}}',
      '{manager: me, trainingRuntimeSpec: {template: {spec: {replicatedJobs: [{name: node, template: {spec: {template: {spec: {nodeSelector: {gpu: "yes"}}}}}}]}}}}',
    ];
    const found = read(
      runtime,
      job(`{runtimeRef: {kind: TrainingRuntime, name: own}, podTemplateOverrides: [${patches[0]}], runtimePatches: [${patches[1]}]}`),
    );
    expect(found.diagnostics).toEqual([]);
    expect(pods(found)).toEqual([['node', 2]]);
    const [node] = found.snapshot.workloads;
    expect(node).toMatchObject({ serviceAccount: 'trainer', labels: { team: 'a', job: 'llm' }, pod: { nodeSelector: { gpu: 'yes' } } });
    expect(node?.pod.containers.map((c) => [c.name, c.image])).toEqual([
      ['node', 'theirs'],
      ['side', 'side'],
    ]);
    expect(node?.pod.containers[0]?.env).toMatchObject({ A: 'a', B: 'x' });
    expect(found.snapshot.services.map((s) => s.name)).toEqual(['mesh']);
  });

  test('of a runtime that nobody gave is what the job itself says, and a warning', () => {
    const found = read(job('{runtimeRef: {name: flux-distributed}, trainer: {numNodes: 2, image: lammps}}'));
    expect(found.diagnostics).toEqual(['runtime-not-given']);
    expect(found.snapshot.workloads.map((w) => [w.role, w.replicas, w.pod.containers[0]?.image])).toEqual([['node', 2, 'lammps']]);
    // A runtime of another namespace is not this one.
    expect(read(runtime.replace('namespace: ml', 'namespace: other'), job('{runtimeRef: {kind: TrainingRuntime, name: own}}')).diagnostics).toEqual([
      'runtime-not-given',
    ]);
  });

  test.each([
    '1',
    '{}',
    '{runtimeRef: 5}',
    '{runtimeRef: {name: torch-distributed}, trainer: {numNodes: many}}',
    '{runtimeRef: {name: torch-distributed}, trainer: {env: 1}}',
  ])('with a fault is refused: %s', (spec) => {
    const { diagnostics } = loadSnapshot([{ file: 'job.yaml', text: job(spec) }]);
    expect(diagnostics.some((d) => d.severity === 'error')).toBe(true);
  });
});

test.each([
  ['MPICH', 'MPICH'],
  [null, 'OpenMPI'],
])('the MPI of a runtime is told: %s', (said, wanted) => {
  const text = `
apiVersion: trainer.kubeflow.org/v1alpha1
kind: TrainingRuntime
metadata: {name: r, namespace: ml}
spec:
  mlPolicy: {numNodes: 2, mpi: {numProcPerNode: 1${said === null ? '' : `, mpiImplementation: ${said}`}}}
  template:
    spec:
      replicatedJobs:
      - {name: launcher, template: {spec: {template: {spec: {containers: [{name: node, image: i}]}}}}}
      - {name: node, template: {spec: {template: {spec: {containers: [{name: node, image: i}]}}}}}
---
apiVersion: trainer.kubeflow.org/v1alpha1
kind: TrainJob
metadata: {name: t, namespace: ml}
spec: {runtimeRef: {kind: TrainingRuntime, name: r}}
`;
  const { snapshot } = loadSnapshot([{ file: 'job.yaml', text }]);
  expect(snapshot.workloads.flatMap((w) => w.told ?? []).map((t) => `${t.field}: ${t.text}`)).toEqual([`mpiImplementation: ${wanted}`]);
});

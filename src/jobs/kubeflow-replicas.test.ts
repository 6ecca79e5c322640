import { describe, expect, test } from 'vitest';
import { loadSnapshot } from '../app/load.ts';
import { compareText } from '../kernel/stable.ts';
import type { Snapshot } from '../model/snapshot.ts';

const loadText = (text: string): ReturnType<typeof loadSnapshot> => loadSnapshot([{ file: 'job.yaml', text }]);

function read(text: string): Snapshot {
  const { snapshot, diagnostics } = loadText(text);
  expect(diagnostics).toEqual([]);
  return snapshot;
}

const live = 'uid: 9c1e, resourceVersion: "7", creationTimestamp: "2026-11-01T00:00:00Z"';
const pod = (container: string): string => `template: {spec: {containers: [{name: ${container}, image: "registry.example.com/x:1"}]}}`;

function tfJob(spec: string, metadata = ''): string {
  return `{apiVersion: kubeflow.org/v1, kind: TFJob, metadata: {name: t, namespace: ml, ${metadata}}, ${spec}}`;
}

const ended = 'status: {conditions: [{type: Created, status: "True"}, {type: Succeeded, status: "True"}]}';
const parameterServer = (policy: string): string =>
  tfJob(`spec: {runPolicy: {${policy}}, tfReplicaSpecs: {PS: {${pod('tensorflow')}}, Worker: {${pod('tensorflow')}}}}, ${ended}`, live);

describe('the end of a job', () => {
  test('ends its pods, but for parameter servers, which nobody ends by default', () => {
    const lifecycles = (policy: string): unknown => read(parameterServer(policy)).workloads.map((w) => [w.role, w.lifecycle]);
    const kept = [
      ['ps', 'running'],
      ['worker', 'finished'],
    ];
    const swept = [
      ['ps', 'finished'],
      ['worker', 'finished'],
    ];
    expect(lifecycles('')).toEqual(kept);
    expect(lifecycles('cleanPodPolicy: None')).toEqual(kept);
    expect(lifecycles('cleanPodPolicy: Running')).toEqual(swept);
    expect(lifecycles('cleanPodPolicy: All')).toEqual(swept);
  });

  test('leaves no Services to be made', () => {
    expect(read(parameterServer('')).services).toEqual([]);
  });

  test('is not believed of a manifest that somebody wrote', () => {
    const { snapshot, diagnostics } = loadText(tfJob(`spec: {tfReplicaSpecs: {Worker: {${pod('tensorflow')}}}}, ${ended}`));
    expect(diagnostics.map((d) => d.code)).toEqual(['status-not-believed']);
    expect(snapshot.workloads.map((w) => w.lifecycle)).toEqual(['running']);
    expect(snapshot.services.map((s) => s.name)).toEqual(['t-worker-0']);
  });
});

describe('masters', () => {
  const roles = (specs: string): unknown =>
    read(tfJob(`spec: {tfReplicaSpecs: {${specs}}}`)).workloads.map((w) => [
      w.role,
      w.replicas,
      w.perPodLabels[0]?.start,
      w.labels['training.kubeflow.org/job-role'] ?? null,
    ]);

  test('are all pods of a role that leads', () => {
    expect(roles(`master: {${pod('tensorflow')}}, Worker: {replicas: 2, ${pod('tensorflow')}}`)).toEqual([
      ['master', 1, 0, 'master'],
      ['worker', 2, 0, null],
    ]);
  });

  test('are the first worker where no role leads, which is then a sort of pod by itself', () => {
    expect(roles(`PS: {${pod('tensorflow')}}, Worker: {replicas: 3, ${pod('tensorflow')}}`)).toEqual([
      ['ps', 1, 0, null],
      ['worker', 2, 1, null],
      ['worker-0', 1, 0, 'master'],
    ]);
    expect(roles(`Worker: {${pod('tensorflow')}}`)).toEqual([['worker', 1, 0, 'master']]);
    expect(roles(`Worker: {replicas: 0, ${pod('tensorflow')}}`)).toEqual([['worker', 0, 0, 'master']]);
  });
});

test('live pods stand for their templates, the first worker among them', () => {
  const job = `{apiVersion: kubeflow.org/v1, kind: JAXJob, metadata: {name: j, namespace: ml, ${live}}, spec: {jaxReplicaSpecs: {Worker: {replicas: 3, ${pod('jax')}}}}}`;
  const owner = '{apiVersion: kubeflow.org/v1, kind: JAXJob, name: j, uid: 9c1e, controller: true}';
  const pods = [0, 1, 2].map((i) => {
    const labels = `training.kubeflow.org/job-name: j, training.kubeflow.org/operator-name: jaxjob-controller, training.kubeflow.org/replica-type: worker, training.kubeflow.org/replica-index: "${i}"`;
    const master = i === 0 ? ', training.kubeflow.org/job-role: master' : '';
    const metadata = `name: j-worker-${i}, namespace: ml, uid: p${i}, resourceVersion: "8", creationTimestamp: "2026-11-01T00:00:00Z", ownerReferences: [${owner}], labels: {${labels}${master}}`;
    const spec = 'containers: [{name: jax, image: "registry.example.com/x:1", ports: [{name: jaxjob-port, containerPort: 6666}]}]';
    return `{apiVersion: v1, kind: Pod, metadata: {${metadata}}, spec: {${spec}}, status: {phase: Running, podIP: 10.0.0.${i + 1}}}`;
  });
  const told = (...texts: string[]): unknown => read(texts.join('\n---\n')).workloads.map((w) => [w.role, w.replicas, w.perPodLabels[0]?.start, w.ips.length]);
  expect(told(job, ...pods)).toEqual([
    ['worker-master', 1, 0, 1],
    ['worker-without-job-role', 2, 1, 2],
  ]);
  expect(told(job, ...pods.slice(1))).toEqual([
    ['worker', 2, 1, 2],
    ['worker-0', 1, 0, 0],
  ]);
});

describe('Services', () => {
  test('are bounded, however many pods there are', () => {
    const { services, workloads } = read(tfJob(`spec: {tfReplicaSpecs: {Worker: {replicas: 2147483647, ${pod('tensorflow')}}}}`));
    expect(services).toHaveLength(64);
    expect(workloads.map((w) => w.replicas)).toEqual([2147483646, 1]);
  });

  test('are those that the API server takes: names, ports with names, no port twice', () => {
    const made = (name: string, ports: string, container = 'tensorflow'): unknown =>
      read(
        `{apiVersion: kubeflow.org/v1, kind: TFJob, metadata: {name: ${name}, namespace: ml}, spec: {tfReplicaSpecs: {PS: {template: {spec: {containers: [{name: ${container}, image: x, ports: [${ports}]}]}}}}}}`,
      ).services.map((s) => [s.name, s.headless, s.ports.map((p) => p.port)]);
    expect(made('t', '')).toEqual([['t-ps-0', true, [2222]]]);
    expect(made('t', '{name: web, containerPort: 80}')).toEqual([['t-ps-0', true, [80, 2222]]]);
    expect(made('t', '{containerPort: 80}')).toEqual([]);
    expect(made('t', '{name: web, containerPort: 2222}')).toEqual([]);
    expect(made('t', '', 'trainer')).toEqual([]);
    expect(made('7t', '')).toEqual([]);
    expect(made('a.b', '')).toEqual([]);
    expect(made('t'.repeat(63), '')).toEqual([]);
  });
});

describe('an elastic PyTorchJob', () => {
  const env = (policy: string): unknown =>
    read(
      `{apiVersion: kubeflow.org/v1, kind: PyTorchJob, metadata: {name: e, namespace: ml}, spec: {elasticPolicy: {${policy}}, pytorchReplicaSpecs: {Worker: {${pod('pytorch')}}}}}`,
    ).workloads.map((w) => ({ ...w.pod.containers[0]?.env }));

  test('is told where to meet', () => {
    expect(env('minReplicas: 1, maxReplicas: 1')).toEqual([{ PET_RDZV_ENDPOINT: 'e-worker-0:23456', PET_RDZV_BACKEND: 'c10d' }]);
    expect(env('rdzvBackend: etcd, rdzvHost: etcd.infra, rdzvPort: 2379')).toEqual([{ PET_RDZV_ENDPOINT: 'etcd.infra:2379', PET_RDZV_BACKEND: 'etcd' }]);
  });
});

test.each<[string, string, readonly (readonly [string | null, number])[]]>([
  [
    'as many as its maximum',
    'elasticPolicy: {minReplicas: 1, maxReplicas: 8}',
    [
      ['worker-0', 1],
      ['worker', 7],
    ],
  ],
  [
    'no fewer than it asks for',
    'elasticPolicy: {maxReplicas: 1}, replicas: 3',
    [
      ['worker-0', 1],
      ['worker', 2],
    ],
  ],
  [
    'what it asks for where no maximum is given',
    'elasticPolicy: {minReplicas: 1}, replicas: 3',
    [
      ['worker-0', 1],
      ['worker', 2],
    ],
  ],
])('workers of an elastic PyTorchJob: %s', (_, policy, expected) => {
  const [elastic = '', replicas = ''] = policy.split(', replicas');
  const worker = `{${replicas === '' ? '' : `replicas${replicas}, `}${pod('pytorch')}}`;
  const { workloads } = read(
    `{apiVersion: kubeflow.org/v1, kind: PyTorchJob, metadata: {name: e, namespace: ml}, spec: {${elastic}, pytorchReplicaSpecs: {Worker: ${worker}}}}`,
  );
  expect(workloads.map((w) => [w.role, w.replicas]).sort()).toEqual([...expected].sort());
});

describe('hostile jobs', () => {
  const told = (text: string): unknown => {
    const { snapshot, diagnostics, locator } = loadText(text);
    expect(snapshot.workloads).toEqual([]);
    expect(snapshot.services).toEqual([]);
    return diagnostics
      .map((d) => [d.code, d.origin?.path.join('.'), d.origin === null ? 0 : locator.locate(d.origin).line])
      .sort((a, b) => compareText(String(a[1]), String(b[1])));
  };

  test('are refused with the place of each fault', () => {
    expect(told(tfJob('spec: []'))).toEqual([['wrong-type', 'spec', 1]]);
    expect(told(tfJob('status: {}'))).toEqual([['missing-field', '', 1]]);
    expect(told(tfJob('spec: {}'))).toEqual([['missing-field', 'spec', 1]]);
    expect(told(tfJob('spec: {tfReplicaSpecs: [x]}'))).toEqual([['wrong-type', 'spec.tfReplicaSpecs', 1]]);
    expect(told(tfJob('spec: {tfReplicaSpecs: {Worker: 3}}'))).toEqual([
      ['wrong-type', 'spec.tfReplicaSpecs.Worker', 1],
      ['missing-field', 'spec.tfReplicaSpecs.Worker.template', 1],
    ]);
    expect(told(tfJob('spec: {tfReplicaSpecs: {Worker: {replicas: 1}}}'))).toEqual([['missing-field', 'spec.tfReplicaSpecs.Worker.template', 1]]);
    expect(told(tfJob(`spec: {tfReplicaSpecs: {Worker: {replicas: 2147483648, ${pod('tensorflow')}}}}`))).toEqual([
      ['out-of-range', 'spec.tfReplicaSpecs.Worker.replicas', 1],
    ]);
    expect(told(tfJob(`spec: {tfReplicaSpecs: {"a b": {${pod('tensorflow')}}}}`))).toEqual([['bad-label-value', 'spec.tfReplicaSpecs.a b', 1]]);
    expect(
      told(tfJob('spec: {runPolicy: 1, tfReplicaSpecs: {Worker: {template: {spec: {containers: [{name: tensorflow, image: x, ports: 7}, 8]}}}}}')),
    ).toEqual([
      ['wrong-type', 'spec.runPolicy', 1],
      ['wrong-type', 'spec.tfReplicaSpecs.Worker.template.spec.containers.0.ports', 1],
      ['wrong-type', 'spec.tfReplicaSpecs.Worker.template.spec.containers.1', 1],
    ]);
  });

  test('name the role that was meant, where the operator looks at it', () => {
    const { diagnostics } = loadText(`{apiVersion: kubeflow.org/v1, kind: JAXJob, metadata: {name: j}, spec: {jaxReplicaSpecs: {Workers: {${pod('jax')}}}}}`);
    expect(diagnostics.map((d) => d.hint)).toEqual(['Did you mean Worker?']);
  });
});

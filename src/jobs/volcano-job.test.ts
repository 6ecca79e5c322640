import { describe, expect, test } from 'vitest';
import { loadSnapshot } from '../app/load.ts';
import { passagesOf } from '../frameworks/job-frameworks.ts';
import { trainingJobs } from '../frameworks/training-jobs.ts';

function job(plugins: string, tasks: string, more = ''): string {
  return `
apiVersion: batch.volcano.sh/v1alpha1
kind: Job
metadata: {name: llm, namespace: ml, uid: j}
spec:
  plugins: ${plugins}
  tasks: ${tasks}
${more}`;
}

function task(name: string, replicas: number, more = ''): string {
  return `{name: ${name}, replicas: ${replicas}, template: {spec: {containers: [{name: c, image: train${more}}]}}}`;
}

function read(...texts: readonly string[]) {
  const { snapshot, diagnostics } = loadSnapshot([{ file: 'job.yaml', text: texts.join('\n---\n') }]);
  return { snapshot, codes: diagnostics.map((d) => d.code) };
}

describe('a Job of Volcano', () => {
  test.each([
    ['{svc: []}', ['llm'], ['NetworkPolicy ml/llm (made by Volcano for Job ml/llm)']],
    ['{pytorch: []}', ['llm'], ['NetworkPolicy ml/llm (made by Volcano for Job ml/llm)']],
    ['{svc: ["--disable-network-policy"], pytorch: []}', ['llm'], []],
    ['{svc: [-disable-network-policy=t]}', ['llm'], []],
    ['{svc: ["--disable-network-policy=false"]}', ['llm'], ['NetworkPolicy ml/llm (made by Volcano for Job ml/llm)']],
    ['{ray: []}', ['llm', 'llm-head-svc'], ['NetworkPolicy ml/llm (made by Volcano for Job ml/llm)']],
    ['{env: [], ssh: []}', [], []],
  ])('with the plugins %s makes the Services and policies of its plugins', (plugins, services, policies) => {
    const { snapshot, codes } = read(job(plugins, `[${task('head', 1)}]`));
    expect(codes).toEqual([]);
    expect(snapshot.services.map((s) => s.name)).toEqual(services);
    expect(snapshot.policies.map((p) => p.id)).toEqual(policies);
  });

  test('makes no policy beside one of that name', () => {
    const own = 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: llm, namespace: ml}\nspec: {podSelector: {}, policyTypes: [Egress]}';
    expect(read(job('{svc: []}', `[${task('w', 1)}]`), own).snapshot.policies.map((p) => p.isolates)).toEqual([{ ingress: false, egress: true }]);
  });

  test.each([
    ['{pytorch: []}', 'master', 'pytorch', [23456]],
    ['{pytorch: ["--port=3000"]}', 'master', 'pytorch', [3000]],
    ['{tensorflow: ["-port", "2345"]}', 'ps', 'tensorflow', [2345]],
  ])('with the plugin %s uses the port of the plugin', (plugins, first, framework, ports) => {
    const { snapshot } = read(job(plugins, `[${task(first, 1)}, ${task('worker', 2)}]`));
    const [found] = trainingJobs(snapshot.workloads);
    if (found === undefined) throw new Error('the job is there');
    const passages = passagesOf(found).filter((p) => p.id.startsWith(`${framework}/`));
    expect(passages.flatMap((p) => p.ports.flatMap((use) => (use.kind === 'fixed' ? [use.port] : [])))).toEqual(ports);
  });

  test('reads arguments until the first that the plugin would not, and says where', () => {
    const { snapshot, codes } = read(job('{svc: [--no-such, --disable-network-policy], mpi: ["--port=x"]}', `[${task('w', 1)}]`));
    expect(codes).toEqual(['argument-not-read', 'argument-not-read']);
    expect(snapshot.policies.length).toBe(1);
    expect(snapshot.workloads.map((w) => w.ports.map((p) => p.port))).toEqual([[22]]);
  });

  test.each([
    ['apiVersion: batch.volcano.sh/v1alpha1\nkind: Job\nmetadata: {name: x}', 'missing-field'],
    [job('{}', '[3]'), 'wrong-type'],
    [job('{}', '[{name: a, replicas: 1}]'), 'missing-field'],
    [job('[svc]', `[${task('a', 1)}]`), 'wrong-type'],
    [job('{svc: 7}', `[${task('a', 1)}]`), 'wrong-type'],
    [job('{__proto__: [], constructor: [x]}', `[${task('a', -1)}]`), 'out-of-range'],
    [job('{}', `[${task('a', 1)}, ${task('a', 1)}]`), 'duplicate-task'],
  ])('with a fault is refused, never a crash', (text, code) => {
    expect(read(text).codes).toContain(code);
    expect(read(text).snapshot.workloads).toEqual([]);
  });

  test('whose name is made up has a policy that nobody can name yet, and says so', () => {
    const { snapshot, codes } = read(job('{svc: []}', `[${task('w', 1)}]`).replace('name: llm', 'generateName: llm-'));
    expect(codes).toEqual(['policies-not-known']);
    expect(snapshot.policies).toEqual([]);
    expect(snapshot.workloads.flatMap((w) => w.madeUp?.map((l) => [l.key, l.patterns]))).toEqual([['volcano.sh/job-name', ['llm-?????']]]);
  });

  test('of many partitions is told together, and says so', () => {
    const { snapshot, codes } = read(
      job('{}', '[{name: w, replicas: 2000000000, partitionPolicy: {partitionSize: 1}, template: {spec: {containers: [{name: c, image: train}]}}}]'),
    );
    expect(codes).toEqual(['partitions-not-numbered']);
    expect(snapshot.workloads.map((w) => w.replicas)).toEqual([2_000_000_000]);
  });

  test('that is over has no pods left, and one whose live pods are there counts once', () => {
    const spec = '{nodeName: node-1, containers: [{name: c, image: train, env: [{name: TF_CONFIG, value: own}]}]}';
    const pod = (role: string, i: number): string => `
apiVersion: v1
kind: Pod
metadata:
  name: llm-${role}-${i}
  namespace: ml
  uid: ${role}${i}
  labels: {volcano.sh/job-name: llm, volcano.sh/job-namespace: ml, volcano.sh/task-spec: ${role}, volcano.sh/task-index: "${i}", volcano.sh/queue-name: default}
  ownerReferences: [{apiVersion: batch.volcano.sh/v1alpha1, kind: Job, name: llm, controller: true, uid: j}]
spec: ${spec}
status: {phase: Running, podIP: 10.0.${role.length}.${i + 1}}
`;
    const written = job('{tensorflow: []}', `[${task('ps', 1)}, ${task('worker', 2)}]`);
    const { snapshot, codes } = read(written, pod('ps', 0), pod('worker', 0), pod('worker', 1));
    expect(codes).toEqual([]);
    expect(snapshot.workloads.map((w) => [w.id, w.replicas, w.ips.length])).toEqual([
      ['Job/ml/llm/ps', 1, 1],
      ['Job/ml/llm/worker', 2, 2],
    ]);
    const ended = read(job('{}', `[${task('w', 2)}]`, 'status: {state: {phase: Completed}}'));
    expect(ended.snapshot.workloads.map((w) => w.lifecycle)).toEqual(['finished']);
  });
});

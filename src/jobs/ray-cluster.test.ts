import { describe, expect, test } from 'vitest';
import { loadSnapshot } from '../app/load.ts';
import { passagesOf } from '../frameworks/job-frameworks.ts';
import { trainingJobs } from '../frameworks/training-jobs.ts';

const container = (more = ''): string => `containers: [{name: ray, image: ray${more}}]`;

function group(name: string, more = ''): string {
  return `{groupName: ${name}, rayStartParams: {}, template: {spec: {${container()}}}${more}}`;
}

function cluster(groups: string, more = '', head = 'rayStartParams: {}', pod = container()): string {
  return `
apiVersion: ray.io/v1
kind: RayCluster
metadata: {name: tune, namespace: ml, uid: r}
spec:
  headGroupSpec: {${head}, template: {spec: {${pod}}}}
  workerGroupSpecs: ${groups}
${more}`;
}

function read(...texts: readonly string[]) {
  const { snapshot, diagnostics } = loadSnapshot([{ file: 'ray.yaml', text: texts.join('\n---\n') }]);
  return { snapshot, codes: diagnostics.map((d) => d.code) };
}

describe('a RayCluster', () => {
  test.each([
    ['', 0],
    [', replicas: 3', 3],
    [', replicas: 3, minReplicas: 4', 4],
    [', replicas: 3, maxReplicas: 2', 2],
    [', replicas: 3, numOfHosts: 4', 12],
    [', replicas: 3, numOfHosts: 0', 3],
    [', replicas: 2000000000, numOfHosts: 2000000000', 2 ** 31 - 1],
  ])('has as many workers as its group says: %s', (more, count) => {
    expect(read(cluster(`[${group('w', more)}]`)).snapshot.workloads.map((w) => [w.role, w.replicas])).toEqual([
      ['head', 1],
      ['w', count],
    ]);
  });

  test.each([
    [', replicas: 0, maxReplicas: 8', 8],
    [', replicas: 0', 1],
    [', replicas: 2, maxReplicas: 8, numOfHosts: 2', 16],
  ])('under the autoscaler has as many as may come: %s', (more, count) => {
    const { snapshot } = read(cluster(`[${group('w', more)}]`, '  enableInTreeAutoscaling: true'));
    expect(snapshot.workloads.map((w) => w.replicas)).toEqual([1, count]);
    expect(snapshot.workloads[0]?.serviceAccount).toBe('tune');
    expect(snapshot.workloads[0]?.pod.containers.map((c) => c.name)).toEqual(['ray', 'autoscaler']);
  });

  test('is understood as Ray: its ports are those of its parameters', () => {
    const { snapshot } = read(
      cluster(`[${group('w', ', replicas: 1')}]`, '', 'rayStartParams: {port: "6400", min-worker-port: "20000", max-worker-port: "20100"}'),
    );
    const [job] = trainingJobs(snapshot.workloads);
    if (job === undefined) throw new Error('the job is there');
    const passages = passagesOf(job);
    expect(passages.find((p) => p.id === 'ray/gcs')).toMatchObject({ ports: [{ kind: 'fixed', port: 6400 }], to: { members: [{ role: 'head' }] } });
    expect(passages.find((p) => p.id === 'ray/workers')?.ports).toContainEqual({ kind: 'range', low: 20000, high: 20100 });
    expect(snapshot.workloads[1]?.pod.containers[0]?.args.join(' ')).toContain('--address=tune-head-svc:6400');
  });

  test.each([
    ['{}', [true, true]],
    ['{mode: DenyAll}', [true, true]],
    ['{mode: DenyAllIngress}', [true, false]],
    ['{mode: DenyAllEgress}', [false, true]],
  ])('with networkPolicy %s has the policies of the operator, and is told that they need a gate', (asked, [ingress, egress]) => {
    const { snapshot, codes } = read(cluster(`[${group('a')}, ${group('b')}]`, `  networkPolicy: ${asked}`));
    expect(codes).toEqual(['needs-feature-gate']);
    expect(snapshot.policies.map((p) => [p.id, p.isolates])).toEqual(
      ['head', 'workers-a', 'workers-b'].map((name) => [`NetworkPolicy ml/tune-${name} (made by KubeRay for RayCluster ml/tune)`, { ingress, egress }]),
    );
  });

  test('hands the rules of the author on to the policies, each group its own', () => {
    const dns = '{egressRules: [{ports: [{port: 53, protocol: UDP}]}]}';
    const more = `  networkPolicy: {mode: DenyAllEgress, worker: ${dns}, workerGroups: [{groupName: b}]}`;
    const { snapshot } = read(cluster(`[${group('a')}, ${group('b')}]`, more));
    expect(snapshot.policies.map((p) => p.rules.length)).toEqual([1, 2, 1]);
    expect(read(cluster(`[${group('a')}]`, '  networkPolicy: {mode: Deny}')).codes).toContain('unknown-value');
    expect(read(cluster(`[${group('a')}]`, '  networkPolicy: {head: {ingressRules: [{form: 7}]}}')).codes).toContain('unknown-field');
  });

  test('whose name is made up is read without a complaint', () => {
    const { snapshot, codes } = read(cluster(`[${group('a', ', replicas: 1')}]`).replace('name: tune', 'generateName: tune-'));
    expect(codes).toEqual([]);
    expect(snapshot.services).toEqual([]);
    expect(snapshot.workloads[0]?.madeUp?.map((l) => l.patterns)).toEqual([['tune-?????'], ['tune-?????-worker']]);
  });

  test('whose head Service has an own name and ports keeps them', () => {
    const head = 'headService: {metadata: {name: door}, spec: {type: NodePort, selector: {a: b}, ports: [{name: extra, port: 1}]}}, rayStartParams: {}';
    const { snapshot, codes } = read(cluster('[]', '', head));
    expect(codes).toEqual([]);
    expect(snapshot.services.map((s) => [s.name, s.headless, s.ports.map((p) => p.port)])).toEqual([['door', false, [1, 10001, 6379, 8265, 8000, 8080]]]);
    expect(snapshot.services[0]?.selector?.requirements[0]).toEqual({ key: 'ray.io/cluster', operator: 'In', values: ['tune'] });
  });

  test.each([
    ['apiVersion: ray.io/v1\nkind: RayCluster\nmetadata: {name: x}', 'missing-field'],
    ['apiVersion: ray.io/v1\nkind: RayCluster\nmetadata: {name: x}\nspec: [1]', 'wrong-type'],
    [
      'apiVersion: ray.io/v1\nkind: RayCluster\nmetadata: {name: x}\nspec: {headGroupSpec: {template: {spec: {containers: [7]}}}, workerGroupSpecs: {}}',
      'wrong-type',
    ],
    [cluster('[{template: {spec: {containers: []}}}]'), 'missing-field'],
    [cluster(`[${group('a')}, ${group('a')}]`), 'duplicate-group'],
    [cluster(`[${group('a', ', replicas: -1')}]`), 'out-of-range'],
    [cluster('[]', '', 'rayStartParams: {port: 6379}'), 'wrong-type'],
    [cluster('[]', '  enableInTreeAutoscaling: true\n  autoscalerOptions: {resources: 7, env: x}'), 'wrong-type'],
    [cluster('[]', '  networkPolicy: [7]'), 'wrong-type'],
  ])('with a fault is refused, never a crash', (text, code) => {
    expect(read(text).codes).toContain(code);
    expect(read(text).snapshot.workloads).toEqual([]);
  });

  test('and its live pods are counted once, whatever command the operator gave them', () => {
    const pod = (name: string, type: string, of: string, ip: string): string => `
apiVersion: v1
kind: Pod
metadata:
  name: tune-${name}
  namespace: ml
  uid: ${name}
  labels: {ray.io/cluster: tune, ray.io/node-type: ${type}, ray.io/group: ${of}, ray.io/is-ray-node: 'yes', ray.io/identifier: tune-${type}, app.kubernetes.io/name: kuberay, app.kubernetes.io/created-by: kuberay-operator}
  ownerReferences: [{apiVersion: ray.io/v1, kind: RayCluster, name: tune, controller: true, uid: r}]
spec: {nodeName: node-1, containers: [{name: ray, image: ray, command: [/bin/bash, -lc, --], args: ["ray start of another version"], ports: [{name: metrics, containerPort: 8080}]}]}
status: {phase: Running, podIP: ${ip}}
`;
    const pods = [pod('head', 'head', 'headgroup', '10.0.0.1'), pod('a1', 'worker', 'a', '10.0.0.2'), pod('a2', 'worker', 'a', '10.0.0.3')];
    const { snapshot, codes } = read(cluster(`[${group('a', ', replicas: 2')}]`), ...pods);
    expect(codes).toEqual([]);
    expect(snapshot.workloads.map((w) => [w.id, w.replicas, w.ips.length])).toEqual([
      ['RayCluster/ml/tune/a', 2, 2],
      ['RayCluster/ml/tune/head', 1, 1],
    ]);
  });
});

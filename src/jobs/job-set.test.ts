import { describe, expect, test } from 'vitest';
import { loadSnapshot } from '../app/load.ts';
import { podLabels } from '../engine/directory.ts';

const set = (jobs: string, more = ''): string => `
apiVersion: jobset.x-k8s.io/v1alpha2
kind: JobSet
metadata: {name: llm, namespace: ml}
spec:${more}
  replicatedJobs:
${jobs}`;
const job = (name: string, replicas: number, pods: number, more = ''): string => `
  - name: ${name}
    replicas: ${replicas}${more}
    template:
      spec:
        parallelism: ${pods}
        completions: ${pods}
        template: {metadata: {labels: {app: train}}, spec: {containers: [{name: c, image: train}]}}`;

function read(text: string) {
  const { snapshot, diagnostics } = loadSnapshot([{ file: 'set.yaml', text }]);
  return { snapshot, diagnostics: diagnostics.map((d) => d.code) };
}

describe('a JobSet', () => {
  test('is a sort of pod for each replicated job, numbered as its controller does', () => {
    const { snapshot, diagnostics } = read(set(`${job('driver', 1, 1)}${job('workers', 4, 1)}${job('store', 2, 3, '\n    groupName: storage')}`));
    expect(diagnostics).toEqual([]);
    expect(snapshot.workloads.map((w) => [w.id, w.replicas])).toEqual([
      ['JobSet/ml/llm/driver', 1],
      ['JobSet/ml/llm/store-0', 3],
      ['JobSet/ml/llm/store-1', 3],
      ['JobSet/ml/llm/workers', 4],
    ]);
    const [, , store, workers] = snapshot.workloads;
    if (store === undefined || workers === undefined) throw new Error('both are there');
    expect(podLabels(workers, 2)).toMatchObject({
      app: 'train',
      'jobset.sigs.k8s.io/jobset-name': 'llm',
      'jobset.sigs.k8s.io/replicatedjob-name': 'workers',
      'jobset.sigs.k8s.io/global-replicas': '7',
      'jobset.sigs.k8s.io/job-index': '2',
      'jobset.sigs.k8s.io/job-global-index': '3',
      'batch.kubernetes.io/job-name': 'llm-workers-2',
      'batch.kubernetes.io/job-completion-index': '0',
    });
    expect(podLabels(store, 2)).toMatchObject({
      'jobset.sigs.k8s.io/group-name': 'storage',
      'jobset.sigs.k8s.io/group-replicas': '2',
      'jobset.sigs.k8s.io/job-group-index': '1',
      'jobset.sigs.k8s.io/job-global-index': '6',
      'batch.kubernetes.io/job-completion-index': '2',
    });
  });

  test('makes its headless Service, unless one is there or it wants none', () => {
    expect(read(set(job('w', 1, 2))).snapshot.services.map((s) => [s.namespace, s.name, s.headless])).toEqual([['ml', 'llm', true]]);
    expect(read(set(job('w', 1, 2), '\n  network: {subdomain: mesh}')).snapshot.services.map((s) => s.name)).toEqual(['mesh']);
    expect(read(set(job('w', 1, 2), '\n  network: {enableDNSHostnames: false}')).snapshot.services).toEqual([]);
    const own = '\n---\napiVersion: v1\nkind: Service\nmetadata: {name: llm, namespace: ml, labels: {own: yes-it-is}}\nspec: {clusterIP: None}\n';
    expect(read(`${set(job('w', 1, 2))}${own}`).snapshot.services.map((s) => s.labels)).toEqual([{ own: 'yes-it-is' }]);
  });

  test('of very many Jobs is told together, and says so', () => {
    const { snapshot, diagnostics } = read(set(job('w', 2_000_000_000, 8)));
    expect(diagnostics).toEqual(['jobs-not-numbered']);
    expect(snapshot.workloads.map((w) => w.replicas)).toEqual([2 ** 31 - 1]);
  });

  test.each([
    ['apiVersion: jobset.x-k8s.io/v1alpha2\nkind: JobSet\nmetadata: {name: x}\n', 'spec'],
    ['apiVersion: jobset.x-k8s.io/v1alpha2\nkind: JobSet\nmetadata: {name: x}\nspec: {replicatedJobs: [1]}\n', 'replicatedJobs'],
    [set(job('w', 1, 1), '\n  coordinator: {replicatedJob: driver}'), 'coordinator'],
  ])('with a fault is refused at its place', (text, place) => {
    const { diagnostics } = loadSnapshot([{ file: 'set.yaml', text }]);
    expect(diagnostics.some((d) => d.severity === 'error' && JSON.stringify(d).includes(place))).toBe(true);
  });

  test('and its live pods are counted once', () => {
    const owner = '{apiVersion: batch/v1, kind: Job, name: llm-w-0, controller: true, uid: j}';
    const names = [
      'replicatedjob-name: w',
      'replicatedjob-replicas: "1"',
      'global-replicas: "1"',
      'group-name: default',
      'group-replicas: "1"',
      'job-index: "0"',
    ];
    const more = ['job-global-index: "0"', 'job-group-index: "0"', 'restart-attempt: "0"', 'job-key: 0a1b', 'jobset-uid: s', 'jobset-name: llm'];
    const labels = `app: train, ${[...names, ...more].map((l) => `jobset.sigs.k8s.io/${l}`).join(', ')}`;
    const pod = (i: number): string => `
apiVersion: v1
kind: Pod
metadata:
  name: llm-w-0-${i}-abcde
  namespace: ml
  uid: p${i}
  labels: {${labels}, batch.kubernetes.io/job-completion-index: "${i}", batch.kubernetes.io/job-name: llm-w-0, job-name: llm-w-0, batch.kubernetes.io/controller-uid: j, controller-uid: j}
  ownerReferences: [${owner}]
spec: {nodeName: n${i}, containers: [{name: c, image: train}]}
status: {phase: Running, podIP: 10.0.0.${i + 1}}
`;
    const live = `
apiVersion: batch/v1
kind: Job
metadata: {name: llm-w-0, namespace: ml, uid: j, ownerReferences: [{apiVersion: jobset.x-k8s.io/v1alpha2, kind: JobSet, name: llm, controller: true, uid: s}]}
spec: {completionMode: Indexed, parallelism: 2, completions: 2, template: {metadata: {labels: {${labels}}}, spec: {containers: [{name: c, image: train}]}}}
`;
    const { snapshot } = read([set(job('w', 1, 2)).replace('namespace: ml}', 'namespace: ml, uid: s}'), live, pod(0), pod(1)].join('\n---\n'));
    expect(snapshot.workloads.reduce((sum, w) => sum + w.replicas, 0)).toBe(2);
    expect(snapshot.workloads.flatMap((w) => w.ips)).toEqual(['10.0.0.1', '10.0.0.2']);
  });
});

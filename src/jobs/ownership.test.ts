import { describe, expect, test } from 'vitest';
import { loadSnapshot } from '../app/load.ts';
import type { Workload } from '../model/workload.ts';

type Fields = Record<string, unknown>;

const spec: Fields = { containers: [{ name: 'c', image: 'i' }] };

function object(
  apiVersion: string,
  kind: string,
  name: string,
  fields: { readonly owner?: readonly [string, string]; readonly labels?: Fields; readonly spec?: Fields; readonly status?: Fields } = {},
): Fields {
  const ownerReferences = fields.owner === undefined ? [] : [{ apiVersion: 'x/v1', kind: fields.owner[0], name: fields.owner[1], controller: true, uid: 'u' }];
  return {
    apiVersion,
    kind,
    metadata: { name, namespace: 'ns', labels: fields.labels ?? {}, ownerReferences },
    spec: fields.spec ?? { template: { metadata: { labels: { app: 'x' } }, spec } },
    status: fields.status ?? {},
  };
}

function pod(name: string, owner: readonly [string, string] | undefined, labels: Fields = {}, status: Fields = {}, node = 'n1'): Fields {
  return object('v1', 'Pod', name, {
    ...(owner === undefined ? {} : { owner }),
    labels: { app: 'x', ...labels },
    spec: { ...spec, nodeName: node },
    status: { phase: 'Running', ...status },
  });
}

function load(...objects: readonly Fields[]): readonly Workload[] {
  const { snapshot, diagnostics } = loadSnapshot([{ file: 'f', text: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }) }]);
  expect(diagnostics).toEqual([]);
  return snapshot.workloads;
}

const brief = (workloads: readonly Workload[]): readonly string[] => workloads.map((w) => `${w.id} ${w.replicas} ${w.lifecycle} ${w.ips.join(',')}`.trim());

const deployment = object('apps/v1', 'Deployment', 'web');
const replicaSet = object('apps/v1', 'ReplicaSet', 'web-1', { owner: ['Deployment', 'web'] });

describe('what kubectl get shows twice is counted once', () => {
  test('pods win over the templates above them, however many steps', () => {
    const pods = [pod('web-1-b', ['ReplicaSet', 'web-1'], {}, { podIP: '10.0.0.2' }), pod('web-1-a', ['ReplicaSet', 'web-1'], {}, { podIP: '10.0.0.1' })];
    expect(brief(load(deployment, replicaSet, ...pods))).toEqual(['Deployment/ns/web 2 running 10.0.0.1,10.0.0.2']);
    expect(brief(load(...pods, replicaSet, deployment))).toEqual(['Deployment/ns/web 2 running 10.0.0.1,10.0.0.2']);
  });
  test('without pods only the topmost owner counts', () => {
    expect(brief(load(replicaSet, deployment))).toEqual(['Deployment/ns/web 1 running']);
  });
  test('an owner that is not in the input still names its pods', () => {
    expect(brief(load(pod('a', ['ReplicaSet', 'gone']), pod('b', ['ReplicaSet', 'gone'])))).toEqual(['ReplicaSet/ns/gone 2 running']);
    expect(brief(load(replicaSet, pod('a', ['ReplicaSet', 'web-1'])))).toEqual(['ReplicaSet/ns/web-1 1 running']);
  });
  test('a bare pod and a static pod stand for themselves', () => {
    expect(brief(load(pod('a', undefined), pod('etcd-n1', ['Node', 'n1'])))).toEqual(['Pod/ns/a 1 running', 'Pod/ns/etcd-n1 1 running']);
  });
  test('owners in a circle end', () => {
    const a = object('apps/v1', 'ReplicaSet', 'a', { owner: ['ReplicaSet', 'b'] });
    const b = object('apps/v1', 'ReplicaSet', 'b', { owner: ['ReplicaSet', 'a'] });
    expect(load(a, b, pod('p', ['ReplicaSet', 'a'])).length).toBeGreaterThan(0);
  });
  test('only evicted pods: the template will make new ones', () => {
    expect(brief(load(deployment, replicaSet, pod('a', ['ReplicaSet', 'web-1'], {}, { phase: 'Failed' })))).toEqual([
      'Deployment/ns/web 1 running',
      'Deployment/ns/web/2 1 finished',
    ]);
  });
});

describe('pods of one owner that differ', () => {
  test('by labels', () => {
    expect(brief(load(pod('a', ['ReplicaSet', 'r'], { tier: 'Red' }), pod('b', ['ReplicaSet', 'r'], { tier: 'blue' })))).toEqual([
      'ReplicaSet/ns/r/blue 1 running',
      'ReplicaSet/ns/r/red 1 running',
    ]);
  });
  test('by life', () => {
    const owner = ['Job', 'j'] as const;
    expect(brief(load(pod('a', owner), pod('b', owner, {}, { phase: 'Succeeded' }), pod('c', owner, {}, { phase: 'Pending' })))).toEqual([
      'Job/ns/j 1 running',
      'Job/ns/j/finished 1 finished',
      'Job/ns/j/pending 1 pending',
    ]);
  });
  test('only by number: one workload with the numbers as labels', () => {
    const owner = ['StatefulSet', 'db'] as const;
    const numbered = [2, 0, 1].map((i) =>
      pod(`db-${i}`, owner, { 'statefulset.kubernetes.io/pod-name': `db-${i}`, 'apps.kubernetes.io/pod-index': String(i) }, { podIP: `10.0.0.${i}` }),
    );
    const [db, ...others] = load(...numbered);
    expect(others).toEqual([]);
    expect(db).toMatchObject({ id: 'StatefulSet/ns/db', replicas: 3, ips: ['10.0.0.0', '10.0.0.1', '10.0.0.2'] });
    expect(Object.keys(db?.labels ?? {})).toEqual(['app']);
    expect(db?.perPodLabels).toEqual([
      { key: 'apps.kubernetes.io/pod-index', prefix: '', start: 0 },
      { key: 'statefulset.kubernetes.io/pod-name', prefix: 'db-', start: 0 },
    ]);
  });
  test('a gap in the numbers splits the workload, so that every pod keeps its own label', () => {
    const owner = ['StatefulSet', 'db'] as const;
    const workloads = load(...[0, 1, 3].map((i) => pod(`db-${i}`, owner, { 'apps.kubernetes.io/pod-index': String(i) })));
    expect(workloads.map((w) => [w.replicas, w.perPodLabels[0]?.start])).toEqual([
      [2, 0],
      [1, 3],
    ]);
    expect(new Set(workloads.map((w) => w.id)).size).toBe(2);
  });
  test('by node: the workload is nowhere in particular, and ties to one node are dropped', () => {
    const tied = (name: string, node: string): Fields => {
      const nodeAffinity = {
        requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }] },
      };
      return object('v1', 'Pod', name, {
        owner: ['DaemonSet', 'd'],
        spec: { ...spec, nodeName: node, affinity: { nodeAffinity } },
        status: { phase: 'Running' },
      });
    };
    expect(load(tied('a', 'n1'), tied('b', 'n2'))).toMatchObject([{ id: 'DaemonSet/ns/d', replicas: 2, node: null, pod: { nodeAffinity: [] } }]);
    expect(load(tied('a', 'n1'))).toMatchObject([{ node: 'n1', pod: { nodeAffinity: [{}] } }]);
  });
  test('by operator role, and roles without pods keep their template', () => {
    const role = { template: { metadata: {}, spec } };
    const job = object('kubeflow.org/v1', 'PyTorchJob', 'j', { spec: { pytorchReplicaSpecs: { Master: role, Worker: { ...role, replicas: 3 } } } });
    const labels = {
      'training.kubeflow.org/job-name': 'j',
      'training.kubeflow.org/operator-name': 'pytorchjob-controller',
      'training.kubeflow.org/replica-type': 'master',
      'training.kubeflow.org/job-role': 'master',
      'training.kubeflow.org/replica-index': '0',
    };
    expect(brief(load(job, pod('j-master-0', ['PyTorchJob', 'j'], labels, { podIP: '10.0.0.1' })))).toEqual([
      'PyTorchJob/ns/j/master 1 running 10.0.0.1',
      'PyTorchJob/ns/j/worker 3 running',
    ]);
  });
});

test('twenty thousand pods of one owner are one workload', () => {
  const pods = Array.from({ length: 20_000 }, (_, i) => pod(`p-${i}`, ['ReplicaSet', 'r'], {}, {}, `n${i % 50}`));
  expect(load(...pods)).toMatchObject([{ id: 'ReplicaSet/ns/r', replicas: 20_000 }]);
});

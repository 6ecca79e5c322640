import { describe, expect, test } from 'vitest';
import { type Loaded, loadSnapshot } from '../app/load.ts';
import type { Workload } from '../model/workload.ts';

type Fields = Record<string, unknown>;

const spec: Fields = { containers: [{ name: 'c', image: 'i' }] };

function object(
  apiVersion: string,
  kind: string,
  name: string,
  fields: { readonly owner?: readonly [string, string]; readonly labels?: Fields; readonly spec?: Fields; readonly status?: Fields } = {},
): Fields {
  const ownerReferences = fields.owner === undefined ? [] : [{ kind: fields.owner[0], name: fields.owner[1], controller: true }];
  return {
    apiVersion,
    kind,
    metadata: { name, namespace: 'ns', uid: `uid-${name}`, labels: fields.labels ?? {}, ownerReferences },
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

function read(...objects: readonly Fields[]): Loaded {
  return loadSnapshot([{ file: 'f', text: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }) }]);
}

function load(...objects: readonly Fields[]): readonly Workload[] {
  const { snapshot, diagnostics } = read(...objects);
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
  test.each<[string, readonly Fields[], readonly string[]]>([
    [
      'two',
      [object('apps/v1', 'ReplicaSet', 'a', { owner: ['ReplicaSet', 'b'] }), object('apps/v1', 'ReplicaSet', 'b', { owner: ['ReplicaSet', 'a'] })],
      ['a', 'b'],
    ],
    ['one that owns itself', [object('apps/v1', 'ReplicaSet', 'a', { owner: ['ReplicaSet', 'a'] })], ['a']],
  ])('owners in a circle all stay: %s', (_name, objects, names) => {
    const { snapshot, diagnostics } = read(...objects);
    expect(snapshot.workloads.map((w) => w.name)).toEqual(names);
    expect(diagnostics.map((d) => d.code)).toEqual(names.map(() => 'ownership-circle'));
    const below = object('apps/v1', 'ReplicaSet', 'c', { owner: ['ReplicaSet', 'a'], spec: { template: { metadata: { labels: { app: 'y' } }, spec } } });
    // The pod is alike a's template, and stands for it.
    expect(read(...objects, below, pod('p', ['ReplicaSet', 'c'])).snapshot.workloads.map((w) => w.id)).toEqual(
      [...names, 'c'].map((n) => `ReplicaSet/ns/${n}`),
    );
  });
  test('an owner of another group or uid is another object', () => {
    const owned = (reference: Fields): Fields => {
      const set = object('apps/v1', 'ReplicaSet', 'r');
      return { ...set, metadata: { ...(set.metadata as Fields), ownerReferences: [{ kind: 'Deployment', name: 'web', controller: true, ...reference }] } };
    };
    const both = ['Deployment/ns/web 1 running', 'ReplicaSet/ns/r 1 running'];
    expect(brief(load(deployment, owned({ apiVersion: 'apps/v1', uid: 'uid-web' })))).toEqual(both.slice(0, 1));
    expect(brief(load(deployment, owned({ uid: 'another' })))).toEqual(both);
    expect(brief(load(deployment, owned({ apiVersion: 'other/v1' })))).toEqual(both);
  });
  test('only evicted pods: the template will make new ones', () => {
    expect(brief(load(deployment, replicaSet, pod('a', ['ReplicaSet', 'web-1'], {}, { phase: 'Failed' })))).toEqual([
      'Deployment/ns/web 1 running',
      'Deployment/ns/web/2 1 finished',
    ]);
  });
});

describe('a template stays until live pods stand for all of it', () => {
  const template = (labels: Fields, extra: Fields = {}): Fields => ({ template: { metadata: { labels }, spec: { ...spec, ...extra } } });
  const decoyed = (extra: Fields): Fields => object('apps/v1', 'Deployment', 'web', { spec: template({ app: 'x' }, extra) });
  const decoy = pod('decoy', ['Deployment', 'web']);
  const gpu = { containers: [{ name: 'c', image: 'i', resources: { limits: { 'nvidia.com/gpu': 8 } } }] };
  test.each<[string, Fields]>([
    ['the host network', { hostNetwork: true }],
    ['another service account', { serviceAccountName: 'admin' }],
    ['a device', gpu],
    ['a host path', { volumes: [{ name: 'v', hostPath: { path: '/' } }] }],
    ['a port', { containers: [{ name: 'c', image: 'i', ports: [{ name: 'http', containerPort: 80 }] }] }],
    ['a command', { containers: [{ name: 'c', image: 'i', command: ['train'] }] }],
    ['rights', { containers: [{ name: 'c', image: 'i', securityContext: { privileged: true } }] }],
    ['a capability', { containers: [{ name: 'c', image: 'i', securityContext: { capabilities: { add: ['NET_RAW'] } } }] }],
    ['other nodes', { nodeSelector: { a: 'b' } }],
  ])('pods without %s do not stand for a template with it', (_name, extra) => {
    expect(brief(load(decoyed(extra), decoy))).toEqual(['Deployment/ns/web 1 running', 'Deployment/ns/web/template 1 running']);
    expect(brief(load(decoyed({}), decoy))).toEqual(['Deployment/ns/web 1 running']);
  });
  test('what admission adds to pods makes no difference', () => {
    const injected = pod('web-1', ['Deployment', 'web'], { 'pod-template-hash': 'h' });
    const richer = {
      ...injected,
      spec: {
        ...(injected.spec as Fields),
        tolerations: [{ operator: 'Exists' }],
        containers: [...(spec.containers as Fields[]), { name: 'proxy', image: 'p' }],
      },
    };
    expect(brief(load(decoyed({}), richer))).toEqual(['Deployment/ns/web 1 running']);
  });
  test('a pod that no cluster made stands for nothing', () => {
    const { uid: _uid, ...metadata } = decoy.metadata as Fields;
    expect(brief(load(decoyed({}), { ...decoy, metadata }))).toEqual(['Deployment/ns/web 1 running', 'Deployment/ns/web/template 1 running']);
  });
  test('pods that are missing are still to come', () => {
    const three = object('apps/v1', 'Deployment', 'web', { spec: { ...template({ app: 'x' }), replicas: 3 } });
    expect(brief(load(three, decoy))).toEqual(['Deployment/ns/web 1 running', 'Deployment/ns/web/template 2 running']);
    const set = object('apps/v1', 'StatefulSet', 'db', { spec: { ...template({ app: 'x' }), replicas: 3 } });
    const [, rest] = load(set, pod('db-0', ['StatefulSet', 'db'], { 'apps.kubernetes.io/pod-index': '0' }));
    expect(rest).toMatchObject({ id: 'StatefulSet/ns/db/template', replicas: 3, perPodLabels: [{ start: 0 }, { start: 0 }] });
  });
  test('finished pods of a job are done, and those of a Deployment are made again', () => {
    const job = object('batch/v1', 'Job', 'j', { spec: { ...template({ app: 'x' }), parallelism: 2 } });
    const labels = { 'batch.kubernetes.io/job-name': 'j', 'job-name': 'j', 'batch.kubernetes.io/controller-uid': 'uid-j', 'controller-uid': 'uid-j' };
    const done = pod('a', ['Job', 'j'], labels, { phase: 'Succeeded' });
    expect(brief(load(job, done, pod('b', ['Job', 'j'], labels)))).toEqual(['Job/ns/j 1 running', 'Job/ns/j/finished 1 finished']);
    const two = object('apps/v1', 'Deployment', 'web', { spec: { ...template({ app: 'x' }), replicas: 2 } });
    expect(brief(load(two, decoy, pod('b', ['Deployment', 'web'], {}, { phase: 'Failed' })))).toContain('Deployment/ns/web/template 1 running');
  });
  test('a controlled template that says more than its controller’s stays', () => {
    const set = (extra: Fields, replicas = 1): Fields =>
      object('apps/v1', 'ReplicaSet', 'r', { owner: ['Deployment', 'web'], spec: { ...template({ app: 'x', hash: 'h' }, extra), replicas } });
    const both = ['Deployment/ns/web 1 running', 'ReplicaSet/ns/r 1 running'];
    expect(brief(load(decoyed({}), set({})))).toEqual(both.slice(0, 1));
    expect(brief(load(decoyed({}), set({ hostNetwork: true })))).toEqual(both);
    // Old ReplicaSets of a Deployment ask for no pods.
    expect(brief(load(decoyed({}), set({ hostNetwork: true }, 0)))).toEqual(both.slice(0, 1));
    // During a rollout the old pods are there, and stand for their own template.
    const old = pod('r-1', ['ReplicaSet', 'r'], { hash: 'h' });
    expect(brief(load(decoyed({ serviceAccountName: 'new' }), set({}), old))).toEqual(['Deployment/ns/web 1 running', 'Deployment/ns/web/template 1 running']);
  });
});

describe('pods of one owner that differ', () => {
  test('by labels', () => {
    expect(brief(load(pod('a', ['ReplicaSet', 'r'], { tier: 'Red' }), pod('b', ['ReplicaSet', 'r'], { tier: 'blue' })))).toEqual([
      'ReplicaSet/ns/r/blue 1 running',
      'ReplicaSet/ns/r/red 1 running',
    ]);
  });
  test('by a label that one of them lacks', () => {
    const owner: readonly [string, string] = ['ReplicaSet', 'gone'];
    const roles = load(pod('a', owner, { 'example.com/tier': 'front' }), pod('b', owner)).map((w) => w.role);
    expect([...roles].sort()).toEqual(['front', 'without-tier']);
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
    const master = pod('j-master-0', ['PyTorchJob', 'j'], labels, { podIP: '10.0.0.1' });
    const ports = [{ name: 'pytorchjob-port', containerPort: 23456 }];
    const listening = { ...master, spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'i', ports }] } };
    expect(brief(load(job, listening))).toEqual(['PyTorchJob/ns/j/master 1 running 10.0.0.1', 'PyTorchJob/ns/j/worker 3 running']);
  });
});

test('twenty thousand pods of one owner are one workload', () => {
  const pods = Array.from({ length: 20_000 }, (_, i) => pod(`p-${i}`, ['ReplicaSet', 'r'], {}, {}, `n${i % 50}`));
  expect(load(...pods)).toMatchObject([{ id: 'ReplicaSet/ns/r', replicas: 20_000 }]);
});

test('long chains of owners, and pods of one owner with a label key each, take no time worth telling', () => {
  const chain = Array.from({ length: 5_000 }, (_, i) => object('apps/v1', 'ReplicaSet', `r${i}`, { owner: ['ReplicaSet', `r${i + 1}`] }));
  expect(load(...chain).map((w) => w.name)).toEqual(['r4999']);
  const pods = Array.from({ length: 3_000 }, (_, i) => pod(`p${i}`, ['ReplicaSet', 'r'], { [`k${i}`]: 'v' }));
  const workloads = load(...pods);
  expect(new Set(workloads.map((w) => w.id)).size).toBe(3_000);
  expect(Math.max(...workloads.map((w) => w.role?.length ?? 0))).toBeLessThan(110);
});

import { parseZone } from '../../src/spec/parse.ts';
import type { TrainingZone } from '../../src/spec/zone.ts';

const fabric = {
  infiniband: { partition: { pkey: '0x0020' }, hosts: { ports: [{ host: 'gpu-1', guid: '0x98039b0300001011' }] }, resource: 'nvidia.com/ib' },
  roce: { rails: [{ name: 'rail-0', resource: 'openshift.io/rail0', vlan: 100 }] },
  gke: { networks: ['rail-0'] },
};
const perJob = (name: string, jobLabel: string): unknown => ({ name, selector: { app: name }, peers: 'same-job', jobs: ['llm'], jobLabel });

/** A zone with everything that admission can be asked for; with another first workload it has no others. */
export function zoneOf(more: Readonly<Record<string, unknown>> = {}, workload?: Readonly<Record<string, unknown>>): TrainingZone {
  const others = [perJob('set', 'jobset.sigs.k8s.io/jobset-name'), perJob('groups', 'leaderworkerset.sigs.k8s.io/name')];
  const spec = {
    platform: { cni: 'kubernetes' },
    namespace: { name: 'ml' },
    nodes: { labels: { pool: 'gpu', rdma: 'yes' }, taint: 'role=training:NoSchedule' },
    workloads: [
      { name: 'w', selector: { app: 'train' }, collectives: { transport: 'infiniband' }, peers: 'same-job', jobs: ['llm'], ...workload },
      ...(workload === undefined ? others : []),
    ],
    admission: { images: 'by-digest' },
    fabric,
    ...more,
  };
  const parsed = parseZone(JSON.stringify({ apiVersion: 'ringfence.dev/v1alpha1', kind: 'TrainingZone', metadata: { name: 'z' }, spec }), 'z.yaml');
  if (!parsed.ok) throw new Error(parsed.diagnostics.map((d) => d.message).join('\n'));
  return parsed.value.zone;
}

/** How a pod comes: newly, or in place of `old`; and who asks. */
export interface Request {
  readonly operation?: 'CREATE' | 'UPDATE';
  readonly old?: unknown;
  readonly groups?: readonly string[];
  /** Left out: the pod itself. */
  readonly subresource?: 'status';
}

const digest = 'r/i@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef';
const pinned = {
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [
          {
            matchExpressions: [
              { key: 'pool', operator: 'In', values: ['gpu'] },
              { key: 'rdma', operator: 'In', values: ['yes'] },
            ],
          },
        ],
      },
    },
  },
};

/** A pod as the pack's fragment makes it: every rule lets it pass. */
export function pod(spec: Readonly<Record<string, unknown>> = {}, metadata: Readonly<Record<string, unknown>> = {}): unknown {
  return {
    metadata: { name: 'p', namespace: 'ml', labels: { app: 'train' }, ...metadata },
    spec: {
      containers: [
        {
          name: 'trainer',
          image: digest,
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'], add: ['IPC_LOCK'] } },
          ports: [{ containerPort: 1 }],
        },
      ],
      tolerations: [{ key: 'role', operator: 'Equal', value: 'training', effect: 'NoSchedule' }],
      ...pinned,
      ...spec,
    },
  };
}

/** Groups of who asks: a controller, and a service account of the zone's own namespace. */
export const controller = ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'];
export const ownAccount = ['system:serviceaccounts', 'system:serviceaccounts:ml', 'system:authenticated'];

const container = (more: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => ({ name: 'c', image: digest, ...more });
export const ownedBy = (apiVersion: string, kind: string, name: string, controller: boolean | null = true): Readonly<Record<string, unknown>> => ({
  ownerReferences: [{ apiVersion, kind, name, uid: 'u', ...(controller === null ? {} : { controller }) }],
});
/** What the training operator makes of a job. */
export const owned = (name: string, controller: boolean | null = true): Readonly<Record<string, unknown>> => ({
  labels: { app: 'train', 'training.kubeflow.org/job-name': 'llm' },
  ...ownedBy('kubeflow.org/v1', 'PyTorchJob', name, controller),
});
const byJob = (apiVersion: string, kind: string, name: string): unknown => pod({}, { ...owned('llm'), ...ownedBy(apiVersion, kind, name) });
const inSet = (name: string, labels: Readonly<Record<string, string>>): unknown =>
  pod({}, { labels: { 'jobset.sigs.k8s.io/jobset-name': 'llm', ...labels }, ...ownedBy('batch/v1', 'Job', name) });
const ofSet = { 'jobset.sigs.k8s.io/replicatedjob-name': 'worker', 'jobset.sigs.k8s.io/job-index': '0' };
const inGroup = (name: string, owner = 'StatefulSet'): unknown =>
  pod({}, { labels: { 'leaderworkerset.sigs.k8s.io/name': 'llm', 'leaderworkerset.sigs.k8s.io/group-index': '1' }, ...ownedBy('apps/v1', owner, name) });
const asks = (key: string, value: string): unknown => pod({}, { annotations: { [key]: value } });
const multus = (value: string): unknown => asks('k8s.v1.cni.cncf.io/networks', value);
const terms = (...all: readonly (readonly unknown[])[]): Readonly<Record<string, unknown>> => ({
  affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: all.map((matchExpressions) => ({ matchExpressions })) } } },
});
const pool = (...values: readonly string[]): unknown => ({ key: 'pool', operator: 'In', values });
const rdma = { key: 'rdma', operator: 'In', values: ['yes'] };

export type Row = readonly [rule: string, title: string, object: unknown, passes: boolean, request?: Request];

/** Pods of the zone's namespace. */
export const training: readonly Row[] = [
  ['host-namespaces', 'its own network', pod({ hostNetwork: false }), true],
  ['host-namespaces', 'the network of its node', pod({ hostNetwork: true }), false],
  ['host-namespaces', 'the processes of its node', pod({ hostPID: true }), false],
  ['host-namespaces', 'the memory of its node', pod({ hostIPC: true }), false],
  ['host-namespaces', 'an old pod that has it is let go', pod({ hostNetwork: true }), true, { operation: 'UPDATE', old: pod({ hostNetwork: true }) }],
  ['host-paths', 'other volumes', pod({ volumes: [{ name: 'v', emptyDir: {} }] }), true],
  [
    'host-paths',
    'a path of its node',
    pod({
      volumes: [
        { name: 'v', emptyDir: {} },
        { name: 'i', hostPath: { path: '/dev/infiniband' } },
      ],
    }),
    false,
  ],
  ['host-ports', 'port 0 is none', pod({ containers: [container({ ports: [{ containerPort: 1, hostPort: 0 }] })] }), true],
  ['host-ports', 'a port of its node', pod({ containers: [container({ ports: [{ containerPort: 1, hostPort: 80 }] })] }), false],
  ['host-ports', 'in an init container', pod({ initContainers: [container({ ports: [{ containerPort: 1, hostPort: 80 }] })] }), false],
  ['privilege', 'privileged', pod({ containers: [container({ securityContext: { privileged: true } })] }), false],
  ['privilege', 'an init container', pod({ initContainers: [container({ securityContext: { privileged: true } })] }), false],
  ['privilege', 'not privileged', pod({ containers: [container({ securityContext: { privileged: false } })] }), true],
  [
    'privilege',
    'a privileged debug container that comes later',
    pod({ ephemeralContainers: [container({ securityContext: { privileged: true } })] }),
    false,
    { operation: 'UPDATE', old: pod() },
  ],
  [
    'privilege',
    'an old pod that is privileged is let go',
    pod({ containers: [container({ securityContext: { privileged: true } })] }),
    true,
    { operation: 'UPDATE', old: pod({ containers: [container({ securityContext: { privileged: true } })] }) },
  ],
  ['capabilities', 'IPC_LOCK', pod(), true],
  ['capabilities', 'none', pod({ containers: [container({})] }), true],
  ['capabilities', 'one more', pod({ containers: [container({ securityContext: { capabilities: { add: ['IPC_LOCK', 'NET_ADMIN'] } } })] }), false],
  ['capabilities', 'all', pod({ containers: [container({ securityContext: { capabilities: { add: ['ALL'] } } })] }), false],
  [
    'capabilities',
    'in a debug container',
    pod({ ephemeralContainers: [container({ securityContext: { capabilities: { add: ['SYS_PTRACE'] } } })] }),
    false,
    { operation: 'UPDATE', old: pod() },
  ],
  ['pool', 'by affinity', pod(), true],
  ['pool', 'by selector', pod({ affinity: {}, nodeSelector: { pool: 'gpu', rdma: 'yes' } }), true],
  ['pool', 'one label by selector, one by affinity', pod({ ...terms([rdma]), nodeSelector: { pool: 'gpu' } }), true],
  ['pool', 'nothing', pod({ affinity: {} }), false],
  ['pool', 'another value', pod({ affinity: {}, nodeSelector: { pool: 'cpu', rdma: 'yes' } }), false],
  ['pool', 'one label of two', pod({ affinity: {}, nodeSelector: { pool: 'gpu' } }), false],
  ['pool', 'several values', pod(terms([pool('gpu', 'cpu'), rdma])), false],
  ['pool', 'one term of two', pod(terms([pool('gpu'), rdma], [rdma])), false],
  ['pool', 'every term', pod(terms([pool('gpu'), rdma, { key: 'zone', operator: 'Exists' }], [rdma, pool('gpu')])), true],
  [
    'pool',
    'by its name alone',
    pod({
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n'] }] }] },
        },
      },
    }),
    false,
  ],
  [
    'pool',
    'a preference',
    pod({
      affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: { matchExpressions: [pool('gpu'), rdma] } }] } },
    }),
    false,
  ],
  ['node-name', 'its own node', pod({ nodeName: 'gpu-1' }), false],
  ['node-name', 'when it has been placed', pod({ nodeName: 'gpu-1' }), true, { operation: 'UPDATE', old: pod({ nodeName: 'gpu-1' }) }],
  ['labels-stay', 'on creation', pod(), true],
  ['labels-stay', 'as they were', pod(), true, { operation: 'UPDATE', old: pod() }],
  ['labels-stay', 'another label', pod({}, { labels: { app: 'train', x: 'y' } }), true, { operation: 'UPDATE', old: pod() }],
  ['labels-stay', 'becomes a training pod', pod(), false, { operation: 'UPDATE', old: pod({}, { labels: {} }) }],
  ['labels-stay', 'is one no more', pod({}, { labels: undefined }), false, { operation: 'UPDATE', old: pod() }],
  [
    'labels-stay',
    'joins another job',
    pod({}, { labels: { app: 'train', 'training.kubeflow.org/job-name': 'other' } }),
    false,
    { operation: 'UPDATE', old: pod({}, owned('llm')) },
  ],
  [
    'labels-stay',
    'joins another job by its status',
    pod({}, { labels: { app: 'train', 'training.kubeflow.org/job-name': 'other' } }),
    false,
    { operation: 'UPDATE', old: pod(), subresource: 'status' },
  ],
  ['job-owner', 'no label of a job', pod(), true],
  ['job-owner', 'of its job, by its operator', pod({}, owned('llm')), true, { groups: controller }],
  ['job-owner', 'of its job, by whoever writes such an owner', pod({}, owned('llm')), false],
  ['job-owner', 'of its job, by an account of its own namespace', pod({}, owned('llm')), false, { groups: ownAccount }],
  ['job-owner', 'a bare pod', pod({}, { labels: { 'training.kubeflow.org/job-name': 'llm' } }), false, { groups: controller }],
  ['job-owner', 'of another job', pod({}, owned('eval')), false, { groups: controller }],
  ['job-owner', 'of a job that begins alike', pod({}, owned('llmx')), false, { groups: controller }],
  ['job-owner', 'of a job that is called as if it were a part', pod({}, owned('llm-evil')), false, { groups: controller }],
  ['job-owner', 'of a Job of the same name', byJob('batch/v1', 'Job', 'llm'), false, { groups: controller }],
  ['job-owner', 'of a Job that is called as if it were a part', byJob('batch/v1', 'Job', 'llm-evil'), false, { groups: controller }],
  ['job-owner', 'of the Job of its launcher', byJob('batch/v1', 'Job', 'llm-launcher'), true, { groups: controller }],
  ['job-owner', 'of such a kind of another group', byJob('example.com/v1', 'PyTorchJob', 'llm'), false, { groups: controller }],
  ['job-owner', 'owned but not controlled', pod({}, owned('llm', false)), false, { groups: controller }],
  [
    'job-owner',
    'owned, nobody says whether controlled',
    pod({}, { ...owned('llm'), ...ownedBy('kubeflow.org/v1', 'PyTorchJob', 'llm', null) }),
    false,
    { groups: controller },
  ],
  ['job-owner', 'of a Job of its JobSet', inSet('llm-worker-0', ofSet), true, { groups: controller }],
  ['job-owner', 'of a Job of another of its numbers', inSet('llm-worker-1', ofSet), false, { groups: controller }],
  ['job-owner', 'of a Job with the name of its JobSet', inSet('llm', ofSet), false, { groups: controller }],
  ['job-owner', 'of a Job that begins as its JobSet', inSet('llm-evil', {}), false, { groups: controller }],
  ['job-owner', 'of its LeaderWorkerSet’s leaders', inGroup('llm'), true, { groups: controller }],
  ['job-owner', 'of its group', inGroup('llm-1'), true, { groups: controller }],
  ['job-owner', 'of another group', inGroup('llm-2'), false, { groups: controller }],
  ['job-owner', 'of a Deployment of the same name', inGroup('llm', 'Deployment'), false, { groups: controller }],
  ['own-networks', 'none', pod(), true],
  ['own-networks', 'of its namespace', multus('rail-0'), true],
  ['own-networks', 'of its namespace, by name', multus(' ml/rail-0@eth1, rail-1'), true],
  ['own-networks', 'of another', multus('production/prod-ib'), false],
  ['own-networks', 'second of two', multus('rail-0, production/prod-ib'), false],
  ['own-networks', 'of a namespace that ends alike', multus('xml/net'), false],
  ['own-networks', 'as JSON', multus('[{"name": "rail-0", "ips": ["10.0.0.1/24"]}]'), true],
  ['own-networks', 'as JSON, of its namespace', multus('[{"name": "rail-0", "namespace": "ml"}, {"name": "b", "namespace" : "ml"}]'), true],
  ['own-networks', 'as an object', multus('{"name": "prod-ib", "namespace": "production"}'), false],
  ['own-networks', 'as JSON, second', multus('[{"name": "rail-0", "namespace": "ml"}, {"name": "prod-ib", "namespace": "production"}]'), false],
  ['own-networks', 'as JSON, of another', multus('[{"name": "rail-0"}, {"name": "prod-ib", "namespace": "production"}]'), false],
  ['own-networks', 'as JSON, of one that begins alike', multus('[{"name": "prod-ib", "namespace": "mlx"}]'), false],
  ['own-networks', 'as JSON, of one that it begins as', multus('[{"name": "prod-ib", "namespace": "m"}]'), false],
  ['own-networks', 'as JSON, in other letters', multus('[{"name": "prod-ib", "NameSpace": "production"}]'), false],
  ['own-networks', 'as JSON, in letters that Go folds', multus('[{"name": "prod-ib", "name\u017fpace": "production"}]'), false],
  ['own-networks', 'as JSON with escapes', multus('[{"name": "prod-ib", "n\\u0061mespace": "production"}]'), false],
  ['own-networks', 'as the main one', asks('v1.multus-cni.io/default-network', 'kube-system/flat'), false],
  ['own-networks', 'later', multus('production/prod-ib'), false, { operation: 'UPDATE', old: pod() }],
  ['own-networks', 'an old pod is let go', multus('production/prod-ib'), true, { operation: 'UPDATE', old: multus('production/prod-ib') }],
  ['images', 'by digest', pod(), true],
  ['images', 'by tag', pod({ containers: [container({ image: 'r/i:v1' })] }), false],
  ['images', 'by tag and digest', pod({ containers: [container({ image: `r/i:v1${digest.slice(3)}` })] }), true],
  ['images', 'an init container by tag', pod({ initContainers: [container({ image: 'r/i' })] }), false],
  [
    'images',
    'exchanged later',
    pod({ containers: [container({ image: 'r/i:v2' })] }),
    false,
    { operation: 'UPDATE', old: pod({ containers: [container({})] }) },
  ],
];

export const bare = (spec: Readonly<Record<string, unknown>> = {}, annotations?: Readonly<Record<string, string>>): unknown => ({
  metadata: { name: 'x', namespace: 'prod', ...(annotations === undefined ? {} : { annotations }) },
  spec: { containers: [{ name: 'c', image: 'i' }], ...spec },
});
export const tolerating = (...tolerations: readonly unknown[]): unknown => bare({ tolerations });
const networks = (text: string): unknown => bare({}, { 'k8s.v1.cni.cncf.io/networks': text });

const gated = (text: string): unknown => bare({ schedulingGates: [{ name: 'example.com/later' }] }, { 'k8s.v1.cni.cncf.io/networks': text });

const gke = (network: string): unknown =>
  bare({}, { 'networking.gke.io/interfaces': `[{"interfaceName": "eth0", "network": "default"}, {"interfaceName": "eth1", "network": "${network}"}]` });

/** Pods of other namespaces. */
export const elsewhere: readonly Row[] = [
  ['taint', 'none', bare(), true],
  ['taint', 'what every pod gets', tolerating({ key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }), true],
  ['taint', 'by value', tolerating({ key: 'role', operator: 'Equal', value: 'training', effect: 'NoSchedule' }), false],
  ['taint', 'Equal is meant', tolerating({ key: 'role', value: 'training' }), false],
  ['taint', 'by key', tolerating({ key: 'role', operator: 'Exists' }), false],
  ['taint', 'every taint', tolerating({ operator: 'Exists' }), false],
  ['taint', 'every taint, with an empty key', tolerating({ key: '', operator: 'Exists', effect: '' }), false],
  ['taint', 'every taint of this effect', tolerating({ operator: 'Exists', effect: 'NoSchedule' }), false],
  ['taint', 'every taint of another effect', tolerating({ operator: 'Exists', effect: 'NoExecute' }), true],
  ['taint', 'another value', tolerating({ key: 'role', value: 'other' }), true],
  ['taint', 'no value', tolerating({ key: 'role' }), true],
  ['taint', 'another key', tolerating({ key: 'sku', operator: 'Exists' }), true],
  ['taint', 'by number', tolerating({ key: 'role', operator: 'Gt', value: '1' }), false],
  ['taint', 'second of two', tolerating({ key: 'sku', operator: 'Exists' }, { operator: 'Exists' }), false],
  ['taint', 'for a while', tolerating({ operator: 'Exists', tolerationSeconds: 5 }), false],
  ['taint', 'added later', tolerating({ operator: 'Exists' }), false, { operation: 'UPDATE', old: bare() }],
  ['taint', 'an old pod that tolerates is let go', tolerating({ operator: 'Exists' }), true, { operation: 'UPDATE', old: tolerating({ operator: 'Exists' }) }],
  ['node-name-elsewhere', 'placed by the scheduler', bare(), true],
  ['node-name-elsewhere', 'placed by name', bare({ nodeName: 'gpu-1' }), false],
  [
    'node-name-elsewhere',
    'the mirror of a static pod',
    bare({ nodeName: 'gpu-1' }, { 'kubernetes.io/config.mirror': 'h' }),
    true,
    { groups: ['system:nodes', 'system:authenticated'] },
  ],
  ['node-name-elsewhere', 'what says so and is none', bare({ nodeName: 'gpu-1' }, { 'kubernetes.io/config.mirror': 'h' }), false],
  ['node-name-elsewhere', 'a node that makes another pod', bare({ nodeName: 'gpu-1' }), false, { groups: ['system:nodes'] }],
  ['node-name-elsewhere', 'when it has been placed', bare({ nodeName: 'gpu-1' }), true, { operation: 'UPDATE', old: bare({ nodeName: 'gpu-1' }) }],
  ['scheduler-elsewhere', 'none named', bare(), true],
  ['scheduler-elsewhere', 'the default one', bare({ schedulerName: 'default-scheduler' }), true],
  ['scheduler-elsewhere', 'another', bare({ schedulerName: 'my-sched' }), false],
  ['gke-interfaces', 'none', bare(), true],
  ['gke-interfaces', 'others', gke('rail-00'), true],
  ['gke-interfaces', 'of the zone', gke('rail-0'), false],
  ['gke-interfaces', 'of the zone, with escapes', gke('rail\\u002d0'), false],
  ['gke-interfaces', 'of the zone, later', gke('rail-0'), false, { operation: 'UPDATE', old: gke('other') }],
  ['networks', 'none', bare({}, { a: 'ml' }), true],
  ['networks', 'its own', networks('rdma-net'), true],
  ['networks', 'of the zone', networks('ml/rdma-net'), false],
  ['networks', 'second of two', networks('a,ml/rdma-net@eth1'), false],
  ['networks', 'as JSON', networks('[{"name": "rdma-net", "namespace": "ml"}]'), false],
  ['networks', 'as JSON with escapes', networks('[{"name": "rdma-net", "namespace": "\\u006dl"}]'), false],
  ['networks', 'of a namespace that is called nearly so', networks('ml-dev/rdma-net,xml/net'), true],
  ['networks', 'of the zone, of a pod that is there', networks('ml/rdma-net'), false, { operation: 'UPDATE', old: bare() }],
  ['networks', 'of the zone, of a pod that waits for its gate', gated('ml/rdma-net'), false, { operation: 'UPDATE', old: gated('rdma-net') }],
  ['networks', 'of the zone, by its status', networks('ml/rdma-net'), false, { operation: 'UPDATE', old: networks('rdma-net'), subresource: 'status' }],
  ['networks', 'one more of the zone', networks('ml/rdma-net,ml/b'), false, { operation: 'UPDATE', old: networks('ml/rdma-net') }],
  ['networks', 'an old pod that has one is let go', networks('ml/rdma-net'), true, { operation: 'UPDATE', old: networks('ml/rdma-net') }],
  ['networks', 'its own, later', networks('rdma-net'), true, { operation: 'UPDATE', old: networks('ml/rdma-net') }],
  ['networks', 'as the main one, later', bare({}, { 'v1.multus-cni.io/default-network': 'ml/net' }), false, { operation: 'UPDATE', old: bare() }],
  ['networks', 'as the main one', bare({}, { 'v1.multus-cni.io/default-network': 'ml/net' }), false],
];

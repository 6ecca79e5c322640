import { parseZone } from '../../src/spec/parse.ts';
import type { TrainingZone } from '../../src/spec/zone.ts';

/** A zone with everything that admission can be asked for. */
export function zoneOf(more: Readonly<Record<string, unknown>> = {}, workload: Readonly<Record<string, unknown>> = {}): TrainingZone {
  const spec = {
    platform: { cni: 'kubernetes' },
    namespace: { name: 'ml' },
    nodes: { labels: { pool: 'gpu', rdma: 'yes' }, taint: 'role=training:NoSchedule' },
    workloads: [{ name: 'w', selector: { app: 'train' }, collectives: { transport: 'infiniband' }, peers: 'same-job', jobs: ['llm'], ...workload }],
    admission: { images: 'by-digest' },
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

const container = (more: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => ({ name: 'c', image: digest, ...more });
export const owned = (name: string, controller: boolean | undefined = true): Readonly<Record<string, unknown>> => ({
  labels: { app: 'train', 'training.kubeflow.org/job-name': 'llm' },
  ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name, uid: 'u', ...(controller === undefined ? {} : { controller }) }],
});
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
  ['job-owner', 'its job', pod({}, owned('llm')), true],
  ['job-owner', 'what its job made', pod({}, owned('llm-worker')), true],
  ['job-owner', 'a bare pod', pod({}, { labels: { 'training.kubeflow.org/job-name': 'llm' } }), false],
  ['job-owner', 'of another job', pod({}, owned('eval')), false],
  ['job-owner', 'of a job that begins alike', pod({}, owned('llmx')), false],
  ['job-owner', 'owned but not controlled', pod({}, owned('llm', false)), false],
  [
    'job-owner',
    'owned, nobody says whether controlled',
    pod({}, { labels: { 'training.kubeflow.org/job-name': 'llm' }, ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'llm', uid: 'u' }] }),
    false,
  ],
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

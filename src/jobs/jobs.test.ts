import { describe, expect, test } from 'vitest';
import { loadSnapshot } from '../app/load.ts';
import { pathText } from '../kernel/reader.ts';
import type { Workload } from '../model/workload.ts';

function load(text: string): { readonly workloads: readonly Workload[]; readonly faults: readonly string[] } {
  const { snapshot, diagnostics } = loadSnapshot([{ file: 'f', text }]);
  return { workloads: snapshot.workloads, faults: diagnostics.map((d) => `${d.code} ${d.origin === null ? '' : pathText(d.origin.path)}`) };
}

function one(text: string): Workload {
  const { workloads, faults } = load(text);
  expect(faults).toEqual([]);
  expect(workloads).toHaveLength(1);
  return workloads[0] as Workload;
}

const template = 'template: {metadata: {labels: {app: x}}, spec: {containers: [{name: c, image: i}]}}';
const pod = (spec: string, metadata = '', status = ''): string =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: ns${metadata}}\nspec: {containers: [{name: c, image: i}]${spec}}\n${status}`;
/** What only a cluster sets. */
const live = ', uid: u';
const container = (fields: string): string => `apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: i, ${fields}}]}\n`;

describe('controllers', () => {
  test.each<[string, string, Partial<Workload>]>([
    [
      'Deployment',
      `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a, labels: {owner: only}}\nspec: {${template}}`,
      { id: 'Deployment/default/a', replicas: 1, labels: { app: 'x' }, role: null, lifecycle: 'running' },
    ],
    ['no replicas', `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {replicas: 0, ${template}}`, { replicas: 0 }],
    [
      'as many replicas as the API takes',
      `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {replicas: 2147483647, ${template}}`,
      { replicas: 2147483647 },
    ],
    [
      'ReplicationController',
      `apiVersion: v1\nkind: ReplicationController\nmetadata: {name: a}\nspec: {replicas: 2, ${template}}`,
      { id: 'ReplicationController/default/a', replicas: 2 },
    ],
    ['DaemonSet, nodes unknown', `apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: a}\nspec: {${template}}`, { replicas: 2 }],
    [
      'DaemonSet, nodes known',
      `apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: a, uid: u}\nspec: {${template}}\nstatus: {desiredNumberScheduled: 7}`,
      { replicas: 7 },
    ],
    [
      'StatefulSet',
      `apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: a}\nspec: {replicas: 3, ordinals: {start: 5}, ${template}}`,
      {
        replicas: 3,
        perPodLabels: [
          { key: 'statefulset.kubernetes.io/pod-name', prefix: 'a-', start: 5 },
          { key: 'apps.kubernetes.io/pod-index', prefix: '', start: 5 },
        ],
      },
    ],
    [
      'Job',
      `apiVersion: batch/v1\nkind: Job\nmetadata: {name: a, uid: u}\nspec: {parallelism: 4, completions: 2, ${template}}`,
      {
        replicas: 2,
        labels: { app: 'x', 'batch.kubernetes.io/job-name': 'a', 'job-name': 'a', 'batch.kubernetes.io/controller-uid': 'u', 'controller-uid': 'u' },
      },
    ],
    [
      'Indexed Job',
      `apiVersion: batch/v1\nkind: Job\nmetadata: {name: a}\nspec: {parallelism: 2, completions: 8, completionMode: Indexed, ${template}}`,
      { replicas: 8, perPodLabels: [{ key: 'batch.kubernetes.io/job-completion-index', prefix: '', start: 0 }] },
    ],
    [
      'a Job that is over',
      `apiVersion: batch/v1\nkind: Job\nmetadata: {name: a, uid: u}\nspec: {${template}}\nstatus: {conditions: [{type: Complete, status: "True"}]}`,
      { lifecycle: 'finished' },
    ],
    [
      'CronJob',
      `apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: a}\nspec: {jobTemplate: {spec: {parallelism: 2, ${template}}}}`,
      { id: 'CronJob/default/a', replicas: 2, labels: { app: 'x' } },
    ],
  ])('%s', (_name, text, expected) => {
    expect(one(text)).toMatchObject(expected);
  });

  test('a PyTorchJob makes masters and workers, each with the store port', () => {
    const { workloads, faults } = load(
      `apiVersion: kubeflow.org/v1\nkind: PyTorchJob\nmetadata: {name: j, namespace: ml}\nspec: {pytorchReplicaSpecs: {Master: {${template}}, Worker: {replicas: 7, ${template}}}}`,
    );
    expect(faults).toEqual([]);
    expect(workloads).toMatchObject([
      {
        id: 'PyTorchJob/ml/j/master',
        role: 'master',
        replicas: 1,
        labels: { 'training.kubeflow.org/job-name': 'j', 'training.kubeflow.org/replica-type': 'master', 'training.kubeflow.org/job-role': 'master' },
      },
      { id: 'PyTorchJob/ml/j/worker', role: 'worker', replicas: 7, perPodLabels: [{ key: 'training.kubeflow.org/replica-index', prefix: '', start: 0 }] },
    ]);
    expect(workloads.map((w) => w.ports)).toEqual(Array(2).fill([{ name: 'pytorchjob-port', port: 23456, protocol: 'TCP', hostPort: null }]));
    expect(workloads[1]?.labels).not.toHaveProperty('training.kubeflow.org/job-role');
  });
});

describe('pods', () => {
  test.each<[string, string, Partial<Workload>]>([
    ['a template', pod(''), { lifecycle: 'running', ips: [], serviceAccount: 'default', hostNetwork: false, node: null }],
    [
      'running',
      pod(', nodeName: n1', '', 'status: {phase: Running, hostIP: 1.1.1.1, podIP: 10.0.0.1, podIPs: [{ip: 10.0.0.1}, {ip: "fd00::1"}]}'),
      { lifecycle: 'running', ips: ['10.0.0.1', 'fd00::1'], node: 'n1' },
    ],
    ['only podIP', pod('', '', 'status: {phase: Running, hostIP: 1.1.1.1, podIP: 10.0.0.1}'), { ips: ['10.0.0.1'], node: '1.1.1.1' }],
    ['pending', pod('', '', 'status: {phase: Pending}'), { lifecycle: 'pending' }],
    ['pending with an address', pod('', '', 'status: {phase: Pending, podIP: 10.0.0.1}'), { lifecycle: 'running' }],
    ['succeeded', pod(', nodeName: n1', live, 'status: {phase: Succeeded}'), { lifecycle: 'finished' }],
    ['evicted', pod(', nodeName: n1', live, 'status: {phase: Failed, reason: Evicted}'), { lifecycle: 'finished' }],
    ['terminating', pod('', `${live}, deletionTimestamp: "2026-01-01T00:00:00Z"`, 'status: {phase: Running}'), { lifecycle: 'terminating' }],
    [
      'failed and being deleted',
      pod(', nodeName: n1', `${live}, deletionTimestamp: "2026-01-01T00:00:00Z"`, 'status: {phase: Failed}'),
      { lifecycle: 'finished' },
    ],
    ['the old name of the service account', pod(', serviceAccount: sa'), { serviceAccount: 'sa' }],
  ])('%s', (_name, text, expected) => {
    expect(one(text)).toMatchObject(expected);
  });

  test.each<[string, string, string]>([
    ['succeeded', pod(', nodeName: n1', '', 'status: {phase: Succeeded}'), 'status.phase'],
    ['failed', pod(', nodeName: n1', '', 'status: {phase: Failed}'), 'status.phase'],
    ['succeeded on no node', pod('', live, 'status: {phase: Succeeded}'), 'status.phase'],
    ['deleted', pod('', ', deletionTimestamp: "2026-01-01T00:00:00Z"'), 'metadata.deletionTimestamp'],
    [
      'a complete Job',
      `apiVersion: batch/v1\nkind: Job\nmetadata: {name: a}\nspec: {${template}}\nstatus: {conditions: [{type: Complete, status: "True"}]}`,
      'status.conditions[0]',
    ],
    [
      'a succeeded PyTorchJob',
      `apiVersion: kubeflow.org/v1\nkind: PyTorchJob\nmetadata: {name: a}\nspec: {pytorchReplicaSpecs: {Worker: {${template}}}}\nstatus: {conditions: [{type: Succeeded, status: "True"}]}`,
      'status.conditions[0]',
    ],
  ])('what a manifest says about an end that no cluster saw is not believed: %s', (_name, text, place) => {
    const { workloads, faults } = load(text);
    expect(workloads).toMatchObject([{ lifecycle: 'running' }]);
    expect(faults).toEqual([`status-not-believed ${place}`]);
  });
  test('a manifest does not know how many nodes a DaemonSet has', () => {
    expect(one(`apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: a}\nspec: {${template}}\nstatus: {desiredNumberScheduled: 1}`)).toMatchObject({
      replicas: 2,
    });
  });

  test('ports: defaults, native sidecars, not plain init containers', () => {
    const text = `apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers: [{name: c, ports: [{containerPort: 80, name: http}, {containerPort: 53, protocol: UDP, hostPort: 5353}]}]\n  initContainers: [{name: i, ports: [{containerPort: 1}]}, {name: s, restartPolicy: Always, ports: [{containerPort: 2, name: side}]}]\n`;
    const w = one(text);
    expect(w.ports).toEqual([
      { name: 'http', port: 80, protocol: 'TCP', hostPort: null },
      { name: null, port: 53, protocol: 'UDP', hostPort: 5353 },
      { name: 'side', port: 2, protocol: 'TCP', hostPort: null },
    ]);
    expect(w.pod.containers.map((c) => c.sort)).toEqual(['container', 'init', 'sidecar']);
  });
  test('on the host network every port is the node’s', () => {
    expect(
      one(`apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {hostNetwork: true, containers: [{name: c, ports: [{containerPort: 80}]}]}`).ports,
    ).toMatchObject([{ hostPort: 80 }]);
  });

  test.each<[string, string, readonly string[]]>([
    ['the short form', 'a, other/b@net2', ['ns/a', 'other/b']],
    ['JSON', '[{"name": "a"}, {"name": "b", "namespace": "x", "interface": "net1"}]', ['ns/a', 'x/b']],
    ['nothing', '', []],
  ])('secondary interfaces in %s', (_name, annotation, networks) => {
    const w = one(pod('', `, annotations: {k8s.v1.cni.cncf.io/networks: '${annotation}'}`));
    expect(w.interfaces.map((i) => i.network)).toEqual(networks);
  });
  test.each(['[{"name": 5}]', '[', 'a/b/c', ',', '{"name": "a"}'])('an annotation that cannot be read is never silence: %s', (annotation) => {
    const { workloads, faults } = load(pod('', `, annotations: {k8s.v1.cni.cncf.io/networks: '${annotation}'}`));
    expect(faults).toEqual(['bad-annotation metadata.annotations["k8s.v1.cni.cncf.io/networks"]']);
    expect(workloads[0]?.interfaces).toMatchObject([{ network: annotation }]);
  });

  test('very many secondary interfaces are counted', () => {
    const { workloads, faults } = load(pod('', `, annotations: {k8s.v1.cni.cncf.io/networks: '${'n,'.repeat(300_000)}n'}`));
    expect(faults).toEqual(['too-many-interfaces metadata.annotations["k8s.v1.cni.cncf.io/networks"]']);
    expect(workloads[0]?.interfaces).toHaveLength(65);
    expect(workloads[0]?.interfaces.at(-1)?.network).toBe('299937 more');
  });

  test('requests default to limits, and numbers are quantities', () => {
    const [c] = one(container('resources: {limits: {nvidia.com/gpu: 8, memory: 1Gi}, requests: {memory: 512Mi, cpu: 0.5}}')).pod.containers;
    expect(c).toMatchObject({ limits: { 'nvidia.com/gpu': '8', memory: '1Gi' }, requests: { 'nvidia.com/gpu': '8', memory: '512Mi', cpu: '0.5' } });
  });
  test('environment: literal values, and null for those from elsewhere', () => {
    const [c] = one(container('env: [{name: A, value: x}, {name: B}, {name: C, valueFrom: {fieldRef: {fieldPath: x}}}, {name: __proto__, value: z}]')).pod
      .containers;
    expect(Object.entries(c?.env ?? {})).toEqual([
      ['A', 'x'],
      ['B', ''],
      ['C', null],
      ['__proto__', 'z'],
    ]);
  });
  test('scheduling and security', () => {
    const text = `apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  automountServiceAccountToken: false
  dnsPolicy: Default
  nodeSelector: {gpu: "true"}
  tolerations: [{operator: Exists}, {key: a, value: b, effect: NoSchedule}]
  securityContext: {runAsUser: 0, runAsNonRoot: false, seccompProfile: {type: RuntimeDefault}, sysctls: [{name: net.core.somaxconn, value: "1024"}]}
  affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [
    {matchExpressions: [{key: a, operator: In, values: [x]}, {key: b, operator: Gt, values: ["5"]}], matchFields: [{key: metadata.name, operator: In, values: [n1]}]},
    {}]}}}
  volumes: [{name: v, hostPath: {path: /dev/infiniband}}, {name: e, emptyDir: {}}]
  containers:
  - {name: c, image: i, securityContext: {privileged: true, runAsUser: 0, allowPrivilegeEscalation: false, capabilities: {add: [IPC_LOCK], drop: [ALL]}}}
`;
    expect(one(text).pod).toMatchObject({
      automountServiceAccountToken: false,
      dnsPolicy: 'Default',
      nodeSelector: { gpu: 'true' },
      tolerations: [
        { key: null, operator: 'Exists', value: '', effect: null },
        { key: 'a', operator: 'Equal', value: 'b', effect: 'NoSchedule' },
      ],
      runAsUser: 0,
      runAsNonRoot: false,
      seccompProfile: 'RuntimeDefault',
      sysctls: { 'net.core.somaxconn': '1024' },
      nodeAffinity: [
        {
          labels: [
            { key: 'a', operator: 'In', values: ['x'] },
            { key: 'b', operator: 'Gt', values: ['5'] },
          ],
          fields: [{ key: 'metadata.name', operator: 'In', values: ['n1'] }],
        },
        { labels: [], fields: [] },
      ],
      hostPaths: ['/dev/infiniband'],
      containers: [{ privileged: true, runAsUser: 0, allowPrivilegeEscalation: false, capabilities: { add: ['IPC_LOCK'], drop: ['ALL'] } }],
    });
  });

  test.each<[string, string, readonly string[]]>([
    ['port 0', container('ports: [{containerPort: 0}]'), ['out-of-range spec.containers[0].ports[0].containerPort']],
    ['a port of text', container('ports: [{containerPort: "80"}]'), ['wrong-type spec.containers[0].ports[0].containerPort']],
    ['no port', container('ports: [{name: a}]'), ['missing-field spec.containers[0].ports[0]']],
    ['a protocol in small letters', container('ports: [{containerPort: 1, protocol: tcp}]'), ['unknown-value spec.containers[0].ports[0].protocol']],
    ['a name twice', container('ports: [{containerPort: 1, name: a}, {containerPort: 2, name: a}]'), ['duplicate-port-name spec.containers[0].ports[1].name']],
    ['a name that is a number', container('ports: [{containerPort: 1, name: "80"}]'), ['bad-port-name spec.containers[0].ports[0].name']],
    [
      'all at once',
      container('ports: [{containerPort: 70000}], env: [{name: 5}], command: x'),
      ['out-of-range spec.containers[0].ports[0].containerPort', 'wrong-type spec.containers[0].command', 'wrong-type spec.containers[0].env[0].name'],
    ],
    [
      'a label in the template',
      `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {template: {metadata: {labels: {a: 5}}, spec: {containers: []}}}`,
      ['wrong-type spec.template.metadata.labels.a'],
    ],
    ['no template', `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {}`, ['missing-field spec.template']],
    ['negative replicas', `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {replicas: -1, ${template}}`, ['out-of-range spec.replicas']],
    [
      'a role that no PyTorchJob has',
      `apiVersion: kubeflow.org/v1\nkind: PyTorchJob\nmetadata: {name: a}\nspec: {pytorchReplicaSpecs: {Wroker: {${template}}}}`,
      ['unknown-field spec.pytorchReplicaSpecs.Wroker'],
    ],
  ])('refused: %s', (_name, text, faults) => {
    expect(load(text)).toEqual({ workloads: [], faults });
  });
});

// Pods as `kubectl get pods -A -o json --show-managed-fields` prints them: owned, scheduled, running, 3 to 6 KB each.
import { numbers } from './teams.mjs';

const started = '2026-05-04T08:15:30Z';
const hex = '0123456789abcdef';
const letters = 'bcdfghjklmnpqrstvwxz2456789';

const drawn = (random, alphabet, length) => Array.from({ length }, () => alphabet[random(alphabet.length)]).join('');
const uid = (random) => [8, 4, 4, 4, 12].map((n) => drawn(random, hex, n)).join('-');

/** `count` pods of ReplicaSets and Jobs, 20 to an owner and 200 to a namespace, with the namespaces they live in. The same each time. */
export function* livePods(count) {
  const random = numbers(3);
  for (let i = 0; i < count; i++) {
    const space = `team-${Math.floor(i / 200)}`;
    if (i % 200 === 0) yield { apiVersion: 'v1', kind: 'Namespace', metadata: { name: space, uid: uid(random), creationTimestamp: started } };
    yield podOf(space, Math.floor(i / 20), i, random);
  }
}

function podOf(namespace, owner, i, random) {
  const job = owner % 3 === 0;
  // Without vowels, as controllers write hashes: 1e5 would be a number.
  const hash = (owner * 7919).toString(16).replaceAll('e', 'x');
  const owned = job
    ? { apiVersion: 'batch/v1', kind: 'Job', name: `train-${owner}` }
    : { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `serve-${owner}-${hash}` };
  const name = `${owned.name}-${drawn(random, letters, 5)}`;
  const labels = job
    ? { 'batch.kubernetes.io/job-name': owned.name, 'job-name': owned.name, team: namespace, app: 'train' }
    : { app: `serve-${owner}`, 'app.kubernetes.io/name': 'serve', 'app.kubernetes.io/part-of': namespace, 'pod-template-hash': hash };
  const ip = `10.${64 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`;
  const node = `node-${i % 500}`;
  const hostIP = `172.16.${(i % 500) >> 8}.${(i % 500) & 255}`;
  const token = `kube-api-access-${drawn(random, letters, 5)}`;
  const condition = (type) => ({ lastProbeTime: null, lastTransitionTime: started, status: 'True', type });
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      annotations: { 'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false', 'prometheus.io/port': '9100', 'prometheus.io/scrape': 'true' },
      creationTimestamp: started,
      generateName: `${owned.name}-`,
      labels,
      managedFields: [managedBySpec(labels), managedByStatus(ip)],
      name,
      namespace,
      ownerReferences: [{ ...owned, blockOwnerDeletion: true, controller: true, uid: `00000000-0000-4000-8000-${owner.toString(16).padStart(12, '0')}` }],
      resourceVersion: String(100_000 + i),
      uid: uid(random),
    },
    spec: {
      ...(job ? {} : { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [nodeTerm] } } } }),
      containers: [
        {
          args: ['--config=/etc/app/config.yaml', '--listen=:8080', `--shard=${owner % 16}`],
          env: [
            { name: 'POD_IP', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.podIP' } } },
            { name: 'LOG_LEVEL', value: 'info' },
            { name: 'DATA', value: '/data' },
          ],
          image: `registry.example.com/${job ? 'train' : 'serve'}:2.${owner % 40}.1`,
          imagePullPolicy: 'IfNotPresent',
          livenessProbe: {
            failureThreshold: 3,
            httpGet: { path: '/healthz', port: 'http', scheme: 'HTTP' },
            periodSeconds: 10,
            successThreshold: 1,
            timeoutSeconds: 1,
          },
          name: 'main',
          ports: [
            { containerPort: 8080, name: 'http', protocol: 'TCP' },
            { containerPort: 9100, name: 'metrics', protocol: 'TCP' },
          ],
          resources: { limits: { cpu: '4', memory: '16Gi', ...(job ? { 'nvidia.com/gpu': '1' } : {}) }, requests: { cpu: '2', memory: '8Gi' } },
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, runAsNonRoot: true },
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
          volumeMounts: [
            { mountPath: '/data', name: 'data' },
            { mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', name: token, readOnly: true },
          ],
        },
      ],
      dnsPolicy: 'ClusterFirst',
      enableServiceLinks: true,
      nodeName: node,
      preemptionPolicy: 'PreemptLowerPriority',
      priority: 0,
      restartPolicy: job ? 'Never' : 'Always',
      schedulerName: 'default-scheduler',
      securityContext: { fsGroup: 2000, runAsUser: 1000 },
      serviceAccount: 'default',
      serviceAccountName: 'default',
      terminationGracePeriodSeconds: 30,
      tolerations: ['not-ready', 'unreachable'].map((key) => ({
        effect: 'NoExecute',
        key: `node.kubernetes.io/${key}`,
        operator: 'Exists',
        tolerationSeconds: 300,
      })),
      volumes: [
        { emptyDir: {}, name: 'data' },
        {
          name: token,
          projected: {
            defaultMode: 420,
            sources: [
              { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
              { configMap: { items: [{ key: 'ca.crt', path: 'ca.crt' }], name: 'kube-root-ca.crt' } },
              { downwardAPI: { items: [{ fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' }, path: 'namespace' }] } },
            ],
          },
        },
      ],
    },
    status: {
      conditions: ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map(condition),
      containerStatuses: [
        {
          containerID: `containerd://${drawn(random, hex, 64)}`,
          image: `registry.example.com/${job ? 'train' : 'serve'}:2.${owner % 40}.1`,
          imageID: `registry.example.com/${job ? 'train' : 'serve'}@sha256:${drawn(random, hex, 64)}`,
          lastState: {},
          name: 'main',
          ready: true,
          restartCount: 0,
          started: true,
          state: { running: { startedAt: started } },
        },
      ],
      hostIP,
      hostIPs: [{ ip: hostIP }],
      phase: 'Running',
      podIP: ip,
      podIPs: [{ ip }],
      qosClass: 'Burstable',
      startTime: started,
    },
  };
}

const nodeTerm = { matchExpressions: [{ key: 'kubernetes.io/arch', operator: 'In', values: ['amd64'] }] };

/** Fields as server-side apply writes down who owns them. */
function managedBySpec(labels) {
  const all = (names) => Object.fromEntries(names.map((name) => [`f:${name}`, {}]));
  return {
    apiVersion: 'v1',
    fieldsType: 'FieldsV1',
    fieldsV1: {
      'f:metadata': {
        'f:annotations': { '.': {}, ...all(['prometheus.io/port', 'prometheus.io/scrape']) },
        'f:labels': { '.': {}, ...all(Object.keys(labels)) },
      },
      'f:spec': {
        'f:containers': {
          'k:{"name":"main"}': {
            '.': {},
            ...all(['args', 'image', 'imagePullPolicy', 'name', 'terminationMessagePath', 'terminationMessagePolicy']),
            'f:ports': { '.': {}, 'k:{"containerPort":8080,"protocol":"TCP"}': { '.': {}, ...all(['containerPort', 'name', 'protocol']) } },
            'f:resources': { '.': {}, 'f:limits': { '.': {}, ...all(['cpu', 'memory']) }, 'f:requests': { '.': {}, ...all(['cpu', 'memory']) } },
          },
        },
        ...all(['dnsPolicy', 'enableServiceLinks', 'restartPolicy', 'schedulerName', 'terminationGracePeriodSeconds']),
      },
    },
    manager: 'kube-controller-manager',
    operation: 'Update',
    time: started,
  };
}

function managedByStatus(ip) {
  const of = (type) => [`k:{"type":"${type}"}`, { '.': {}, 'f:lastProbeTime': {}, 'f:status': {}, 'f:type': {} }];
  return {
    apiVersion: 'v1',
    fieldsType: 'FieldsV1',
    fieldsV1: {
      'f:status': {
        'f:conditions': Object.fromEntries(['ContainersReady', 'Initialized', 'Ready'].map(of)),
        'f:containerStatuses': {},
        'f:phase': {},
        'f:podIP': {},
        'f:podIPs': { '.': {}, [`k:{"ip":"${ip}"}`]: { '.': {}, 'f:ip': {} } },
      },
    },
    manager: 'kubelet',
    operation: 'Update',
    subresource: 'status',
    time: started,
  };
}

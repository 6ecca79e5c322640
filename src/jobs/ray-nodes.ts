import { Reader } from '../kernel/reader.ts';
import { type Labels, labelOf } from '../model/labels.ts';
import type { MadeUpLabel } from '../model/made-up-label.ts';
import type { RawObject } from '../model/snapshot.ts';
import type { Container, Lifecycle, Told, Workload } from '../model/workload.ts';
import { readContainer, texts } from './container.ts';
import { withNamedPort } from './open-port.ts';
import { type PodTemplate, readPodTemplate } from './pod-template.ts';
import type { SharedSpecs } from './shared-specs.ts';
import { mostReplicas, workloadOf } from './workload-of.ts';

/** Labels and ports of KubeRay. Source: ray-project/kuberay ray-operator/controllers/ray/utils/constant.go. */
export const rayClusterLabel = 'ray.io/cluster';
export const rayNodeTypeLabel = 'ray.io/node-type';
export const rayGroupLabel = 'ray.io/group';
export const rayPorts = { client: 10001, gcs: 6379, dashboard: 8265, metrics: 8080, serve: 8000, agent: 52365 } as const;
const headGroup = 'headgroup';

/** What the pods of a Ray cluster have in common. */
export interface RayFrame {
  /** The object that they are told under. */
  readonly object: RawObject;
  /** Name of the cluster. */
  readonly cluster: string;
  readonly lifecycle: Lifecycle;
  readonly shared: SharedSpecs | undefined;
  /** Labels that every pod gets besides, by the type of node. */
  readonly more?: (type: 'head' | 'worker') => Labels;
  /** What of their labels is made up. */
  readonly madeUp?: (type: 'head' | 'worker') => readonly MadeUpLabel[];
  /** What the job gives them to run and to fetch. */
  readonly told?: (type: 'head' | 'worker') => readonly Told[];
}

/**
 * The head and the groups of workers of a Ray cluster. A suspended cluster or group counts as if it ran: something will resume it. A group has its
 * `replicas`, held between `minReplicas` and `maxReplicas`, times `numOfHosts`; under the autoscaler it has as many as `maxReplicas` lets come, where the
 * group says that. Labels that number workers, which only some versions write, are left out.
 * Source: ray-project/kuberay ray-operator/controllers/ray/common/pod.go DefaultHeadPodTemplate, DefaultWorkerPodTemplate, labelPod; utils/util.go GetWorkerGroupDesiredReplicas.
 */
export function expandRayNodes(spec: Reader, frame: RayFrame): readonly Workload[] {
  if (!spec.expect('an object')) return [];
  const head = spec.field('headGroupSpec');
  if (spec.required('headGroupSpec')) head.required('template');
  const scaled = spec.field('enableInTreeAutoscaling').boolean() ?? false;
  const port = head.field('rayStartParams').textMap()?.port ?? String(rayPorts.gcs);
  const names = new Set<string>();
  const heads = head.present ? [headOf(head, spec, scaled, frame)] : [];
  const workers = spec
    .field('workerGroupSpecs')
    .each()
    .map((group) => {
      const name = group.required('groupName') ? (group.field('groupName').string() ?? '') : '';
      if (names.has(name)) group.field('groupName').error('duplicate-group', 'Two groups of workers have the same name.', 'Give each its own name.');
      names.add(name);
      group.required('template');
      return nodeOf(
        group,
        { type: 'worker', group: name, replicas: replicasOf(group, scaled), start: { address: `${headService(spec, frame.cluster)}:${port}` } },
        frame,
      );
    });
  return [...heads, ...workers];
}

/** Name of the Service before the head. Source: utils/util.go GenerateHeadServiceName. */
export function headService(spec: Reader, cluster: string): string {
  const own = spec.field('headGroupSpec').field('headService').field('metadata').field('name').value;
  return typeof own === 'string' && own !== '' ? own : `${cluster}-head-svc`;
}

/** The value of the label by which the head Service chooses. Source: utils/util.go GenerateIdentifier, CheckLabel. */
export function rayIdentifier(cluster: string, type: 'head' | 'worker'): string {
  const text = `${cluster}-${type}`.slice(-63);
  return /^[a-z0-9]/i.test(text) ? text : `r${text.slice(1)}`;
}

interface RayNode {
  readonly type: 'head' | 'worker';
  readonly group: string;
  readonly replicas: number;
  /** Options of `ray start` that the operator adds where the author gives none. */
  readonly start: Readonly<Record<string, string>>;
}

function headOf(head: Reader, spec: Reader, scaled: boolean, frame: RayFrame): Workload {
  const made = nodeOf(head, { type: 'head', group: headGroup, replicas: 1, start: { 'dashboard-host': '0.0.0.0' } }, frame);
  const node = withRedis(made, spec.field('gcsFaultToleranceOptions').field('redisAddress').value);
  if (!scaled) return node;
  const own = head.field('template').field('spec').field('serviceAccountName').value;
  const image = node.pod.containers[0]?.image ?? '';
  // The autoscaler runs under an account that is named after the cluster, unless the template names one. Source: utils/util.go GetHeadGroupServiceAccountName, CheckName.
  const account = typeof own === 'string' && own !== '' ? own : accountOf(frame.cluster);
  return { ...node, serviceAccount: account, pod: { ...node.pod, containers: [...node.pod.containers, autoscaler(spec.field('autoscalerOptions'), image)] } };
}

/** The head keeps its state in Redis. Source: common/pod.go configureRedisFT (before, configureGCSFaultTolerance), which sets RAY_REDIS_ADDRESS of the container of Ray. */
function withRedis(head: Workload, address: unknown): Workload {
  const [first, ...others] = head.pod.containers;
  if (first === undefined || typeof address !== 'string' || address === '') return head;
  const container = { ...first, env: texts<string | null>([...Object.entries(first.env), ['RAY_REDIS_ADDRESS', address]]) };
  return { ...head, pod: { ...head.pod, containers: [container, ...others] } };
}

function accountOf(cluster: string): string {
  const name = cluster.slice(-50);
  return /^[a-z]/.test(name) ? name : `r${name.slice(1)}`;
}

/** Source: common/pod.go BuildAutoscalerContainer, mergeAutoscalerOverrides. */
function autoscaler(options: Reader, image: string): Container {
  const own = options.kind === 'an object' ? Object.fromEntries(options.keys().map((key) => [key, options.field(key).value])) : {};
  const resources = { limits: { cpu: '500m', memory: '512Mi' }, requests: { cpu: '500m', memory: '512Mi' } };
  const command = ['/bin/bash', '-c', '--'];
  const args = ['ray kuberay-autoscaler --cluster-name $(RAY_CLUSTER_NAME) --cluster-namespace $(RAY_CLUSTER_NAMESPACE)'];
  const body = { image, resources, command, args, ...own, name: 'autoscaler' };
  // Faults of the author's own words are found where they stand.
  readContainer(options, 'container', []);
  return readContainer(new Reader(body, options, []), 'container', []);
}

function nodeOf(at: Reader, node: RayNode, frame: RayFrame): Workload {
  const { object, cluster } = frame;
  const pods = at.field('template').field('spec').field('containers');
  const first = Array.isArray(pods.value) ? pods.each()[0] : undefined;
  const template = withNamedPort(readPodTemplate(at.field('template'), object.namespace ?? 'default', frame.shared), first, 'metrics', rayPorts.metrics);
  const started = withRayStart(template, node, at.field('rayStartParams').textMap() ?? {});
  const own = texts([...Object.entries(template.labels), ...Object.entries(at.field('labels').textMap() ?? {})]);
  return workloadOf(object, started, {
    role: node.type === 'head' ? 'head' : node.group.toLowerCase(),
    replicas: node.replicas,
    // The last three cannot be overwritten by the author. Source: common/pod.go labelPod.
    labels: texts([
      ['ray.io/is-ray-node', 'yes'],
      ['ray.io/identifier', rayIdentifier(cluster, node.type)],
      ['app.kubernetes.io/name', 'kuberay'],
      ['app.kubernetes.io/created-by', 'kuberay-operator'],
      ...Object.entries(own),
      ...Object.entries(frame.more?.(node.type) ?? {}),
      [rayClusterLabel, cluster],
      [rayNodeTypeLabel, node.type],
      [rayGroupLabel, node.group],
    ]),
    lifecycle: frame.lifecycle,
    madeUp: frame.madeUp?.(node.type) ?? [],
    told: frame.told?.(node.type) ?? [],
  });
}

/**
 * The first container starts Ray with the author's parameters, unless it does so itself or the author keeps the operator from it.
 * Source: common/pod.go BuildPod, setMissingRayStartParams, convertParamMap.
 */
function withRayStart(template: PodTemplate, node: RayNode, params: Labels): PodTemplate {
  const [first, ...others] = template.pod.containers;
  if (first === undefined) return template;
  const own = [...first.command, ...first.args].join(' ');
  if (own.includes('ray start') || labelOf(template.annotations, 'ray.io/overwrite-container-cmd')?.toLowerCase() === 'true') return template;
  const all = texts([
    ...Object.entries(node.start),
    ['metrics-export-port', String(rayPorts.metrics)],
    ['dashboard-agent-listen-port', String(rayPorts.agent)],
    ...Object.entries(params),
    ['block', 'true'],
  ]);
  const options = Object.entries(all)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, value]) => optionOf(name, value));
  const start = ['ulimit -n 65536; ray start', ...(node.type === 'head' ? ['--head'] : []), ...options].join(' ');
  const container = { ...first, command: ['/bin/bash', '-c', '--'], args: [own === '' ? start : `${own} && ${start}`] };
  return { ...template, pod: { ...template.pod, containers: [container, ...others] } };
}

/** Options that take true and false as words. */
const spoken: readonly string[] = ['log-color', 'include-dashboard', 'include-log-monitor'];

function optionOf(name: string, value: string): readonly string[] {
  const truth = value.toLowerCase();
  if ((truth !== 'true' && truth !== 'false') || spoken.includes(name)) return [`--${name}=${value}`];
  return truth === 'true' ? [`--${name}`] : [];
}

function replicasOf(group: Reader, scaled: boolean): number {
  const least = group.field('minReplicas').integer(0, mostReplicas) ?? 0;
  const most = group.field('maxReplicas').integer(0, mostReplicas);
  const wanted = group.field('replicas').integer(0, mostReplicas) ?? least;
  const hosts = Math.max(1, group.field('numOfHosts').integer(0, mostReplicas) ?? 1);
  const now = Math.min(Math.max(wanted, least), most ?? mostReplicas);
  return Math.min(mostReplicas, hosts * (scaled ? (most ?? Math.max(1, now)) : now));
}

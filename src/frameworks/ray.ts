import { labelOf } from '../model/labels.ts';
import type { Passage, PassageEnd, PortUse } from '../model/passage.ts';
import type { TrainingJob } from '../model/training-job.ts';
import type { Workload } from '../model/workload.ts';
import { dials, dialsByPorts, everyoneDialsEveryone, hasGpu, trainers } from './among.ts';
import { wordsOf } from './command-line.ts';
import type { Framework } from './framework.ts';
import { listenerPin } from './knobs.ts';
import { onlyJoinsRay } from './ray-start.ts';
import { type Known, portsSaid, settingsIn } from './settings.ts';
import { labelledBy, operatedBy, saidBy } from './signs.ts';
import { ncclSigns } from './torch-signs.ts';

const configure = 'ray-project/ray doc/source/ray-core/configure.rst';
const constants = 'ray-project/kuberay ray-operator/controllers/ray/utils/constant.go';

/** Kinds whose operator follows the work through the dashboard of the head. Source: ray-project/kuberay ray-operator/controllers/ray. */
const followed: readonly string[] = ['RayJob', 'RayService'];

/**
 * Ray: workers dial the head, the head dials the node managers of the workers for their health, and all dial each other for objects and tasks.
 * Sources: ray-project/ray doc/source/ray-core/configure.rst; ray-project/kuberay ray-operator/controllers/ray.
 */
export const framework: Framework = {
  id: 'ray',
  kind: 'framework',
  title: 'Ray',
  about:
    'Workers dial the head (6379), the head dials the node manager of every worker for its health, and all dial each other: managers at ports that the kernel picks, worker processes at 10002-19999. KubeRay follows jobs and services at 8265 of the head; the autoscaler asks the Kubernetes API.',
  sources: ['ray-project/ray doc/source/ray-core/configure.rst', 'ray-project/kuberay ray-operator/controllers/ray/utils/constant.go'],
  knobs: [
    { kind: 'argument', name: '--port', what: 'the port of the head’s control store', source: configure },
    { kind: 'argument', name: '--node-manager-port', what: 'the port of the node manager, on each node', source: configure },
    { kind: 'argument', name: '--object-manager-port', what: 'the port of the object manager, on each node', source: configure },
    { kind: 'argument', name: '--min-worker-port', what: 'the first port of worker processes; with `--max-worker-port`', source: configure },
    { kind: 'argument', name: '--worker-port-list', what: 'the ports of worker processes, one by one', source: configure },
    { kind: 'argument', name: '--dashboard-agent-grpc-port', what: 'the port of the agent of the dashboard, on each node', source: configure },
    { kind: 'argument', name: '--dashboard-port', what: 'the port of the dashboard and of job submission', source: configure },
    { ...listenerPin, what: 'node and object managers that no option pins; worker processes keep to a range of their own' },
  ],
  fixedPorts: null,
  detect: (job) => [
    ...operatedBy(job, ['RayCluster', 'RayJob', 'RayService']),
    ...labelledBy(job, 'ray.io/cluster'),
    ...saidBy(job, 'ray', 'start'),
    ...saidBy(job, 'ray', 'symmetric-run'),
  ],
  passages: (job) => {
    const nodes = trainers(job);
    const found = nodes.filter(isHead);
    // Where all that starts here joins a cluster, its head is elsewhere.
    const heads = found.length > 0 ? found : nodes.filter((m) => !m.pod.containers.some(onlyJoinsRay));
    const within = { ...job, members: nodes };
    return [
      ...(heads.length === 0
        ? []
        : [
            dials(nodes, heads, {
              id: 'ray/gcs',
              purpose: 'rendezvous',
              title: 'control store of the head',
              ...storeOf({ ...job, members: heads }),
              source: constants,
            }),
          ]),
      ...dialsByPorts(nodes, nodes, managerPorts, {
        id: 'ray/managers',
        purpose: 'control',
        title: 'node and object managers; the head asks each for its health',
        source: configure,
      }),
      ...dialsByPorts(nodes, nodes, workerPorts, { id: 'ray/workers', purpose: 'collectives', title: 'worker processes', source: configure }),
      ...agentsOf(within, heads, nodes),
      ...collectivesOf(job, nodes.filter(hasGpu)),
      ...statusOf(job, heads),
      ...autoscalerOf(heads),
      ...metricsOf(nodes),
    ];
  },
};

const picked: Known = { ports: [{ kind: 'ephemeral' }], because: 'Ray leaves the ports of its managers to the kernel' };

/** What runs on Ray may start collectives of its own, as Ray Train and vLLM do: those are at ports that no option of Ray pins. Source: ray-project/ray python/ray/train/torch/config.py. */
function collectivesOf(job: TrainingJob, withGpus: readonly Workload[]): readonly Passage[] {
  if (withGpus.length === 0 || ncclSigns(job).length > 0) return [];
  const among = everyoneDialsEveryone(
    job,
    {
      id: 'ray/collectives',
      purpose: 'collectives',
      title: 'collectives of what runs on Ray',
      ports: [{ kind: 'ephemeral' }],
      because: 'its pods ask for GPUs, and what they run is not in the manifest; collectives of GPUs listen at ports that the kernel picks',
      source: 'ray-project/ray python/ray/train/torch/config.py; NVIDIA/nccl src/misc/socket.cc',
    },
    withGpus,
  );
  return [{ ...among, supposed: true }];
}

/** The dashboard asks the agent on each node; a job runs without. Of managers whose ports the kernel picks, too, it is no more than one such port. */
function agentsOf(job: TrainingJob, heads: readonly Workload[], nodes: readonly Workload[]): readonly Passage[] {
  const pinned = settingsIn(job, { options: ['node-manager-port', 'object-manager-port', 'dashboard-agent-grpc-port'] });
  if (pinned.length === 0) return [];
  return [
    {
      ...dials(heads, nodes, {
        id: 'ray/agents',
        purpose: 'control',
        title: 'agents of the dashboard',
        ...portsSaid(settingsIn(job, { options: ['dashboard-agent-grpc-port'] }), {
          ports: [{ kind: 'ephemeral' }],
          because: 'Ray leaves the port of the agents to the kernel, unless --dashboard-agent-grpc-port says it',
        }),
        source: configure,
      }),
      required: false,
    },
  ];
}

function only(port: number, because: string): Known {
  return { ports: [{ kind: 'fixed', port }], because };
}

/** `--port` is an option of many programs: it counts where the head is started by its command. */
function storeOf(heads: TrainingJob): Known {
  const options = saidBy(heads, 'ray', 'start').length > 0 ? ['port'] : [];
  return portsSaid(settingsIn(heads, { options, portNames: ['gcs', 'gcs-server', 'redis'] }), only(6379, 'the default of Ray'));
}

function both(a: Known, b: Known): Known {
  const ports = new Map([...a.ports, ...b.ports].map((use) => [JSON.stringify(use), use]));
  return { ports: [...ports.values()], because: [...new Set([a.because, b.because])].join(', ') };
}

/** A head by its role, or by the option with which it starts. */
function isHead(member: Workload): boolean {
  return member.role === 'head' || member.pod.containers.some((c) => wordsOf(c).includes('--head'));
}

/** Ports of the managers of one sort of node: those that its options pin, and wherever the kernel puts those that they do not. */
function managerPorts(node: Workload): Known {
  const said = (option: string): Known => portsSaid(settingsIn({ members: [node] }, { options: [option] }), picked);
  return both(said('node-manager-port'), said('object-manager-port'));
}

/** 10002 to 19999, unless options say otherwise; 0 leaves them to the kernel. Source: ray doc/source/ray-core/configure.rst. */
function workerPorts(node: Workload): Known {
  const job = { members: [node] };
  const lists = settingsIn(job, { options: ['worker-port-list'] });
  const low = settingsIn(job, { options: ['min-worker-port'] });
  const high = settingsIn(job, { options: ['max-worker-port'] });
  const all = [...lists, ...low, ...high];
  if (all.length === 0) return { ports: [{ kind: 'range', low: 10002, high: 19999 }], because: 'the default of Ray' };
  const because = all.map((s) => s.shown).join(', ');
  const unknown: Known = { ports: [{ kind: 'range', low: 1, high: 65535 }], because: `${because}: the ports cannot be read` };
  if (lists.length > 0) {
    const ports = lists.flatMap((s) => (s.text ?? '').split(','));
    if (lists.some((s) => s.text === null) || !ports.every((p) => /^[1-9]\d{0,4}$/.test(p) && Number(p) <= 65535)) return unknown;
    return { ports: [...new Set(ports)].map((p): PortUse => ({ kind: 'fixed', port: Number(p) })), because };
  }
  const ends = [...low, ...high].map((s) => (s.text !== null && /^\d{1,5}$/.test(s.text) ? Number(s.text) : null));
  if (ends.some((n) => n === null || n > 65535)) return unknown;
  const lowest = low.length === 0 ? 10002 : Math.min(...low.map((s) => Number(s.text)));
  const highest = high.length === 0 ? 19999 : Math.max(...high.map((s) => Number(s.text)));
  if (lowest === 0) return { ports: [{ kind: 'ephemeral' }], because };
  return lowest <= highest ? { ports: [{ kind: 'range', low: lowest, high: highest }], because } : unknown;
}

/** Who follows the work of a job at the head's dashboard. Source: ray-project/kuberay ray-operator/controllers/ray/rayjob_controller.go, networkpolicy_controller.go. */
function statusOf(job: TrainingJob, heads: readonly Workload[]): readonly Passage[] {
  if (!followed.includes(job.kind)) return [];
  const known = portsSaid(settingsIn({ ...job, members: heads }, { options: ['dashboard-port'], portNames: ['dashboard'] }), only(8265, 'the default of Ray'));
  const to: PassageEnd = { kind: 'members', members: heads };
  const submitters = job.members.filter((m) => m.role === 'submitter');
  const source = 'ray-project/kuberay ray-operator/controllers/ray/rayjob_controller.go';
  return [
    ...(submitters.length === 0
      ? []
      : [
          {
            id: 'ray/submit',
            purpose: 'launch',
            title: 'submission of the job',
            from: { kind: 'members', members: submitters },
            to,
            ...known,
            required: true,
            source,
          } as const,
        ]),
    {
      id: 'ray/operator',
      purpose: 'status',
      title: 'what the KubeRay operator asks the dashboard',
      from: operator,
      to,
      ...known,
      required: true,
      source,
    },
    ...servedBy(job, heads),
  ];
}

/**
 * KubeRay asks the head of a RayService whether it serves, and lets nobody in before the answer; where workers serve, they do without the head.
 * Source: ray-project/kuberay ray-operator/controllers/ray/rayservice_controller.go updateHeadPodServeLabel.
 */
function servedBy(job: TrainingJob, heads: readonly Workload[]): readonly Passage[] {
  const serving = heads.filter((h) => labelOf(h.labels, 'ray.io/serve') === 'true');
  if (job.kind !== 'RayService' || serving.length === 0) return [];
  return [
    {
      id: 'ray/serve',
      purpose: 'status',
      title: 'what the KubeRay operator asks Ray Serve on the head',
      from: operator,
      to: { kind: 'members', members: serving },
      ...portsSaid(settingsIn({ ...job, members: serving }, { portNames: ['serve'] }), only(8000, 'the default of KubeRay')),
      required: job.members.every((m) => heads.includes(m)),
      source: 'ray-project/kuberay ray-operator/controllers/ray/rayservice_controller.go',
    },
  ];
}

const operator: PassageEnd = {
  kind: 'pods',
  title: 'the KubeRay operator',
  namespace: null,
  selector: { 'app.kubernetes.io/component': 'kuberay-operator' },
};

/** Who scrapes, where it is in the input: KubeRay gives each container a port for it. Sources: ray-project/kuberay utils/constant.go; prometheus-operator pkg/prometheus. */
function metricsOf(nodes: readonly Workload[]): readonly Passage[] {
  const ports = [...new Set(nodes.flatMap((n) => n.ports.filter((p) => p.name === 'metrics').map((p) => p.port)))];
  if (ports.length === 0) return [];
  return [
    {
      id: 'ray/metrics',
      purpose: 'status',
      title: 'metrics, which Prometheus asks for',
      from: { kind: 'pods', title: 'Prometheus', namespace: null, selector: { 'app.kubernetes.io/name': 'prometheus' } },
      to: { kind: 'members', members: nodes },
      ports: ports.map((port) => ({ kind: 'fixed', port })),
      required: false,
      because: 'port metrics of its pods',
      source: constants,
    },
  ];
}

/** The autoscaler is a container that KubeRay puts beside the head. Source: ray-project/kuberay ray-operator/controllers/ray/common/pod.go. */
function autoscalerOf(heads: readonly Workload[]): readonly Passage[] {
  const scaled = heads.filter((h) => h.pod.containers.some((c) => c.name === 'autoscaler'));
  if (scaled.length === 0) return [];
  return [
    {
      id: 'ray/autoscaler',
      purpose: 'control',
      title: 'the autoscaler',
      from: { kind: 'members', members: scaled },
      to: { kind: 'api-server' },
      ports: [{ kind: 'fixed', port: 443 }],
      required: true,
      because: 'container autoscaler of the head',
      source: 'ray-project/kuberay ray-operator/controllers/ray/common/pod.go',
    },
  ];
}

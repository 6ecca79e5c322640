import { type Placed, torchWordsOf, wordsOf } from '../../frameworks/command-line.ts';
import { daskWorkerWordsOf } from '../../frameworks/dask-worker.ts';
import { coordinatorGiven } from '../../frameworks/jax-signs.ts';
import { rayWordsOf } from '../../frameworks/ray-start.ts';
import { type Setting, type Sought, settingOf } from '../../frameworks/settings.ts';
import { standsAlone } from '../../frameworks/torch-signs.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { TrainingJob } from '../../model/training-job.ts';
import { parseIp } from '../../space/ip-set.ts';
import { insideOf, selectedBy, serviceOf } from './inside-names.ts';
import { hostAndPort, hostOf, isLoopback, type PlainHost } from './plain-hosts.ts';

/** Where launchers are told to meet, and the port where the place itself names none. */
interface Meeting {
  readonly host: Sought;
  readonly port: Sought;
  /** Null where none is said to be. */
  readonly usual: number | null;
}

/** Where one container is told to meet. */
export interface MeetingPlace extends PlainHost {
  readonly shown: string;
  /** Whether who meets there trains together: processes of one world. A client of a cluster does not. */
  readonly world: boolean;
}

const torchPort: Sought = { options: ['master-port'], words: torchWordsOf, variables: ['PET_MASTER_PORT', 'MASTER_PORT'] };

/**
 * Sources: pytorch torch/distributed/{run,rendezvous}.py and elastic/rendezvous/c10d_rendezvous_backend.py (29400); huggingface/accelerate
 * src/accelerate/utils/launch.py prepare_multi_gpu_env (29500); jax-ml/jax jax/_src/distributed.py; AI-Hypercomputer/xpk src/xpk/core/docker_resources.py
 * (1234). XGBoost has none: its tracker listens where it is told or the kernel puts it, and workers that
 * are told no port dial 9000 up to 2.0, and 0 from 2.1 on. Sources: dmlc/xgboost v2.0.3 rabit/src/allreduce_base.cc; src/collective/comm_group.cc.
 */
const meetings: readonly Meeting[] = [
  { host: { options: ['master-addr'], words: torchWordsOf, variables: ['PET_MASTER_ADDR', 'MASTER_ADDR'] }, port: torchPort, usual: 29_500 },
  { host: { options: ['rdzv-endpoint'], words: torchWordsOf, variables: ['PET_RDZV_ENDPOINT'] }, port: {}, usual: 29_400 },
  { host: { options: ['main-process-ip'], words: wordsOf }, port: { options: ['main-process-port'], words: wordsOf }, usual: 29_500 },
  { host: { variables: ['JAX_COORDINATOR_ADDRESS', 'COORDINATOR_ADDRESS'] }, port: { variables: ['JAX_COORDINATOR_PORT'] }, usual: 1234 },
  { host: { variables: ['DMLC_TRACKER_URI'] }, port: { variables: ['DMLC_TRACKER_PORT'] }, usual: null },
];

/**
 * The cluster of Ray that a container is told of. Who starts a node joins it, and talks to all of its nodes; a program that merely asks there does not. `auto` is
 * whatever RAY_ADDRESS says, and else a node of the same pod. Source: ray-project/ray python/ray/_private/services.py canonicalize_bootstrap_address.
 */
function clustersOfRay(placed: Placed): readonly MeetingPlace[] {
  const words = rayWordsOf(placed.container);
  const option = words === null ? undefined : settingOf(placed, { options: ['address'], words: () => words });
  const said = option === undefined || option.text === 'auto' ? settingOf(placed, { variables: ['RAY_ADDRESS'] }) : option;
  const match = hostAndPort.exec(said?.text?.trim() ?? '');
  if (said === undefined || match === null || match[0] === 'auto' || match[0] === 'local') return [];
  const port = match[2] === undefined ? 6379 : Number(match[2]);
  return [{ host: hostOf(match), port, shown: said.shown, world: words !== null && !words.includes('--head') }];
}

/** Where a container is told to meet others, by options, variables, a list of the hosts of its cluster, or as the place that a worker of Dask is given. */
export function meetingPlaces(placed: Placed): readonly MeetingPlace[] {
  if (placed.container.sort !== 'container') return [];
  return [
    ...meetings.flatMap(({ host: sought, port, usual }): readonly MeetingPlace[] => {
      const said = settingOf(placed, sought);
      const match = hostAndPort.exec(said?.text?.trim() ?? '');
      if (said === undefined || match === null) return [];
      return [
        { host: hostOf(match), port: match[2] === undefined ? portSaid(settingOf(placed, port), usual) : Number(match[2]), shown: said.shown, world: true },
      ];
    }),
    ...coordinatorsOfJax(placed),
    ...clustersOfRay(placed),
    ...tasksOf(placed),
    ...hostsOfMpi(placed),
    ...schedulersOfDask(placed),
  ];
}

/** The coordinator that a program in the command line gives JAX. */
function coordinatorsOfJax({ container }: Placed): readonly MeetingPlace[] {
  const match = hostAndPort.exec(coordinatorGiven(container) ?? '');
  if (match === null || match[2] === undefined) return [];
  return [{ host: hostOf(match), port: Number(match[2]), shown: `jax.distributed.initialize of container ${container.name}`, world: true }];
}

/** The tasks of the cluster that TF_CONFIG lists. Source: tensorflow tensorflow/python/distribute/cluster_resolver/tfconfig_cluster_resolver.py. */
function tasksOf(placed: Placed): readonly MeetingPlace[] {
  const said = settingOf(placed, { variables: ['TF_CONFIG'] });
  const shown = `TF_CONFIG of container ${placed.container.name}`;
  return [...(said?.text?.slice(0, longestList) ?? '').matchAll(/"([a-z0-9][a-z0-9.-]{0,252}):(\d{1,5})"/gi)].map(([, host = '', port]) => ({
    host: host.toLowerCase(),
    port: Number(port),
    shown,
    world: true,
  }));
}

/** The hosts that mpirun is told to start ranks on, by ssh. Source: open-mpi/ompi docs/man-openmpi/man1/mpirun.1.rst, --host. */
function hostsOfMpi(placed: Placed): readonly MeetingPlace[] {
  const words = wordsOf(placed.container);
  const at = words.findIndex((word) => /(?:^|\/)(?:mpirun|mpiexec|mpiexec\.hydra|orterun|prterun)$/.test(word));
  if (at < 0) return [];
  const rest = words.slice(at + 1);
  const program = rest.findIndex((word) => /^(?:python[\d.]{0,5}|bash|sh|env|numactl|\/.{1,999}|.{1,999}\.py)$/.test(word));
  const options = program < 0 ? rest : rest.slice(0, program);
  return options.flatMap((word, i) => {
    if (!/^(?:-H|--?hosts?)(?:=|$)/.test(word)) return [];
    const list = word.includes('=') ? word.slice(word.indexOf('=') + 1) : (options[i + 1] ?? '');
    return list
      .slice(0, longestList)
      .split(',')
      .flatMap((part) => {
        const match = hostAndPort.exec(part.replace(/:\d{1,5}$/, ''));
        return match === null ? [] : [{ host: hostOf(match), port: 22, shown: `${word} of container ${placed.container.name}`, world: true }];
      });
  });
}

/** The scheduler that a worker of Dask is told to join, by a word or a variable; a program that merely asks there joins nothing. Source: dask/distributed distributed/cli/dask_worker.py. */
function schedulersOfDask(placed: Placed): readonly MeetingPlace[] {
  const words = daskWorkerWordsOf(placed.container);
  const place = words?.find((word) => /^(?:t(?:cp|ls):\/\/)?[a-z][a-z0-9.-]{0,252}:\d{1,5}$/i.test(word));
  const said =
    place === undefined
      ? settingOf(placed, { variables: ['DASK_SCHEDULER_ADDRESS'] })
      : { text: place, shown: `${place} of container ${placed.container.name}` };
  const match = hostAndPort.exec(said?.text?.trim().replace(/^t(?:cp|ls):\/\//, '') ?? '');
  if (said === undefined || match === null) return [];
  return [{ host: hostOf(match), port: match[2] === undefined ? 8786 : Number(match[2]), shown: said.shown, world: words !== null }];
}

/** Longest list of hosts that is read, in UTF-16 code units. */
const longestList = 65_536;

/**
 * Places to meet that are no pod of the job, as far as the input tells: what leads to pods of others, or outside, and what nothing in the input provides. What
 * launchers dial there is no passage between the job's own pods, whatever their framework says of a job that meets at one of them.
 */
export function meetingsElsewhere(snapshot: Snapshot, job: TrainingJob, placed: Placed): readonly MeetingPlace[] {
  const places = meetingPlaces(placed).filter((place) => isElsewhere(snapshot, job, place, placed.member.namespace));
  return places.length > 0 && standsAlone(job) ? [] : places;
}

function portSaid(said: Setting | undefined, usual: number | null): number | null {
  if (said === undefined) return usual;
  return said.text !== null && /^\d{1,5}$/.test(said.text) ? Number(said.text) : null;
}

/**
 * The container's own address is no place for anybody who asks, and a bare pod knows its own name. Names of one or two labels, and those of the namespace, are
 * Services, and pods behind them. Sources: kubernetes.io, DNS for Services and Pods; kubernetes/kubernetes pkg/kubelet/kubelet_pods.go (hosts file).
 */
function isElsewhere(snapshot: Snapshot, job: TrainingJob, { host, port }: PlainHost, own: string): boolean {
  if (isLoopback(host)) return false;
  if (parseIp(host) !== undefined) return !job.members.some((m) => m.ips.includes(host));
  if (job.members.every((m) => m.kind === 'Pod' && m.name === host && m.replicas === 1)) return false;
  const inside = insideOf(snapshot, host, port ?? 0, own);
  const service = inside === null ? undefined : serviceOf(snapshot, inside);
  if (inside === null || service === undefined) return true;
  const mine = new Set(job.members.map((m) => m.id));
  return !selectedBy(snapshot, service, inside.pod).some((b) => mine.has(b.workload.id));
}

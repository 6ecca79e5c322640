import { labelOf } from '../model/labels.ts';
import type { Passage, PortUse } from '../model/passage.ts';
import type { TrainingJob } from '../model/training-job.ts';
import type { Told, Workload } from '../model/workload.ts';
import { dials, everyoneDialsEveryone, launcherOf, ranks, trainers } from './among.ts';
import { containersOf, wordsOf } from './command-line.ts';
import type { Framework } from './framework.ts';
import { listenerPin } from './knobs.ts';
import { type Known, portsSaid, rangesSaid, type Setting, settingsIn } from './settings.ts';
import { configuredBy, operatedBy, packedIn, startedBy } from './signs.ts';
import { sshdOptions, sshOptions, sshSaid } from './ssh-options.ts';

const btl = 'open-mpi/ompi opal/mca/btl/tcp/btl_tcp_component.c';
const oob = 'open-mpi/ompi v4.1 orte/mca/oob/tcp/oob_tcp_component.c; openpmix/prrte src/rml/oob/oob_tcp.c';

const hydraSource = 'pmodels/mpich src/pm/hydra';

/** First port that the TCP transport of Open MPI tries; it counts up from there. Source: open-mpi/ompi opal/mca/btl/tcp/btl_tcp_component.c. */
const firstBtlPort = 1024;

/** Where sshd listens, and where the images of mpi-operator put it. Source: kubeflow/mpi-operator build/base/Dockerfile. */
const sshPorts: readonly number[] = [22, 2222];

/** Parameters that pin the sockets of the daemons. */
const daemonPorts: readonly string[] = [
  'oob_tcp_static_ipv4_ports',
  'oob_tcp_dynamic_ipv4_ports',
  'prte_static_ipv4_ports',
  'prte_dynamic_ipv4_ports',
  'oob_tcp_static_ports',
  'oob_tcp_dynamic_ports',
];

/**
 * MPI: the launcher starts a daemon in each worker (by ssh, or by the Kubernetes API in MPIJob v1), each daemon dials back, and the ranks dial each other.
 * Sources: open-mpi/ompi, openpmix/prrte, pmodels/mpich src/pm/hydra, kubeflow/mpi-operator pkg/controller.
 */
export const framework: Framework = {
  id: 'mpi',
  kind: 'framework',
  title: 'MPI',
  about:
    'The launcher starts a daemon in each worker by ssh (22 or 2222), or through the Kubernetes API in an MPIJob v1. Each daemon dials back to a port of the launcher that the kernel picks. Ranks dial each other: under Open MPI at the first free port from 1024 up, under MPICH and Intel MPI at ports that the kernel picks. Under Open MPI, workers beyond the 64th are started by workers, by ssh, unless `--mca routed` says that there is no tree.',
  sources: [
    'open-mpi/ompi opal/mca/btl/tcp/btl_tcp_component.c',
    'openpmix/prrte src/rml/oob/oob_tcp.c',
    'kubeflow/mpi-operator pkg/controller/mpi_job_controller.go',
  ],
  knobs: [
    {
      kind: 'env',
      name: 'OMPI_MCA_btl_tcp_port_min_v4',
      what: 'the first port between ranks under Open MPI; also `--mca btl_tcp_port_min_v4`',
      source: btl,
      pin: (low) => String(low),
    },
    {
      kind: 'env',
      name: 'OMPI_MCA_btl_tcp_port_range_v4',
      what: 'how many ports there are between ranks under Open MPI; also `--mca btl_tcp_port_range_v4`',
      source: btl,
      pin: (low, high) => String(high - low + 1),
    },
    { kind: 'argument', name: '--mca oob_tcp_dynamic_ipv4_ports', what: 'the ports of daemons under Open MPI 4', source: oob },
    { kind: 'argument', name: '--prtemca prte_dynamic_ipv4_ports', what: 'the ports of daemons under Open MPI 5', source: oob },
    { kind: 'env', name: 'MPIEXEC_PORT_RANGE', what: 'the ports of daemons under MPICH', source: 'pmodels/mpich src/pm/hydra' },
    { kind: 'env', name: 'I_MPI_PORT_RANGE', what: 'the ports of daemons under Intel MPI', source: 'Intel MPI Library Developer Reference' },
    listenerPin,
  ],
  fixedPorts: sshPorts,
  detect: (job) => [
    ...operatedBy(job, ['MPIJob']),
    ...implementationsSaid(job).map(({ text, origin }) => ({ text: `mpiImplementation: ${text}`, origin })),
    ...startedBy(job, ['mpirun', 'mpiexec', 'mpiexec.hydra', 'orterun', 'prterun', 'prun']),
    ...configuredBy(job, ['OMPI_MCA_', 'PRTE_MCA_', 'I_MPI_', 'HYDRA_']),
  ],
  passages: (job) => {
    const launcher = launcherOf(job) ?? starterOf(job);
    const all = trainers(job);
    if (launcher === undefined) return [ranksDial(job)];
    const workers = all.filter((m) => m !== launcher || m.replicas > 1);
    return [launch(job, launcher, workers), daemonsDial(job, launcher, workers), ...treeOf(job, launcher, workers), ranksDial(job)];
  },
};

/**
 * Daemons that one daemon of Open MPI starts, and keeps a connection with: 64 wherever the radix tree is the default, from Open MPI 2.0 on and in every PRRTE. The 32 of
 * 1.x was a component that stood behind the binomial tree. Sources: open-mpi/ompi v1.10, v2.0.x to v4.1.x orte/mca/routed/{radix,binomial}/routed_*_component.c (radix
 * and priority); openpmix/prrte v2.0 to v4.1 src/rml/rml.c.
 */
const usualRadix = 64;

/**
 * Where there are more workers than one daemon starts, those that it has started start the rest by ssh, and these dial back to them. Without that tree at the
 * start (no_tree_spawn) messages among daemons take it all the same. Hydra starts all from the launcher unless told otherwise. Sources: open-mpi/ompi v4.1
 * orte/mca/plm/rsh/plm_rsh_module.c; openpmix/prrte src/mca/plm/ssh/plm_ssh_module.c.
 */
function treeOf(job: TrainingJob, launcher: Workload, workers: readonly Workload[]): readonly Passage[] {
  const count = workers.reduce((sum, m) => sum + m.replicas, 0);
  const said = mcaOf(job, ['routed_radix', 'rml_base_radix', 'prte_routed_radix']);
  const shape = routingOf(job);
  const radix = shape === 'binomial' ? 1 : said.length === 0 ? usualRadix : (numberOf(said) ?? 1);
  if (byHydra(job) === true || shape === 'direct' || count <= radix) return [];
  const most = shape === 'binomial' ? 'under a binomial tree daemons of Open MPI start daemons' : `a daemon of Open MPI starts no more than ${radix}`;
  const because = `${count} workers, and ${most}${shape === null && said.length === 0 ? ' unless told otherwise' : ''}`;
  const start = launch(job, launcher, workers);
  const daemons = daemonsDial(job, launcher, workers);
  const among = { kind: 'members', members: workers } as const;
  const flat = mcaOf(job, ['plm_rsh_no_tree_spawn', 'plm_ssh_no_tree_spawn']).some((s) => /^(?:1|true|yes|t|y)$/i.test(s.text ?? ''));
  return [
    ...(flat || start.to.kind !== 'members'
      ? []
      : [{ ...start, id: 'mpi/tree', title: 'start of workers by workers, by ssh', from: among, to: among, because }]),
    { ...daemons, id: 'mpi/tree-daemons', title: 'daemons among workers', from: among, to: among, because: `${because}; ${daemons.because}` },
  ];
}

/**
 * How daemons of Open MPI up to 4 are told to send each other messages, where it is not the radix tree: `direct`, the launcher to each, or `binomial`, in which the
 * launcher starts but the first of each power of two. Source: open-mpi/ompi v4.1.x orte/mca/routed/{direct,binomial} get_routing_list.
 */
function routingOf(job: TrainingJob): 'direct' | 'binomial' | null {
  const words = containersOf(job).flatMap(({ container }) => {
    const all = wordsOf(container);
    return all.flatMap((word, i) => (/^--?g?mca$/.test(word) && all[i + 1] === 'routed' ? [all[i + 2] ?? ''] : []));
  });
  const said = new Set(words.length > 0 ? words : settingsIn(job, { variables: ['OMPI_MCA_routed'] }).map((s) => s.text));
  return said.size !== 1 ? null : said.has('direct') ? 'direct' : said.has('binomial') ? 'binomial' : null;
}

/** What the object says of the implementation. Source: kubeflow/mpi-operator pkg/apis/kubeflow/v2beta1/types.go MPIImplementation. */
function implementationsSaid(job: TrainingJob): readonly Told[] {
  return job.members.flatMap((m) => m.told ?? []).filter((t) => t.field === 'mpiImplementation');
}

/** Whether Hydra starts the ranks, under MPICH and Intel MPI; null where only signs could tell and there are none. What the object says comes before signs. */
function byHydra(job: TrainingJob): boolean | null {
  const [said] = implementationsSaid(job);
  if (said !== undefined) return said.text !== 'OpenMPI';
  return [...configuredBy(job, ['I_MPI_', 'HYDRA_']), ...packedIn(job, ['mpich', 'intel', 'intelmpi', 'oneapi'])].length > 0 ? true : null;
}

function starterOf(job: TrainingJob): Workload | undefined {
  return containersOf(job).find(({ container }) =>
    wordsOf(container).some((word) => /^(?:mpirun|mpiexec|mpiexec\.hydra|orterun|prterun)$/.test(word.slice(word.lastIndexOf('/') + 1))),
  )?.member;
}

/** Source: kubeflow/trainer release-1.9 pkg/controller.v1/mpi (kubexec.sh). */
function launch(job: TrainingJob, launcher: Workload, workers: readonly Workload[]): Passage {
  if (labelOf(launcher.labels, 'training.kubeflow.org/operator-name') === 'mpijob-controller')
    return {
      id: 'mpi/exec',
      purpose: 'launch',
      title: 'start of workers by kubectl exec',
      from: { kind: 'members', members: [launcher] },
      to: { kind: 'api-server' },
      ports: [{ kind: 'fixed', port: 443 }],
      required: true,
      because: 'the launcher of an MPIJob v1 starts its workers through the Kubernetes API',
      source: 'kubeflow/trainer release-1.9 pkg/controller.v1/mpi (kubexec.sh, kubectl-delivery)',
    };
  const dialled = rshPorts(job);
  return dials([launcher], workers, {
    id: 'mpi/ssh',
    ownProtocol: true,
    purpose: 'launch',
    title: 'start of workers by ssh',
    ...portsSaid(dialled.length > 0 ? dialled : sshdPorts({ ...job, members: workers }), usualSsh(job, workers)),
    source: 'kubeflow/mpi-operator pkg/controller/mpi_job_controller.go, build/base/Dockerfile',
  });
}

function usualSsh(job: TrainingJob, workers: readonly Workload[]): Known {
  const declared = declaredSsh(workers);
  const ports = declared.length > 0 ? declared : job.kind === 'TrainJob' || asMpiUser(workers) ? [2222] : sshPorts;
  const told = ports.length === 1 ? 'the sshd of the mpi-operator images' : 'sshd listens at 22, in images of mpi-operator at 2222';
  return { ports: ports.map((port): PortUse => ({ kind: 'fixed', port })), because: declared.length > 0 ? 'a port of the workers' : told };
}

function declaredSsh(workers: readonly Workload[]): readonly number[] {
  return sshPorts.filter((port) => workers.some((w) => w.ports.some((p) => p.port === port)));
}

/**
 * What the launcher tells ssh to dial: `plm_rsh_args "-p 2233"`. Sources: open-mpi/ompi v4.1 orte/mca/plm/rsh; openpmix/prrte src/mca/plm/ssh;
 * pmodels/mpich src/pm/hydra/tools/bootstrap/external/external_common_launch.c.
 */
function rshPorts(job: TrainingJob): readonly Setting[] {
  const variables = [
    ...(byHydra(job) === true && implementationsSaid(job).length > 0 ? [] : ['OMPI_MCA_plm_rsh_args', 'PRTE_MCA_plm_ssh_args']),
    ...(byHydra(job) === false ? [] : ['HYDRA_LAUNCH_EXTRA_ARGS', 'I_MPI_HYDRA_BOOTSTRAP_EXEC_EXTRA_ARGS']),
  ];
  const set = settingsIn(job, { variables }).flatMap(({ text, shown }): readonly Setting[] => {
    if (text === null) return [{ text, shown }];
    const [port] = sshSaid(text.split(/\s+/), sshOptions).ports;
    return port === undefined ? [] : [{ text: port, shown }];
  });
  const said = containersOf(job).flatMap(({ container }) => {
    const words = wordsOf(container);
    const at = words.findIndex((word) => word === 'plm_rsh_args' || word === 'plm_ssh_args');
    const [port] = at < 0 ? [] : sshSaid(words.slice(at + 1), sshOptions).ports;
    return port === undefined ? [] : [{ text: port, shown: `${words[at]} -p ${port} of container ${container.name}` }];
  });
  return [...said, ...set];
}

/** What the workers tell sshd to listen at; a file of settings is not read, and leaves the port open where nothing else tells it. */
function sshdPorts(workers: TrainingJob): readonly Setting[] {
  const starts = containersOf(workers).flatMap(({ container }) => {
    const words = wordsOf(container);
    return words.flatMap((word, at) => (word.slice(word.lastIndexOf('/') + 1) === 'sshd' ? [{ container, ...sshSaid(words.slice(at + 1), sshdOptions) }] : []));
  });
  const said = starts.flatMap(({ container, ports }) =>
    ports.map((port): Setting => ({ text: port, shown: `sshd -p ${port} of container ${container.name}` })),
  );
  if (said.length > 0 || declaredSsh(workers.members).length > 0 || asMpiUser(workers.members)) return said;
  return starts.flatMap(({ container, file }) =>
    file === null || file === usualFile ? [] : [{ text: null, shown: `sshd -f ${file} of container ${container.name}, a file that is not read` }],
  );
}

/** Source: openssh-portable pathnames.h _PATH_SERVER_CONFIG_FILE. */
const usualFile = '/etc/ssh/sshd_config';

function asMpiUser(workers: readonly Workload[]): boolean {
  return workers.some((w) => w.pod.containers.some((c) => wordsOf(c).some((word) => word.startsWith('/home/mpiuser/'))));
}

function daemonsDial(job: TrainingJob, launcher: Workload, workers: readonly Workload[]): Passage {
  const said = implementationsSaid(job).length > 0;
  const hydra = byHydra(job);
  const settings = [
    ...(said && hydra === true ? [] : mcaOf(job, daemonPorts)),
    ...(said && hydra === false ? [] : settingsIn(job, { variables: ['MPIEXEC_PORT_RANGE', 'MPICH_PORT_RANGE', 'I_MPI_PORT_RANGE'] })),
  ];
  return dials(workers, [launcher], {
    id: 'mpi/daemons',
    ownProtocol: true,
    purpose: 'launch',
    title: 'daemons that dial back to the launcher',
    ...rangesSaid(settings, { ports: [{ kind: 'ephemeral' }], because: 'the launcher listens at a port that the kernel picks' }),
    source: hydra === true ? hydraSource : oob,
  });
}

function ranksDial(job: TrainingJob): Passage {
  const about = { id: 'mpi/ranks', ownProtocol: true, purpose: 'collectives', title: 'messages between ranks' } as const;
  if (byHydra(job) === true)
    return everyoneDialsEveryone(
      job,
      {
        ...about,
        ports: [{ kind: 'ephemeral' }],
        because: 'MPICH and Intel MPI listen at ports that the kernel picks',
        source: 'pmodels/mpich src/mpid; libfabric prov/tcp',
      },
      ranks(job),
    );
  return everyoneDialsEveryone(job, { ...about, ...btlPorts(job), source: btl }, ranks(job));
}

function btlPorts(job: TrainingJob): Known {
  const first = mcaOf(job, ['btl_tcp_port_min_v4']);
  const count = mcaOf(job, ['btl_tcp_port_range_v4']);
  const unpinned: Known = { ports: [{ kind: 'range', low: firstBtlPort, high: 65535 }], because: 'Open MPI counts up from port 1024' };
  if (first.length === 0 && count.length === 0) return unpinned;
  const [low, size] = [numberOf(first) ?? firstBtlPort, numberOf(count)];
  // One of them that cannot be read leaves everything from 1 on.
  if ((first.length > 0 && numberOf(first) === null) || (count.length > 0 && size === null))
    return { ports: [{ kind: 'range', low: 1, high: 65535 }], because: 'btl_tcp_port_min_v4 and btl_tcp_port_range_v4, which cannot be read' };
  const high = size === null ? 65535 : Math.min(65535, low + Math.max(1, size) - 1);
  return { ports: [{ kind: 'range', low, high }], because: [...first, ...count].map((s) => s.shown).join(', ') };
}

/** Several that agree; null where they do not, or where one is no number. */
function numberOf(settings: readonly Setting[]): number | null {
  const texts = new Set(settings.map((s) => s.text));
  const [text] = texts;
  return texts.size === 1 && text !== undefined && text !== null && /^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65535 ? Number(text) : null;
}

/** MCA parameters, from variables and from the command line: `--mca NAME VALUE`. */
function mcaOf(job: TrainingJob, names: readonly string[]): readonly Setting[] {
  const variables = names.flatMap((name) => [`OMPI_MCA_${name}`, `PRTE_MCA_${name}`]);
  const said = containersOf(job).flatMap(({ container }) => {
    const words = wordsOf(container);
    return words.flatMap((word, i): readonly Setting[] => {
      const name = words[i + 1] ?? '';
      const value = words[i + 2] ?? '';
      if (!/^--?(?:mca|prtemca|gmca)$/.test(word) || !names.includes(name)) return [];
      return [{ text: /^(?:[\d,-]{1,40}|true|false|yes|no)$/.test(value) ? value : null, shown: `${word} ${name} ${value} of container ${container.name}` }];
    });
  });
  return said.length > 0 ? said : settingsIn(job, { variables });
}

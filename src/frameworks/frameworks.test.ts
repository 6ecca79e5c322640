import { describe, expect, test } from 'vitest';
import { loadSnapshot } from '../app/load.ts';
import type { Passage, PassageEnd, PortUse } from '../model/passage.ts';
import type { TrainingJob } from '../model/training-job.ts';
import { detectedIn, passagesOf } from './job-frameworks.ts';
import { carriersOf } from './transport.ts';

/** What one sort of pods of a job runs. */
interface Sort {
  readonly replicas?: number;
  /** JSON: a whole container but for its name. */
  readonly container: Readonly<Record<string, unknown>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A job as its operator makes it: sorts of pods by role. */
function jobOf(kind: string, sorts: Readonly<Record<string, Sort>>, label: TrainingJob['label'] = null): TrainingJob {
  const files = Object.entries(sorts).map(([role, { replicas = 1, container, annotations = {} }]) => ({
    file: `${role}.json`,
    text: JSON.stringify({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: role, namespace: 'ml' },
      spec: {
        replicas,
        selector: { matchLabels: { app: role } },
        template: { metadata: { labels: { app: role }, annotations }, spec: { containers: [{ name: 'main', image: 'acme/train:1', ...container }] } },
      },
    }),
  }));
  const { snapshot, diagnostics } = loadSnapshot(files);
  expect(diagnostics).toEqual([]);
  const members = Object.keys(sorts).flatMap((role) => snapshot.workloads.filter((w) => w.name === role).map((w) => ({ ...w, kind, role })));
  const [first] = members;
  if (first === undefined) throw new Error('a job has pods');
  return { namespace: 'ml', name: 'llm', kind, label, members, origin: first.origin };
}

function endText(end: PassageEnd): string {
  switch (end.kind) {
    case 'members':
      return end.members.map((m) => m.role).join('+');
    case 'pods':
      return `pods of ${end.namespace ?? 'any namespace'}`;
    default:
      return end.kind;
  }
}

function portText(use: PortUse): string {
  if (use.kind === 'fixed') return String(use.port);
  return use.kind === 'ephemeral' ? 'ephemeral' : `${use.low}-${use.high}`;
}

/** `pytorch/store: worker → master on 23456`. */
function lines(job: TrainingJob): readonly string[] {
  return passagesOf(job).map(
    (p: Passage) => `${p.id}: ${endText(p.from)} → ${endText(p.to)} on ${p.ports.map(portText).join(' ')}${p.required ? '' : ' (optional)'}`,
  );
}

const signsOf = (job: TrainingJob) => detectedIn(job).map(({ framework, signs }) => `${framework.id}: ${signs.map((s) => s.text).join('; ')}`);

const env = (values: Readonly<Record<string, string>>) => Object.entries(values).map(([name, value]) => ({ name, value }));
const gpu = { resources: { limits: { 'nvidia.com/gpu': 8 } } };
const worker = (container: Sort['container']): Readonly<Record<string, Sort>> => ({ worker: { replicas: 4, container } });

describe('torch.distributed', () => {
  const store = (kind: string, sorts: Readonly<Record<string, Sort>>) => lines(jobOf(kind, sorts)).filter((line) => line.startsWith('pytorch/'));

  test('a PyTorchJob without settings: the port of its operator, at the master', () => {
    const job = jobOf('PyTorchJob', { master: { container: gpu }, worker: { replicas: 3, container: gpu } });
    expect(signsOf(job)).toEqual(['nccl: kind PyTorchJob, and its pods ask for GPUs', 'pytorch: kind PyTorchJob']);
    expect(lines(job)).toEqual(['nccl/collectives: master+worker → master+worker on ephemeral', 'pytorch/store: master+worker → master on 23456']);
  });

  test('without GPUs the collectives are those of Gloo', () => {
    expect(lines(jobOf('PyTorchJob', { master: { container: {} }, worker: { container: {} } }))).toEqual([
      'gloo/collectives: master+worker → master+worker on ephemeral',
      'pytorch/store: master+worker → master on 23456',
    ]);
  });

  test.each<[string, Sort['container'], string]>([
    ['an option and its value', { command: ['torchrun', '--master-port', '29511', 'train.py'] }, '29511'],
    ['underscores and an equals sign', { command: ['torchrun', '--master_port=29511', 'train.py'] }, '29511'],
    ['a script', { command: ['sh', '-c', 'cd /w && exec torchrun --nnodes=4 --master_port "29511" train.py'] }, '29511'],
    ['the wrapper of accelerate', { command: ['accelerate', 'launch', '--main_process_port', '29511', 'train.py'] }, '29511'],
    ['a variable of the pod', { command: ['torchrun', 'train.py'], env: env({ PET_MASTER_PORT: '29512' }) }, '29512'],
    ['a variable that torchrun does not read', { command: ['torchrun', 'train.py'], env: env({ MASTER_PORT: '29512' }) }, '29500'],
    ['a variable that the script reads', { command: ['python', 'train.py'], env: env({ MASTER_PORT: '29512', WORLD_SIZE: '4' }) }, '29512'],
    ['no option of the script', { command: ['torchrun', 'train.py', '--master-port=29511'] }, '29500'],
    ['no option of the module', { command: ['torchrun', '--nnodes', '4', '-m', 'acme.train', '--master-port=29511'] }, '29500'],
    ['an option behind others that a variable holds', { command: ['sh', '-c', 'torchrun $ARGS --master-port 29511 train.py'] }, '29511'],
    ['the option comes before the variable', { command: ['torchrun', '--master-port=29511', 'train.py'], env: env({ PET_MASTER_PORT: '29512' }) }, '29511'],
    ['a variable that the manifest uses', { command: ['torchrun'], args: ['--master-port=$(PORT)'], env: env({ PORT: '29513' }) }, '29513'],
    ['a variable that the shell uses', { command: ['sh', '-c', 'torchrun --master-port ${PORT} t.py'], env: env({ PORT: '29513' }) }, '29513'],
    ['a variable set in the script', { command: ['sh', '-c', 'export PET_MASTER_PORT=29514; torchrun t.py'] }, '29514'],
    ['nothing', { command: ['torchrun', 'train.py'] }, '29500'],
    ['port 0', { command: ['torchrun', '--master-port=0', 'train.py'] }, 'ephemeral'],
    [
      'a variable that the script may change',
      { command: ['sh', '-c', 'PORT=`pick`; torchrun --master-port $PORT t.py'], env: env({ PORT: '29513' }) },
      '1-65535',
    ],
    ['a default of the shell', { command: ['sh', '-c', 'torchrun --master-port ${PORT:-29500} t.py'] }, '1-65535'],
    ['a variable that nobody sets', { command: ['sh', '-c', 'torchrun --master-port $PORT t.py'] }, '1-65535'],
    ['a number that is no port', { command: ['torchrun', '--master-port=99999', 'train.py'] }, '1-65535'],
    [
      'a value from elsewhere',
      { command: ['torchrun', 'train.py'], env: [{ name: 'PET_MASTER_PORT', valueFrom: { configMapKeyRef: { name: 'c', key: 'p' } } }] },
      '1-65535',
    ],
  ])('%s says where the store is', (_, container, port) => {
    expect(store('JobSet', worker(container))).toEqual([`pytorch/store: worker → worker on ${port}`]);
  });

  test.each<[string, Sort['container'], string]>([
    ['MASTER_PORT', { command: ['torchrun', 'train.py'], env: env({ MASTER_PORT: '29500' }) }, '23456'],
    ['PET_MASTER_PORT', { command: ['torchrun', 'train.py'], env: env({ PET_MASTER_PORT: '29500' }) }, '23456'],
    ['MASTER_PORT without a launcher', { command: ['python', 'train.py'], env: env({ MASTER_PORT: '29500' }) }, '23456'],
    ['what torchrun is given of it', { command: ['torchrun', '--master-port=$(MASTER_PORT)', 'train.py'], env: env({ MASTER_PORT: '29500' }) }, '23456'],
    ['MASTER_PORT, but not what a script sets', { command: ['sh', '-c', 'MASTER_PORT=29500 python train.py'] }, '29500'],
    ['MASTER_PORT, which torchrun leaves alone', { command: ['sh', '-c', 'MASTER_PORT=29500 torchrun train.py'] }, '23456'],
    ['the port, and a script may set it', { command: ['python', 'train.py', '--master-port=29500'] }, '29500 23456'],
    ['the port, but for an option', { command: ['torchrun', '--master-port=29500', 'train.py'] }, '29500'],
  ])('the operator of a PyTorchJob sets %s', (_, container, port) => {
    expect(store('PyTorchJob', { master: { container }, worker: { replicas: 3, container } })).toEqual([`pytorch/store: master+worker → master on ${port}`]);
  });

  test.each<[string, Sort['container'], string]>([
    ['with a port', { command: ['torchrun', '--rdzv-backend=c10d', '--rdzv-endpoint=llm-0.llm:29411', 'train.py'] }, '29411'],
    ['without a port', { command: ['torchrun', '--rdzv_backend', 'c10d', '--rdzv_endpoint', 'llm-0.llm', 'train.py'] }, '29400'],
    ['by IPv6 address', { command: ['torchrun', '--rdzv-backend=c10d', '--rdzv-endpoint=[fd00::1]:29411', 'train.py'] }, '29411'],
    ['of variables', { command: ['torchrun', 'train.py'], env: env({ PET_RDZV_BACKEND: 'c10d', PET_RDZV_ENDPOINT: 'llm-0:29411' }) }, '29411'],
    ['at a host that only the pod knows', { command: ['sh', '-c', 'torchrun --rdzv-backend=c10d --rdzv-endpoint=$HEAD:29411 t.py'] }, '29411'],
    ['at a port that only the pod knows', { command: ['sh', '-c', 'torchrun --rdzv-backend=c10d --rdzv-endpoint=llm-0:$PORT t.py'] }, '1-65535'],
  ])('an endpoint %s pins the rendezvous and not the store', (_, container, port) => {
    expect(store('JobSet', worker(container))).toEqual([
      `pytorch/rendezvous: worker → worker on ${port}`,
      'pytorch/elastic-store: worker → worker on ephemeral',
    ]);
  });

  test('a command too long to read may say anything', () => {
    expect(store('JobSet', worker({ command: ['sh', '-c', `torchrun train.py # ${'x'.repeat(70_000)}`] }))).toEqual([
      'pytorch/store: worker → worker on 1-65535',
      'pytorch/rendezvous: worker → worker on 1-65535',
      'pytorch/elastic-store: worker → worker on ephemeral',
    ]);
  });

  test('a PyTorchJob without a master is an elastic one, whose rendezvous is at the port of the operator’s name', () => {
    const container = { ports: [{ name: 'pytorchjob-port', containerPort: 23456 }] };
    expect(store('PyTorchJob', worker(container))).toEqual([
      'pytorch/rendezvous: worker → worker on 23456',
      'pytorch/elastic-store: worker → worker on ephemeral',
    ]);
  });

  test('a back end that cannot be known may be either', () => {
    expect(store('JobSet', worker({ command: ['sh', '-c', 'torchrun --rdzv-backend=$B train.py'] })).map((line) => line.split(':')[0])).toEqual([
      'pytorch/store',
      'pytorch/rendezvous',
      'pytorch/elastic-store',
    ]);
  });

  test('pods that stand alone, and a job of one pod, dial nobody', () => {
    expect(lines(jobOf('Job', worker({ command: ['torchrun', '--standalone', 'train.py'], env: env({ NCCL_DEBUG: 'INFO' }) })))).toEqual([]);
    expect(lines(jobOf('PyTorchJob', { master: { container: gpu } }))).toEqual([]);
  });

  test.each<[string, readonly unknown[]]>([
    ['an option of the script', [{ command: ['torchrun', 'train.py', '--standalone'] }]],
    ['an option of the module', [{ command: ['torchrun', '-m', 'acme.train', '--standalone'] }]],
    ['what no torchrun takes', [{ command: ['torchrun', '--standalone=false', 'train.py'] }]],
    ['one of two starts', [{ command: ['sh', '-c', 'torchrun --standalone warm.py; torchrun train.py'] }]],
    ['a container beside it', [{ name: 'cache', args: ['server', '--standalone'] }, { command: ['torchrun', 'train.py'] }]],
    ['another container of the same launcher', [{ name: 'eval', command: ['torchrun', '--standalone', 'e.py'] }, { command: ['torchrun', 'train.py'] }]],
    [
      'a container beside one with GPUs',
      [
        { name: 'eval', command: ['torchrun', '--standalone', 'e.py'] },
        { command: ['python', 'train.py'], ...gpu },
      ],
    ],
  ])('--standalone as %s does not make pods stand alone', (_, containers) => {
    const job = jobOf('PyTorchJob', { master: { container: {} }, worker: { replicas: 3, container: {} } });
    const read = containers.flatMap((c) => jobOf('Pod', worker({ name: 'main', ...Object(c) })).members[0]?.pod.containers ?? []);
    const members = job.members.map((m) => ({ ...m, pod: { ...m.pod, containers: read } }));
    expect(lines({ ...job, members }).filter((line) => line.startsWith('pytorch/'))).toEqual(['pytorch/store: master+worker → master on 23456']);
  });

  test('--standalone of one sort of pods says nothing of the others', () => {
    const alone = { command: ['torchrun', '--nproc-per-node', '8', '--standalone', 'train.py'] };
    expect(lines(jobOf('PyTorchJob', { master: { container: alone }, worker: { container: { command: ['torchrun', 'train.py'] } } }))).toHaveLength(2);
    expect(lines(jobOf('PyTorchJob', { master: { container: alone }, worker: { container: alone } }))).toEqual([]);
  });

  test('what a container beside a launcher says of the port does not move the store', () => {
    const job = jobOf('JobSet', worker({ command: ['torchrun', 'train.py'] }));
    const beside = jobOf('JobSet', worker({ command: ['watch'], env: env({ MASTER_PORT: '29512' }) })).members[0]?.pod.containers ?? [];
    const members = job.members.map((m) => ({ ...m, pod: { ...m.pod, containers: [...beside, ...m.pod.containers] } }));
    expect(lines({ ...job, members })).toContain('pytorch/store: worker → worker on 29512 29500');
  });

  test('pods that only prepare are none of it', () => {
    expect(
      lines(jobOf('TrainJob', { 'dataset-initializer': { container: {} }, node: { replicas: 2, container: { command: ['torchrun', 't.py'], ...gpu } } })),
    ).toEqual([
      'kubeflow-trainer/status: node → pods of any namespace on 10443 (optional)',
      'nccl/collectives: node → node on ephemeral',
      'pytorch/store: node → node on 29500',
    ]);
  });
});

describe('what is no sign', () => {
  test.each<[string, string, Sort['container']]>([
    ['a web server with ray in its name', 'Deployment', { image: 'acme/ray-tracing-web:1', command: ['nginx'] }],
    ['a server of models, by its image', 'Deployment', { image: 'pytorch/torchserve:0.9', ...gpu }],
    ['a file that is named like a launcher', 'Deployment', { command: ['cat', '/etc/torchrun.conf'] }],
    ['a host name in an option', 'Deployment', { command: ['proxy', '--upstream=torchrun.example.com'] }],
    ['independent workers of a Job', 'Job', { image: 'pytorch/pytorch:2', command: ['python', 'eval.py'], ...gpu }],
    ['a registry called pytorch', 'PaddleJobLike', { image: 'pytorch.example.com/web:1' }],
  ])('%s', (_, kind, container) => {
    expect(signsOf(jobOf(kind, worker(container)))).toEqual([]);
  });
});

describe('other frameworks', () => {
  const mpi = (launcher: Sort['container'], workers: Sort['container'] = {}): Readonly<Record<string, Sort>> => ({
    launcher: { container: { command: ['mpirun'], ...launcher } },
    worker: { replicas: 2, container: workers },
  });
  const ray = (head: Sort['container'], workers: Sort['container'] = {}): Readonly<Record<string, Sort>> => ({
    head: { container: head },
    'small-group': { replicas: 0, container: workers },
  });

  test.each<[string, string, Readonly<Record<string, Sort>>, readonly string[]]>([
    [
      'Open MPI: ssh, daemons that dial back, ranks from 1024 up',
      'MPIJob',
      mpi({}),
      ['mpi/ssh: launcher → worker on 22 2222', 'mpi/daemons: worker → launcher on ephemeral', 'mpi/ranks: worker → worker on 1024-65535'],
    ],
    [
      'Open MPI with its ports pinned on the command line and the sshd of the operator’s images',
      'MPIJob',
      mpi(
        {
          args: [
            '--mca',
            'btl_tcp_port_min_v4',
            '40000',
            '--mca',
            'btl_tcp_port_range_v4',
            '1000',
            '-mca',
            'oob_tcp_dynamic_ipv4_ports',
            '41000-41100',
            'a.out',
          ],
        },
        { args: ['/usr/sbin/sshd', '-De', '-f', '/home/mpiuser/.sshd_config'] },
      ),
      ['mpi/ssh: launcher → worker on 2222', 'mpi/daemons: worker → launcher on 41000-41100', 'mpi/ranks: worker → worker on 40000-40999'],
    ],
    [
      'Open MPI with its ports pinned by variables that only the pod knows',
      'MPIJob',
      mpi({ env: [{ name: 'OMPI_MCA_btl_tcp_port_min_v4', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }] }, { ports: [{ containerPort: 22 }] }),
      ['mpi/ssh: launcher → worker on 22', 'mpi/daemons: worker → launcher on ephemeral', 'mpi/ranks: worker → worker on 1-65535'],
    ],
    [
      'Intel MPI',
      'MPIJob',
      mpi({ env: env({ I_MPI_PORT_RANGE: '50000:51000' }) }),
      ['mpi/ssh: launcher → worker on 22 2222', 'mpi/daemons: worker → launcher on 50000-51000', 'mpi/ranks: worker → worker on ephemeral'],
    ],
    [
      'Horovod by its own launcher draws ports',
      'Job',
      { launcher: { container: { command: ['horovodrun', '-np', '2', '-p', '2200', 'python', 't.py'] } }, worker: { replicas: 2, container: {} } },
      ['horovod/ssh: launcher → worker on 2200', 'horovod/services: launcher+worker → launcher+worker on 1024-65535'],
    ],
    [
      'Horovod under mpirun is MPI',
      'MPIJob',
      mpi({ image: 'horovod/horovod:0.28' }),
      ['mpi/ssh: launcher → worker on 22 2222', 'mpi/daemons: worker → launcher on ephemeral', 'mpi/ranks: worker → worker on 1024-65535'],
    ],
    [
      'Ray: the head dials its workers too',
      'RayCluster',
      ray({}),
      [
        'ray/gcs: head+small-group → head on 6379',
        'ray/managers: head+small-group → head+small-group on ephemeral',
        'ray/workers: head+small-group → head+small-group on 10002-19999',
      ],
    ],
    [
      'Ray with its ports pinned, followed by its operator',
      'RayService',
      ray(
        {
          command: [
            'sh',
            '-c',
            'ray start --head --port=6380 --node-manager-port=7000 --object-manager-port 7001 --min-worker-port=11000 --max-worker-port=11999',
          ],
        },
        { args: ['ray start --address=h:6380 --node-manager-port=7000 --object-manager-port=7001 --min-worker-port=11000 --max-worker-port=11999'] },
      ),
      [
        'ray/gcs: head+small-group → head on 6380',
        'ray/managers: head+small-group → head+small-group on 7000 7001',
        'ray/workers: head+small-group → head+small-group on 11000-11999',
        'ray/operator: pods of any namespace → head on 8265',
      ],
    ],
    ['a JAXJob', 'JAXJob', worker({}), ['gloo/collectives: worker → worker on ephemeral', 'jax/coordinator: worker → worker on 6666']],
    [
      'JAX that finds itself asks the Kubernetes API',
      'JobSet',
      worker({ image: 'acme/maxtext:1' }),
      ['jax/coordinator: worker → worker on 55527', 'jax/pods: worker → api-server on 443'],
    ],
    [
      'JAX that is told where its coordinator is',
      'JobSet',
      worker({ env: env({ JAX_COORDINATOR_ADDRESS: 'llm-0.llm:1234' }) }),
      ['jax/coordinator: worker → worker on 1234'],
    ],
    ['JAX on TPUs', 'JobSet', worker({ image: 'acme/jax:1', resources: { limits: { 'google.com/tpu': 4 } } }), ['jax/coordinator: worker → worker on 8476']],
    [
      'a TFJob, but for its evaluator',
      'TFJob',
      { ps: { container: {} }, worker: { container: {} }, evaluator: { container: {} } },
      ['tensorflow/tasks: ps+worker → ps+worker on 2222'],
    ],
    [
      'the addresses in TF_CONFIG',
      'JobSet',
      worker({ env: env({ TF_CONFIG: '{"cluster": {"worker": ["a:3000", "b:3001"]}}' }) }),
      ['tensorflow/tasks: worker → worker on 3000 3001'],
    ],
    [
      'a TF_CONFIG that a script makes',
      'JobSet',
      worker({ command: ['sh', '-c', 'export TF_CONFIG={$(make_config)}; python t.py'] }),
      ['tensorflow/tasks: worker → worker on 1-65535'],
    ],
    [
      'an XGBoostJob',
      'XGBoostJob',
      { master: { container: {} }, worker: { container: {} } },
      ['xgboost/tracker: master+worker → master on 9999', 'xgboost/collectives: master+worker → master+worker on ephemeral'],
    ],
    ['a PaddleJob', 'PaddleJob', worker({}), ['paddle/master: worker → worker on 36543', 'paddle/collectives: worker → worker on 1024-65535']],
    [
      'Dask',
      'Deployment',
      {
        scheduler: { container: { command: ['dask-scheduler'] } },
        worker: { replicas: 2, container: { command: ['dask-worker', 'tcp://s:8786', '--worker-port', '9000:9100', '--nanny-port=9200'] } },
      },
      ['dask/scheduler: scheduler+worker → scheduler on 8786', 'dask/workers: scheduler+worker → scheduler+worker on 9000-9100 9200'],
    ],
    ['UCX', 'JobSet', worker({ env: env({ UCX_TCP_PORT_RANGE: '9000-9999' }) }), ['ucx/tcp: worker → worker on 9000-9999']],
    ['NVSHMEM', 'JobSet', worker({ env: env({ NVSHMEM_DEBUG: 'INFO' }) }), ['nvshmem/bootstrap: worker → worker on ephemeral']],
    [
      'DeepSpeed with a list of hosts',
      'JobSet',
      worker({ command: ['deepspeed', '--hostfile=/etc/hosts.mpi', '--ssh_port', '2222', '--master_port', '29999', 't.py'] }),
      ['deepspeed/ssh: worker → worker on 2222', 'gloo/collectives: worker → worker on ephemeral', 'pytorch/store: worker → worker on 29999'],
    ],
    [
      'DeepSpeed whose launcher has no GPU: the store is in one of the workers',
      'JobSet',
      {
        launcher: { container: { command: ['deepspeed', '--hostfile=/job/hosts', 't.py'] } },
        worker: { replicas: 2, container: { ...gpu, command: ['sshd', '-D'] } },
      },
      ['deepspeed/ssh: launcher → launcher+worker on 22', 'nccl/collectives: worker → worker on ephemeral', 'pytorch/store: worker → worker on 29500'],
    ],
  ])('%s', (_, kind, sorts, expected) => {
    expect(lines(jobOf(kind, sorts))).toEqual(expected);
  });

  test('the launcher of an MPIJob v1 starts its workers through the Kubernetes API', () => {
    const job = jobOf('MPIJob', mpi({}));
    const members = job.members.map((m) => ({ ...m, labels: { ...m.labels, 'training.kubeflow.org/operator-name': 'mpijob-controller' } }));
    expect(lines({ ...job, members })[0]).toBe('mpi/exec: launcher → api-server on 443');
  });

  test('a RayJob is submitted to the dashboard, and its autoscaler asks the Kubernetes API', () => {
    const job = jobOf('RayJob', { ...ray({ name: 'autoscaler' }), submitter: { container: {} } });
    expect(lines(job).slice(3)).toEqual([
      'ray/submit: submitter → head on 8265',
      'ray/operator: pods of any namespace → head on 8265',
      'ray/autoscaler: head → api-server on 443',
    ]);
  });

  test('IMEX daemons dial each other wherever they are', () => {
    const job = jobOf('Job', worker({}));
    const members = job.members.map((m) => ({ ...m, labels: { ...m.labels, 'resource.nvidia.com/computeDomain': 'a1b2' } }));
    expect(lines({ ...job, members })).toEqual(['imex/daemons: pods of any namespace → pods of any namespace on 50000 (optional)']);
  });
});

describe('what carries data beside TCP', () => {
  const requests = (name: string) => ({ resources: { limits: { [name]: 1 } } });

  test.each<[string, Sort, readonly string[]]>([
    ['an RDMA device', { container: requests('rdma/hca_shared_devices_a') }, ['InfiniBand or RoCE: container main asks for rdma/hca_shared_devices_a']],
    ['one named after InfiniBand', { container: requests('rdma/shared_ib') }, ['InfiniBand: container main asks for rdma/shared_ib']],
    ['one with a GID index', { container: { ...requests('rdma/nic'), env: env({ NCCL_IB_GID_INDEX: '3' }) } }, ['RoCE: container main asks for rdma/nic']],
    ['one that NCCL leaves alone', { container: { ...requests('rdma/nic'), env: env({ NCCL_IB_DISABLE: '1' }) } }, []],
    ['none of it', { container: { resources: { limits: { 'rdma/nic': 0 } } } }, []],
    ['EFA', { container: requests('vpc.amazonaws.com/efa') }, ['EFA: container main asks for vpc.amazonaws.com/efa']],
    [
      'interfaces of GKE',
      { container: {}, annotations: { 'networking.gke.io/interfaces': '[]' } },
      ['GPUDirect-TCPX: annotation networking.gke.io/interfaces'],
    ],
    ['GPUs alone', { container: gpu }, []],
  ])('%s', (_, sort, expected) => {
    expect(carriersOf(jobOf('JobSet', { worker: sort })).map(({ carrier, signs }) => `${carrier}: ${signs.map((s) => s.text).join('; ')}`)).toEqual(expected);
  });
});

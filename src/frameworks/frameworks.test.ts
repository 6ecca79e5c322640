import { describe, expect, test } from 'vitest';
import { env, gpu, jobOf, lines, type Sort, signsOf, worker } from '../../cases/support/framework-jobs.ts';
import { passagesOf } from './job-frameworks.ts';
import { carriersOf } from './transport.ts';

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
      'Open MPI with as many workers as one daemon starts',
      'MPIJob',
      { launcher: { container: { command: ['mpirun'] } }, worker: { replicas: 64, container: { ports: [{ containerPort: 22 }] } } },
      ['mpi/ssh: launcher → worker on 22', 'mpi/daemons: worker → launcher on ephemeral', 'mpi/ranks: worker → worker on 1024-65535'],
    ],
    [
      'Open MPI with more workers than one daemon starts',
      'MPIJob',
      { launcher: { container: { command: ['mpirun'] } }, worker: { replicas: 65, container: { ports: [{ containerPort: 22 }] } } },
      [
        'mpi/ssh: launcher → worker on 22',
        'mpi/daemons: worker → launcher on ephemeral',
        'mpi/tree: worker → worker on 22',
        'mpi/tree-daemons: worker → worker on ephemeral',
        'mpi/ranks: worker → worker on 1024-65535',
      ],
    ],
    [
      'the same, started by the launcher alone',
      'MPIJob',
      {
        launcher: { container: { command: ['mpirun', '--mca', 'plm_rsh_no_tree_spawn', 'true'] } },
        worker: { replicas: 65, container: { ports: [{ containerPort: 22 }] } },
      },
      [
        'mpi/ssh: launcher → worker on 22',
        'mpi/daemons: worker → launcher on ephemeral',
        'mpi/tree-daemons: worker → worker on ephemeral',
        'mpi/ranks: worker → worker on 1024-65535',
      ],
    ],
    [
      'the same with a wider tree',
      'MPIJob',
      {
        launcher: { container: { command: ['mpirun', '--mca', 'routed_radix', '600'] } },
        worker: { replicas: 65, container: { ports: [{ containerPort: 22 }] } },
      },
      ['mpi/ssh: launcher → worker on 22', 'mpi/daemons: worker → launcher on ephemeral', 'mpi/ranks: worker → worker on 1024-65535'],
    ],
    [
      'the same with messages that take no tree',
      'MPIJob',
      {
        launcher: { container: { command: ['mpirun', '-mca', 'routed', 'direct'] } },
        worker: { replicas: 65, container: { ports: [{ containerPort: 22 }] } },
      },
      ['mpi/ssh: launcher → worker on 22', 'mpi/daemons: worker → launcher on ephemeral', 'mpi/ranks: worker → worker on 1024-65535'],
    ],
    [
      'JAX that a program in the command line starts, which finds itself in Kubernetes',
      'Job',
      worker({ command: ['python', '-c', 'import jax; jax.distributed.initialize(local_device_ids=[0])'] }),
      ['gloo/collectives: worker → worker on ephemeral', 'jax/coordinator: worker → worker on 55527', 'jax/pods: worker → api-server on 443'],
    ],
    [
      'JAX whose program is given the coordinator',
      'Job',
      worker({ command: ['python', '-c', 'jax.distributed.initialize(num_processes=4, coordinator_address="j-0.j:1234")'] }),
      ['gloo/collectives: worker → worker on ephemeral', 'jax/coordinator: worker → worker on 1234'],
    ],
    [
      'JAX whose program works the coordinator out',
      'Job',
      worker({ command: ['python', '-c', 'jax.distributed.initialize(os.environ["C"], 4)'] }),
      ['gloo/collectives: worker → worker on ephemeral', 'jax/coordinator: worker → worker on 1-65535'],
    ],
    [
      'a module of JAX',
      'Job',
      worker({ command: ['python3', '-m', 'MaxText.train', 'base.yml'], env: env({ JAX_COORDINATOR_ADDRESS: 'j-0.j:1234' }) }),
      ['gloo/collectives: worker → worker on ephemeral', 'jax/coordinator: worker → worker on 1234'],
    ],
    [
      'a port that the same shell line sets',
      'Job',
      worker({ command: ['bash', '-c', 'export PORT=12345; torchrun --nnodes=4 --master-port=$PORT t.py'] }),
      ['gloo/collectives: worker → worker on ephemeral', 'pytorch/store: worker → worker on 12345'],
    ],
    [
      'a port that the same shell line sets twice',
      'Job',
      worker({ command: ['bash', '-c', 'PORT=1; PORT=2; torchrun --nnodes=4 --master-port=$PORT t.py'] }),
      ['gloo/collectives: worker → worker on ephemeral', 'pytorch/store: worker → worker on 1-65535'],
    ],
    [
      'few workers under a binomial tree',
      'MPIJob',
      {
        launcher: { container: { command: ['mpirun'], env: env({ OMPI_MCA_routed: 'binomial' }) } },
        worker: { replicas: 4, container: { ports: [{ containerPort: 22 }] } },
      },
      [
        'mpi/ssh: launcher → worker on 22',
        'mpi/daemons: worker → launcher on ephemeral',
        'mpi/tree: worker → worker on 22',
        'mpi/tree-daemons: worker → worker on ephemeral',
        'mpi/ranks: worker → worker on 1024-65535',
      ],
    ],
    [
      'a TFJob of which one replica type has a port of its own',
      'TFJob',
      {
        ps: { container: {} },
        worker: { container: { ports: [{ name: 'tfjob-port', containerPort: 3333 }] } },
        chief: { container: {} },
      },
      ['tensorflow/tasks: ps+worker+chief → ps+chief on 2222', 'tensorflow/tasks-2: ps+worker+chief → worker on 3333'],
    ],
    [
      'Intel MPI',
      'MPIJob',
      mpi({ env: env({ I_MPI_PORT_RANGE: '50000:51000' }) }),
      ['mpi/ssh: launcher → worker on 22 2222', 'mpi/daemons: worker → launcher on 50000-51000', 'mpi/ranks: worker → worker on ephemeral'],
    ],
    [
      'Open MPI with an sshd that is told its port',
      'MPIJob',
      mpi({}, { command: ['/usr/sbin/sshd', '-De', '-p', '2233'] }),
      ['mpi/ssh: launcher → worker on 2233', 'mpi/daemons: worker → launcher on ephemeral', 'mpi/ranks: worker → worker on 1024-65535'],
    ],
    [
      'Open MPI with an sshd whose port only the pod knows',
      'MPIJob',
      mpi({}, { command: ['/usr/sbin/sshd', '-De', '-p', '$(PORT)'] }),
      ['mpi/ssh: launcher → worker on 1-65535', 'mpi/daemons: worker → launcher on ephemeral', 'mpi/ranks: worker → worker on 1024-65535'],
    ],
    [
      'Open MPI whose launcher is told the port of ssh',
      'MPIJob',
      mpi({ args: ['--mca', 'plm_rsh_args', '-o LogLevel=ERROR -p 2234', 'a.out'] }, { command: ['sshd', '-D'] }),
      ['mpi/ssh: launcher → worker on 2234', 'mpi/daemons: worker → launcher on ephemeral', 'mpi/ranks: worker → worker on 1024-65535'],
    ],
    [
      'Open MPI whose launcher is told the port of ssh by a variable',
      'MPIJob',
      mpi({ env: env({ OMPI_MCA_plm_rsh_args: '-q -p 2235' }) }, {}),
      ['mpi/ssh: launcher → worker on 2235', 'mpi/daemons: worker → launcher on ephemeral', 'mpi/ranks: worker → worker on 1024-65535'],
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
        'ray/agents: head → head+small-group on ephemeral (optional)',
        'ray/operator: pods of any namespace → head on 8265',
      ],
    ],
    ['a JAXJob', 'JAXJob', worker({}), ['gloo/collectives: worker → worker on ephemeral', 'jax/coordinator: worker → worker on 6666']],
    [
      'JAX that finds itself asks the Kubernetes API',
      'JobSet',
      worker({ image: 'acme/maxtext:1' }),
      ['gloo/collectives: worker → worker on ephemeral', 'jax/coordinator: worker → worker on 55527', 'jax/pods: worker → api-server on 443'],
    ],
    [
      'JAX that is told where its coordinator is',
      'JobSet',
      worker({ env: env({ JAX_COORDINATOR_ADDRESS: 'llm-0.llm:1234' }) }),
      ['gloo/collectives: worker → worker on ephemeral', 'jax/coordinator: worker → worker on 1234'],
    ],
    [
      'JAX on GPUs, whatever its kind',
      'Job',
      worker({ env: env({ JAX_COORDINATOR_ADDRESS: 'llm-0.llm:1234' }), ...gpu }),
      ['jax/coordinator: worker → worker on 1234', 'nccl/collectives: worker → worker on ephemeral'],
    ],
    [
      'TensorFlow on GPUs, whatever its kind',
      'Job',
      worker({ env: env({ TF_CONFIG: '{"cluster": {"worker": ["a:2222", "b:2222"]}}' }), ...gpu }),
      ['nccl/collectives: worker → worker on ephemeral', 'tensorflow/tasks: worker → worker on 2222'],
    ],
    [
      'TensorFlow on GPUs with parameter servers, in its addresses alone',
      'Job',
      worker({ env: env({ TF_CONFIG: '{"cluster": {"ps": ["a:2222"], "worker": ["b:2222"]}}' }), ...gpu }),
      ['tensorflow/tasks: worker → worker on 2222'],
    ],
    [
      'JAX on TPUs',
      'JobSet',
      worker({ image: 'acme/jax:1', resources: { limits: { 'google.com/tpu': 4 } } }),
      ['jax/coordinator: worker → worker on 8476', 'tpu/slice: worker → worker on 8471'],
    ],
    [
      'TPUs in several slices',
      'JobSet',
      worker({ image: 'acme/x:1', env: env({ MEGASCALE_NUM_SLICES: '2' }), resources: { limits: { 'google.com/tpu': 4 } } }),
      ['tpu/slice: worker → worker on 8471', 'tpu/megascale: worker → worker on 8080'],
    ],
    [
      'TPUs at the ports that pods are told',
      'JobSet',
      worker({
        image: 'acme/x:1',
        env: [
          { name: 'TPU_PROCESS_ADDRESSES', value: 'a-0.a:8476, a-1.a:8476' },
          { name: 'MEGASCALE_COORDINATOR_ADDRESS', value: 'a-0.a:8081' },
        ],
        resources: { limits: { 'google.com/tpu': 4 } },
      }),
      ['tpu/slice: worker → worker on 8476', 'tpu/megascale: worker → worker on 8081'],
    ],
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
      'DeepSpeed, where a list of hosts is an option of the script',
      'JobSet',
      worker({ command: ['deepspeed', '--num_nodes', '2', 't.py', '--hostfile=/etc/hosts.mpi'] }),
      ['gloo/collectives: worker → worker on ephemeral', 'pytorch/store: worker → worker on 29500'],
    ],
    [
      'DeepSpeed that starts others by ssh, whatever its script is told',
      'JobSet',
      worker({ command: ['deepspeed', '-H', '/etc/hosts.mpi', 't.py', '--no-ssh', '--ssh_port=99'] }),
      ['deepspeed/ssh: worker → worker on 22', 'gloo/collectives: worker → worker on ephemeral', 'pytorch/store: worker → worker on 29500'],
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

  test('what runs on Ray may start collectives among the pods with GPUs, whatever ports Ray is told', () => {
    const pins = { command: ['ray', 'start', '--node-manager-port=7000', '--object-manager-port=7001', '--min-worker-port=11000', '--max-worker-port=11999'] };
    const job = (workers: Sort['container']) => jobOf('RayCluster', { head: { container: pins }, group: { replicas: 4, container: { ...pins, ...workers } } });
    expect(lines(job(gpu)).at(-1)).toBe('ray/collectives: group → group on ephemeral');
    expect(
      passagesOf(job(gpu))
        .map((p) => p.supposed)
        .at(-1),
    ).toBe(true);
    expect(lines(job({})).at(-1)).toBe('ray/agents: head → head+group on ephemeral (optional)');
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

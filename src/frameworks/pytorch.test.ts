import { describe, expect, test } from 'vitest';
import { env, gpu, jobOf, lines, type Sort, signsOf, worker } from '../../cases/support/framework-jobs.ts';

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
    ['a variable that may hold the script', { command: ['sh', '-c', 'torchrun $SCRIPT --master-port 29511'] }, '29511 29500'],
    ['a variable before a module', { command: ['sh', '-c', 'torchrun $ARGS --master-port 29511 -m acme.train'] }, '29511'],
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
    ['what comes before another program', [{ command: ['sh', '-c', 'torchrun --standalone prep.py && python train.py'] }]],
    ['what comes before a script', [{ command: ['bash', '-c', 'torchrun --standalone prep.py; ./launch.sh'] }]],
    ['what is only said', [{ command: ['bash', '-c', 'echo torchrun --standalone; exec /opt/launch'] }]],
    ['a comment', [{ command: ['bash', '-c', '# torchrun --standalone x.py\npython train_ddp.py'] }]],
    ['what a substitution runs beside', [{ command: ['bash', '-c', 'export A=$(./launch.sh); torchrun --standalone x.py'] }]],
    ['what an image may do with it', [{ args: ['torchrun', '--standalone', 'x.py'] }]],
    ['a word given to another program', [{ command: ['/opt/launch', 'torchrun', '--standalone', 'x.py'] }]],
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

  test.each([
    ['in a shell line with what is harmless', 'set -e; cd /app && export A=1\nexec torchrun --standalone train.py 2>&1 | tee /log'],
    ['with variables of its own', '# one node each\nOMP_NUM_THREADS=1 torchrun \\\n --standalone train.py'],
    ['as a module of Python', 'pip install -r r.txt && python3 -u -m torch.distributed.run --standalone train.py'],
  ])('--standalone makes pods stand alone %s', (_, script) => {
    expect(lines(jobOf('Job', worker({ command: ['/bin/bash', '-ec', script], env: env({ NCCL_DEBUG: 'INFO' }) })))).toEqual([]);
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

import { expect, test } from 'vitest';
import { asked, deny, dns, only, space } from '../../../cases/support/asked-job.ts';

const ofTheJob = '{apiVersion: v1, kind: Service, metadata: {name: wk, namespace: ml}, spec: {clusterIP: None, selector: {batch.kubernetes.io/job-name: wk}}}';

function named(command: string, env: Readonly<Record<string, string>> = {}, services: readonly string[] = []): readonly string[] {
  const spec = {
    containers: [{ name: 't', image: 'x', command: ['bash', '-c', command], env: Object.entries(env).map(([name, value]) => ({ name, value })) }],
    restartPolicy: 'Never',
  };
  const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'wk', namespace: 'ml' }, spec: { parallelism: 4, completions: 4, template: { spec } } };
  const { paths } = only(asked(JSON.stringify(job), [space, deny, dns, ...services]));
  return paths.filter((p) => p.id.startsWith('named/')).map((p) => `${p.id.slice(6)} ${p.status}`);
}

test.each<readonly [string, string, Readonly<Record<string, string>>, string]>([
  ['torchrun', 'torchrun --nnodes=4 --master-addr=h-0.h.other.svc.cluster.local --master-port=23456 t.py', {}, 'h-0.h.other.svc.cluster.local:23456 unknown'],
  ['torchrun without a port', 'torchrun --nnodes=4 --master_addr h.other.svc t.py', {}, 'h.other.svc:29500 unknown'],
  ['c10d', 'torchrun --nnodes=4 --rdzv-backend=c10d --rdzv-endpoint=h.other.svc t.py', {}, 'h.other.svc:29400 unknown'],
  ['the environment', 'python t.py', { MASTER_ADDR: 'h.example.com', MASTER_PORT: '6000' }, 'h.example.com:6000 blocked'],
  ['an address', 'python t.py', { MASTER_ADDR: '203.0.113.9', MASTER_PORT: '6000' }, '203.0.113.9:6000 blocked'],
  ['a port that is not told', 'python t.py', { MASTER_ADDR: 'h.example.com', MASTER_PORT: 'later' }, 'h.example.com unknown'],
  ['accelerate', 'accelerate launch --main_process_ip h.other.svc --main_process_port 7000 t.py', {}, 'h.other.svc:7000 unknown'],
  ['JAX', 'python t.py', { JAX_COORDINATOR_ADDRESS: 'h.other.svc:1234' }, 'h.other.svc:1234 unknown'],
  ['Ray', 'ray start --address=head.other.svc:6379 --block', {}, 'head.other.svc:6379 unknown'],
  ['XGBoost without a port, which has no usual one', 'python t.py', { DMLC_TRACKER_URI: 'trk.other.svc' }, 'trk.other.svc unknown'],
  ['XGBoost', 'python t.py', { DMLC_TRACKER_URI: 'trk.other.svc', DMLC_TRACKER_PORT: '9000' }, 'trk.other.svc:9000 unknown'],
])('where the job is to meet outside of itself is asked for: %s', (_, command, env, wanted) => {
  expect(named(command, env)).toEqual([wanted]);
});

test.each<readonly [string, string, Readonly<Record<string, string>>]>([
  ['a pod of the job', 'torchrun --nnodes=4 --master-addr=wk-0.wk t.py', {}],
  ['the same by its full name', 'torchrun --nnodes=4 --master-addr=wk-0.wk.ml.svc.cluster.local t.py', {}],
  ['this very pod', 'python t.py', { MASTER_ADDR: '127.0.0.1' }],
  ['an option of the script', 'torchrun --nnodes=4 t.py --master-addr=h.other.svc', {}],
  ['an address that is no host of ray start', 'python t.py --address=h.other.svc', {}],
])('what may be a pod of the job is a passage between its pods: %s', (_, command, env) => {
  expect(named(command, env, [ofTheJob])).toEqual([]);
});

test.each<readonly [string, string, Readonly<Record<string, string>>, readonly string[]]>([
  ['a pod behind a Service that is not there', 'torchrun --nnodes=4 --master-addr=wk-0.wk t.py', {}, ['wk-0.wk:29500 unknown']],
  ['the same in full', 'torchrun --nnodes=4 --master-addr=wk-0.wk.ml.svc.cluster.local t.py', {}, ['wk-0.wk.ml.svc.cluster.local:29500 unknown']],
  ['a head of another object', 'python t.py', { RAY_ADDRESS: 'other-head-svc:6379' }, ['other-head-svc:6379 unknown']],
  ['the same, joined', 'ray start --block --address=other-head-svc:6379', {}, ['other-head-svc:6379 unknown']],
  ['c10d', 'torchrun --nnodes=4 --rdzv-backend=c10d --rdzv-endpoint=node0:29400 t.py', {}, ['node0:29400 unknown']],
  ['JAX', 'python t.py', { JAX_COORDINATOR_ADDRESS: 'jax-0:1234' }, ['jax-0:1234 unknown']],
  [
    'tasks of TensorFlow',
    'python t.py',
    { TF_CONFIG: '{"cluster":{"worker":["w0.ml.svc:2222","w1.ml.svc:2222"]},"task":{"type":"worker","index":0}}' },
    ['w0.ml.svc:2222 unknown', 'w1.ml.svc:2222 unknown'],
  ],
  ['hosts of mpirun', 'mpirun --host h1,h2:4 -np 2 python t.py --host h3', {}, ['h1:22 unknown', 'h2:22 unknown']],
  ['a scheduler of Dask', 'dask-worker sched:8786', {}, ['sched:8786 unknown']],
  ['the same by its variable', 'dask worker', { DASK_SCHEDULER_ADDRESS: 'sched:8786' }, ['sched:8786 unknown']],
  ['nobody, where each pod stands alone', 'torchrun --standalone t.py', {}, []],
])('what nothing in the input provides cannot be told: %s', (_, command, env, wanted) => {
  expect(named(command, env)).toEqual(wanted);
});

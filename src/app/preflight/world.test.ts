import { expect, test } from 'vitest';
import { asked, deny, dns, space, statuses } from '../../../cases/support/asked-job.ts';

const service = (selector: string): string => `
apiVersion: v1
kind: Service
metadata: {name: node0, namespace: ml}
spec: {clusterIP: None, selector: {${selector}}, ports: [{port: 29500}]}
`;
const job = (rank: number, command: string): string => `
apiVersion: batch/v1
kind: Job
metadata: {name: node${rank}, namespace: ml}
spec: {template: {metadata: {labels: {rank: "${rank}"}}, spec: {restartPolicy: Never, containers: [{name: c, image: i, command: [${command}], resources: {limits: {nvidia.com/gpu: 8}}}]}}}
`;
const pod = (rank: number, world: number): string => `
apiVersion: v1
kind: Pod
metadata: {name: train-${rank}, namespace: ml, labels: {rank: "${rank}"}}
spec:
  containers:
  - {name: c, image: x, command: [python, t.py], env: [{name: MASTER_ADDR, value: node0}, {name: WORLD_SIZE, value: "${world}"}], resources: {limits: {nvidia.com/gpu: 8}}}
`;
const torchrun = (rank: number, at: string, nodes = '2'): string =>
  job(rank, `torchrun, --nnodes=${nodes}, --node_rank=${rank}, --master_addr=${at}, --master_port=29500, t.py`);
const onlyThePort = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: p, namespace: ml}
spec: {podSelector: {}, policyTypes: [Ingress], ingress: [{from: [{podSelector: {}}], ports: [{port: 29500}]}]}
`;

const shut = { 'pytorch/store': 'blocked', 'nccl/collectives': 'blocked', dns: 'open' };

test.each<readonly [string, readonly string[], readonly string[], object]>([
  ['two Jobs', [service('rank: "0"'), torchrun(0, 'node0'), torchrun(1, 'node0')], [deny, dns], shut],
  ['two Jobs by a full name', [service('rank: "0"'), torchrun(0, 'node0.ml.svc'), torchrun(1, 'node0.ml.svc')], [deny, dns], shut],
  ['one that meets at itself by another name', [service('rank: "0"'), torchrun(0, '127.0.0.1'), torchrun(1, 'node0')], [deny, dns], shut],
  ['bare pods', [service('rank: "0"'), pod(0, 24), pod(1, 24), pod(2, 24)], [deny, dns], shut],
  ['only the port of the store', [service('rank: "0"'), torchrun(0, 'node0'), torchrun(1, 'node0')], [onlyThePort], { ...shut, 'pytorch/store': 'open' }],
])('a job that meets pods of other objects reaches them, and all of them each other: %s', (_, objects, cluster, wanted) => {
  const { jobs } = asked(objects.join('---'), [space, ...cluster]);
  expect(jobs.length).toBeGreaterThan(1);
  for (const one of jobs) expect(statuses(one)).toEqual(wanted);
});

test('the store is asked for at the pods behind the Service alone', () => {
  const { jobs } = asked([service('rank: "0"'), torchrun(0, 'node0'), torchrun(1, 'node0')].join('---'), [space]);
  expect(jobs.flatMap((j) => j.paths.filter((p) => p.id === 'pytorch/store').map((p) => `${p.from} to ${p.to}`))).toEqual([
    'every pod to node0',
    'every pod to node0',
  ]);
});

test.each<readonly [string, readonly string[], string | undefined]>([
  [
    'nodes',
    [service('rank: "0"'), torchrun(0, 'node0')],
    '--nnodes=2 of container c, and the input has 1 pod that meets there: give the manifests of the others',
  ],
  ['at least so many', [service('rank: "0"'), torchrun(0, 'node0', '2:4')], '--nnodes=2:4 of container c, and the input has 1 pod'],
  ['processes', [service('rank: "0"'), pod(0, 24), pod(1, 24)], 'WORLD_SIZE=24 of container c, and the input has 2 pods'],
  ['all are there', [service('rank: "0"'), pod(0, 24), pod(1, 24), pod(2, 24)], undefined],
  ['one pod that is all', [job(0, 'torchrun, --nnodes=1, t.py')], undefined],
  ['one that grows', [job(0, 'torchrun, "--nnodes=1:4", t.py')], undefined],
])('pods that the job says there are, and the input does not have, cannot be told: %s', (_, objects, reason) => {
  const [first] = asked(objects.join('---'), [space]).jobs;
  const absent = first?.paths.find((p) => p.id === 'absent/pods');
  expect(absent?.status).toBe(reason === undefined ? undefined : 'unknown');
  if (reason !== undefined) expect(absent?.reasons[0]).toContain(reason);
});

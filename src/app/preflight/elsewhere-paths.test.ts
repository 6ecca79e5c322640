import { expect, test } from 'vitest';
import { asked, deny, dns, only, space } from '../../../cases/support/asked-job.ts';
import type { JobPreflight } from '../../model/preflight-report.ts';

const workers = (command: string, more = ''): string =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: w, namespace: ml}\nspec: {replicas: 3, selector: {matchLabels: {app: w}}, template: {metadata: {labels: {app: w}}, spec: {containers: [{name: w, image: i, command: [sh, -c, "${command}"]${more}}]}}}`;
const head = (command: string): string =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: h, namespace: ml}\nspec: {selector: {matchLabels: {app: h}}, template: {metadata: {labels: {app: h}}, spec: {containers: [{name: h, image: i, command: [sh, -c, "${command}"]}]}}}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: h, namespace: ml}\nspec: {selector: {app: h}, ports: [{port: 6379}, {name: s, port: 8786}]}\n`;
/** Pods of the workers reach each other; the head is reached at the ports given, and reaches them at the same. */
const open = (ports: string): string => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: open, namespace: ml}
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
  ingress: [{from: [{podSelector: {matchLabels: {app: w}}}]}, {from: [{podSelector: {}}], ports: [${ports}]}]
  egress: [{to: [{podSelector: {matchLabels: {app: w}}}]}, {to: [{podSelector: {}}, {ipBlock: {cidr: 203.0.113.9/32}}], ports: [${ports}]}]
`;
const told = ({ paths }: JobPreflight): readonly string[] => paths.map((p) => `${p.id} ${p.ports} ${p.status}`);

test.each<readonly [string, string, string, string, readonly string[]]>([
  [
    'workers of Ray',
    'ray start --block --address=h:6379',
    'ray start --head --block',
    '{port: 6379}',
    ['ray/gcs TCP 6379 open', 'ray/managers TCP 32768-60999 blocked', 'ray/workers TCP 10002-19999 blocked', 'dns TCP 53; UDP 53 open'],
  ],
  [
    'workers of Ray whose ports are pinned',
    'ray start --block --address=h:6379 --node-manager-port=7000 --object-manager-port=7001 --min-worker-port=7100 --max-worker-port=7199',
    'ray start --head --block --node-manager-port=7002 --object-manager-port=7003 --min-worker-port=7200 --max-worker-port=7299',
    '{port: 6379}, {port: 7000, endPort: 7003}, {port: 7100, endPort: 7299}',
    [
      'ray/gcs TCP 6379 open',
      'ray/managers TCP 7000-7001 open',
      'ray/managers-2 TCP 7002-7003 open',
      'ray/workers TCP 7100-7199 open',
      'ray/workers-2 TCP 7200-7299 open',
      'ray/agents TCP 32768-60999 unknown',
      'dns TCP 53; UDP 53 open',
    ],
  ],
  [
    'workers of Ray whose head leaves its ports open',
    'ray start --block --address=h:6379 --node-manager-port=7000 --object-manager-port=7001',
    'ray start --head --block',
    '{port: 6379}, {port: 7000, endPort: 7001}, {port: 10002, endPort: 19999}',
    [
      'ray/gcs TCP 6379 open',
      'ray/managers TCP 7000-7001 open',
      'ray/managers-2 TCP 32768-60999 blocked',
      'ray/workers TCP 10002-19999 open',
      'ray/agents TCP 32768-60999 unknown',
      'dns TCP 53; UDP 53 open',
    ],
  ],
  [
    'workers of Dask',
    'dask worker tcp://h:8786',
    'dask scheduler',
    '{port: 8786}',
    ['dask/scheduler TCP 8786 open', 'dask/workers TCP 32768-60999 blocked', 'dns TCP 53; UDP 53 open'],
  ],
])('workers and the head of another object are asked about as one cluster, both ways: %s', (_, command, lead, ports, wanted) => {
  const paths = told(only(asked(workers(command), [space, deny, dns, head(lead), open(ports)]))).filter((path) => !path.startsWith('named/'));
  expect(paths.map((p) => p.replace(/^(ray\/agents .*) (?:blocked|open)$/, '$1 unknown'))).toEqual(wanted);
});

test.each<readonly [string, string, readonly string[], readonly string[]]>([
  [
    'an address, and policies let neither through',
    'ray start --block --address=203.0.113.9:6379',
    [open('{port: 6379}')],
    ['elsewhere/to TCP 10002-19999,32768-60999 unknown', 'elsewhere/from  unknown', 'named/203.0.113.9:6379 TCP 6379 open'],
  ],
  [
    'an address, where nothing isolates',
    'ray start --block --address=203.0.113.9:6379',
    [],
    ['elsewhere/to TCP 10002-19999,32768-60999 open', 'named/203.0.113.9:6379 TCP 6379 open'],
  ],
  ['a Service that is not in the input', 'ray start --block --address=rc-head-svc:6379', [], ['elsewhere/to  unknown', 'named/rc-head-svc:6379  unknown']],
  ['auto, and nothing says what that is', 'ray start --block --address=auto', [], []],
  [
    'a program that asks there and starts no node',
    'ray job submit --address http://203.0.113.9:8265 -- python t.py',
    [],
    ['named/203.0.113.9:8265 TCP 8265 open'],
  ],
  [
    'a store of torch',
    'torchrun --nnodes=3 --master-addr=203.0.113.9 t.py',
    [],
    ['elsewhere/to TCP 32768-60999 open', 'named/203.0.113.9:29500 TCP 29500 open'],
  ],
  ['the pod itself', 'torchrun --nnodes=3 --master-addr=127.0.0.1 t.py', [], []],
])('what is said beside the meeting is asked for where nothing of the input stands there: %s', (_, command, policies, wanted) => {
  const paths = told(only(asked(workers(command), [space, ...policies])));
  expect(paths.filter((path) => /^(?:elsewhere|named)/.test(path))).toEqual(wanted);
});

test('a Deployment that joins a cluster is asked about beside a Job of the same file', () => {
  const other =
    'apiVersion: batch/v1\nkind: Job\nmetadata: {name: j, namespace: ml}\nspec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: x}]}}}';
  expect(asked(`${workers('ray start --block --address=h:6379')}\n---\n${other}`, [space]).jobs.map((j) => j.title)).toEqual(['ml/w[Deployment]', 'ml/j[Job]']);
});

test('a port that cannot be read is one of all: where some are open it is not known, where none is it is blocked', () => {
  const some = `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: some, namespace: ml}\nspec: {podSelector: {}, policyTypes: [Ingress, Egress], ingress: [{ports: [{port: 29500}]}], egress: [{ports: [{port: 29500}]}]}\n`;
  const job = workers('torchrun --nnodes=3 --master-port=$(cat /port) t.py');
  const store = (policies: readonly string[]) => only(asked(job, [space, ...policies])).paths.find((p) => p.id === 'pytorch/store');
  expect([store([deny])?.status, store([some])?.status, store([])?.status]).toEqual(['blocked', 'unknown', 'open']);
  expect(store([some])?.reasons).toEqual(['its pods may reach another of its kind at TCP 29500, and whether that is where it listens is not known']);
});

test.each<readonly [string, string, boolean | null]>([
  ['what is only printed', '[bash, -c, "echo see https://wiki.example.com; python t.py"]', null],
  ['a sentence among arguments', '[python, t.py, "Fine tuning, see https://wiki.example.com"]', false],
  ['an option', '[python, t.py, "--url=https://wiki.example.com"]', true],
])('URLs that nobody need dial stop no job: %s', (_, command, required) => {
  const job = `apiVersion: batch/v1\nkind: Job\nmetadata: {name: j, namespace: ml}\nspec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: x, command: ${command}}]}}}`;
  const [path] = only(asked(job, [space, deny, dns])).paths.filter((p) => p.id.startsWith('named/'));
  expect(path?.required ?? null).toBe(required);
});

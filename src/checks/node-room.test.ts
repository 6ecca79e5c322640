import { expect, test } from 'vitest';
import { asked, job, only, space } from '../../cases/support/asked-job.ts';
import { wouldRun } from '../model/preflight-report.ts';
import { preflightHeadline } from '../report/preflight-text.ts';

const node = (name: string, allocatable: string, spec = ''): string => `
apiVersion: v1
kind: Node
metadata: {name: ${name}, labels: {pool: ${name}}}
spec: {${spec}}
${allocatable === '' ? '' : `status: {allocatable: {${allocatable}}}`}
`;
const sized = (limits: string, more = ''): string =>
  job().replaceAll('image: "train:1"', `image: "train:1", resources: {limits: {${limits}}}`).replaceAll('{containers: [', `{${more}containers: [`);
const taint = 'taints: [{key: nvidia.com/gpu, effect: NoSchedule}]';
const big = 'cpu: "96", memory: 2113397236Ki, nvidia.com/gpu: 8';
const devices = 'apiVersion: resource.k8s.io/v1\nkind: DeviceClass\nmetadata: {name: gpu}\nspec: {extendedResourceName: nvidia.com/gpu}\n';

test.each<[string, string, readonly string[], RegExp | null]>([
  [
    'more devices than the node has',
    sized('nvidia.com/gpu: 8'),
    [node('a', 'cpu: "8", nvidia.com/gpu: 4')],
    /asks for 8 nvidia\.com\/gpu, and node a, the one that it may run on, has 4: its pods stay Pending/,
  ],
  [
    'on several nodes',
    sized('nvidia.com/gpu: 8'),
    [node('a', 'nvidia.com/gpu: 4'), node('b', 'cpu: 8')],
    /none of the 2 nodes that it may run on has more than 4/,
  ],
  ['more memory', sized('memory: 2Ti'), [node('a', big)], /asks for 2Ti memory, and node a, the one that it may run on, has 1\.96Ti/],
  [
    'of one thing here, of another there',
    sized('memory: 1Ti, nvidia.com/gpu: 8'),
    [node('a', big.replace('8', '8').replace('nvidia.com/gpu: 8', 'nvidia.com/gpu: 4')), node('b', 'memory: 512Gi, nvidia.com/gpu: 8')],
    /node a has 4 of 8 nvidia\.com\/gpu, node b has 512Gi of 1Ti memory/,
  ],
  ['the nodes that have it are tainted', sized('cpu: 90'), [node('a', 'cpu: "4"'), node('b', big, taint)], /asks for 90 cpu, and node a/],
  ['all nodes are tainted', job(), [node('a', big, taint)], /has a taint that it does not tolerate, such as nvidia\.com\/gpu:NoSchedule/],
  [
    'its selector keeps it from the node that has it',
    sized('cpu: 90', 'nodeSelector: {pool: a}, '),
    [node('a', 'cpu: "4"'), node('b', big)],
    /asks for 90 cpu, and node a/,
  ],
  [
    'the taint is tolerated',
    sized('cpu: 90', 'tolerations: [{key: nvidia.com/gpu, operator: Exists}], '),
    [node('a', 'cpu: "4"'), node('b', big, taint), node('c', big, taint), node('d', big, taint), node('e', big, taint)],
    null,
  ],
  ['one node fits', sized('nvidia.com/gpu: 8'), [node('a', 'nvidia.com/gpu: 4'), ...['b', 'c', 'd', 'e'].map((n) => node(n, big))], null],
  ['what a node has is not said', sized('nvidia.com/gpu: 8'), [node('a', '')], null],
  ['of what no node speaks of', sized('memory: 5Ti, nvidia.com/gpu: 8'), [node('a', 'nvidia.com/gpu: 32')], null],
  ['devices of a class', sized('nvidia.com/gpu: 8'), [node('a', 'cpu: "4"'), devices], null],
])('a pod waits where no node has room for it: %s', (_, text, cluster, message) => {
  const found = only(asked(text, [space, ...cluster]));
  const told = found.problems.map((f) => f.message);
  if (message === null) expect(told).toEqual([]);
  else for (const one of told) expect(one).toMatch(message);
  expect(told.length > 0).toBe(message !== null);
  expect(wouldRun(found)).toBe(message === null);
});

test('nodes that take pods one by one and not all at once are told', () => {
  const found = only(asked(sized('nvidia.com/gpu: 8'), [space, node('a', big), node('b', big)]));
  expect(found.problems.map((f) => f.message)).toEqual([
    'The nodes of the input have room for 2 of the 3 pods of ml/llm[PyTorchJob worker] at once, where nothing else runs on them: the others stay Pending until there are more nodes.',
  ]);
  expect(wouldRun(found)).toBe(false);
  expect(preflightHeadline(found)).toContain('cannot be told');
});

test('all roles of a job count, and not each by itself', () => {
  const three = only(asked(sized('nvidia.com/gpu: 8'), [space, node('a', big), node('b', big), node('c', big)]));
  expect(three.problems.map((f) => f.message)).toEqual([
    'The pods of ml/llm[PyTorchJob] ask for 32 nvidia.com/gpu together, and the nodes of the input that they may run on have 24, where nothing else runs on them: some stay Pending until there are more nodes.',
  ]);
  expect(preflightHeadline(three)).toContain('cannot be told');
  expect(wouldRun(only(asked(sized('nvidia.com/gpu: 8'), [space, ...['a', 'b', 'c', 'd'].map((n) => node(n, big))])))).toBe(true);
});

test('a taint that only the API server may tolerate for the pods leaves it open, but on GKE', () => {
  const nodes = ['a', 'b', 'c', 'd'].map((n) => node(n, big, taint));
  expect(preflightHeadline(only(asked(sized('nvidia.com/gpu: 8'), [space, ...nodes])))).toContain('cannot be told');
  expect(wouldRun(only(asked(sized('nvidia.com/gpu: 8'), [space, ...nodes], 'gke@1.36')))).toBe(true);
});

test('an Indexed Job counts for a quota as many pods as run at a time', () => {
  const quota = (gpus: number): string =>
    `apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q, namespace: ml}\nspec: {hard: {requests.nvidia.com/gpu: "${gpus}", pods: "3"}}`;
  const indexed = `
apiVersion: batch/v1
kind: Job
metadata: {name: hn, namespace: ml}
spec:
  completions: 4
  parallelism: 2
  completionMode: Indexed
  template: {spec: {restartPolicy: Never, containers: [{name: c, image: x, command: [torchrun, t.py], resources: {limits: {nvidia.com/gpu: 8}}}]}}`;
  expect(only(asked(indexed, [space, quota(16)])).problems.map((f) => f.check)).toEqual([]);
  expect(only(asked(indexed, [space, quota(15)])).problems.map((f) => f.check)).toEqual(['quota-too-small']);
});

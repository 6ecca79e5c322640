import { expect, test } from 'vitest';
import { asked, job, only, space } from '../../cases/support/asked-job.ts';
import { wouldRun } from '../model/preflight-report.ts';

const account = (name: string, namespace = 'ml'): string => `apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: ${name}, namespace: ${namespace}}\n`;
const under = (name: string): string => job().replaceAll('{containers: [', `{serviceAccountName: ${name}, containers: [`);
const quota = (hard: string, more = ''): string => `apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q, namespace: ml}\nspec: {hard: {${hard}}${more}}\n`;
const range = (limits: string, namespace = 'ml'): string =>
  `apiVersion: v1\nkind: LimitRange\nmetadata: {name: r, namespace: ${namespace}}\nspec: {limits: [${limits}]}\n`;
const sized = (resources: string): string => job().replaceAll('image: "train:1"', `image: "train:1", resources: {${resources}}`);

test.each<[string, string, readonly string[], boolean, RegExp | null]>([
  [
    'it is not among those of the namespace',
    under('trainer'),
    [account('default'), account('other')],
    false,
    /runs under ServiceAccount ml\/trainer, .*: its pods are refused\./,
  ],
  ['the input has some of them alone', under('trainer'), [account('other')], true, /if it is not in the cluster, its pods are refused/],
  ['it is there', under('trainer'), [account('default'), account('trainer')], true, null],
  ['the input has none of the namespace', under('trainer'), [account('default', 'else')], true, null],
  ['none is named', job(), [account('other')], true, null],
])('pods under a service account that is missing are refused: %s', (_, text, cluster, runs, message) => {
  const found = only(asked(text, [space, ...cluster]));
  const told = found.problems.filter((f) => f.check === 'service-account-missing').map((f) => f.message);
  expect(told.length).toBe(message === null ? 0 : 2);
  for (const one of told) expect(one).toMatch(message ?? /^$/);
  expect(wouldRun(found)).toBe(runs);
});

test('an account that an operator makes is not missed', () => {
  const ray = `
apiVersion: ray.io/v1
kind: RayCluster
metadata: {name: tune, namespace: ml}
spec:
  enableInTreeAutoscaling: true
  headGroupSpec: {rayStartParams: {}, template: {spec: {containers: [{name: head, image: "ray:2"}]}}}
`;
  const missing = (text: string) => only(asked(text, [space, account('default')])).problems.filter((f) => f.check === 'service-account-missing');
  expect(missing(ray)).toEqual([]);
  expect(missing(ray.replace('{spec: {containers', '{spec: {serviceAccountName: own, containers'))).toHaveLength(1);
});

test.each<[string, string, readonly string[], RegExp | null]>([
  [
    'nothing is said',
    job(),
    [quota('requests.cpu: 100')],
    /counts requests\.cpu, which container pytorch of ml\/llm\[PyTorchJob \w+\] does not say, and no LimitRange/,
  ],
  ['requests, and the quota counts limits', sized('requests: {memory: 1Gi, cpu: 1}'), [quota('cpu: 100, limits.memory: 1Ti')], /counts limits\.memory/],
  ['all is said', sized('limits: {memory: 1Gi, cpu: 1}'), [quota('cpu: 100, limits.memory: 1Ti')], null],
  ['a LimitRange gives it', job(), [quota('requests.cpu: 100'), range('{type: Container, defaultRequest: {cpu: 1}}')], null],
  ['the limit of a LimitRange gives a request', job(), [quota('memory: 1Ti'), range('{type: Container, max: {memory: 64Gi}}')], null],
  [
    'one for pods as a whole gives nothing',
    sized('limits: {memory: 1Gi}'),
    [quota('requests.cpu: 100'), range('{type: Pod, max: {memory: 64Gi}}')],
    /counts requests\.cpu/,
  ],
  [
    'one of another namespace gives nothing',
    job(),
    [quota('requests.cpu: 100'), range('{type: Container, defaultRequest: {cpu: 1}}', 'else')],
    /counts requests\.cpu/,
  ],
  ['a quota with a scope', job(), [quota('requests.cpu: 100', ', scopes: [NotBestEffort]')], null],
  ['one of devices', job(), [quota('requests.nvidia.com/gpu: 8')], null],
  ['the pod says it as a whole', job().replaceAll('{containers: [', '{resources: {requests: {cpu: 1}}, containers: ['), [quota('requests.cpu: 100')], null],
])('a quota wants each container to say what it counts: %s', (_, text, cluster, message) => {
  const found = only(asked(text, [space, ...cluster]));
  const told = found.problems.map((f) => f.message);
  expect(told.length > 0).toBe(message !== null);
  for (const one of told) expect(one).toMatch(message ?? /^$/);
  expect(wouldRun(found)).toBe(message === null);
});

test.each<[string, string, string, RegExp | null]>([
  [
    'too much in a container',
    sized('limits: {memory: 2Ti}'),
    '{type: Container, max: {memory: 1Ti}}',
    /container pytorch may use 2Ti memory, and at most 1Ti is admitted/,
  ],
  ['too little', sized('requests: {cpu: 1}'), '{type: Container, min: {cpu: 2}}', /container pytorch requests 1 cpu, and at least 2 is wanted/],
  ['too much in the pod', sized('limits: {memory: 2Ti}'), '{type: Pod, max: {memory: 1Ti}}', /the pod may use/],
  ['no limit of the pod', job(), '{type: Pod, max: {memory: 1Ti}}', /the pod has no limit of memory/],
  ['the default is what is admitted', job(), '{type: Container, max: {memory: 1Ti}}', null],
  ['within', sized('limits: {memory: 1Gi, cpu: 4}'), '{type: Container, max: {memory: 1Ti}, min: {cpu: 1}}', null],
  ['of claims', job(), '{type: PersistentVolumeClaim, max: {storage: 1Ti}}', null],
])('a LimitRange refuses what is beyond it: %s', (_, text, limits, message) => {
  const found = only(asked(text, [space, range(limits)]));
  const told = found.problems.map((f) => f.message);
  expect(told.length > 0).toBe(message !== null);
  for (const one of told) expect(one).toMatch(message ?? /^$/);
  expect(wouldRun(found)).toBe(message === null);
});

test('what a LimitRange gives counts against the quota', () => {
  const found = only(asked(job(), [space, quota('requests.memory: 100Gi'), range('{type: Container, defaultRequest: {memory: 64Gi}}')]));
  expect(found.problems.map((f) => f.message)).toEqual([
    'The pods of ml/llm ask for 256Gi requests.memory together, and ResourceQuota ml/q allows 100Gi: some of them are refused.',
  ]);
});

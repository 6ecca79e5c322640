import { describe, expect, test } from 'vitest';
import { loadSnapshot } from '../app/load.ts';
import { runChecks } from '../app/run-checks.ts';
import { profiles } from '../engine/profiles.ts';
import { reach } from '../engine/reach.ts';

const live = ', uid: u, resourceVersion: "1", creationTimestamp: "2026-01-01T00:00:00Z"';
const quota = (used: string, meta = live): string => `apiVersion: v1
kind: ResourceQuota
metadata: {name: q, namespace: ml${meta}}
spec: {hard: {requests.nvidia.com/gpu: "16", pods: "10"}}
status: {used: {requests.nvidia.com/gpu: "${used}"}}`;
const job = (meta = '', more = ''): string => `apiVersion: batch/v1
kind: Job
metadata: {name: llm, namespace: ml${meta}}
spec:
  parallelism: 1
  template: {spec: {containers: [{name: c, image: train, command: [torchrun, t.py], resources: {limits: {nvidia.com/gpu: 8}}}]${more}}}`;

function found(check: string, ...texts: readonly string[]) {
  const { snapshot } = loadSnapshot([{ file: 'm.yaml', text: texts.join('\n---\n') }]);
  const profile = profiles.find((p) => p.id === 'kubernetes');
  if (profile === undefined) throw new Error('no profile');
  return runChecks(reach(snapshot, profile)).filter((f) => f.check === check);
}

describe('what a quota has left', () => {
  test('is too little beside what runs', () => {
    const [late] = found('quota-too-small', quota('12'), job());
    expect(late).toMatchObject({ severity: 'medium', confidence: 'likely' });
    expect(late?.message).toContain('has 4 left');
  });

  test.each([
    ['enough', quota('8'), job()],
    ['counts the job where it runs already', quota('12'), job(live)],
    ['is not known to who wrote the manifest', quota('12', ''), job()],
    ['cannot be read', quota('much'), job()],
  ])('%s', (_, ...texts) => {
    expect(found('quota-too-small', ...texts)).toEqual([]);
  });
});

test.each([
  ['priority classes', 'scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: In, values: [high]}]}'],
  ['pods that do not end', 'scopes: [NotTerminating]'],
])('a quota for some pods alone may be too small: %s', (_, scope) => {
  const scoped = (gpus: number): string =>
    `apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q, namespace: ml}\nspec: {hard: {requests.nvidia.com/gpu: "${gpus}"}, ${scope}}`;
  expect(found('quota-too-small', scoped(4), job())).toMatchObject([{ severity: 'medium', confidence: 'possible', undecided: true }]);
  expect(found('quota-too-small', scoped(8), job())).toEqual([]);
});

describe('a taint that is named like the device', () => {
  const node = (key: string, more = ''): string =>
    `apiVersion: v1\nkind: Node\nmetadata: {name: gpu-1}\nspec: {taints: [{key: ${key}, effect: NoSchedule}${more}]}`;

  test('is tolerated only by what the API server adds', () => {
    const [told] = found('no-node-for-job', node('nvidia.com/gpu'), job());
    expect(told).toMatchObject({ severity: 'medium', confidence: 'possible', undecided: true });
    expect(told?.message).toContain('ExtendedResourceToleration');
  });

  test('is nothing to tell of where the pods tolerate it, or another node is free', () => {
    expect(found('no-node-for-job', node('nvidia.com/gpu'), job('', ', tolerations: [{key: nvidia.com/gpu, operator: Exists}]'))).toEqual([]);
    expect(found('no-node-for-job', node('nvidia.com/gpu'), 'apiVersion: v1\nkind: Node\nmetadata: {name: free}', job())).toEqual([]);
    expect(found('no-node-for-job', node('nvidia.com/gpu', ', {key: team, effect: NoSchedule}'), job())).toMatchObject([{ severity: 'high' }]);
  });
});

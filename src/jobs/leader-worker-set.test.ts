import { describe, expect, test } from 'vitest';
import { loadSnapshot } from '../app/load.ts';
import { podLabels } from '../engine/directory.ts';
import { trainingJobs, wholeJobs } from '../frameworks/training-jobs.ts';

const set = (spec: string): string => `
apiVersion: leaderworkerset.x-k8s.io/v1
kind: LeaderWorkerSet
metadata: {name: vllm, namespace: ml}
spec:
  ${spec}
`;
const worker = 'workerTemplate: {metadata: {labels: {role: w}}, spec: {containers: [{name: c, image: w}]}}';
const leader = 'leaderTemplate: {metadata: {labels: {role: l}}, spec: {containers: [{name: c, image: l}]}}';

function read(text: string) {
  const { snapshot, diagnostics } = loadSnapshot([{ file: 'set.yaml', text }]);
  return { snapshot, diagnostics: diagnostics.map((d) => d.code) };
}

describe('a LeaderWorkerSet', () => {
  test('is a leader and workers for each group', () => {
    const { snapshot, diagnostics } = read(set(`{replicas: 2, leaderWorkerTemplate: {size: 4, ${leader}, ${worker}}}`));
    expect(diagnostics).toEqual([]);
    expect(snapshot.workloads.map((w) => [w.id, w.replicas])).toEqual([
      ['LeaderWorkerSet/ml/vllm/leader-0', 1],
      ['LeaderWorkerSet/ml/vllm/leader-1', 1],
      ['LeaderWorkerSet/ml/vllm/worker-0', 3],
      ['LeaderWorkerSet/ml/vllm/worker-1', 3],
    ]);
    const [, second, , workers] = snapshot.workloads;
    if (second === undefined || workers === undefined) throw new Error('both are there');
    expect(podLabels(second, 0)).toEqual({
      role: 'l',
      'leaderworkerset.sigs.k8s.io/name': 'vllm',
      'leaderworkerset.sigs.k8s.io/worker-index': '0',
      'leaderworkerset.sigs.k8s.io/group-index': '1',
      'statefulset.kubernetes.io/pod-name': 'vllm-1',
      'apps.kubernetes.io/pod-index': '1',
    });
    expect(podLabels(workers, 0)).toEqual({
      role: 'w',
      'leaderworkerset.sigs.k8s.io/name': 'vllm',
      'leaderworkerset.sigs.k8s.io/group-index': '1',
      'leaderworkerset.sigs.k8s.io/worker-index': '1',
      'statefulset.kubernetes.io/pod-name': 'vllm-1-1',
      'apps.kubernetes.io/pod-index': '1',
    });
    expect(snapshot.services.map((s) => s.name)).toEqual(['vllm']);
  });

  test.each([
    [
      'two groups',
      '{replicas: 2, ',
      [
        ['0', 'leader-0,worker-0', false],
        ['1', 'leader-1,worker-1', false],
      ],
    ],
    ['one group', '{', [[undefined, 'leader,worker', false]]],
    ['more groups than are numbered', '{replicas: 65, ', [[undefined, 'leader,worker', true]]],
    ['no group', '{replicas: 0, ', [[undefined, 'leader', false]]],
  ])('of %s is as many jobs', (_, groups, jobs) => {
    const { snapshot } = read(set(`${groups}leaderWorkerTemplate: {size: 2, ${worker}}}`));
    expect(trainingJobs(snapshot.workloads).map((j) => [j.group?.value, j.members.map((m) => m.role).join(), j.mixed])).toEqual(jobs);
    expect(wholeJobs(snapshot.workloads)).toHaveLength(1);
  });

  test('stands for the StatefulSet of its leaders, whose pods get their number later', () => {
    const owned =
      'uid: u2, resourceVersion: "7", creationTimestamp: "2026-11-01T00:00:00Z", ownerReferences: [{apiVersion: leaderworkerset.x-k8s.io/v1, kind: LeaderWorkerSet, name: vllm, uid: u1, controller: true}]';
    const object = set(`{replicas: 2, leaderWorkerTemplate: {size: 2, ${leader}, ${worker}}}`).replace('name: vllm,', 'name: vllm, uid: u1,');
    const { snapshot, diagnostics } = read(`${object}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: vllm, namespace: ml, ${owned}}
spec:
  replicas: 2
  template:
    metadata: {labels: {role: l, leaderworkerset.sigs.k8s.io/name: vllm, leaderworkerset.sigs.k8s.io/worker-index: "0"}}
    spec: {containers: [{name: c, image: l}]}
`);
    expect(diagnostics).toEqual([]);
    expect(snapshot.workloads.map((w) => w.id)).toEqual([
      'LeaderWorkerSet/ml/vllm/leader-0',
      'LeaderWorkerSet/ml/vllm/leader-1',
      'LeaderWorkerSet/ml/vllm/worker-0',
      'LeaderWorkerSet/ml/vllm/worker-1',
    ]);
  });

  test('without a leader template makes leaders from the worker’s, and of one pod a group no workers', () => {
    expect(read(set(`{leaderWorkerTemplate: {size: 1, ${worker}}}`)).snapshot.workloads.map((w) => [w.role, w.labels.role])).toEqual([['leader', 'w']]);
  });

  test('may want a Service for each group', () => {
    const { snapshot } = read(set(`{replicas: 2, networkConfig: {subdomainPolicy: UniquePerReplica}, leaderWorkerTemplate: {size: 2, ${worker}}}`));
    expect(snapshot.services.map((s) => s.name)).toEqual(['vllm-0', 'vllm-1']);
  });

  test('of very many groups is told together, and says so', () => {
    const { snapshot, diagnostics } = read(set(`{replicas: 100000, leaderWorkerTemplate: {size: 8, ${worker}}}`));
    expect(diagnostics).toEqual(['groups-not-numbered']);
    expect(snapshot.workloads.map((w) => w.replicas)).toEqual([100_000, 700_000]);
  });
});

test.each<readonly [string, string, string]>([
  ['the one Service', '', 'vllm-1.vllm.ml'],
  ['a Service for each group', 'networkConfig: {subdomainPolicy: UniquePerReplica}, ', 'vllm-1.vllm-1.ml'],
])('pods are told where the leader of their group is: %s', (_, network, address) => {
  const { snapshot } = read(set(`{replicas: 2, ${network}leaderWorkerTemplate: {size: 3, ${leader}, ${worker}}}`));
  const env = snapshot.workloads.filter((w) => w.role?.endsWith('-1')).map((w) => w.pod.containers[0]?.env);
  expect(env).toEqual([
    { LWS_LEADER_ADDRESS: address, LWS_GROUP_SIZE: '3', LWS_WORKER_INDEX: '0' },
    { LWS_LEADER_ADDRESS: address, LWS_GROUP_SIZE: '3', LWS_WORKER_INDEX: null },
  ]);
});

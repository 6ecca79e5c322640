import { describe, expect, test } from 'vitest';
import { loadSnapshot } from '../app/load.ts';
import { podLabels } from '../engine/directory.ts';

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
  test('is its leaders, and the workers of each group', () => {
    const { snapshot, diagnostics } = read(set(`{replicas: 2, leaderWorkerTemplate: {size: 4, ${leader}, ${worker}}}`));
    expect(diagnostics).toEqual([]);
    expect(snapshot.workloads.map((w) => [w.id, w.replicas])).toEqual([
      ['LeaderWorkerSet/ml/vllm/leader', 2],
      ['LeaderWorkerSet/ml/vllm/worker-0', 3],
      ['LeaderWorkerSet/ml/vllm/worker-1', 3],
    ]);
    const [leaders, , workers] = snapshot.workloads;
    if (leaders === undefined || workers === undefined) throw new Error('both are there');
    expect(podLabels(leaders, 1)).toEqual({
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

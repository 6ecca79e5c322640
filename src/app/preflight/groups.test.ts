import { describe, expect, test } from 'vitest';
import { asked, deny, dns, only, space, statuses } from '../../../cases/support/asked-job.ts';
import { trainingJobs } from '../../frameworks/training-jobs.ts';
import { wouldRun } from '../../model/preflight-report.ts';
import { jobTitle } from '../../model/training-job.ts';
import { loadSnapshot } from '../load.ts';

const set = (replicas: number): string => `
apiVersion: leaderworkerset.x-k8s.io/v1
kind: LeaderWorkerSet
metadata: {name: vllm, namespace: ml}
spec:
  replicas: ${replicas}
  leaderWorkerTemplate:
    size: 2
    workerTemplate: {spec: {containers: [{name: c, image: "acme:1", command: [torchrun, t.py], resources: {limits: {nvidia.com/gpu: 8}}}]}}`;
const within = (group: number): string => {
  const pods = `{matchLabels: {leaderworkerset.sigs.k8s.io/name: vllm, leaderworkerset.sigs.k8s.io/group-index: "${group}"}}`;
  return `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: group-${group}, namespace: ml}
spec: {podSelector: ${pods}, ingress: [{from: [{podSelector: ${pods}}]}], egress: [{to: [{podSelector: ${pods}}]}], policyTypes: [Ingress, Egress]}`;
};

describe('groups of a LeaderWorkerSet', () => {
  test('run where each reaches its own and no other', () => {
    const { jobs } = asked(set(2), [space, deny, dns, within(0), within(1)]);
    expect(jobs.map((j) => [j.title, wouldRun(j)])).toEqual([
      ['ml/vllm[LeaderWorkerSet group 0]', true],
      ['ml/vllm[LeaderWorkerSet group 1]', true],
    ]);
  });

  test('are judged one by one, and a patch opens one group alone', () => {
    const { jobs } = asked(set(2), [space, deny, dns, within(0)]);
    expect(jobs.map(wouldRun)).toEqual([true, false]);
    const [policy, ...others] = (jobs[1]?.patch?.edits ?? []).map((e) => e.manifest ?? '');
    expect(others).toEqual([]);
    expect(policy?.match(/group-index: "?1"?/g)).toHaveLength(3);
    expect(jobs[1]?.patch?.also).toEqual([]);
    expect(asked(set(2), [space, deny, dns, within(0), policy ?? '']).jobs.map(wouldRun)).toEqual([true, true]);
  });

  test('get policies of different names', () => {
    const { jobs } = asked(set(2), [space, deny, dns]);
    const names = jobs.flatMap((j) => j.patch?.edits ?? []).flatMap((e) => /name: (\S+)/.exec(e.manifest ?? '')?.[1] ?? []);
    expect(names).toHaveLength(2);
    expect(new Set(names).size).toBe(2);
  });

  test('too many to be told apart are not known to be shut off', () => {
    const shut = only(asked(set(65), [space, deny, dns]));
    expect(statuses(shut)).toMatchObject({ 'nccl/collectives': 'unknown' });
    expect(statuses(only(asked(set(65), [space])))).toMatchObject({ 'nccl/collectives': 'open' });
  });

  test('are not joined by what others label as of the set', () => {
    const forged = `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: other, namespace: ml}
spec: {replicas: 3, template: {metadata: {labels: {leaderworkerset.sigs.k8s.io/name: vllm, leaderworkerset.sigs.k8s.io/worker-index: "0"}}, spec: {containers: [{name: c, image: x}]}}}`;
    const { snapshot } = loadSnapshot([{ file: 'job.yaml', text: `${set(2)}\n---${forged}` }]);
    expect(trainingJobs(snapshot.workloads).map((j) => [jobTitle(j), j.mixed])).toEqual([
      ['ml/vllm[LeaderWorkerSet group 0]', false],
      ['ml/vllm[LeaderWorkerSet group 1]', false],
      ['ml/vllm[LeaderWorkerSet]', false],
    ]);
  });
});

import { describe, expect, test } from 'vitest';
import { loadSnapshot } from '../app/load.ts';
import { runChecks } from '../app/run-checks.ts';
import { checks } from '../checks/registry.gen.ts';
import { decide } from '../engine/decide.ts';
import { profileOf } from '../engine/profiles.ts';
import { reach } from '../engine/reach.ts';
import { seenBy } from '../engine/seen-by.ts';
import { trainingJobs } from '../frameworks/training-jobs.ts';

const space = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: ml}';
const job = (name: string, { labels = '', spec = '', live = '' } = {}): string => `
apiVersion: batch/v1
kind: Job
metadata: {name: ${name}, namespace: ml, labels: {${labels}}${live}}
spec:
  parallelism: 2
  completions: 2
  template:
    metadata: {labels: {app: ${name}}}
    spec:
      containers: [{name: c, image: train, command: [torchrun, t.py], resources: {limits: {nvidia.com/gpu: 8}}}]
${spec}`;
const queued = 'kueue.x-k8s.io/queue-name: team';
const queue = (flavors: string, more = ''): string => `
apiVersion: kueue.x-k8s.io/v1beta1
kind: LocalQueue
metadata: {name: team, namespace: ml}
spec: {clusterQueue: team-gpu}
---
apiVersion: kueue.x-k8s.io/v1beta1
kind: ClusterQueue
metadata: {name: team-gpu}
spec:
  ${more}
  resourceGroups:
  - coveredResources: [nvidia.com/gpu]
    flavors:
${flavors}`;
const offers = (name: string, quota = 64, more = ''): string => `    - {name: ${name}, resources: [{name: nvidia.com/gpu, nominalQuota: ${quota}${more}}]}`;
const flavor = (name: string, spec: string): string => `\napiVersion: kueue.x-k8s.io/v1beta1\nkind: ResourceFlavor\nmetadata: {name: ${name}}\nspec: ${spec}`;
const node = `
apiVersion: v1
kind: Node
metadata: {name: gpu-1, labels: {gpu: h100}}
spec: {taints: [{key: team, value: ml, effect: NoSchedule}]}`;
const toleration = '{nodeLabels: {gpu: h100}, tolerations: [{key: team, operator: Exists}]}';

const read = (...parts: readonly string[]) => loadSnapshot([{ file: 'm.yaml', text: [space, ...parts].join('\n---\n') }]);
function profile(name = 'kubernetes') {
  const found = profileOf(name);
  if (!found.ok) throw new Error('no profile');
  return found.value;
}
const findings = (check: string, ...parts: readonly string[]) => runChecks(reach(read(...parts).snapshot, profile()), checks).filter((f) => f.check === check);

describe('a job in a queue of Kueue', () => {
  test('that names none is in the queue called default of its namespace, where there is one', () => {
    const fallback = queue(offers('h100')).replace('name: team, namespace', 'name: default, namespace');
    expect(findings('no-node-for-job', node, job('llm'), fallback, flavor('h100', toleration))).toEqual([]);
    const admitted = (...parts: readonly string[]) =>
      read(...parts)
        .snapshot.workloads.filter((w) => w.name === 'llm')
        .map((w) => w.admission?.queue);
    expect(admitted(job('llm'), fallback)).toEqual(['default']);
    expect(admitted(job('llm'), fallback.replace('namespace: ml', 'namespace: other'))).toEqual([undefined]);
    expect(admitted(job('llm', { labels: queued }), fallback)).toEqual(['team']);
  });

  test('is placed as its flavour has it placed', () => {
    expect(findings('no-node-for-job', node, job('llm'))).toMatchObject([{ severity: 'high', confidence: 'likely' }]);
    expect(findings('no-node-for-job', node, job('llm', { labels: queued }), queue(offers('h100')), flavor('h100', toleration))).toEqual([]);
    const [wrong] = findings('no-node-for-job', node, job('llm', { labels: queued }), queue(offers('a100')), flavor('a100', '{nodeLabels: {gpu: a100}}'));
    expect(wrong).toMatchObject({ severity: 'high', confidence: 'likely' });
    expect(wrong?.message).toContain('whichever flavour queue team gives it');
  });

  test('may be placed by any flavour of its queue', () => {
    const flavors = [flavor('a100', '{nodeLabels: {gpu: a100}}'), flavor('h100', toleration)];
    expect(findings('no-node-for-job', node, job('llm', { labels: queued }), queue(`${offers('a100')}\n${offers('h100')}`), ...flavors)).toEqual([]);
    const pinned = job('llm', { labels: queued, spec: '      nodeSelector: {gpu: a100}' });
    expect(findings('no-node-for-job', node, pinned, queue(`${offers('a100')}\n${offers('h100')}`), ...flavors)).toHaveLength(1);
  });

  test('is in doubt where the flavours are not in the input', () => {
    const [found] = findings('no-node-for-job', node, job('llm', { labels: queued }), queue(offers('h100')));
    expect(found).toMatchObject({ severity: 'medium', confidence: 'possible' });
    expect(found?.message).toContain('unless a flavour of the Kueue queue team');
  });

  test('that a cluster has started says itself what its pods carry', () => {
    const started = read(job('llm', { labels: queued, live: ', uid: u, resourceVersion: "1", creationTimestamp: "2026-01-01T00:00:00Z"' }));
    expect(started.snapshot.workloads[0]?.admission).toBeUndefined();
    const waiting = read(
      job('llm', { labels: queued, live: ', uid: u, resourceVersion: "1", creationTimestamp: "2026-01-01T00:00:00Z"' }).replace(
        'spec:',
        'spec:\n  suspend: true',
      ),
    );
    expect(waiting.snapshot.workloads[0]?.admission?.queue).toBe('team');
  });

  test.each([
    ['kueue.x-k8s.io/local-queue-name', '{matchLabels: {kueue.x-k8s.io/local-queue-name: team}}', 'unknown'],
    ['any value of it', '{matchExpressions: [{key: kueue.x-k8s.io/podset, operator: Exists}]}', 'unknown'],
    ['none of it', '{matchExpressions: [{key: kueue.x-k8s.io/podset, operator: DoesNotExist}]}', 'unknown'],
    ['another queue', '{matchLabels: {kueue.x-k8s.io/local-queue-name: other}}', 'allowed'],
    ['its own label', '{matchLabels: {app: llm}}', 'denied'],
  ])('is perhaps chosen by labels that Kueue writes: %s', (_, selector, decision) => {
    const deny = `\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: ml}\nspec: {podSelector: ${selector}, policyTypes: [Egress]}`;
    const { snapshot } = read(job('llm', { labels: queued }), queue(offers('h100')), deny);
    const from = { kind: 'pod', workload: 'Job/ml/llm', replica: 0 } as const;
    expect(
      decide(seenBy(snapshot, profile()).snapshot, profile(), { from, to: { kind: 'address', ip: '192.0.2.1' }, protocol: 'TCP', port: 443 }).decision,
    ).toBe(decision);
  });

  test('is told from jobs of other queues by such labels', () => {
    const deny =
      '\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: ml}\nspec: {podSelector: {matchLabels: {kueue.x-k8s.io/local-queue-name: other}}, policyTypes: [Egress]}';
    const { snapshot } = read(job('a', { labels: queued }), job('b', { labels: 'kueue.x-k8s.io/queue-name: other' }), deny);
    const of = (name: string) => {
      const from = { kind: 'pod', workload: `Job/ml/${name}`, replica: 0 } as const;
      return decide(seenBy(snapshot, profile()).snapshot, profile(), { from, to: { kind: 'address', ip: '192.0.2.1' }, protocol: 'TCP', port: 443 }).decision;
    };
    expect([of('a'), of('b')]).toEqual(['allowed', 'unknown']);
  });

  test('that asks for more than the queue ever has is never started', () => {
    const waiting = job('llm', { labels: queued });
    expect(findings('queue-too-small', waiting, queue(offers('h100', 8)))).toMatchObject([{ severity: 'high', subjects: ['ml/llm'] }]);
    expect(findings('queue-too-small', waiting, queue(`${offers('h100', 8)}\n${offers('a100', 8)}`))).toEqual([]);
    expect(findings('queue-too-small', waiting, queue(offers('h100', 8), 'cohort: all'))).toEqual([]);
    expect(findings('queue-too-small', waiting, queue(offers('h100', 8, ', borrowingLimit: 4'), 'cohort: all'))).toHaveLength(1);
    const partly = waiting.replace('metadata: {name: llm,', 'metadata: {annotations: {kueue.x-k8s.io/job-min-parallelism: "1"}, name: llm,');
    expect(findings('queue-too-small', partly, queue(offers('h100', 8)))).toEqual([]);
  });

  test('of bare pods is all that carry the name of one group', () => {
    const pod = (name: string, group: string): string =>
      `\napiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, namespace: ml, labels: {app: ${name}, ${queued}, kueue.x-k8s.io/pod-group-name: ${group}}}\nspec: {containers: [{name: c, image: i}]}`;
    const { snapshot } = read(pod('leader', 'llm'), pod('worker', 'llm'), pod('other', 'else'));
    expect(trainingJobs(snapshot.workloads).map((j) => [j.name, j.members.map((m) => m.name)])).toEqual([
      ['llm', ['leader', 'worker']],
      ['else', ['other']],
    ]);
  });
});

describe('a pod that slurm-bridge schedules', () => {
  const tainted = node.replace(
    'key: team, value: ml, effect: NoSchedule',
    'key: slinky.slurm.net/managed-node, value: slurm-bridge-scheduler, effect: NoExecute',
  );

  test('is let onto bridged nodes, and others perhaps', () => {
    expect(findings('no-node-for-job', tainted, job('llm', { spec: '      schedulerName: slurm-bridge-scheduler' }))).toEqual([]);
    const [found] = findings('no-node-for-job', tainted, job('llm'));
    expect(found).toMatchObject({ severity: 'medium', confidence: 'possible' });
    expect(found?.message).toContain('unless slurm-bridge manages their namespace');
  });

  test.each([
    ['17', 'unknown'],
    ['x7', 'allowed'],
  ])('gets a number of a Slurm job that nobody knows: %s', (value, decision) => {
    const deny = `\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: p, namespace: ml}\nspec: {podSelector: {matchLabels: {scheduler.slinky.slurm.net/slurm-jobid: "${value}"}}, policyTypes: [Egress]}`;
    const { snapshot } = read(job('llm', { spec: '      schedulerName: slurm-bridge-scheduler' }), deny);
    const from = { kind: 'pod', workload: 'Job/ml/llm', replica: 0 } as const;
    expect(
      decide(seenBy(snapshot, profile()).snapshot, profile(), { from, to: { kind: 'address', ip: '192.0.2.1' }, protocol: 'TCP', port: 443 }).decision,
    ).toBe(decision);
  });
});

import { describe, expect, test } from 'vitest';
import { asked, deny, dns, only, space, statuses } from '../../../cases/support/asked-job.ts';
import { trainingJobs } from '../../frameworks/training-jobs.ts';
import { loadSnapshot } from '../load.ts';

const set = `
apiVersion: jobset.x-k8s.io/v1alpha2
kind: JobSet
metadata: {name: llm, namespace: ml}
spec:
  replicatedJobs:
  - name: worker
    template: {spec: {parallelism: 2, completions: 2, template: {spec: {containers: [{name: c, image: "acme:1", command: [torchrun, t.py]}]}}}}`;
const forged = (kind: 'Job' | 'Pod', command = '[torchrun, t.py]'): string => {
  const spec = `{containers: [{name: c, image: "acme:1", command: ${command}, resources: {limits: {nvidia.com/gpu: 1}}}]}`;
  const labels = '{jobset.sigs.k8s.io/jobset-name: llm, training.kubeflow.org/job-role: master}';
  return kind === 'Pod'
    ? `\napiVersion: v1\nkind: Pod\nmetadata: {name: stranger, namespace: ml, labels: ${labels}}\nspec: ${spec}`
    : `\napiVersion: batch/v1\nkind: Job\nmetadata: {name: llm, namespace: ml}\nspec: {template: {metadata: {labels: ${labels}}, spec: ${spec}}}`;
};
const toStranger = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: stranger, namespace: ml}
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
  ingress: [{from: [{podSelector: {matchLabels: {training.kubeflow.org/job-role: master}}}]}]
  egress: [{to: [{podSelector: {matchLabels: {training.kubeflow.org/job-role: master}}}]}]`;

describe.each(['Job', 'Pod'] as const)('a %s that somebody labels as part of a JobSet', (kind) => {
  test('takes nothing away from what the set needs', () => {
    const found = statuses(only(asked(`${set}\n---${forged(kind)}`, [space, deny, dns, toStranger])));
    const alone = statuses(only(asked(set, [space, deny, dns, toStranger])));
    expect(alone).toMatchObject({ 'gloo/collectives': 'blocked', 'pytorch/store': 'blocked' });
    expect(
      Object.entries(found)
        .filter(([, status]) => status === 'blocked')
        .map(([id]) => id),
    ).toEqual(expect.arrayContaining(['gloo/collectives/own', 'pytorch/store/own']));
  });

  test('does not make it another sort of job', () => {
    const { snapshot } = loadSnapshot([{ file: 'm.yaml', text: [space, forged(kind), set].join('\n---\n') }]);
    expect(trainingJobs(snapshot.workloads).map((j) => j.kind)).toContain('JobSet');
    expect(trainingJobs(snapshot.workloads).find((j) => j.members.length > 1)?.kind ?? 'JobSet').toBe('JobSet');
  });
});

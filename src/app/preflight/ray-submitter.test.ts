import { describe, expect, test } from 'vitest';
import { asked, deny, only, space, statuses } from '../../../cases/support/asked-job.ts';

const pods = (labels: string): string => `template: {metadata: {labels: {${labels}}}, spec: {containers: [{name: ray, image: ray}]}}`;
const rayJob = (more = '', labels = 'run: mnist'): string => `
apiVersion: ray.io/v1
kind: RayJob
metadata: {name: mnist, namespace: ml}
spec:
  entrypoint: python train.py
  rayClusterSpec:
    headGroupSpec: {rayStartParams: {}, ${pods(labels)}}
    workerGroupSpecs: [{groupName: gpu, replicas: 2, rayStartParams: {}, ${pods(labels)}}]
${more}`;
const lets = (label: string): string => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: run, namespace: ml}
spec:
  podSelector: {matchLabels: {run: mnist}}
  policyTypes: [Ingress]
  ingress:
  - {from: [{podSelector: {matchLabels: {run: mnist}}}]}
  - {from: [{podSelector: {matchLabels: {${label}}}}], ports: [{port: 8265}]}
`;
const submits = (label: string, text = rayJob()): string | undefined => statuses(only(asked(text, [space, lets(label)])))['ray/submit'];

describe('the pod that submits a RayJob', () => {
  test.each([
    ['ray.io/originated-from-cr-name: mnist', 'unknown'],
    ['ray.io/originated-from-crd: RayJob', 'unknown'],
    ['app.kubernetes.io/created-by: kuberay-operator', 'unknown'],
    ['ray.io/originated-from-cr-name: other', 'blocked'],
    ['batch.kubernetes.io/job-name: mnist', 'open'],
    ['job-name: mnist', 'open'],
  ])('behind a rule for %s, which KubeRay writes on it from 1.7 on or the Job controller always: %s', (label, status) => {
    expect(submits(label)).toBe(status);
  });

  test.each([
    ['mnist', 'open'],
    ['other', 'unknown'],
  ])('with a label of that key from its author, %s: %s', (value, status) => {
    const own = `  submitterPodTemplate: {metadata: {labels: {ray.io/originated-from-cr-name: ${value}}}, spec: {containers: [{name: s, image: ray}]}}`;
    expect(submits('ray.io/originated-from-cr-name: mnist', rayJob(own))).toBe(status);
  });

  test('has them where its cluster asks for policies of KubeRay 1.7', () => {
    expect(submits('ray.io/originated-from-cr-name: mnist', rayJob().replace('headGroupSpec', 'networkPolicy: {mode: DenyAllEgress}\n    headGroupSpec'))).toBe(
      'open',
    );
  });

  test('says which selector works', () => {
    const [witness] = only(asked(rayJob(), [space, lets('ray.io/originated-from-cr-name: mnist')])).paths.filter((p) => p.id === 'ray/submit');
    expect(witness?.reasons.join(' ')).toMatch(/from 1\.7\.0 on only; a selector that works is batch\.kubernetes\.io\/job-name=mnist/);
  });
});

describe('a patch for a RayJob', () => {
  const found = only(asked(rayJob(), [space, deny]));
  const text = (found.patch?.edits ?? []).map((e) => e.manifest ?? '').join('---\n');

  test('chooses the submitter by the label of its Job, the cluster by its templates, and never every pod of the namespace', () => {
    expect(text).toContain('batch.kubernetes.io/job-name: mnist');
    expect(text).not.toContain('originated-from');
    expect(text).not.toContain('podSelector: {}');
    expect(new Set(text.match(/ {2}podSelector:\n {4}matchLabels:\n.*/g))).toEqual(
      new Set(['  podSelector:\n    matchLabels:\n      run: mnist', '  podSelector:\n    matchLabels:\n      batch.kubernetes.io/job-name: mnist']),
    );
    const after = only(asked(rayJob(), [space, deny, ...text.split('---\n')]));
    expect(Object.values(statuses(after)).filter((s) => s === 'blocked')).toEqual([]);
    expect(statuses(after)).toMatchObject({ 'ray/submit': 'open', dns: 'open' });
  });

  test('says to which other runs it opens the same', () => {
    expect(found.patch?.also).toEqual([
      'opens the same to every other pod made in namespace ml with app.kubernetes.io/created-by=kuberay-operator, app.kubernetes.io/name=kuberay, ray.io/is-ray-node=yes, run=mnist, such as another run, and isolates it: what names this job is made up as it starts, so give its pod templates a label that no other has',
    ]);
  });
});

test('what a queue may write on pods makes no doubt of which job they are', () => {
  const queued = (labels: string): string => `
apiVersion: batch/v1
kind: Job
metadata: {name: llm, namespace: ml, labels: {${labels}}}
spec: {parallelism: 2, completions: 2, completionMode: Indexed, template: {spec: {containers: [{name: c, image: "acme:1", command: [torchrun, t.py]}]}}}`;
  const also = (labels: string): readonly string[] => only(asked(queued(labels), [space, deny])).patch?.also ?? ['none'];
  expect(also('kueue.x-k8s.io/queue-name: team')).toEqual(also('a: b'));
});

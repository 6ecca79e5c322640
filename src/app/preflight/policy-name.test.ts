import { expect, test } from 'vitest';
import { asked, deny, job, space } from '../../../cases/support/asked-job.ts';

const named = (name: string, namespace = 'ml', env = ''): string => job(env, namespace).replace('name: llm', `name: ${name}`);
const tracker = `
apiVersion: v1
kind: Pod
metadata: {name: mlflow, namespace: tracking, labels: {app: mlflow}}
spec: {containers: [{name: c, image: mlflow}]}
---
apiVersion: v1
kind: Service
metadata: {name: mlflow, namespace: tracking}
spec: {selector: {app: mlflow}, ports: [{port: 5000}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: tracking}
spec: {podSelector: {}, policyTypes: [Ingress]}
`;
const batch = `
apiVersion: batch/v1
kind: Job
metadata: {name: llm, namespace: ml}
spec: {parallelism: 2, template: {spec: {restartPolicy: Never, containers: [{name: c, image: "acme/torch:1", command: [torchrun, t.py], resources: {limits: {nvidia.com/gpu: 1}}}]}}}
`;

/** The name of each policy that the patches of all jobs write, with its kind and namespace. */
function written(jobs: readonly string[], cluster: readonly string[]): readonly string[] {
  const report = asked(jobs.join('---\n'), cluster);
  return report.jobs.flatMap((found) => (found.patch?.edits ?? []).map((e) => e.policy));
}

test.each([
  ['names that begin alike', [named('llama-three-seventy-billion-a'), named('llama-three-seventy-billion-b')], [space, deny]],
  ['names of two kinds', [named('llm'), batch], [space, deny]],
  ['names with dots', [named('llm.v1'), named('llm-v1')], [space, deny]],
  [
    'one name in two namespaces, with a place that both dial',
    [named('llm', 'ml', ', {name: T, value: "http://mlflow.tracking:5000"}'), named('llm', 'nlp', ', {name: T, value: "http://mlflow.tracking:5000"}')],
    [space, deny, deny.replace('namespace: ml', 'namespace: nlp'), tracker],
  ],
])('policies of two jobs have names of their own: %s', (_, jobs, cluster) => {
  const names = written(jobs, cluster);
  expect(names.length).toBeGreaterThanOrEqual(4);
  expect([...new Set(names)]).toEqual(names);
  for (const name of names) expect(name.replace(/^.*\//, '').length).toBeLessThanOrEqual(63);
});

test('a name that fits is told as it is', () => {
  expect(written([named('llm')], [space, deny])).toEqual(['NetworkPolicy ml/llm-nccl-collectives', 'NetworkPolicy ml/llm-dns']);
});

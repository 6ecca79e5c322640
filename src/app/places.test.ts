import { expect, test } from 'vitest';
import { profileOf } from '../engine/profiles.ts';
import { explain } from './explain.ts';
import { loadSnapshot } from './load.ts';

const job =
  '{apiVersion: kubeflow.org/v1, kind: JAXJob, metadata: {name: spmd, namespace: ml}, spec: {jaxReplicaSpecs: {Worker: {replicas: 12, template: {spec: {containers: [{name: jax, image: x}]}}}}}}';
const policy =
  '{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: eleven, namespace: ml}, spec: {podSelector: {matchLabels: {training.kubeflow.org/replica-index: "11"}}, policyTypes: [Ingress]}}';

const client = '{apiVersion: v1, kind: Pod, metadata: {name: client, namespace: ml}, spec: {containers: [{name: c, image: x}]}}';

test('a Service of one pod leads to that pod, and to no other of its sort', () => {
  const profile = profileOf('kubernetes');
  if (!profile.ok) throw new Error('no profile');
  const { snapshot, diagnostics } = loadSnapshot([{ file: 'a.yaml', text: [job, policy, client].join('\n---\n') }]);
  expect(diagnostics).toEqual([]);
  const to = (name: string): unknown => {
    const result = explain(snapshot, profile.value, { from: 'ml/client', to: name, port: '6666/TCP' });
    return result.ok
      ? [...new Set(result.value.answers.map((a) => `${JSON.stringify(a.packet.to)} ${a.verdict.decision}`))]
      : result.diagnostics.map((d) => d.code);
  };
  expect(to('ml/spmd-worker-0')).toEqual(['{"kind":"pod","workload":"JAXJob/ml/spmd/worker-0","replica":0} allowed']);
  expect(to('ml/spmd-worker-3')).toEqual(['{"kind":"pod","workload":"JAXJob/ml/spmd/worker","replica":2} allowed']);
  expect(to('ml/spmd-worker-11')).toEqual(['{"kind":"pod","workload":"JAXJob/ml/spmd/worker","replica":10} denied']);
  expect(to('ml/spmd-worker-12')).toEqual(['unknown-place']);
});

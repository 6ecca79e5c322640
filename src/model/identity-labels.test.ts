import { expect, it } from 'vitest';
import { isExcludedLabel } from './identity-labels.ts';

it.each([
  ['app', false],
  ['app.kubernetes.io/name', false],
  ['batch.kubernetes.io/job-name', false],
  ['training.kubeflow.org/replica-index', false],
  ['jobset.sigs.k8s.io/jobset-name', false],
  ['io.kubernetes.pod.namespace', false],
  ['io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name', false],
  ['io.cilium.k8s.policy.serviceaccount', false],
  ['io.kubernetes.other', true],
  ['kubernetes.io/hostname', true],
  ['topology.kubernetes.io/zone', true],
  ['beta.kubernetes.io/arch', true],
  ['failure-domain.beta.kubernetes.io/zone', true],
  ['io.cilium.k8s.namespace.labels.beta.kubernetes.io/x', true],
  ['statefulset.kubernetes.io/pod-name', true],
  ['apps.kubernetes.io/pod-index', true],
  ['batch.kubernetes.io/job-completion-index', true],
  ['batch.kubernetes.io/controller-uid', true],
  ['pod-template-hash', true],
  ['controller-uid', true],
  ['annotation.x', true],
  ['k8s.io/x', true],
])('%s', (key, excluded) => {
  expect(isExcludedLabel(key)).toBe(excluded);
});

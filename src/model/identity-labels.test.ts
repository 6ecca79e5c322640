import { expect, it } from 'vitest';
import { isExcludedLabel, labelFilter } from './identity-labels.ts';

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

it('sees topology labels before 1.19', () => {
  expect(isExcludedLabel('topology.kubernetes.io/zone', false)).toBe(false);
});

it.each([
  ['nothing more: the defaults', [], ['pod-template-hash'], ['app']],
  ['an exclusion', ['!job'], ['job', 'job-name', 'pod-template-hash'], ['app', 'the-job']],
  ['an inclusion: whatever is not listed is left out', ['k8s:app', 'team'], ['job', 'pod-template-hash'], ['app', 'apple', 'team', 'app.kubernetes.io/name']],
  ['a longer inclusion beats an exclusion', ['!kubernetes', 'kubernetes\\.io/os'], ['kubernetes.io/arch'], ['kubernetes.io/os']],
  ['anything at the end', ['k8s:!com\\.example\\..*'], ['com.example.a'], ['com.examples']],
  ['anything at the start', ['.*team'], ['b'], ['my-team', 'team']],
  ['a whole key', ['^app$'], ['apple'], ['app']],
  ['a source that pods do not have lists nothing of theirs', ['container:x'], ['app', 'x'], ['io.kubernetes.pod.namespace']],
])('%s', (_, words, out, kept) => {
  const filter = labelFilter(words, true) ?? expect.fail();
  expect(out.filter((key) => !filter(key))).toEqual([]);
  expect(kept.filter(filter)).toEqual([]);
});

it.each([['(a|b)'], ['a+'], ['!io.cilium'], ['!.*x'], [''], ['k8s:'], ['!'], ['.*a.*b.*'], ['é']])('does not understand %s', (word) => {
  expect(labelFilter([word], true)).toBe(null);
});

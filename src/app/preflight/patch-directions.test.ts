import { describe, expect, test } from 'vitest';
import { asked, job, only, space, statuses } from '../../../cases/support/asked-job.ts';
import { wouldRun } from '../../model/preflight-report.ts';

const kubernetes = (types: string): string => `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: ml}
spec: {podSelector: {}, policyTypes: [${types}]}
`;
const cilium = (section: string): string => `
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: deny, namespace: ml}
spec: {endpointSelector: {}, ${section}: [{}]}
`;
const calico = (types: string, rules = ''): string => `
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: {name: deny, namespace: ml}
spec: {order: 1000, selector: all(), types: [${types}]${rules}}
`;

const needs = job(', {name: DATA, value: "https://data.example.com"}, {name: DB, value: "postgres://10.9.8.7:5432/x"}');

describe('a patch isolates pods in no direction that nothing isolates', () => {
  test.each([
    ['NetworkPolicy, ingress', kubernetes('Ingress'), 'kubernetes', /Egress|egress/],
    ['NetworkPolicy, egress', kubernetes('Egress'), 'kubernetes', /Ingress|ingress/],
    ['Cilium, ingress', cilium('ingress'), 'cilium@1.19', /egress/],
    ['Cilium, egress', cilium('egress'), 'cilium@1.19', /ingress/],
    ['Calico, ingress', calico('Ingress'), 'calico@3.32', /Egress|egress/],
    ['Calico, ingress with an explicit Deny', calico('Ingress', ', ingress: [{action: Deny}]'), 'calico@3.32', /Egress|egress/],
  ])('%s', (_, policy, profile, other) => {
    const found = only(asked(needs, [space, policy], profile));
    const before = statuses(found);
    const opens = found.patch?.opens ?? [];
    expect(opens.length).toBeGreaterThan(0);
    const manifests = (found.patch?.edits ?? []).map((e) => e.manifest ?? '');
    expect(manifests.join('\n')).not.toMatch(other);
    const after = only(asked(needs, [space, policy, ...manifests], profile));
    expect(statuses(after)).toEqual({ ...before, ...Object.fromEntries(opens.map((id) => [id, 'open'])) });
  });

  test('so that a job that only default deny of ingress stops runs after it', () => {
    const found = only(asked(job(), [space, kubernetes('Ingress')]));
    expect(wouldRun(found)).toBe(false);
    const after = only(asked(job(), [space, kubernetes('Ingress'), ...(found.patch?.edits ?? []).map((e) => e.manifest ?? '')]));
    expect(wouldRun(after)).toBe(true);
  });

  test('where one sort of pod alone is isolated, the policy is about that one', () => {
    const worker = kubernetes('Egress').replace('podSelector: {}', 'podSelector: {matchLabels: {training.kubeflow.org/replica-type: worker}}');
    const found = only(asked(job(), [space, worker]));
    const manifests = (found.patch?.edits ?? []).map((e) => e.manifest ?? '');
    expect(manifests.length).toBeGreaterThan(0);
    expect(found.patch?.also.filter((line) => line.includes('closes'))).toEqual([]);
    expect(wouldRun(only(asked(job(), [space, worker, ...manifests])))).toBe(true);
  });
});

test('an edit that would make another path of the job worse is not in the patch', () => {
  // The baseline denies one port alone: any NetworkPolicy for egress would open it, and shut everything else.
  const baseline = `
apiVersion: policy.networking.k8s.io/v1alpha2
kind: ClusterNetworkPolicy
metadata: {name: no-store}
spec:
  tier: Baseline
  priority: 10
  subject: {namespaces: {matchLabels: {kubernetes.io/metadata.name: ml}}}
  egress: [{action: Deny, to: [{namespaces: {}}], protocols: [{tcp: {destinationPort: {number: 23456}}}]}]
`;
  const found = only(asked(needs, [space, baseline], 'kube-network-policies'));
  expect(statuses(found)).toMatchObject({ 'pytorch/store': 'blocked', dns: 'open' });
  const after = only(asked(needs, [space, baseline, ...(found.patch?.edits ?? []).map((e) => e.manifest ?? '')], 'kube-network-policies'));
  expect(statuses(after)).toMatchObject({ dns: 'open', 'named/data.example.com:443': statuses(found)['named/data.example.com:443'] });
});

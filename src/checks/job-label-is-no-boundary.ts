import { isJobLabel } from '../frameworks/training-jobs.ts';
import { kept } from '../kernel/memo.ts';
import type { Policy } from '../model/policy.ts';
import type { Check } from './check.ts';
import { defaultDeny, documents, networkPolicy, pretrain, trainingNamespace } from './example-parts.ts';
import { concernsTraining, enforcedPolicies } from './subjects.ts';

/** How many other policies a finding points at. */
const othersShown = 5;

const forJob = (job: string): string => {
  const pods = `{podSelector: {matchLabels: {training.kubeflow.org/job-name: ${job}}}}`;
  return networkPolicy(
    `job-${job}`,
    `  podSelector: {matchLabels: {training.kubeflow.org/job-name: ${job}}}\n  policyTypes: [Ingress, Egress]\n  ingress: [{from: [${pods}]}]\n  egress: [{to: [${pods}]}]`,
  );
};

export const check: Check = {
  slug: 'job-label-is-no-boundary',
  title: 'Jobs of one namespace are kept apart by a label that their owners may write',
  severity: 'info',
  plane: 'network',
  why: 'A policy for each job keeps jobs from disturbing each other. It keeps nobody out who may create pods in the namespace: the label of an operator can be written on any pod, which is then among the peers of that job. Under Cilium each job label is also one more security identity, in every cluster of the mesh.',
  fix: 'Give those who must not reach each other a namespace each. Where they share one, reserve the label for the service account of the operator with a ValidatingAdmissionPolicy.',
  sources: [
    'kubernetes.io network-policies: pods are selected by their labels, and who may create a pod chooses them',
    'kubeflow/trainer release-1.9 pkg/apis/kubeflow.org/v1/common_types.go; kubernetes-sigs/jobset api/jobset/v1alpha2; ray-project/kuberay ray-operator/controllers/ray/utils/constant.go',
    'cilium Documentation/operations/performance/scalability/identity-relevant-labels.rst',
  ],
  example: {
    bad: documents(trainingNamespace, pretrain, defaultDeny, forJob('pretrain'), forJob('finetune')),
    good: documents(
      trainingNamespace,
      pretrain,
      defaultDeny,
      networkPolicy(
        'training',
        '  podSelector: {matchLabels: {app: pretrain}}\n  policyTypes: [Ingress, Egress]\n  ingress: [{from: [{podSelector: {matchLabels: {app: pretrain}}}]}]\n  egress: [{to: [{podSelector: {matchLabels: {app: pretrain}}}]}]',
      ),
    ),
  },
  *run(context) {
    const byLabel = new Map<string, { readonly key: string; readonly jobs: Map<string, Policy> }>();
    for (const policy of enforcedPolicies(context)) {
      if (policy.namespace === null || policy.subject.kind !== 'pods' || !concernsTraining(context, policy)) continue;
      for (const { key, operator, values } of policy.subject.match.pods.requirements) {
        if (operator !== 'In' || !isJobLabel(key)) continue;
        const { jobs } = kept(byLabel, JSON.stringify([policy.namespace, key]), () => ({ key, jobs: new Map<string, Policy>() }));
        for (const value of values) if (!jobs.has(value)) jobs.set(value, policy);
      }
    }
    for (const { key, jobs } of byLabel.values()) {
      const [first, ...others] = new Set(jobs.values());
      if (first === undefined || jobs.size < 2) continue;
      yield {
        severity: 'info',
        confidence: 'certain',
        message: `${jobs.size} jobs of namespace ${first.namespace} are kept apart by ${key}, which anyone who may create pods there can write on a pod of their own.`,
        primary: first.origin,
        related: others.slice(0, othersShown).map((p) => ({ origin: p.origin, message: `${p.id} selects another job by it` })),
        fix: `Keep apart by namespace what must not meet, or let an admission policy reserve ${key} for the operator.`,
        subjects: [first.namespace ?? first.name],
      };
    }
  },
};

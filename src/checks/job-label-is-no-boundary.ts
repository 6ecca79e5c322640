import { isJobLabel } from '../frameworks/training-jobs.ts';
import { kept } from '../kernel/memo.ts';
import { identitiesOfJobs } from '../model/identity-labels.ts';
import type { PodMatch, Policy } from '../model/policy.ts';
import type { Check, CheckContext } from './check.ts';
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
  title: 'Jobs of one namespace are told apart by a label that anyone there may write',
  severity: 'info',
  plane: 'network',
  why: 'A policy for each job, be it for one job alone, keeps jobs from disturbing each other. It keeps nobody out who may create pods in the namespace: the label of an operator can be written on any pod, which is then among the peers of that job. Under Cilium each name of a job is also one more security identity, in every cluster of a mesh, and a cluster has 65,535 at most: many short jobs use them up. Where the label is left out of identities (the setting `labels`), no rule sees it any more, and rules for the pods of one job select nothing.',
  fix: 'Give those who must not reach each other a namespace each. Where they share one, reserve the label for the service account of the operator with a ValidatingAdmissionPolicy.',
  sources: [
    'kubernetes.io network-policies: pods are selected by their labels, and who may create a pod chooses them',
    'kubeflow/trainer release-1.9 pkg/apis/kubeflow.org/v1/common_types.go; kubernetes-sigs/jobset api/jobset/v1alpha2; ray-project/kuberay ray-operator/controllers/ray/utils/constant.go',
    'cilium Documentation/internals/security-identities.rst; Documentation/operations/performance/scalability/identity-relevant-labels.rst',
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
    const admitting = new Set<string>();
    for (const policy of enforcedPolicies(context)) {
      if (policy.namespace === null || policy.subject.kind !== 'pods' || !concernsTraining(context, policy)) continue;
      for (const { key, values } of jobsSelected(policy.subject.match)) {
        const place = JSON.stringify([policy.namespace, key]);
        const { jobs } = kept(byLabel, place, () => ({ key, jobs: new Map<string, Policy>() }));
        for (const value of values) if (!jobs.has(value)) jobs.set(value, policy);
        if (admitsBy(policy, key) && !isMade(context, policy)) admitting.add(place);
      }
    }
    for (const [place, { key, jobs }] of byLabel) {
      const [first, ...others] = new Set(jobs.values());
      // Of one job, a policy may just say what that job may do; where it lets in by the label, it is meant as a boundary.
      if (first === undefined || (jobs.size < 2 && !admitting.has(place))) continue;
      const [only = ''] = jobs.keys();
      const identities = identitiesOfJobs(context.profile.id, key, context.profile.unseenLabel(key));
      const who =
        jobs.size < 2
          ? `Pods of job ${only} of namespace ${first.namespace} are known to its rules by ${key}`
          : `${jobs.size} jobs of namespace ${first.namespace} are kept apart by ${key}`;
      yield {
        severity: 'info',
        confidence: 'certain',
        message: `${who}, which anyone who may create pods there can write on a pod of their own.${identities === '' ? '' : ` ${identities}`}`,
        primary: first.origin,
        related: others.slice(0, othersShown).map((p) => ({ origin: p.origin, message: `${p.id} selects another job by it` })),
        fix: `Keep apart by namespace what must not meet, or let an admission policy reserve ${key} for the operator.`,
        subjects: [first.namespace ?? first.name],
      };
    }
  },
};

/** Labels by which pods are selected as those of named jobs. */
function jobsSelected({ pods }: PodMatch): readonly { readonly key: string; readonly values: readonly string[] }[] {
  return pods.requirements.filter(({ key, operator }) => operator === 'In' && isJobLabel(key));
}

/** Whether some rule lets pods in, or out to pods, because they carry the label. */
function admitsBy({ rules }: Policy, key: string): boolean {
  return rules.some(
    ({ action, peers }) => action === 'allow' && (peers ?? []).some((peer) => peer.kind === 'pods' && jobsSelected(peer.match).some((job) => job.key === key)),
  );
}

/** Whether an operator makes the policy for its job: it then stands where the job does. */
function isMade({ snapshot }: CheckContext, { origin }: Policy): boolean {
  return snapshot.workloads.some((w) => w.origin === origin);
}

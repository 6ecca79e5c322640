import { trainingJobs } from '../frameworks/training-jobs.ts';
import { within } from '../kernel/origin.ts';
import type { ResourceQuota } from '../model/cluster.ts';
import { quantityOf, quantityText } from '../model/quantity.ts';
import type { TrainingJob } from '../model/training-job.ts';
import type { Workload } from '../model/workload.ts';
import type { Check } from './check.ts';
import { documents, pretrain, trainingNamespace } from './example-parts.ts';
import { subjectsOf, trainingOf } from './subjects.ts';

const quota = (gpus: number): string =>
  `\napiVersion: v1\nkind: ResourceQuota\nmetadata: {name: training-quota, namespace: ai-training}\nspec: {hard: {requests.nvidia.com/gpu: "${gpus}"}}`;

export const check: Check = {
  slug: 'quota-too-small',
  title: 'A job that no quota has room for',
  severity: 'high',
  plane: 'scheduling',
  why: 'The pods of one job together ask for more than the quota of their namespace allows at all. Some of them are refused at creation, whatever else runs; the others hold their GPUs and wait in the rendezvous for peers that never come.',
  fix: 'Raise the quota, or let the job ask for less.',
  sources: [
    'kubernetes.io, Resource Quotas: requests of all pods of a namespace that have not ended',
    'kubernetes/kubernetes pkg/quota/v1/evaluator/core/pods.go: init containers count by the largest, the others by their sum',
  ],
  example: { bad: documents(trainingNamespace, pretrain, quota(16)), good: documents(trainingNamespace, pretrain, quota(32)) },
  *run(context) {
    const { snapshot } = context;
    for (const job of trainingJobs(trainingOf(context))) {
      for (const quota of snapshot.quotas) {
        // A scoped quota counts only some pods, and which ones the scope says.
        if (quota.namespace !== job.namespace || quota.scoped) continue;
        for (const [name, hard] of Object.entries(quota.hard)) {
          const limit = quantityOf(hard);
          const wanted = asked(job, name);
          if (limit === undefined || wanted === null || wanted <= limit) continue;
          yield {
            severity: 'high',
            confidence: 'certain',
            message: `The pods of ${job.namespace}/${job.name} ask for ${quantityText(wanted)} ${name} together, and ResourceQuota ${quota.namespace}/${quota.name} allows ${hard}: some of them are refused.`,
            primary: job.origin,
            related: [{ origin: within(quota.origin, 'spec', 'hard', name), message: `the quota: ${hard}` }],
            fix: `Raise ${name} of the quota to ${quantityText(wanted)} or more, or let the job ask for less.`,
            subjects: [...new Set([...subjectsOf(job.members), `${quota.namespace}/${quota.name}`])],
          };
        }
      }
    }
  },
};

/** What all pods of a job count for one entry of a quota; null for entries that are about something else. Source: kubernetes.io, Resource Quotas. */
function asked(job: TrainingJob, entry: ResourceQuota['hard'] extends Readonly<Record<infer K, string>> ? K : never): bigint | null {
  const live = job.members.filter((m) => m.lifecycle !== 'finished');
  if (entry === 'pods' || entry === 'count/pods') return live.reduce((sum, m) => sum + BigInt(m.replicas) * 1000n, 0n);
  const [kind, name] = entry.startsWith('requests.')
    ? (['requests', entry.slice(9)] as const)
    : entry.startsWith('limits.')
      ? (['limits', entry.slice(7)] as const)
      : entry === 'cpu' || entry === 'memory' || entry === 'ephemeral-storage'
        ? (['requests', entry] as const)
        : ([null, ''] as const);
  if (kind === null) return null;
  return live.reduce((sum, m) => sum + BigInt(m.replicas) * ofPod(m, kind, name), 0n);
}

function ofPod({ pod }: Workload, kind: 'requests' | 'limits', name: string): bigint {
  let together = 0n;
  let largest = 0n;
  for (const container of pod.containers) {
    const text = Object.hasOwn(container[kind], name) ? container[kind][name] : undefined;
    const value = text === undefined ? 0n : (quantityOf(text) ?? 0n);
    if (container.sort === 'init') largest = value > largest ? value : largest;
    else together += value;
  }
  return together > largest ? together : largest;
}

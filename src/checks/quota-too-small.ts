import { wholeJobs } from '../frameworks/training-jobs.ts';
import { within } from '../kernel/origin.ts';
import type { ResourceQuota } from '../model/cluster.ts';
import type { Finding } from '../model/finding.ts';
import { isLive } from '../model/metadata.ts';
import { amountText, quantityOf } from '../model/quantity.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { TrainingJob } from '../model/training-job.ts';
import { askedOf } from './asked-of-quota.ts';
import type { Check } from './check.ts';
import { documents, pretrain, trainingNamespace } from './example-parts.ts';
import { limitItems, withDefaults } from './limit-ranges.ts';
import { subjectsOf, trainingOf } from './subjects.ts';

const quota = (gpus: number): string =>
  `\napiVersion: v1\nkind: ResourceQuota\nmetadata: {name: training-quota, namespace: ai-training}\nspec: {hard: {requests.nvidia.com/gpu: "${gpus}"}}`;

export const check: Check = {
  slug: 'quota-too-small',
  title: 'A job that no quota has room for',
  severity: 'high',
  plane: 'scheduling',
  running: true,
  why: 'The pods of one job together ask for more than the quota of their namespace allows at all. Some of them are refused at creation, whatever else runs; the others hold their GPUs and wait in the rendezvous for peers that never come.',
  fix: 'Raise the quota, or let the job ask for less.',
  sources: [
    'kubernetes.io, Resource Quotas: requests of all pods of a namespace that have not ended',
    'kubernetes/kubernetes pkg/quota/v1/evaluator/core/pods.go: init containers count by the largest, the others by their sum',
  ],
  example: { bad: documents(trainingNamespace, pretrain, quota(16)), good: documents(trainingNamespace, pretrain, quota(32)) },
  *run(context) {
    const { snapshot } = context;
    for (const job of wholeJobs(trainingOf(context))) {
      const items = limitItems(snapshot, job.namespace);
      const members = job.members.map((m) => withDefaults(m, items));
      for (const quota of snapshot.quotas) {
        if (quota.namespace !== job.namespace) continue;
        for (const [name, hard] of Object.entries(quota.hard)) {
          const limit = quantityOf(hard);
          const wanted = askedOf({ members }, name);
          if (limit === undefined || wanted === null) continue;
          if (quota.scoped) {
            if (wanted > limit) yield perhapsRefused({ job, quota, name, wanted });
            continue;
          }
          if (wanted <= limit) {
            yield* crowdedOut({ job, quota, name, wanted, room: limit - taken(quota, name) }, snapshot);
            continue;
          }
          yield {
            severity: 'high',
            confidence: 'certain',
            message: `The pods of ${job.namespace}/${job.name} ask for ${amountText(wanted, name)} ${name} together, and ResourceQuota ${quota.namespace}/${quota.name} allows ${hard}: some of them are refused.`,
            primary: job.origin,
            related: [{ origin: within(quota.origin, 'spec', 'hard', name), message: `the quota: ${hard}` }],
            fix: `Raise ${name} of the quota to ${amountText(wanted, name)} or more, or let the job ask for less.`,
            subjects: [...new Set([...subjectsOf(job.members), `${quota.namespace}/${quota.name}`])],
          };
        }
      }
    }
  },
};

function taken({ used }: ResourceQuota, name: string): bigint {
  return (used !== null && Object.hasOwn(used, name) ? quantityOf(used[name] ?? '') : undefined) ?? 0n;
}

interface Ask {
  readonly job: TrainingJob;
  readonly quota: ResourceQuota;
  readonly name: string;
  readonly wanted: bigint;
  readonly room: bigint;
}

/** A job that is not there yet and finds too little room beside what runs. What a cluster shows is counted among what runs already. */
function* crowdedOut({ job, quota, name, wanted, room }: Ask, { objects }: Snapshot): Iterable<Omit<Finding, 'check'>> {
  const there = objects.some((o) => o.origin === job.origin && isLive(o));
  if (quota.used === null || wanted <= room || there) return;
  yield {
    severity: 'medium',
    confidence: 'likely',
    message: `The pods of ${job.namespace}/${job.name} ask for ${amountText(wanted, name)} ${name} together, and ResourceQuota ${quota.namespace}/${quota.name} has ${amountText(room < 0n ? 0n : room, name)} left: some of them are refused until others end.`,
    primary: job.origin,
    related: [{ origin: within(quota.origin, 'status', 'used', name), message: 'what is taken' }],
    fix: `Wait until enough ${name} is free, raise the quota, or let the job ask for less.`,
    subjects: [...new Set([...subjectsOf(job.members), `${quota.namespace}/${quota.name}`])],
  };
}

/** A quota with scopes counts only the pods in them, by their priority class or whether they end: those of the job may be among them. */
function perhapsRefused({ job, quota, name, wanted }: Omit<Ask, 'room'>): Omit<Finding, 'check'> {
  const hard = quota.hard[name] ?? '';
  return {
    severity: 'medium',
    confidence: 'possible',
    undecided: true,
    message: `The pods of ${job.namespace}/${job.name} ask for ${amountText(wanted, name)} ${name} together, and ResourceQuota ${quota.namespace}/${quota.name} allows ${hard} to the pods of its scopes: whether these are among them is not judged.`,
    primary: job.origin,
    related: [{ origin: within(quota.origin, 'spec', 'hard', name), message: `the quota: ${hard}` }],
    fix: `Where its scopes hold these pods, raise ${name} of the quota to ${amountText(wanted, name)} or more, or let the job ask for less.`,
    subjects: [...new Set([...subjectsOf(job.members), `${quota.namespace}/${quota.name}`])],
  };
}

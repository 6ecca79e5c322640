import { wholeJobs } from '../frameworks/training-jobs.ts';
import { within } from '../kernel/origin.ts';
import { Reader } from '../kernel/reader.ts';
import { amountText, quantityOf } from '../model/quantity.ts';
import type { RawObject, Snapshot } from '../model/snapshot.ts';
import { jobTitle } from '../model/training-job.ts';
import { askedOf } from './asked-of-quota.ts';
import type { Check } from './check.ts';
import { documents, trainingNamespace } from './example-parts.ts';
import { subjectsOf, trainingOf } from './subjects.ts';

const job = `
apiVersion: batch/v1
kind: Job
metadata: {name: llm, namespace: ai-training, labels: {kueue.x-k8s.io/queue-name: team}}
spec:
  suspend: true
  parallelism: 4
  completions: 4
  completionMode: Indexed
  template:
    spec:
      restartPolicy: Never
      containers:
      - name: trainer
        image: registry.example.com/training:v1
        command: [torchrun, train.py]
        resources: {limits: {nvidia.com/gpu: 8}}`;
const queue = (gpus: number): string => `
apiVersion: kueue.x-k8s.io/v1beta1
kind: LocalQueue
metadata: {name: team, namespace: ai-training}
spec: {clusterQueue: team}
---
apiVersion: kueue.x-k8s.io/v1beta1
kind: ClusterQueue
metadata: {name: team}
spec:
  namespaceSelector: {}
  resourceGroups:
  - coveredResources: [nvidia.com/gpu]
    flavors:
    - name: h100
      resources: [{name: nvidia.com/gpu, nominalQuota: ${gpus}}]`;

export const check: Check = {
  slug: 'queue-too-small',
  title: 'A job that its queue will never start',
  severity: 'high',
  plane: 'scheduling',
  running: true,
  why: 'Kueue admits a job when the quota of its ClusterQueue, with what that may borrow, has room for all its pods at once. A job that asks for more than the whole quota stays suspended for ever: no pod is made, and nothing logs an error.',
  fix: 'Raise `nominalQuota`, let the queue borrow from a cohort, or let the job ask for less.',
  sources: [
    'kubernetes-sigs/kueue apis/kueue/v1beta1 ClusterQueueSpec: nominalQuota, borrowingLimit, cohort',
    'kubernetes-sigs/kueue site/content/en/docs/concepts/cluster_queue.md',
  ],
  example: { bad: documents(trainingNamespace, job, queue(16)), good: documents(trainingNamespace, job, queue(32)) },
  *run(context) {
    for (const job of wholeJobs(trainingOf(context))) {
      const admissions = job.members.map((m) => m.admission);
      const [admission] = admissions;
      const named = admission?.clusterQueue;
      if (named == null || !admissions.every((a) => a?.whole === true && a.clusterQueue === named)) continue;
      const queue = queueNamed(context.snapshot, named);
      if (queue === undefined) continue;
      for (const { resource, most, at } of roomIn(queue)) {
        const wanted = askedOf(job, resource === 'pods' ? resource : `requests.${resource}`);
        if (wanted === null || wanted <= most) continue;
        yield {
          severity: 'high',
          confidence: 'certain',
          message: `The pods of ${jobTitle(job)} ask for ${amountText(wanted, resource)} ${resource} together, and ClusterQueue ${named} has ${amountText(most, resource)} at most: Kueue never starts the job.`,
          primary: job.origin,
          related: [{ origin: within(queue.origin, ...at), message: `the quota of ${named}` }],
          fix: `Raise the nominalQuota of ${resource} to ${amountText(wanted, resource)} or more, or let the job ask for less.`,
          subjects: subjectsOf(job.members),
        };
      }
    }
  },
};

function queueNamed({ objects }: Snapshot, name: string): RawObject | undefined {
  return objects.find((o) => o.kind === 'ClusterQueue' && o.apiVersion.startsWith('kueue.x-k8s.io/') && o.name === name);
}

interface Room {
  readonly resource: string;
  /** All flavours together, with what may be borrowed. */
  readonly most: bigint;
  readonly at: readonly (string | number)[];
}

/** What a queue can give of each resource; nothing for those of which it may borrow without a limit, or whose quota cannot be read. */
function roomIn(queue: RawObject): readonly Room[] {
  const spec = new Reader(queue.body, queue.origin, []).field('spec');
  const borrows = spec.has('cohort') || spec.has('cohortName');
  return spec
    .field('resourceGroups')
    .each()
    .flatMap((group, i) => {
      const sums = new Map<string, bigint | null>();
      for (const flavor of group.field('flavors').each())
        for (const quota of flavor.field('resources').each()) {
          const name = quota.field('name').value;
          if (typeof name !== 'string') continue;
          const before = sums.get(name);
          const more = mostOf(quota, borrows);
          sums.set(name, before === null || more === null ? null : (before ?? 0n) + more);
        }
      return [...sums].flatMap(([resource, most]) => (most === null ? [] : [{ resource, most, at: ['spec', 'resourceGroups', i, 'flavors'] }]));
    });
}

function mostOf(quota: Reader, borrows: boolean): bigint | null {
  const nominal = amount(quota.field('nominalQuota').value);
  if (nominal === null || !borrows) return nominal;
  const limit = amount(quota.field('borrowingLimit').value);
  return limit === null ? null : nominal + limit;
}

function amount(value: unknown): bigint | null {
  return typeof value === 'string' || typeof value === 'number' ? (quantityOf(String(value)) ?? null) : null;
}

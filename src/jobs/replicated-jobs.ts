import type { Reader } from '../kernel/reader.ts';
import type { Labels } from '../model/labels.ts';
import { uidOf } from '../model/metadata.ts';
import type { RawObject } from '../model/snapshot.ts';
import type { Lifecycle, PerPodLabel, Told, Workload } from '../model/workload.ts';
import { texts } from './container.ts';
import { type PodTemplate, readPodTemplate } from './pod-template.ts';
import type { SharedSpecs } from './shared-specs.ts';
import { mostReplicas, workloadOf } from './workload-of.ts';

/** Label that JobSet puts on every pod of a set. Source: kubernetes-sigs/jobset api/jobset/v1alpha2/jobset_types.go. */
export const jobSetNameLabel = 'jobset.sigs.k8s.io/jobset-name';

/** Jobs of several pods each that are told one by one; the pods of more are told together, without the labels that number them. */
const mostNumbered = 64;

/** What the Jobs of a set have in common. */
export interface JobSetFrame {
  readonly object: RawObject;
  readonly lifecycle: Lifecycle;
  readonly shared: SharedSpecs | undefined;
  /** What whoever makes the set says of one of its replicated jobs. */
  readonly told?: (name: string) => readonly Told[];
}

interface ReplicatedJob {
  readonly name: string;
  readonly at: Reader;
  readonly replicas: number;
  /** Pods of one Job. */
  readonly pods: number;
  readonly indexed: boolean;
  readonly group: string;
  readonly template: PodTemplate;
}

/**
 * The pods of the Jobs of a JobSet: each replicated job is a sort of pod. Where its Jobs have one pod each, the pods are numbered by job; where there is one
 * Job, by completion. Left out are labels that are made anew with each object or each restart: job-key, jobset-uid of what was never created.
 * Source: kubernetes-sigs/jobset pkg/controllers/jobset_controller.go labelAndAnnotateObject, constructJob; pkg/webhooks/jobset_webhook.go Default (Indexed).
 */
export function expandReplicatedJobs(spec: Reader, frame: JobSetFrame): readonly Workload[] {
  const namespace = frame.object.namespace ?? 'default';
  const jobs = spec
    .field('replicatedJobs')
    .each()
    .map((at): ReplicatedJob => {
      const job = at.field('template').field('spec');
      if (at.required('template') && at.field('template').required('spec')) job.expect('an object');
      const parallelism = job.field('parallelism').integer(0, mostReplicas) ?? 1;
      const completions = job.field('completions').integer(0, mostReplicas) ?? parallelism;
      const indexed = job.field('completionMode').oneOf(['NonIndexed', 'Indexed']) !== 'NonIndexed';
      return {
        name: at.required('name') ? (at.field('name').string() ?? '') : '',
        at,
        replicas: at.field('replicas').integer(0, mostReplicas) ?? 1,
        pods: indexed ? (parallelism === 0 ? 0 : completions) : Math.min(parallelism, completions),
        indexed,
        group: at.field('groupName').string() || 'default',
        template: readPodTemplate(job.field('template'), namespace, frame.shared),
      };
    });
  const uid = uidOf(frame.object);
  const coordinator = coordinatorOf(spec, frame.object, jobs);
  const total = (some: readonly ReplicatedJob[]): number => some.reduce((sum, j) => sum + j.replicas, 0);
  return jobs.flatMap((job, i) => {
    const before = jobs.slice(0, i);
    const constant = texts([
      [jobSetNameLabel, frame.object.name],
      ...(uid === null ? [] : [['jobset.sigs.k8s.io/jobset-uid', uid] as const]),
      ['jobset.sigs.k8s.io/replicatedjob-name', job.name],
      ['jobset.sigs.k8s.io/replicatedjob-replicas', String(job.replicas)],
      ['jobset.sigs.k8s.io/global-replicas', String(total(jobs))],
      ['jobset.sigs.k8s.io/group-name', job.group],
      ['jobset.sigs.k8s.io/group-replicas', String(total(jobs.filter((j) => j.group === job.group)))],
      ...(coordinator === null ? [] : [['jobset.sigs.k8s.io/coordinator', coordinator] as const]),
    ]);
    return numbered(job, frame, constant, { global: total(before), group: total(before.filter((j) => j.group === job.group)) });
  });
}

/** Where the Jobs of one replicated job stand among all of the set, and among those of its group. */
interface Offsets {
  readonly global: number;
  readonly group: number;
}

function numbered(job: ReplicatedJob, frame: JobSetFrame, constant: Labels, offsets: Offsets): readonly Workload[] {
  const made = (making: {
    readonly role: string;
    readonly replicas: number;
    readonly labels: Labels;
    readonly perPodLabels: readonly PerPodLabel[];
  }): Workload =>
    workloadOf(frame.object, job.template, {
      ...making,
      labels: texts([...Object.entries(constant), ...Object.entries(making.labels)]),
      lifecycle: frame.lifecycle,
      told: frame.told?.(job.name) ?? [],
    });
  const role = job.name.toLowerCase();
  const completion: PerPodLabel = { key: 'batch.kubernetes.io/job-completion-index', prefix: '', start: 0 };
  if (job.replicas !== 1 && job.pods === 1) {
    const perPodLabels = [...jobLabels(frame, job, 0, offsets)].map(([key, value]): PerPodLabel => {
      const digits = /\d+$/.exec(value)?.[0] ?? '';
      return { key, prefix: value.slice(0, value.length - digits.length), start: Number(digits) };
    });
    return [made({ role, replicas: job.replicas, labels: job.indexed ? { [completion.key]: '0' } : {}, perPodLabels })];
  }
  if (job.replicas > mostNumbered) {
    job.at.warning(
      'jobs-not-numbered',
      `${job.replicas} Jobs of ${job.pods} pods each are told as one sort of pod, without the labels that number the Jobs; rules that choose by those are judged as if they chose none.`,
    );
    return [made({ role, replicas: Math.min(mostReplicas, job.replicas * job.pods), labels: {}, perPodLabels: [] })];
  }
  return Array.from({ length: job.replicas }, (_, i) =>
    made({
      role: job.replicas === 1 ? role : `${role}-${i}`,
      replicas: job.pods,
      labels: texts(jobLabels(frame, job, i, offsets)),
      perPodLabels: job.indexed ? [completion] : [],
    }),
  );
}

/** Labels that number a Job of the set, and those by which the Job controller names it. */
function jobLabels({ object }: JobSetFrame, { name }: ReplicatedJob, index: number, offsets: Offsets): readonly (readonly [string, string])[] {
  const job = `${object.name}-${name}-${index}`;
  return [
    ['jobset.sigs.k8s.io/job-index', String(index)],
    ['jobset.sigs.k8s.io/job-global-index', String(offsets.global + index)],
    ['jobset.sigs.k8s.io/job-group-index', String(offsets.group + index)],
    ['batch.kubernetes.io/job-name', job],
    ['job-name', job],
  ];
}

/** The pod that the set names its coordinator, as a label writes it. Source: kubernetes-sigs/jobset pkg/controllers/jobset_controller.go CoordinatorEndpoint. */
function coordinatorOf(spec: Reader, object: RawObject, jobs: readonly ReplicatedJob[]): string | null {
  const at = spec.field('coordinator');
  if (at.absent) return null;
  const replicated = at.field('replicatedJob').string() ?? '';
  if (!jobs.some((j) => j.name === replicated))
    at.field('replicatedJob').error('unknown-job', `The coordinator is of no replicated job of the set.`, `There is ${jobs.map((j) => j.name).join(', ')}.`);
  const [job, pod] = [at.field('jobIndex').integer(0, mostReplicas) ?? 0, at.field('podIndex').integer(0, mostReplicas) ?? 0];
  return `${object.name}-${replicated}-${job}-${pod}.${subdomainOf(spec, object)}`;
}

/** Name of the headless Service of a set, which is the subdomain of its pods. */
export function subdomainOf(spec: Reader, object: RawObject): string {
  return spec.field('network').field('subdomain').string() || object.name;
}

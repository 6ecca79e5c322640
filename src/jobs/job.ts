import { finish, Reader } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { Labels } from '../model/labels.ts';
import { uidOf } from '../model/metadata.ts';
import type { RawObject } from '../model/snapshot.ts';
import type { PerPodLabel } from '../model/workload.ts';
import { texts } from './container.ts';
import { endedBy } from './ended.ts';
import type { JobExpander } from './expander.ts';
import { readPodTemplate } from './pod-template.ts';
import { mostReplicas, workloadOf } from './workload-of.ts';

/**
 * Job and CronJob. A plain Job runs min(parallelism, completions) pods at a time; an Indexed one gives each of its completions a number as a label, so all
 * of them count, and no more than parallelism at a time. Suspended jobs count as if they ran: something will resume them. The name of a CronJob's Job, and with it the job-name labels of its
 * pods, is made at run time and left out. A Job of a cluster that is Complete or Failed is finished.
 * Source: kubernetes/api batch/v1 JobSpec; kubernetes/kubernetes pkg/controller/job/job_controller.go (hostname of Indexed Jobs), pkg/registry/batch/job/strategy.go generateSelector.
 */
export const expander: JobExpander = {
  kinds: [
    { group: 'batch', kind: 'Job' },
    { group: 'batch', kind: 'CronJob' },
  ],
  endsWhenDone: true,
  expand(object) {
    const diagnostics: Diagnostic[] = [];
    const at = new Reader(object.body, object.origin, diagnostics);
    const cron = object.kind === 'CronJob';
    if (at.required('spec')) at.field('spec').expect('an object');
    const outer = at.field('spec');
    if (cron && outer.present && outer.required('jobTemplate')) outer.field('jobTemplate').required('spec');
    const spec = cron ? outer.field('jobTemplate').field('spec') : outer;
    const { replicas, atOnce, perPodLabels } = readCount(spec);
    const template = readPodTemplate(spec.field('template'), object.namespace ?? 'default');
    const labels = cron ? {} : controllerLabels(object);
    return finish(diagnostics, () => [
      workloadOf(object, template, {
        replicas,
        atOnce,
        labels,
        perPodLabels,
        // The name of a CronJob's Job is made at run time.
        ...(cron ? {} : { hosts: perPodLabels.length === 0 ? template.hosts : { ...template.hosts, hostname: `${object.name}-`, start: 0 } }),
        lifecycle: cron ? 'running' : endedBy(['Complete', 'Failed'], object, at),
      }),
    ]);
  },
};

function readCount(spec: Reader): { readonly replicas: number; readonly atOnce: number; readonly perPodLabels: readonly PerPodLabel[] } {
  const parallelism = spec.field('parallelism').integer(0, mostReplicas) ?? 1;
  const completions = spec.field('completions').integer(0, mostReplicas);
  const indexed = spec.field('completionMode').oneOf(['NonIndexed', 'Indexed']) === 'Indexed';
  const atOnce = Math.min(parallelism, completions ?? parallelism);
  if (!indexed) return { replicas: atOnce, atOnce, perPodLabels: [] };
  spec.required('completions');
  return {
    replicas: parallelism === 0 ? 0 : (completions ?? 0),
    atOnce,
    perPodLabels: [{ key: 'batch.kubernetes.io/job-completion-index', prefix: '', start: 0 }],
  };
}

function controllerLabels(job: RawObject): Labels {
  const uid = uidOf(job);
  return texts([
    ['batch.kubernetes.io/job-name', job.name],
    ['job-name', job.name],
    ...(uid === null
      ? []
      : ([
          ['batch.kubernetes.io/controller-uid', uid],
          ['controller-uid', uid],
        ] as const)),
  ]);
}

import { finish, Reader } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import { labelOf } from '../model/labels.ts';
import { labelsOf } from '../model/metadata.ts';
import type { RawObject } from '../model/snapshot.ts';
import type { Lifecycle, Workload } from '../model/workload.ts';
import { isBelieved } from './believed.ts';
import { texts } from './container.ts';
import type { JobExpander } from './expander.ts';
import { generatedLabel, isGenerated } from './generated-name.ts';
import { madePolicy, madeService } from './made-object.ts';
import { type PodTemplate, readPodTemplate } from './pod-template.ts';
import { podsOfJob, rayPorts, readPlugins, type VolcanoPlugins, type VolcanoTask, withPlugins } from './volcano-plugins.ts';
import { mostReplicas, workloadOf } from './workload-of.ts';

/** Partitions of a task that are told one by one. */
const mostPartitions = 64;

/** Labels of a Job that its pods carry too. Source: volcano.sh/apis pkg/apis/scheduling/v1beta1/labels.go. */
const handedDown: readonly string[] = ['volcano.sh/preemptable', 'volcano.sh/cooldown-time'];

/** Phases in which no pod is left. Source: volcano.sh/apis pkg/apis/batch/v1alpha1/job.go; one that is Aborted may be resumed. */
const over: readonly unknown[] = ['Completed', 'Terminated', 'Failed'];

/**
 * Job of Volcano: one sort of pod a task, numbered. Its plugins open ports, and `svc` (which the webhook adds beside those of frameworks) makes a headless
 * Service and a NetworkPolicy under the name of the Job, which lets in nobody but the pods of the Job.
 * Source: volcano-sh/volcano pkg/controllers/job/job_controller_util.go createJobPod; pkg/controllers/job/plugins; pkg/webhooks/admission/jobs/mutate.
 */
export const expander: JobExpander = {
  kinds: [{ group: 'batch.volcano.sh', kind: 'Job' }],
  endsWhenDone: true,
  training: { label: 'volcano.sh/job-name', source: 'volcano-sh/apis pkg/apis/batch/v1alpha1' },
  expand(object) {
    const diagnostics: Diagnostic[] = [];
    const at = new Reader(object.body, object.origin, diagnostics);
    const spec = at.field('spec');
    if (at.required('spec')) spec.required('tasks');
    const plugins = readPlugins(spec.field('plugins'));
    const tasks = tasksOf(spec);
    for (const [i, task] of tasks.entries())
      if (tasks.findIndex((t) => t.name === task.name) < i)
        task.at.error('duplicate-task', 'Two tasks of the Job have the same name.', 'Give each its own name.');
    const queue = spec.field('queue').string() || 'default';
    const lifecycle = lifecycleOf(object, at);
    if (isGenerated(object) && plugins.has('svc') && !plugins.on('svc', 'disable-network-policy'))
      spec
        .field('plugins')
        .warning(
          'policies-not-known',
          'The plugin svc makes a NetworkPolicy under the name of this Job, which nobody knows yet, so it is not in the picture: it lets in nobody but the pods of the Job.',
          'Give the Job a name.',
        );
    const workloads = tasks.flatMap((task) => expandTask(object, task, { tasks, plugins, queue, lifecycle }));
    return finish(diagnostics, () => workloads);
  },
  makes(object) {
    // Objects whose name nobody knows cannot be written down.
    if (isGenerated(object)) return [];
    const spec = new Reader(object.body, object.origin, []).field('spec');
    const plugins = readPlugins(spec.field('plugins'));
    const own = podsOfJob(object);
    const selector = { matchLabels: own };
    const made: RawObject[] = [];
    if (plugins.has('svc')) {
      const early = plugins.on('svc', 'publish-not-ready-addresses') ? { publishNotReadyAddresses: true } : {};
      made.push(madeService(object, object.name, { clusterIP: 'None', selector: own, ...early }));
      if (!plugins.on('svc', 'disable-network-policy'))
        made.push(madePolicy(object, object.name, { podSelector: selector, ingress: [{ from: [{ podSelector: selector }] }], policyTypes: ['Ingress'] }));
    }
    if (plugins.has('ray')) {
      const head = { ...own, 'volcano.sh/task-spec': plugins.text('ray', 'head', 'head') };
      const ports = rayPorts(plugins).map(([name, port]) => ({ name, port, targetPort: name, protocol: 'TCP' }));
      made.push(madeService(object, `${object.name}-head-svc`, { selector: head, ports }));
    }
    return made;
  },
};

interface Task extends VolcanoTask {
  readonly at: Reader;
}

interface Frame {
  readonly tasks: readonly Task[];
  readonly plugins: VolcanoPlugins;
  readonly queue: string;
  readonly lifecycle: Lifecycle;
}

/** A task without a name gets one. Source: volcano-sh/volcano pkg/webhooks/admission/jobs/mutate/mutate_job.go mutateSpec. */
function tasksOf(spec: Reader): readonly Task[] {
  return spec
    .field('tasks')
    .each()
    .map((at, i) => {
      at.expect('an object');
      at.required('template');
      return {
        at,
        name: at.field('name').string() || `default${i}`,
        replicas: at.field('replicas').integer(0, mostReplicas) ?? 0,
        template: at.field('template'),
      };
    });
}

function expandTask(job: RawObject, task: Task, frame: Frame): readonly Workload[] {
  const namespace = job.namespace ?? 'default';
  const template = withPlugins(withDns(readPodTemplate(task.template, namespace), task), task, { name: job.name, tasks: frame.tasks }, frame.plugins);
  const role = task.name.toLowerCase();
  const made = (part: { readonly role: string; readonly replicas: number; readonly start: number; readonly partition: number | null }): Workload =>
    workloadOf(job, template, {
      role: part.role,
      replicas: part.replicas,
      labels: texts([
        ['volcano.sh/job-name', job.name],
        ['volcano.sh/job-namespace', namespace],
        ['volcano.sh/task-spec', task.name],
        ['volcano.sh/queue-name', frame.queue],
        ...handedDown.flatMap((key): (readonly [string, string])[] => {
          const value = labelOf(labelsOf(job), key);
          return value === undefined ? [] : [[key, value]];
        }),
        ...(part.partition === null ? [] : [['volcano.sh/partition-id', String(part.partition)] as const]),
      ]),
      perPodLabels: [{ key: 'volcano.sh/task-index', prefix: '', start: part.start }],
      lifecycle: frame.lifecycle,
      madeUp: generatedLabel(job, 'volcano.sh/job-name'),
    });
  const policy = task.at.field('partitionPolicy');
  if (policy.absent) return [made({ role, replicas: task.replicas, start: 0, partition: null })];
  const size = policy.field('partitionSize').integer(0, mostReplicas) ?? 0;
  const partitions = size === 0 ? 1 : Math.ceil(task.replicas / size);
  if (partitions > mostPartitions) {
    policy.warning(
      'partitions-not-numbered',
      `${partitions} partitions are told as one sort of pod, without the label that numbers them; rules that choose by it are judged as if they chose none.`,
    );
    return [made({ role, replicas: task.replicas, start: 0, partition: null })];
  }
  return Array.from({ length: Math.max(1, partitions) }, (_, i) => {
    const start = i * size;
    const replicas = partitions <= 1 ? task.replicas : Math.min(size, task.replicas - start);
    return made({ role: partitions <= 1 ? role : `${role}-${i}`, replicas, start, partition: i });
  });
}

/** The webhook lets pods on the host network find Services. Source: volcano-sh/volcano pkg/webhooks/admission/jobs/mutate/mutate_job.go mutateSpec. */
function withDns(template: PodTemplate, task: Task): PodTemplate {
  if (!template.hostNetwork || task.template.field('spec').has('dnsPolicy')) return template;
  return { ...template, pod: { ...template.pod, dnsPolicy: 'ClusterFirstWithHostNet' } };
}

function lifecycleOf(object: RawObject, job: Reader): Lifecycle {
  const phase = job.field('status').field('state').field('phase');
  return over.includes(phase.value) && isBelieved(object, phase) ? 'finished' : 'running';
}

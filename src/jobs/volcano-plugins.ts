import type { Reader } from '../kernel/reader.ts';
import type { RawObject } from '../model/snapshot.ts';
import type { Container } from '../model/workload.ts';
import { texts } from './container.ts';
import { type GoFlags, isOn, readGoFlags } from './go-flags.ts';
import { withPort } from './open-port.ts';
import type { PodTemplate } from './pod-template.ts';

/** Arguments of the plugins that matter here. Source: volcano-sh/volcano pkg/controllers/job/plugins/**, addFlags. */
const known: Readonly<Record<string, GoFlags>> = {
  svc: { 'publish-not-ready-addresses': 'switch', 'disable-network-policy': 'switch', 'inject-hosts-env': 'switch' },
  pytorch: {
    master: 'text',
    worker: 'text',
    port: 'number',
    'wait-master-enabled': 'switch',
    'wait-master-timeout': 'number',
    'wait-master-image': 'text',
  },
  tensorflow: { ps: 'text', worker: 'text', chief: 'text', evaluator: 'text', port: 'number' },
  mpi: { master: 'text', worker: 'text', port: 'number' },
  ray: { head: 'text', headContainer: 'text', worker: 'text', workerContainer: 'text', port: 'number', dashboardPort: 'number', clientPort: 'number' },
};

/** Plugins whose pods find each other by name: the webhook adds `svc` for them. Source: volcano-sh/volcano pkg/webhooks/admission/jobs/mutate/mutate_job.go patchDefaultPlugins. */
const needNames: readonly string[] = ['tensorflow', 'mpi', 'pytorch', 'ray'];

/** Ports by their flag. Source: volcano-sh/volcano pkg/controllers/job/plugins/distributed-framework. */
const defaultPorts = { pytorch: 23456, tensorflow: 2222, mpi: 22, ray: 6379, dashboard: 8265, client: 10001 } as const;

/** What the plugins of a Job say. */
export interface VolcanoPlugins {
  readonly has: (plugin: string) => boolean;
  readonly text: (plugin: string, flag: string, otherwise: string) => string;
  readonly number: (plugin: string, flag: string, otherwise: number) => number;
  readonly on: (plugin: string, flag: string) => boolean;
}

/** A task as plugins look at it. */
export interface VolcanoTask {
  readonly name: string;
  readonly replicas: number;
  readonly template: Reader;
}

export function readPlugins(at: Reader): VolcanoPlugins {
  const flags = new Map<string, ReadonlyMap<string, string>>();
  if (at.expect('an object')) for (const name of at.keys()) flags.set(name, readGoFlags(at.field(name), Object.hasOwn(known, name) ? (known[name] ?? {}) : {}));
  if (!flags.has('svc') && needNames.some((name) => flags.has(name))) flags.set('svc', new Map());
  const value = (plugin: string, flag: string): string | undefined => flags.get(plugin)?.get(flag);
  return {
    has: (plugin) => flags.has(plugin),
    text: (plugin, flag, otherwise) => value(plugin, flag) ?? otherwise,
    number: (plugin, flag, otherwise) => Number(value(plugin, flag) ?? otherwise),
    on: (plugin, flag) => isOn(value(plugin, flag)),
  };
}

/**
 * The template of a task as the plugins change it: ports that they open, variables and commands that say where the others listen. Variables that number
 * the pods are left out. Source: volcano-sh/volcano pkg/controllers/job/plugins/distributed-framework, OnPodCreate.
 */
export function withPlugins(
  template: PodTemplate,
  task: VolcanoTask,
  job: { readonly name: string; readonly tasks: readonly VolcanoTask[] },
  plugins: VolcanoPlugins,
): PodTemplate {
  const containers = task.template.field('spec').field('containers').each();
  let made = template;
  if (plugins.has('pytorch')) {
    const master = job.tasks.find((t) => t.name === plugins.text('pytorch', 'master', 'master'));
    const port = plugins.number('pytorch', 'port', defaultPorts.pytorch);
    // The plugin does nothing when there is no master.
    if (master !== undefined) {
      made = withPort(made, containers, 'pytorchjob-port', port);
      made = withVariables(made, { MASTER_ADDR: hostOf(master, job.name), MASTER_PORT: String(port) });
    }
  }
  if (plugins.has('mpi')) {
    const isMaster = task.name === plugins.text('mpi', 'master', 'master');
    // A master without workers is left as it is.
    if (!isMaster || job.tasks.some((t) => t.name === plugins.text('mpi', 'worker', 'worker')))
      made = withPort(made, containers, 'mpijob-port', plugins.number('mpi', 'port', defaultPorts.mpi));
  }
  if (plugins.has('tensorflow') && !(job.tasks.length === 1 && task.replicas === 1)) made = withVariables(made, { TF_CONFIG: clusterSpec(job, plugins) });
  if (plugins.has('ray')) made = withRay(made, containers, task, job, plugins);
  return made;
}

/** The ports of a Ray head and of the Service before it, by their name. Source: pkg/controllers/job/plugins/distributed-framework/ray/ray.go createServiceIfNotExist. */
export function rayPorts(plugins: VolcanoPlugins): readonly (readonly [string, number])[] {
  return [
    ['gcs', plugins.number('ray', 'port', defaultPorts.ray)],
    ['dashboard', plugins.number('ray', 'dashboardPort', defaultPorts.dashboard)],
    ['client-server', plugins.number('ray', 'clientPort', defaultPorts.client)],
  ];
}

function withRay(
  template: PodTemplate,
  containers: readonly Reader[],
  task: VolcanoTask,
  job: { readonly name: string; readonly tasks: readonly VolcanoTask[] },
  plugins: VolcanoPlugins,
): PodTemplate {
  const head = job.tasks.find((t) => t.name === plugins.text('ray', 'head', 'head'));
  // Without a head the plugin fails, and no pod is made.
  if (head === undefined) return template;
  const [port, dashboard, client] = rayPorts(plugins).map(([, number]) => number);
  if (task.name === head.name) {
    const name = plugins.text('ray', 'headContainer', 'head');
    const own = containers.filter((c) => c.field('name').value === name);
    const opened = rayPorts(plugins).reduce((made, [portName, number]) => withPort(made, own, portName, number), template);
    return withCommand(
      opened,
      name,
      `ray start --head --block --dashboard-host=0.0.0.0 --port=${port} --dashboard-port=${dashboard} --ray-client-server-port=${client}`,
    );
  }
  if (task.name !== plugins.text('ray', 'worker', 'worker')) return template;
  return withCommand(template, plugins.text('ray', 'workerContainer', 'worker'), `ray start --block --address=${hostOf(head, job.name)}:${port}`);
}

function withCommand(template: PodTemplate, container: string, command: string): PodTemplate {
  return withContainers(template, (c) => (c.name === container ? { ...c, command: ['sh', '-c', command] } : c));
}

function withVariables(template: PodTemplate, added: Readonly<Record<string, string>>): PodTemplate {
  return withContainers(template, (c) => ({ ...c, env: texts<string | null>([...Object.entries(c.env), ...Object.entries(added)]) }));
}

function withContainers(template: PodTemplate, change: (container: Container) => Container): PodTemplate {
  return { ...template, pod: { ...template.pod, containers: template.pod.containers.map((c) => (c.sort === 'container' ? change(c) : c)) } };
}

/** The name of a task's first pod. Source: pkg/controllers/job/helpers/helpers.go MakePodName, MakeDomainName. */
function hostOf(task: VolcanoTask, job: string): string {
  const spec = task.template.field('spec');
  return `${spec.field('hostname').string() || `${job}-${task.name}-0`}.${spec.field('subdomain').string() || job}`;
}

/** TF_CONFIG without the number of the pod and with the first pod of each task: all of them listen at one port. */
function clusterSpec(job: { readonly name: string; readonly tasks: readonly VolcanoTask[] }, plugins: VolcanoPlugins): string {
  const port = plugins.number('tensorflow', 'port', defaultPorts.tensorflow);
  const tasks = ['ps', 'worker', 'chief', 'evaluator'].flatMap((role) => {
    const task = job.tasks.find((t) => t.name === plugins.text('tensorflow', role, role));
    return task === undefined ? [] : [[role, [`${hostOf(task, job.name)}:${port}`]] as const];
  });
  return JSON.stringify({ cluster: Object.fromEntries(tasks) });
}

/** What the Service and the policy of the plugin `svc` choose: the pods of the job. Source: pkg/controllers/job/plugins/svc/svc.go. */
export function podsOfJob(job: RawObject): Readonly<Record<string, string>> {
  return { 'volcano.sh/job-name': job.name, 'volcano.sh/job-namespace': job.namespace ?? 'default' };
}

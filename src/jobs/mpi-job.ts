import { finish, Reader } from '../kernel/reader.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { RawObject } from '../model/snapshot.ts';
import type { Container, PerPodLabel, Told, Workload } from '../model/workload.ts';
import { texts } from './container.ts';
import type { JobExpander } from './expander.ts';
import { kubeflowTraining, replicaIndex, replicaLabels } from './kubeflow-replicas.ts';
import { operatorService } from './kubeflow-services.ts';
import { type EndOfJob, endOf, lifecycleIn } from './kubeflow-status.ts';
import { type PodTemplate, readPodTemplate } from './pod-template.ts';
import { mostReplicas, workloadOf } from './workload-of.ts';

const roles = ['Launcher', 'Worker'] as const;
type Role = (typeof roles)[number];

/**
 * What mpi-operator appends to the variables of the launcher's first container, by implementation: of two of one name the later counts, so these hide what
 * the manifest says. Sources: kubeflow/mpi-operator pkg/controller/mpi_job_controller.go newLauncherPodTemplate; kubernetes/kubernetes pkg/api/pod/warnings.go.
 */
const operatorVariables: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  OpenMPI: [['OMPI_MCA_plm_rsh_args', '-o ConnectionAttempts=10']],
  Intel: [['I_MPI_HYDRA_BOOTSTRAP_EXEC_EXTRA_ARGS', '-o ConnectionAttempts=10']],
  MPICH: [['HYDRA_LAUNCH_EXTRA_ARGS', '-o ConnectionAttempts=10']],
};

/**
 * MPIJob, of two operators that share its group and name. v1 (training operator): plain pods, no port and no Service; the launcher has a service account of
 * its own and starts the workers through the Kubernetes API. v2beta1 (mpi-operator): the launcher is a Job, the workers run sshd at a port that only their
 * image knows, and one headless Service names all of them. In both, workers serve until they are ended, which by default nobody does. Suspended ones count as
 * if they ran, and so does a launcher that waits for its workers (launcherCreationPolicy).
 * Sources: kubeflow/trainer release-1.9 pkg/controller.v1/mpi/mpijob_controller.go newLauncher, newWorker; pkg/apis/kubeflow.org/v1/mpi_defaults.go (which
 * sets no port, though mpi_types.go names one); kubeflow/mpi-operator pkg/controller/mpi_job_controller.go newLauncherPodTemplate, newWorker, newJobService.
 */
export const expander: JobExpander = {
  kinds: [{ group: 'kubeflow.org', kind: 'MPIJob' }],
  endsWhenDone: true,
  training: kubeflowTraining,
  expand(object) {
    const diagnostics: Diagnostic[] = [];
    const job = readJob(object, diagnostics);
    return finish(diagnostics, () => workloadsOf(object, job));
  },
  makes(object) {
    const diagnostics: Diagnostic[] = [];
    const { end, own } = readJob(object, diagnostics);
    if (!own || end.over || diagnostics.some((d) => d.severity === 'error')) return [];
    const made = operatorService(object, object.name, { selected: ownLabels(object), labels: [['app', object.name]], ports: [] });
    return made === null ? [] : [made];
  },
};

interface MpiJob {
  /** Whether mpi-operator makes it, and not the training operator. */
  readonly own: boolean;
  readonly launcherWorks: boolean;
  /** What the object says of the implementation, as the launcher gets to know it. */
  readonly told: readonly Told[];
  readonly replicas: readonly { readonly role: Role; readonly count: number; readonly template: PodTemplate }[];
  readonly end: EndOfJob;
}

function readJob(object: RawObject, diagnostics: Diagnostic[]): MpiJob {
  const at = new Reader(object.body, object.origin, diagnostics);
  const own = object.apiVersion === 'kubeflow.org/v2beta1';
  const spec = at.field('spec');
  const specs = spec.field('mpiReplicaSpecs');
  if (at.required('spec') && spec.expect('an object') && spec.required('mpiReplicaSpecs') && specs.object(roles)) specs.required('Launcher');
  if (own) {
    spec.field('launcherCreationPolicy').oneOf(['AtStartup', 'WaitForWorkersReady']);
  }
  const implementation = own ? spec.field('mpiImplementation').oneOf(['OpenMPI', 'Intel', 'MPICH']) : undefined;
  const replicas = roles
    .filter((role) => specs.has(role))
    .map((role) => {
      const replica = specs.field(role);
      replica.expect('an object');
      const count = replica.field('replicas').integer(role === 'Launcher' ? 1 : 0, role === 'Launcher' ? 1 : mostReplicas) ?? (role === 'Launcher' ? 1 : 0);
      return { role, count, template: readTemplate(replica.field('template'), object, own ? (implementation ?? 'OpenMPI') : null, role) };
    });
  const told = implementation === undefined ? [] : [{ field: 'mpiImplementation', text: implementation, origin: spec.field('mpiImplementation').origin }];
  return { own, launcherWorks: own && spec.field('runLauncherAsWorker').boolean() === true, told, replicas, end: endOf(object, at) };
}

function workloadsOf(object: RawObject, job: MpiJob): readonly Workload[] {
  return job.replicas.map(({ role, count, template }) => {
    const type = role.toLowerCase();
    const lifecycle = lifecycleIn(job.end, role === 'Worker');
    const labels = texts(job.own ? [...ownLabels(object), ...ownRole(object, role)] : firstLabels(object, role));
    return workloadOf(object, template, {
      role: type,
      replicas: count,
      labels,
      perPodLabels: numbersOf(job, role),
      lifecycle,
      told: role === 'Launcher' ? job.told : [],
    });
  });
}

/** The training operator numbers workers alone; mpi-operator leaves number 0 to a launcher that works too. */
function numbersOf({ launcherWorks }: MpiJob, role: Role): readonly PerPodLabel[] {
  if (role === 'Launcher') return launcherWorks ? [{ key: replicaIndex, prefix: '', start: 0 }] : [];
  return [{ key: replicaIndex, prefix: '', start: launcherWorks ? 1 : 0 }];
}

function firstLabels(object: RawObject, role: Role): readonly (readonly [string, string])[] {
  const labels = replicaLabels(object, 'mpijob-controller', role.toLowerCase());
  return role === 'Launcher' ? [...labels, ['training.kubeflow.org/job-role', 'master']] : labels;
}

/** What the one Service of a v2beta1 job selects. */
function ownLabels(object: RawObject): readonly (readonly [string, string])[] {
  return [
    ['training.kubeflow.org/operator-name', 'mpi-operator'],
    ['training.kubeflow.org/job-name', object.name],
  ];
}

/** The launcher's pods are those of a Job, and have its labels too; the uid among them is not known before it is made. */
function ownRole(object: RawObject, role: Role): readonly (readonly [string, string])[] {
  const label = ['training.kubeflow.org/job-role', role.toLowerCase()] as const;
  if (role === 'Worker') return [label];
  return [label, ['batch.kubernetes.io/job-name', `${object.name}-launcher`], ['job-name', `${object.name}-launcher`]];
}

/** `implementation`: which MPI mpi-operator sets the launcher up for; null under the training operator. */
function readTemplate(at: Reader, object: RawObject, implementation: string | null, role: Role): PodTemplate {
  const template = readPodTemplate(at, object.namespace ?? 'default');
  const { pod, hostNetwork } = template;
  if (implementation !== null) {
    const dnsPolicy = hostNetwork ? 'ClusterFirstWithHostNet' : pod.dnsPolicy;
    const containers = role === 'Worker' ? serving(pod.containers, true) : overruled(pod.containers, implementation);
    return { ...template, pod: { ...pod, dnsPolicy, containers } };
  }
  if (role === 'Worker') return { ...template, pod: { ...pod, containers: serving(pod.containers, false) } };
  const named = at.field('spec').field('serviceAccountName').value;
  return named === undefined || named === null || named === '' ? { ...template, serviceAccount: `${object.name}-launcher` } : template;
}

/** Workers that are not told what to run wait: for exec in v1, as sshd in v2beta1. */
function serving(containers: readonly Container[], own: boolean): readonly Container[] {
  const [first, ...others] = containers;
  if (first === undefined || first.command.length > 0 || (own && first.args.length > 0)) return containers;
  return [own ? { ...first, command: ['/usr/sbin/sshd', '-De'] } : { ...first, command: ['sleep'], args: ['365d'] }, ...others];
}

/** Variables of the manifest that those of the operator hide. What the manifest does not set is left out, for versions of the operator differ. */
function overruled(containers: readonly Container[], implementation: string): readonly Container[] {
  const [first, ...others] = containers;
  const hidden = (operatorVariables[implementation] ?? []).filter(([name]) => first !== undefined && Object.hasOwn(first.env, name));
  return first === undefined || hidden.length === 0 ? containers : [{ ...first, env: texts([...Object.entries(first.env), ...hidden]) }, ...others];
}

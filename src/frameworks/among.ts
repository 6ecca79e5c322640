import { kept } from '../kernel/memo.ts';
import { deviceOf, devicesAsked, isZero } from '../model/accelerators.ts';
import { labelOf } from '../model/labels.ts';
import type { Passage } from '../model/passage.ts';
import type { TrainingJob } from '../model/training-job.ts';
import { type Container, inContainer, type PodFacts, type Workload } from '../model/workload.ts';
import type { Sign } from './framework.ts';

/** Roles of pods that come with a job and take no part in its training. Sources: kubeflow/trainer charts runtimes; ray-project/kuberay RayJob submitter. */
const helpers: readonly string[] = ['dataset-initializer', 'model-initializer', 'submitter'];

/** Roles that start a job's processes elsewhere. */
const launchers: readonly string[] = ['launcher', 'mpimaster', 'driver'];

/** Roles whose first pod leads, most telling first. */
const leaders: readonly string[] = ['master', 'leader', 'chief', 'head', 'coordinator', 'launcher', 'scheduler', 'mpimaster', 'server'];

/** The training operator marks the pod that leads so, also where it is the first of the workers. Source: kubeflow/trainer release-1.9 pkg/controller.v1/common/pod.go. */
const masterLabel = 'training.kubeflow.org/job-role';

/** The number of a pod in its group: the leader has 0. Source: kubernetes-sigs/lws pkg/webhooks/pod_webhook.go. */
const groupMember = 'leaderworkerset.sigs.k8s.io/worker-index';

/** The number of a pod among those of its role. Source: kubeflow/mpi-operator pkg/apis/kubeflow/v2beta1/constants.go. */
const replicaIndex = 'training.kubeflow.org/replica-index';

/** A passage without its ends. */
export type About = Omit<Passage, 'from' | 'to' | 'required'>;

/** A passage between all training pods of a job, both ways: who dials whom among them cannot be foretold. */
export function everyoneDialsEveryone(job: TrainingJob, about: About, members: readonly Workload[] = trainers(job)): Passage {
  return dials(members, members, about);
}

/** A passage from pods of the job to pods of the job that the job cannot do without. */
export function dials(from: readonly Workload[], to: readonly Workload[], about: About): Passage {
  return { ...about, from: { kind: 'members', members: from }, to: { kind: 'members', members: to }, required: true };
}

/** The same where sorts of pods listen at ports of their own: a passage for all that listen at the same. Those beyond the first have a number in their id. */
export function dialsByPorts(
  from: readonly Workload[],
  to: readonly Workload[],
  portsOf: (member: Workload) => Pick<Passage, 'ports' | 'because'>,
  about: Omit<About, 'ports' | 'because'>,
): readonly Passage[] {
  const byPorts = new Map<string, Workload[]>();
  for (const member of to) kept(byPorts, JSON.stringify(portsOf(member).ports), () => []).push(member);
  return [...byPorts.values()].map((at, i) => dials(from, at, { ...about, ...portsOf(at[0] as Workload), id: i === 0 ? about.id : `${about.id}-${i + 1}` }));
}

/** The pods that train: all but those that only prepare or submit. */
export function trainers(job: TrainingJob): readonly Workload[] {
  return orAll(
    job,
    job.members.filter((m) => !helpers.includes(m.role ?? '')),
  );
}

/** The pods that hold ranks of collectives: those with GPUs where some have them, else the trainers but for a launcher; and a launcher that works too. */
export function ranks(job: TrainingJob): readonly Workload[] {
  const all = trainers(job);
  return all.some(hasGpu) ? all.filter((m) => hasGpu(m) || worksToo(m)) : joiners(job);
}

/** The pods whose processes join the rendezvous: the trainers, but for a launcher without GPUs that starts them elsewhere and does no work itself. */
export function joiners(job: TrainingJob): readonly Workload[] {
  const all = trainers(job);
  const others = all.filter((m) => !launchers.includes(m.role ?? '') || hasGpu(m) || worksToo(m));
  return others.length > 0 ? others : all;
}

/**
 * Whether a launcher is a rank as well: mpi-operator gives it a number among the workers then (runLauncherAsWorker), and Kubeflow Trainer has its container
 * called as those of nodes are (runLauncherAsNode). Sources: kubeflow/mpi-operator pkg/controller/mpi_job_controller.go newLauncherPodTemplate;
 * kubeflow/trainer pkg/runtime/framework/plugins/mpi.
 */
function worksToo({ kind, role, labels, perPodLabels, pod }: Workload): boolean {
  if (!launchers.includes(role ?? '')) return false;
  if (kind === 'MPIJob') return labelOf(labels, replicaIndex) !== undefined || perPodLabels.some((l) => l.key === replicaIndex);
  return kind === 'TrainJob' && pod.containers.some((c) => c.name === 'node');
}

/** Whether a sort of pods asks for GPUs: where some have them and others none, collectives of GPUs are among the former. */
export function hasGpu({ pod }: Workload): boolean {
  return pod.containers.some((c) => asksForGpu(c, pod));
}

/** Whether a container asks for GPUs. The device plugin of NVIDIA may give them other names. Source: NVIDIA/k8s-device-plugin README. */
export function asksForGpu(container: Container, pod: Pick<PodFacts, 'claims'>): boolean {
  const renamed = ([name, quantity]: readonly [string, string]): boolean => name.startsWith('nvidia.com/') && deviceOf(name) === undefined && !isZero(quantity);
  return devicesAsked(container, pod).some((d) => d.sort === 'gpu') || Object.entries(container.requests).some(renamed);
}

/** A sign for what else pods ask for of accelerators, with collectives of a library of its own, or of which the input does not tell what it is. */
export function otherAccelerators({ members }: TrainingJob): readonly Sign[] {
  return members.flatMap((member) =>
    member.pod.containers.flatMap((c) =>
      devicesAsked(c, member.pod)
        .filter((d) => d.sort === 'other' || d.sort === null)
        .map(({ text }) => ({ text: `container ${c.name} ${text}`, origin: inContainer(member, c, 'resources') })),
    ),
  );
}

/** The sort of pods that launches, where the job has one. */
export function launcherOf(job: TrainingJob): Workload | undefined {
  return job.members.find((m) => launchers.includes(m.role ?? ''));
}

/** Sorts of pods whose first pod may hold rank 0: the one that its operator marks or whose role says so, else, as nothing tells, all that train, or all of those given. */
export function leadersOf(job: TrainingJob, all: readonly Workload[] = trainers(job)): readonly Workload[] {
  const marked = all.find((m) => labelOf(m.labels, masterLabel) === 'master' || labelOf(m.labels, groupMember) === '0');
  const found = marked ?? leaders.map((role) => all.find((m) => m.role === role)).find((m) => m !== undefined);
  return found === undefined ? all : [found];
}

function orAll(job: TrainingJob, members: readonly Workload[]): readonly Workload[] {
  return members.length > 0 ? members : job.members;
}

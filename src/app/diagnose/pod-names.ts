import type { TrainingJob } from '../../model/training-job.ts';
import type { Workload } from '../../model/workload.ts';

/** What controllers end the names of pods with where they do not number them. Source: kubernetes/apimachinery pkg/util/rand, alphanums. */
const madeUpEnding = /^(?:-worker)?(?:-[bcdfghjklmnpqrstvwxz2456789]{6,10})?-[bcdfghjklmnpqrstvwxz2456789]{5}$/;

/** `-3`; pods of groups and of indexed jobs are numbered twice, and may have an ending: `-0-3`, `-0-3-x7k2p`. */
const numbered = /^-(\d{1,6})(?:-(\d{1,6}))?(?:-[bcdfghjklmnpqrstvwxz2456789]{5})?$/;

/** Which pod of a sort has this name: operators number them from 0, after the job and the role. Null where it is none of them. */
export function replicaOf(job: TrainingJob, member: Workload, name: string): number | null {
  const grouped = replicaInGroups(job, member, name);
  if (grouped !== null) return grouped;
  const stems = [
    ...(member.role === null ? [] : [`${job.name}-${member.role}`]),
    ...(member.role === null || job.members.length === 1 ? [job.name] : []),
    ...(member.name === job.name ? [] : [member.name]),
    ...operatorStems(job, member),
  ];
  const names = member.perPodLabels.find((l) => l.key.endsWith('/pod-name'));
  const [, ordinal] = names === undefined ? [] : (/^(\d{1,6})$/.exec(restAfter(names.prefix, name) ?? '') ?? []);
  if (names !== undefined && ordinal !== undefined && Number(ordinal) >= names.start && Number(ordinal) - names.start < member.replicas)
    return Number(ordinal) - names.start;
  // The first pod of a role may be a sort by itself, and is then none of the others.
  const first = job.members.some((m) => m.role === `${member.role ?? ''}-0`) ? 1 : 0;
  for (const stem of stems) {
    const rest = restAfter(stem, name);
    if (rest === null) continue;
    if (rest === '') return 0;
    const [, leading, second] = numbered.exec(rest) ?? [];
    // Of a JobSet the first number is the Job's, and pods have the second; Jobs beside the first are sorts of pod by themselves.
    const number = second !== undefined && leading === '0' && isIndexed(member) ? second : leading;
    if (number !== undefined && Number(number) >= first && Number(number) - first < member.replicas) return Number(number) - first;
    // Such a name tells the sort of pod, and not which of them.
    if (number === undefined && madeUpEnding.test(rest)) return 0;
  }
  return null;
}

/** What follows the beginning of a name; `*5` in it stands for letters that the API server makes up. Null where the name begins otherwise. */
function restAfter(stem: string, name: string): string | null {
  const [before = '', after] = stem.split(/\*\d?/);
  if (!name.startsWith(before)) return null;
  if (after === undefined) return name.slice(before.length);
  const tail = name.slice(before.length);
  return /^[a-z0-9]{5}/.test(tail) && tail.startsWith(after, 5) ? tail.slice(5 + after.length) : null;
}

function isIndexed({ perPodLabels }: Workload): boolean {
  return perPodLabels.some((l) => l.key === 'batch.kubernetes.io/job-completion-index');
}

/**
 * Beginnings that operators write in ways of their own; a cluster that a RayJob or RayService makes has a name that the API server ends. Sources:
 * ray-project/kuberay ray-operator/controllers/ray/utils/util.go, GenerateRayClusterName, RayClusterSuffix; raycluster_controller.go, buildWorkerPod;
 * kubevirt/kubevirt pkg/virt-controller/services/template.go.
 */
function operatorStems({ name, kind }: TrainingJob, member: Workload): readonly string[] {
  if (member.kind.startsWith('VirtualMachine')) return [`virt-launcher-${member.name}`];
  const { role } = member;
  if (!kind.startsWith('Ray') || role === null) return [];
  if (role === 'submitter') return [name];
  const clusters = kind === 'RayCluster' ? [name] : [`${name}-*5`, `${name}-raycluster-*5`];
  return clusters.flatMap((cluster) => (role === 'head' ? [`${cluster}-head`, `${cluster}-head-svc`] : [`${cluster}-${role}`, `${cluster}-worker-${role}`]));
}

/**
 * Workers of groups that are too many to be a sort each: `vllm-299-3` is worker 3 of group 299, and the leader is 0 of each group. Source: kubernetes-sigs/lws
 * pkg/controllers/leaderworkerset_controller.go; pkg/webhooks/pod_webhook.go.
 */
function replicaInGroups({ name: set, kind, members }: TrainingJob, member: Workload, name: string): number | null {
  const groups = members.find((m) => m.role === 'leader')?.replicas ?? 0;
  if (kind !== 'LeaderWorkerSet' || member.role !== 'worker' || member.perPodLabels.length > 0 || groups === 0) return null;
  const workers = member.replicas / groups;
  const [, group, worker] = /^-(\d{1,6})-(\d{1,6})$/.exec(restAfter(set, name) ?? '') ?? [];
  if (group === undefined || !Number.isInteger(workers)) return null;
  const fits = Number(group) < groups && Number(worker) >= 1 && Number(worker) <= workers;
  return fits ? Number(group) * workers + Number(worker) - 1 : null;
}

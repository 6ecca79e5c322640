import type { Reachability } from '../../engine/reach.ts';
import type { TrainingJob } from '../../model/training-job.ts';
import type { Endpoint } from '../../model/verdict.ts';
import type { Workload } from '../../model/workload.ts';
import { parseIp } from '../../space/ip-set.ts';

/** One pod that a log names, as far as the input knows it. */
export interface NamedPod {
  readonly workload: Workload;
  readonly replica: number;
}

/** Finds the pods that logs talk about: by the names that operators give them, by addresses of the input, and by those that pods told of themselves. */
export class Pods {
  readonly #jobs: readonly TrainingJob[];
  readonly #reach: Reachability;
  /** Address to pod name, from the logs. */
  readonly #told: ReadonlyMap<string, string>;

  constructor(reach: Reachability, jobs: readonly TrainingJob[], told: ReadonlyMap<string, string>) {
    this.#reach = reach;
    this.#jobs = jobs;
    this.#told = told;
  }

  /** `llm-worker-3`, `llm-worker-3.llm.ml.svc`: what comes before the first dot is the name of a pod, or of the Service in front of one. */
  named(host: string): NamedPod | null {
    const [name = ''] = host.toLowerCase().split('.');
    const found = this.#jobs.flatMap((job) => job.members.map((member) => ({ member, replica: replicaOf(job, member, name) })));
    const [exact] = found.filter((f) => f.replica !== null);
    return exact?.replica == null ? null : { workload: exact.member, replica: exact.replica };
  }

  at(address: string): NamedPod | null {
    for (const workload of this.#reach.snapshot.workloads) {
      const replica = workload.ips.indexOf(address);
      if (replica >= 0) return { workload, replica: Math.min(replica, Math.max(0, workload.replicas - 1)) };
    }
    const told = this.#told.get(address);
    return told === undefined ? null : this.named(told);
  }

  /** The far end of a line: a pod where it can be told, an address or a name elsewhere; null for a bare word that names nothing known. */
  endpoint(host: string): Endpoint | null {
    const pod = parseIp(host) === undefined ? this.named(host) : this.at(host);
    if (pod !== null) return { kind: 'pod', workload: pod.workload.id, replica: pod.replica };
    if (parseIp(host) !== undefined) return { kind: 'address', ip: host };
    return host.includes('.') && !host.endsWith('.local') && !/\.svc\b/.test(host) ? { kind: 'name', name: host.toLowerCase() } : null;
  }
}

/** Which pod of a sort has this name: operators number them from 0, after the job and the role. Null where it is none of them. */
function replicaOf(job: TrainingJob, member: Workload, name: string): number | null {
  const stem = [`${job.name}-${member.role ?? ''}`, `${job.name}`, member.name].find((s) => s !== '' && name.startsWith(s.replace(/-$/, '')));
  if (stem === undefined) return null;
  const rest = name.slice(stem.replace(/-$/, '').length);
  if (member.role !== null && stem !== `${job.name}-${member.role}` && job.members.length > 1) return null;
  const [, number] = /^-(\d{1,6})(?:-|$)/.exec(rest) ?? [];
  if (rest === '') return 0;
  // The first pod of a role may be a sort by itself, and is then none of the others.
  const first = job.members.some((m) => m.role === `${member.role ?? ''}-0`) ? 1 : 0;
  if (number !== undefined) return Number(number) < first ? null : Math.min(Number(number) - first, Math.max(0, member.replicas - 1));
  // Names that end in made-up letters tell the sort of pod, and not which of them.
  return /^-[a-z0-9-]{1,60}$/.test(rest) ? 0 : null;
}

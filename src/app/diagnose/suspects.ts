import { cidrSet } from '../../engine/addresses.ts';
import { privateBlocks } from '../../model/private-blocks.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { TrainingJob } from '../../model/training-job.ts';
import type { Endpoint } from '../../model/verdict.ts';
import type { Workload } from '../../model/workload.ts';
import { formatIp, ipHas, parseIp } from '../../space/ip-set.ts';
import { replicaOf } from './pod-names.ts';

/** One pod that a log names, as far as the input knows it. */
export interface NamedPod {
  readonly workload: Workload;
  readonly replica: number;
}

/** Finds the pods that logs talk about: by the names that operators give them, by addresses of the input, and by those that pods told of themselves. */
export class Pods {
  readonly #jobs: readonly TrainingJob[];
  readonly #snapshot: Snapshot;
  /** Address to pod name, from the logs. */
  readonly #told: ReadonlyMap<string, string>;
  /** Address to pod, from the input. */
  readonly #addresses = new Map<string, NamedPod>();

  constructor(snapshot: Snapshot, jobs: readonly TrainingJob[], told: ReadonlyMap<string, string>) {
    this.#snapshot = snapshot;
    this.#jobs = jobs;
    this.#told = told;
    for (const workload of snapshot.workloads)
      for (const [i, ip] of workload.ips.entries()) {
        const address = canonical(ip);
        if (!this.#addresses.has(address)) this.#addresses.set(address, { workload, replica: Math.min(i, Math.max(0, workload.replicas - 1)) });
      }
  }

  /**
   * The pod of a job that has this name, or that the Service with this name stands in front of: `llm-worker-3`, `llm-worker-3.ml.svc`,
   * `llm-worker-3.llm.ml.svc.cluster.local`. All of the name has to fit. Source: kubernetes/dns specification.
   */
  named(host: string): NamedPod | null {
    const [name = '', ...domain] = host.toLowerCase().replace(/\.$/, '').split('.');
    for (const job of this.#jobs) {
      if (!this.#isDomainOf(job, domain)) continue;
      for (const workload of job.members) {
        const replica = replicaOf(job, workload, name);
        if (replica !== null) return { workload, replica };
      }
    }
    return null;
  }

  at(address: string): NamedPod | null {
    const wanted = canonical(address);
    const known = this.#addresses.get(wanted);
    if (known !== undefined) return known;
    // A log can say anything of an address that pods do not have.
    const told = isPrivate(wanted) ? this.#told.get(wanted) : undefined;
    return told === undefined ? null : this.named(told);
  }

  /** The far end of a line: a pod where it can be told, an address or a name elsewhere; null where nobody knows whose it is. */
  endpoint(host: string, amongPods: boolean): Endpoint | null {
    const isAddress = parseIp(host) !== undefined;
    const pod = isAddress ? this.at(host) : this.named(host);
    if (pod !== null) return { kind: 'pod', workload: pod.workload.id, replica: pod.replica };
    // What pods of a job dial is another pod; one whose address no input has is not known, and neither is who has a private address.
    if (isAddress) return amongPods || isPrivate(host) ? null : { kind: 'address', ip: canonical(host) };
    return host.includes('.') && !isInCluster(host) ? { kind: 'name', name: host.toLowerCase().replace(/\.$/, '') } : null;
  }

  /** What may stand after the name of a pod of this job: nothing, its namespace, or a Service of its own and its namespace, each with `svc` and what follows. */
  #isDomainOf(job: TrainingJob, domain: readonly string[]): boolean {
    const svc = domain.indexOf('svc');
    const parts = svc < 0 ? domain : domain.slice(0, svc);
    const isOwn = (service: string | undefined): boolean =>
      service === job.name || this.#snapshot.services.some((s) => s.headless && s.namespace === job.namespace && s.name === service);
    const [first, second] = parts;
    if (parts.length === 0) return svc < 0;
    if (parts.length === 1) return first === job.namespace || (svc < 0 && isOwn(first));
    return parts.length === 2 && isOwn(first) && second === job.namespace;
  }
}

/** Whether a name is looked up in the cluster. */
export function isInCluster(host: string): boolean {
  const labels = host.toLowerCase().split('.');
  return labels.includes('svc') || labels.includes('local');
}

/** One text for each address: IPv4 in IPv6 is its IPv4 address. Names stay, and so does IPv4, which is read in one spelling only. */
export function canonical(host: string): string {
  if (!host.includes(':')) return host;
  const ip = parseIp(host);
  return ip === undefined ? host : formatIp(ip);
}

const privateAddresses = cidrSet(privateBlocks);

function isPrivate(address: string): boolean {
  const ip = parseIp(address);
  return ip !== undefined && ipHas(privateAddresses, ip);
}

import { within } from '../../kernel/origin.ts';
import type { Service } from '../../model/cluster.ts';
import type { Finding } from '../../model/finding.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { TrainingJob } from '../../model/training-job.ts';
import { type Workload, workloadTitle } from '../../model/workload.ts';
import { insideOf, selectedBy, serviceOf } from './inside-names.ts';
import { meetingPlaces } from './rendezvous-hosts.ts';

/** Slug of names of pods that DNS does not know. */
export const podNameSlug = 'pod-name-unresolved';

/**
 * Names of pods, at which the pods of a job are told to meet, that resolve for nobody: the Service is there and selects pods, and none of them has that hostname
 * and the Service as its subdomain. Where an operator gives pods their names nothing is said. Sources: kubernetes.io, DNS for Services and Pods; kubernetes/endpointslice
 * util/controller_utils.go ShouldSetHostname; coredns/coredns plugin/kubernetes (endpoint_pod_names).
 */
export function podNameFindings(job: TrainingJob, snapshot: Snapshot): readonly Finding[] {
  const told = new Set<string>();
  return job.members.flatMap((member) =>
    member.pod.containers.flatMap((container) =>
      meetingPlaces({ member, container }).flatMap(({ host, port, shown }): readonly Finding[] => {
        const why = told.has(host) ? null : faultOf(snapshot, host, port ?? 0, member.namespace);
        if (why === null) return [];
        told.add(host);
        return [
          {
            check: podNameSlug,
            severity: why.perhaps ? 'medium' : 'high',
            confidence: why.perhaps ? 'likely' : 'certain',
            ...(why.perhaps ? { undecided: true as const } : {}),
            message: `${workloadTitle(member)} is to meet at ${host} (${shown}), which does not resolve${why.perhaps ? ' unless the DNS of the cluster knows pods by their names (endpoint_pod_names)' : ''}: ${why.text}.`,
            primary: within(why.pod.podOrigin),
            related: [],
            fix: why.fix,
            subjects: [`${job.namespace}/${job.name}`],
          },
        ];
      }),
    ),
  );
}

interface NameFault {
  readonly pod: Workload;
  readonly text: string;
  readonly fix: string;
  /** Whether it is the name of a pod all the same, by which some clusters know it. */
  readonly perhaps: boolean;
}

/** Why nobody finds a pod by this name; null where somebody may, or it names none. */
function faultOf(snapshot: Snapshot, host: string, port: number, own: string): NameFault | null {
  const inside = insideOf(snapshot, host, port, own);
  const service = inside === null ? undefined : serviceOf(snapshot, inside);
  // A name of two labels is then looked for as a Service and its namespace.
  if (inside?.pod == null || service === undefined || /^\d{1,3}(?:-\d{1,3}){3}$/.test(inside.pod)) return null;
  if (host.split('.').length === 2 && serviceOf(snapshot, { name: inside.pod, namespace: inside.name }) !== undefined) return null;
  const { pod: name } = inside;
  const pods = selectedBy(snapshot, service, null).map((b) => b.workload);
  const [first] = pods;
  if (first === undefined || pods.some((w) => w.hosts === undefined || (isCalled(w, name) && w.hosts.subdomain === service.name))) return null;
  const called = pods.find((w) => isCalled(w, name));
  return called === undefined ? unnamed(first, name, service) : unplaced(called, name, service);
}

function isCalled({ hosts, replicas }: Workload, name: string): boolean {
  if (hosts == null || hosts.hostname === null) return false;
  if (hosts.start === null) return hosts.hostname === name;
  const digits = name.startsWith(hosts.hostname) ? name.slice(hosts.hostname.length) : '';
  const number = /^(?:0|[1-9]\d{0,8})$/.test(digits) ? Number(digits) : -1;
  return number >= hosts.start && number < hosts.start + replicas;
}

function unnamed(pod: Workload, name: string, { name: service }: Service): NameFault {
  return {
    pod,
    text: `no pod behind Service ${service} has the hostname ${name}`,
    fix:
      pod.kind === 'Job'
        ? 'Set completionMode: Indexed, which gives each pod a hostname of the name of the Job and its number, and name one of these.'
        : `Set hostname: ${name} in the pod, and subdomain: ${service}.`,
    perhaps: pod.kind === 'Pod' && pod.name === name,
  };
}

function unplaced(pod: Workload, name: string, { name: service }: Service): NameFault {
  const field = pod.kind === 'StatefulSet' ? 'serviceName' : 'subdomain';
  const said = pod.hosts?.subdomain ?? null;
  return {
    pod,
    text: `${workloadTitle(pod)} has ${said === null ? `no ${field}` : `${field} ${said}`}, and DNS knows ${name} behind Service ${service} only where it is ${service}`,
    fix: `Set ${field}: ${service}.`,
    perhaps: pod.kind === 'StatefulSet' || (pod.kind === 'Pod' && pod.name === name),
  };
}

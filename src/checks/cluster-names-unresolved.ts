import { publicAddresses } from '../engine/addresses.ts';
import { isOfOperator, wholeJobs } from '../frameworks/training-jobs.ts';
import { within } from '../kernel/origin.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { type Workload, workloadTitle } from '../model/workload.ts';
import { ipHas, parseIp } from '../space/ip-set.ts';
import type { Check } from './check.ts';
import { documents, pretrain, trainingNamespace } from './example-parts.ts';
import { subjectOf, trainingOf } from './subjects.ts';

const onNodes = (policy: string): string => pretrain.replaceAll('spec: {containers', `spec: {hostNetwork: true, ${policy}containers`);

export const check: Check = {
  slug: 'cluster-names-unresolved',
  title: 'Pods that cannot look each other up',
  severity: 'high',
  plane: 'scheduling',
  running: true,
  why: 'Operators tell the pods of a job the names of its Services. A pod on the network of its node asks the resolver of the node, which knows no such name, unless its dnsPolicy is `ClusterFirstWithHostNet`: `ClusterFirst`, which is what a pod has that says nothing, counts as `Default` there. One with `dnsPolicy: None` asks the nameservers of its `dnsConfig` alone, with its search list. The rendezvous then fails with "Name or service not known".',
  fix: 'Set `dnsPolicy: ClusterFirstWithHostNet` in pods with `hostNetwork: true`, and leave `dnsPolicy: Default` and `dnsPolicy: None` out of others; or give `dnsConfig` the DNS of the cluster and its search list.',
  sources: [
    "kubernetes.io, DNS for Services and Pods: Pod's DNS Policy",
    'kubernetes/kubernetes pkg/kubelet/network/dns/dns.go getPodDNSType',
    'kubernetes/api core/v1 PodDNSConfig; resolv.conf(5)',
  ],
  example: { bad: documents(trainingNamespace, onNodes('')), good: documents(trainingNamespace, onNodes('dnsPolicy: ClusterFirstWithHostNet, ')) },
  *run(context) {
    for (const job of wholeJobs(trainingOf(context))) {
      const live = job.members.filter((m) => m.lifecycle !== 'finished');
      if (live.reduce((sum, m) => sum + m.replicas, 0) < 2) continue;
      const byName = isOfOperator(job);
      for (const workload of live) {
        const fault = asksNode(workload) ? nodeFault(workload) : ownFault(workload, context.snapshot, nameNeeded(workload));
        if (fault === null) continue;
        const { message, fix, field, undecided, certain, patch } = fault;
        yield {
          severity: certain || (byName && !undecided) ? 'high' : 'medium',
          confidence: certain ? 'certain' : byName && !undecided ? 'likely' : 'possible',
          message: `${workloadTitle(workload)} ${message}`,
          primary: within(workload.podOrigin, field),
          related: [],
          fix,
          ...(undecided && byName ? { undecided } : {}),
          ...(patch === undefined ? {} : { patch }),
          subjects: [subjectOf(workload)],
        };
      }
    }
  },
};

interface Fault {
  readonly message: string;
  readonly fix: string;
  readonly field: 'dnsPolicy' | 'dnsConfig';
  readonly patch?: string;
  /** Whether the API server refuses the pod. */
  readonly certain?: true;
  /** Whether the input does not tell if names resolve. */
  readonly undecided?: true;
}

function nodeFault({ hostNetwork, pod: { dnsPolicy } }: Workload): Fault {
  const why =
    hostNetwork && dnsPolicy === 'ClusterFirst' ? 'is on the network of its node, where dnsPolicy ClusterFirst counts as Default' : 'has dnsPolicy Default';
  return {
    field: 'dnsPolicy',
    message: `${why}: it asks the resolver of the node, which knows no Service of the cluster, and so does not find its peers by name.`,
    fix: hostNetwork ? 'Set dnsPolicy: ClusterFirstWithHostNet.' : 'Leave dnsPolicy: Default out.',
    ...(hostNetwork ? { patch: 'dnsPolicy: ClusterFirstWithHostNet\n' } : {}),
  };
}

/** Whether pods that find their own resolvers (dnsPolicy None) find none that knows the cluster, or lack the search list by which short names of it are looked up. */
function ownFault({ namespace, pod: { dnsPolicy, dnsConfig } }: Workload, { services }: Snapshot, needed: string | null): Fault | null {
  if (dnsPolicy !== 'None') return null;
  const asked = dnsConfig?.nameservers ?? [];
  const fix = 'Leave dnsPolicy: None out: dnsConfig adds to what the cluster gives.';
  if (asked.length === 0)
    return { field: 'dnsPolicy', certain: true, message: 'has dnsPolicy None and no nameserver in dnsConfig: the API server refuses its pods.', fix };
  const known = new Set(services.filter((s) => s.ports.some((p) => p.port === 53)).flatMap((s) => s.clusterIps));
  const outside = asked.filter((ip) => isPublic(ip));
  if (outside.length === asked.length)
    return {
      field: 'dnsConfig',
      message: `has dnsPolicy None and asks ${outside.join(', ')}, outside of the cluster, where no Service is known: it does not find its peers by name.`,
      fix,
    };
  const missing = needed !== null && !(dnsConfig?.searches ?? []).some((s) => s.startsWith(needed));
  if (missing)
    return {
      field: 'dnsConfig',
      message: `has dnsPolicy None and no search list with ${needed === '' ? 'the domain of the cluster' : `${needed}cluster.local`}: short names of its peers are not looked up there, and so it does not find them.`,
      fix: `Add ${namespace}.svc.cluster.local, svc.cluster.local and cluster.local to searches of dnsConfig, or leave dnsPolicy: None out.`,
    };
  const doubtful = asked.some((ip) => known.has(ip) || ip.startsWith('169.254.')) || known.size === 0;
  return doubtful
    ? null
    : {
        field: 'dnsConfig',
        undecided: true,
        message: `has dnsPolicy None and asks ${asked.join(', ')}, none of which is the DNS of the cluster in the input: whether it finds its peers by name cannot be told.`,
        fix,
      };
}

function isPublic(ip: string): boolean {
  const address = parseIp(ip);
  return address !== undefined && ipHas(publicAddresses, address);
}

/**
 * What the search list must hold for the names that operators give the pods of a job: those of Ray are whole, those of MPI and TensorFlow end in `.svc`, and those
 * of a LeaderWorkerSet in the namespace; others are names of one label, or of a pod and its Service. Sources: ray-project/kuberay ray-operator/controllers/ray/utils
 * GenerateFQDNServiceName; kubeflow/mpi-operator pkg/controller/mpi_job_controller.go newConfigMap; kubeflow/trainer release-1.9 pkg/controller.v1/tensorflow/tensorflow.go
 * genClusterSpec; kubernetes-sigs/lws pkg/utils/pod/pod_utils.go AddLWSVariables.
 */
function nameNeeded({ kind, namespace }: Workload): string | null {
  if (kind.startsWith('Ray')) return null;
  if (kind === 'MPIJob' || kind === 'TFJob') return '';
  return kind === 'LeaderWorkerSet' ? 'svc.' : `${namespace}.svc.`;
}

/** Whether a pod asks the resolver of its node, to which names of the cluster mean nothing. */
function asksNode({ hostNetwork, pod: { dnsPolicy } }: Workload): boolean {
  return dnsPolicy === 'Default' || (hostNetwork && dnsPolicy === 'ClusterFirst');
}

import { pinnedRange, portRangeSysctl } from '../frameworks/listeners.ts';
import { within } from '../kernel/origin.ts';
import { type Workload, workloadTitle } from '../model/workload.ts';
import { TransportSet } from '../space/transport-set.ts';
import type { Check, CheckContext } from './check.ts';
import { type DistributedJob, distributedJobs, jobPairs, portsDialled } from './distributed.ts';
import { defaultDeny, documents, networkPolicy, pretrain, trainingNamespace } from './example-parts.ts';
import { type PlacedRule, policyIndex } from './policy-index.ts';
import { subjectsOf, trainingOf } from './subjects.ts';

const tcp = TransportSet.of('TCP');

const peer = '{podSelector: {matchLabels: {app: pretrain}}}';
const ports = '[{protocol: TCP, port: 23456}, {protocol: TCP, port: 50000, endPort: 52000}]';
const rule = networkPolicy(
  'between-workers',
  `  podSelector: {matchLabels: {app: pretrain}}\n  policyTypes: [Ingress, Egress]\n  ingress: [{from: [${peer}], ports: ${ports}}]\n  egress: [{to: [${peer}], ports: ${ports}}]`,
);

/** The example's job with the sysctl in each template. */
const pinnedJob = pretrain.replaceAll(
  'spec: {containers:',
  `spec: {securityContext: {sysctls: [{name: ${portRangeSysctl}, value: "50000 52000"}]}, containers:`,
);

export const check: Check = {
  slug: 'pinned-ports-out-of-step',
  title: 'The ports that pods are pinned to and the ports that rules open differ',
  severity: 'high',
  plane: 'network',
  why: 'A narrow rule between the pods of a job needs two halves: `endPort` in the policy, and the pod sysctl `net.ipv4.ip_local_port_range` with the same range in every pod of the job. With one half missing, or with two ranges, a listener ends up outside the rule and the job hangs. The sysctl moves only what asks the kernel for a port: Horovod, the worker processes of Ray and the TCP transport of Open MPI pick theirs themselves, and a pod on the host network may not set it.',
  fix: 'Set the same range in every pod template and in the rule, with pins of their own for frameworks that no sysctl moves; or open all TCP ports between the pods of the job.',
  sources: [
    'linux Documentation/networking/ip-sysctl.rst: ip_local_port_range',
    'kubernetes pkg/kubelet/sysctl/safe_sysctls.go; pkg/apis/core/validation validateHostNetwork sysctls',
    'horovod runner/util/network.py find_port; ray doc/source/ray-core/configure.rst; open-mpi/ompi btl_tcp_component.c',
  ],
  example: {
    bad: documents(trainingNamespace, pretrain, defaultDeny, rule),
    good: documents(trainingNamespace, pinnedJob, defaultDeny, rule),
  },
  *run(context) {
    for (const workload of trainingOf(context)) {
      if (!workload.hostNetwork || !Object.hasOwn(workload.pod.sysctls, portRangeSysctl)) continue;
      yield {
        severity: 'high',
        confidence: 'certain',
        message: `${workloadTitle(workload)} is on the host network, where a pod may not set ${portRangeSysctl}: it is refused, or its ports are not pinned.`,
        primary: within(workload.podOrigin, 'securityContext', 'sysctls'),
        related: [],
        fix: 'Take the pods off the host network, or the sysctl out of the template.',
        subjects: subjectsOf([workload]),
      };
    }
    for (const job of distributedJobs(context)) {
      for (const [from, to] of jobPairs(job)) {
        const spans = spanRules(context, from, to);
        const pinned = job.members.filter((m) => pinnedRange(m) !== null);
        if (spans.length === 0 && pinned.length === 0) continue;
        const flow = context.reach.between({ kind: 'workload', id: from.id }, { kind: 'workload', id: to.id }, 'every');
        const open = flow.allowed.union(flow.unknown).intersect(tcp);
        const missing = portsDialled(job, from, to).subtract(open);
        if (open.isEmpty || missing.isEmpty) continue;
        yield {
          severity: 'high',
          confidence: 'certain',
          message: `${workloadTitle(to)} may listen on ${missing}, which no rule opens to ${from === to ? 'its other pods' : workloadTitle(from)} (open: ${open}): ${causeOf(job, to)}.`,
          primary: spans[0]?.rule.origin ?? to.origin,
          related: [{ origin: within(to.podOrigin, 'securityContext'), message: `where ${portRangeSysctl} belongs` }],
          fix: `Pin every pod of ${job.title} to the range of the rule, and open that same range both ways; or open all TCP between them.`,
          subjects: subjectsOf(job.members),
        };
        break;
      }
    }
  },
};

/** Rules that open a range of ports of one to the other. */
function spanRules(context: CheckContext, from: Workload, to: Workload): readonly PlacedRule[] {
  const index = policyIndex(context.snapshot);
  return index
    .rules(to.id, 'ingress')
    .filter(({ rule }) => rule.action === 'allow' && rule.ports !== null && rule.ports.some((p) => p.endPort !== null) && index.peers(rule).includes(from));
}

function causeOf(job: DistributedJob, to: Workload): string {
  const range = pinnedRange(to);
  if (range === null) return `its template does not set ${portRangeSysctl}`;
  const unmoved = job.passages.find((p) => p.ports.some((use) => use.kind === 'range'));
  return unmoved === undefined
    ? `it is pinned to ${range.low}-${range.high}, or has a listener at a fixed port beside them`
    : `it is pinned to ${range.low}-${range.high}, and that does not move its ${unmoved.title} (${unmoved.because})`;
}

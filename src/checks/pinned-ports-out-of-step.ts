import { pinnedRange, portRangeSysctl } from '../frameworks/listeners.ts';
import { within } from '../kernel/origin.ts';
import { type Workload, workloadTitle } from '../model/workload.ts';
import { TransportSet } from '../space/transport-set.ts';
import type { Check, CheckContext } from './check.ts';
import { distributedJobs, jobPairs, portsDialled } from './distributed.ts';
import { defaultDeny, documents, networkPolicy, pretrain, trainingNamespace } from './example-parts.ts';
import { whatIsOutOfStep } from './pinned-halves.ts';
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
  why: 'A narrow rule between the pods of a job needs its other halves: `endPort` in the policy, the pod sysctl `net.ipv4.ip_local_port_range` with the same range in every pod of the job, and the same range in variables of what picks ports by itself: Open MPI between ranks (`OMPI_MCA_btl_tcp_port_min_v4`, `OMPI_MCA_btl_tcp_port_range_v4`), trainers of PaddlePaddle (`PORT_RANGE`). With one of them missing, or with two ranges, a listener ends up outside the rule and the job hangs. No variable pins Horovod, options pin the worker processes of Ray, and a pod on the host network may not set the sysctl.',
  fix: 'Set the same range in the sysctl of every pod template, in the variables of frameworks that no sysctl moves, and in the rule (`ringfence generate` writes all three from `collectives.ports`); or open all TCP ports between the pods of the job.',
  sources: [
    'linux Documentation/networking/ip-sysctl.rst: ip_local_port_range',
    'kubernetes pkg/kubelet/sysctl/safe_sysctls.go; pkg/apis/core/validation validateHostNetwork sysctls',
    'horovod runner/util/network.py find_port; ray doc/source/ray-core/configure.rst; open-mpi/ompi opal/mca/btl/tcp/btl_tcp_component.c; PaddlePaddle/Paddle python/paddle/distributed/launch/context/node.py',
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
          message: `${workloadTitle(to)} may listen on ${missing}, which no rule opens to ${from === to ? 'its other pods' : workloadTitle(from)} (open: ${open}): ${whatIsOutOfStep(job, from, to, rangesOf(spans), open)}.`,
          primary: spans[0]?.rule.origin ?? to.origin,
          related: [{ origin: within(to.podOrigin, 'securityContext'), message: `where ${portRangeSysctl} belongs` }],
          fix: `Pin every pod of ${job.title} to the range of the rule, with the sysctl and with the variables of frameworks that no sysctl moves, and open that same range both ways; or open all TCP between them.`,
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

/** The ranges that rules open, each once. */
function rangesOf(rules: readonly PlacedRule[]): readonly { readonly low: number; readonly high: number }[] {
  const all = rules.flatMap(({ rule }) =>
    (rule.ports ?? []).flatMap(({ port, endPort }) => (typeof port === 'number' && endPort !== null ? [{ low: port, high: endPort }] : [])),
  );
  return [...new Map(all.map((range) => [`${range.low}-${range.high}`, range])).values()];
}

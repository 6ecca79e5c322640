import { listenerPorts } from '../frameworks/listeners.ts';
import { within } from '../kernel/origin.ts';
import type { Direction } from '../model/policy.ts';
import type { Workload } from '../model/workload.ts';
import { TransportSet } from '../space/transport-set.ts';
import type { Check, CheckContext } from './check.ts';
import { distributedJobs, jobPairs } from './distributed.ts';
import { defaultDeny, documents, networkPolicy, pretrain, trainingNamespace } from './example-parts.ts';
import { type PlacedRule, policyIndex } from './policy-index.ts';
import { rulePorts } from './rule-ports.ts';
import { subjectsOf } from './subjects.ts';

const selector = '  podSelector: {matchLabels: {app: pretrain}}\n  policyTypes: [Ingress, Egress]\n';
const tcp = TransportSet.of('TCP');

export const check: Check = {
  slug: 'nccl-fixed-ports-only',
  title: 'Workers may only use fixed ports',
  severity: 'high',
  plane: 'network',
  why: 'NCCL and Gloo have no port of their own: every listener of a collective binds port 0 and gets a port that the kernel chooses (32768-60999 on Linux). A rule that opens only 29500 (the rendezvous store) and 29501 lets the workers meet and then hangs the job at its first collective, for minutes and without a word about policy.',
  fix: 'Open all TCP ports between the pods of the job, in both directions. To keep the range narrow, pin it with the pod sysctl `net.ipv4.ip_local_port_range` and open that same range with `endPort`.',
  sources: [
    'NVIDIA/nccl src/misc/socket.cc and src/bootstrap.cc: every listener binds port 0; NVIDIA/nccl#388 asks for a port range',
    'facebookincubator/gloo gloo/transport/tcp/listener.cc',
    'linux Documentation/networking/ip-sysctl.rst: ip_local_port_range',
  ],
  example: {
    bad: documents(
      trainingNamespace,
      pretrain,
      defaultDeny,
      networkPolicy(
        'between-workers',
        `${selector}  ingress:\n  - from: [{podSelector: {matchLabels: {app: pretrain}}}]\n    ports: [{protocol: TCP, port: 29500}, {protocol: TCP, port: 29501}]\n  egress:\n  - to: [{podSelector: {matchLabels: {app: pretrain}}}]\n    ports: [{protocol: TCP, port: 29500}, {protocol: TCP, port: 29501}]`,
      ),
    ),
    good: documents(
      trainingNamespace,
      pretrain,
      defaultDeny,
      networkPolicy(
        'between-workers',
        `${selector}  ingress:\n  - from: [{podSelector: {matchLabels: {app: pretrain}}}]\n  egress:\n  - to: [{podSelector: {matchLabels: {app: pretrain}}}]`,
      ),
    ),
  },
  *run(context) {
    for (const job of distributedJobs(context).filter(({ ephemeral }) => ephemeral)) {
      for (const [from, to] of jobPairs(job)) {
        const there = openTcp(context, from, to);
        const back = openTcp(context, to, from);
        const needed = listenerPorts({ kind: 'ephemeral' }, to);
        if (there.isEmpty || back.isEmpty || needed.subsetOf(there)) continue;
        const rules = narrowRules(context, from, to, needed);
        const [first, ...others] = rules;
        yield {
          severity: 'high',
          confidence: 'certain',
          message: `Pods of ${job.title} may reach each other on ${there} only, but NCCL and Gloo listen on ports that the kernel picks (${needed}): the job hangs at its first collective.`,
          primary: first === undefined ? from.origin : portsOf(first),
          related: others.map((r) => ({ origin: portsOf(r), message: `${r.policy.id} narrows the ${r.rule.direction} side too` })),
          fix: `Open all TCP ports between the pods of ${job.title}, on the sending and on the receiving side.`,
          patch: '# in place of the list of ports of the rule\nports:\n- protocol: TCP\n  port: 1\n  endPort: 65535\n',
          subjects: subjectsOf(job.members),
        };
        break;
      }
    }
  },
};

/** TCP that may pass between every pair of pods; what is unknown counts as open, for this check must be certain. */
function openTcp(context: CheckContext, from: Workload, to: Workload): TransportSet {
  const flow = context.reach.between({ kind: 'workload', id: from.id }, { kind: 'workload', id: to.id }, 'every');
  return flow.allowed.union(flow.unknown).intersect(tcp);
}

/** Rules between the two that open some TCP port and none of the ports needed. */
function narrowRules(context: CheckContext, from: Workload, to: Workload, needed: TransportSet): readonly PlacedRule[] {
  const index = policyIndex(context.snapshot);
  const of = (owner: Workload, peer: Workload, direction: Direction): readonly PlacedRule[] =>
    index
      .rules(owner.id, direction)
      .filter(({ rule }) => rule.action === 'allow' && rule.ports !== null && index.peers(rule).includes(peer))
      .filter(({ rule }) => !rulePorts(rule, to).intersect(tcp).isEmpty && !needed.subsetOf(rulePorts(rule, to)));
  return [...of(from, to, 'egress'), ...of(to, from, 'ingress')];
}

function portsOf({ policy, rule }: PlacedRule): PlacedRule['rule']['origin'] {
  return within(rule.origin, policy.dialect === 'cilium' ? 'toPorts' : 'ports');
}

import { workloadTitle } from '../model/workload.ts';
import { TransportSet } from '../space/transport-set.ts';
import type { Check } from './check.ts';
import { distributedJobs, jobPairs } from './distributed.ts';
import { defaultDeny, documents, networkPolicy, pretrain, trainingNamespace } from './example-parts.ts';
import { subjectsOf } from './subjects.ts';

const tcp = TransportSet.of('TCP');

export const check: Check = {
  slug: 'job-peers-blocked',
  title: 'Pods of a job cannot reach each other',
  severity: 'high',
  plane: 'network',
  why: 'A default deny also stands between the pods of one job. Without a rule that lets them reach each other the job waits for its rendezvous until it times out.',
  fix: 'Add one policy that selects the pods of the job and names the same pods as peers, for ingress and for egress, on all TCP ports.',
  sources: [
    'kubernetes.io network-policies, Default deny all ingress and all egress traffic',
    'pytorch torch/distributed/run.py: the store listens on 29500, the collectives on ephemeral ports',
  ],
  example: {
    bad: documents(trainingNamespace, pretrain, defaultDeny),
    good: documents(
      trainingNamespace,
      pretrain,
      defaultDeny,
      networkPolicy(
        'job',
        '  podSelector: {matchLabels: {app: pretrain}}\n  policyTypes: [Ingress, Egress]\n  ingress: [{from: [{podSelector: {matchLabels: {app: pretrain}}}]}]\n  egress: [{to: [{podSelector: {matchLabels: {app: pretrain}}}]}]',
      ),
    ),
  },
  *run(context) {
    const { reach } = context;
    for (const job of distributedJobs(context)) {
      for (const [from, to] of jobPairs(job)) {
        const ends = [{ kind: 'workload', id: from.id } as const, { kind: 'workload', id: to.id } as const] as const;
        const there = reach.between(ends[0], ends[1], 'every');
        const back = reach.between(ends[1], ends[0], 'every');
        const open = TransportSet.unionAll([there.allowed, there.unknown, back.allowed, back.unknown]);
        if (!open.intersect(tcp).isEmpty) continue;
        const out = reach.side('egress', ends[0], ends[1], 'every');
        const closed = out.allowed.union(out.unknown).intersect(tcp).isEmpty ? 'leave the first' : 'enter the second';
        yield {
          severity: 'high',
          confidence: 'certain',
          message: `${from === to ? `Pods of ${workloadTitle(from)} cannot reach each other` : `${workloadTitle(from)} cannot reach ${workloadTitle(to)}`} on any TCP port (traffic may not ${closed}), so ${job.title} cannot start.`,
          primary: from.origin,
          related: from === to ? [] : [{ origin: to.origin, message: 'the other end' }],
          fix: `Allow all TCP between the pods of ${job.title}, both as ingress and as egress.`,
          subjects: subjectsOf(job.members),
        };
        break;
      }
    }
  },
};

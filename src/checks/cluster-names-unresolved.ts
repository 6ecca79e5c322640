import { isOfOperator, wholeJobs } from '../frameworks/training-jobs.ts';
import { within } from '../kernel/origin.ts';
import { type Workload, workloadTitle } from '../model/workload.ts';
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
  why: 'Operators tell the pods of a job the names of its Services. A pod on the network of its node asks the resolver of the node, which knows no such name, unless its dnsPolicy is `ClusterFirstWithHostNet`: `ClusterFirst`, which is what a pod has that says nothing, counts as `Default` there. The rendezvous then fails with "Name or service not known".',
  fix: 'Set `dnsPolicy: ClusterFirstWithHostNet` in pods with `hostNetwork: true`, and leave `dnsPolicy: Default` out of others.',
  sources: ["kubernetes.io, DNS for Services and Pods: Pod's DNS Policy", 'kubernetes/kubernetes pkg/kubelet/network/dns/dns.go getPodDNSType'],
  example: { bad: documents(trainingNamespace, onNodes('')), good: documents(trainingNamespace, onNodes('dnsPolicy: ClusterFirstWithHostNet, ')) },
  *run(context) {
    for (const job of wholeJobs(trainingOf(context))) {
      const live = job.members.filter((m) => m.lifecycle !== 'finished');
      if (live.reduce((sum, m) => sum + m.replicas, 0) < 2) continue;
      const byName = isOfOperator(job);
      for (const workload of live) {
        if (!asksNode(workload)) continue;
        const why =
          workload.hostNetwork && workload.pod.dnsPolicy === 'ClusterFirst'
            ? 'is on the network of its node, where dnsPolicy ClusterFirst counts as Default'
            : 'has dnsPolicy Default';
        yield {
          severity: byName ? 'high' : 'medium',
          confidence: byName ? 'likely' : 'possible',
          message: `${workloadTitle(workload)} ${why}: it asks the resolver of the node, which knows no Service of the cluster, and so does not find its peers by name.`,
          primary: within(workload.podOrigin, 'dnsPolicy'),
          related: [],
          fix: workload.hostNetwork ? 'Set dnsPolicy: ClusterFirstWithHostNet.' : 'Leave dnsPolicy: Default out.',
          ...(workload.hostNetwork ? { patch: 'dnsPolicy: ClusterFirstWithHostNet\n' } : {}),
          subjects: [subjectOf(workload)],
        };
      }
    }
  },
};

/** Whether names of the cluster mean nothing to a pod. With dnsPolicy None it asks what dnsConfig says, which is not read. */
function asksNode({ hostNetwork, pod: { dnsPolicy } }: Workload): boolean {
  return dnsPolicy === 'Default' || (hostNetwork && dnsPolicy === 'ClusterFirst');
}

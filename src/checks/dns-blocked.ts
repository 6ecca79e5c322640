import type { Workload } from '../model/workload.ts';
import type { Check } from './check.ts';
import { dnsOpen, resolvers } from './dns.ts';
import { coreDns, defaultDeny, documents, networkPolicy, trainer, trainingNamespace } from './example-parts.ts';
import { type PlacedRule, policyIndex } from './policy-index.ts';
import { rulePorts } from './rule-ports.ts';
import { governedTraining, groupedBy, namesOf, subjectsOf } from './subjects.ts';
import { dnsTcp, dnsUdp } from './well-known.ts';

export const check: Check = {
  slug: 'dns-blocked',
  title: 'Training pods cannot resolve names',
  severity: 'high',
  plane: 'network',
  why: 'A default deny for egress takes DNS along. Workers then cannot find their master (`gai error: -3`, `Temporary failure in name resolution`), operators wait in their init containers, and storage hosts do not exist.',
  fix: 'Open UDP and TCP 53 to the DNS pods of the cluster, chosen by namespace and label.',
  sources: ['kubernetes.io network-policies: policies apply to DNS as to all traffic', 'pytorch torch/csrc/distributed/c10d/socket.cpp: gai error'],
  example: {
    bad: documents(trainingNamespace, trainer(), coreDns, defaultDeny),
    good: documents(
      trainingNamespace,
      trainer(),
      coreDns,
      defaultDeny,
      networkPolicy(
        'dns',
        '  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n  - to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}, podSelector: {matchLabels: {k8s-app: kube-dns}}}]\n    ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]',
      ),
    ),
  },
  *run(context) {
    const index = policyIndex(context.snapshot);
    const known = resolvers(context.snapshot).length > 0;
    // Whom a rule means may be missing from the input. Where the resolvers are missing, any rule that opens the port may mean them.
    const opensPort = ({ rule }: PlacedRule): boolean =>
      rule.action === 'allow' && rule.peers?.length !== 0 && !rulePorts(rule, null).intersect(dnsUdp.union(dnsTcp)).isEmpty;
    const mayMeanResolvers = ({ rule }: PlacedRule): boolean => rule.ports !== null && index.peers(rule).length === 0;
    const isMute = (w: Workload): boolean => {
      if (!context.reach.isolated(w.id, 'egress')) return false;
      const rules = index.rules(w.id, 'egress');
      // Under default deny and with no rule for the port, there is nobody to ask about; which port a name stands for is known at its pod alone.
      if (!rules.some((r) => opensPort(r) || namesPorts(r))) return true;
      return known && !rules.some((r) => opensPort(r) && mayMeanResolvers(r)) && dnsOpen(context.reach, w).isEmpty;
    };
    const mute = governedTraining(context).filter(isMute);
    for (const [namespace, workloads] of groupedBy(mute, (w) => w.namespace)) {
      const denying = context.snapshot.policies.find((p) => p.isolates.egress && index.subjects(p).some((w) => workloads.includes(w)));
      yield {
        severity: 'high',
        confidence: 'certain',
        message: `${namesOf(workloads)} cannot reach any resolver on port 53: no name can be looked up, so the job cannot start.`,
        primary: denying?.origin ?? workloads[0]?.origin ?? null,
        related: workloads.slice(0, 3).map((w) => ({ origin: w.origin, message: 'cannot resolve names' })),
        fix: `Allow the pods of ${namespace} to reach the DNS pods on UDP and TCP 53.`,
        patch:
          '- to:\n  - namespaceSelector:\n      matchLabels:\n        kubernetes.io/metadata.name: kube-system\n    podSelector:\n      matchLabels:\n        k8s-app: kube-dns\n  ports:\n  - protocol: UDP\n    port: 53\n  - protocol: TCP\n    port: 53\n',
        subjects: subjectsOf(workloads),
      };
    }
  },
};

function namesPorts({ rule }: PlacedRule): boolean {
  return rule.ports?.some((p) => typeof p.port === 'string') === true;
}

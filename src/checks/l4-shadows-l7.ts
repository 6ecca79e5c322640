import { stableJson } from '../kernel/stable.ts';
import type { Peer, Rule } from '../model/policy.ts';
import { enforces } from '../model/profile.ts';
import type { Check } from './check.ts';
import { ciliumDnsRule, ciliumPolicy, coreDns, defaultDeny, documents, networkPolicy, trainer, trainingNamespace } from './example-parts.ts';
import { type PlacedRule, type PolicyIndex, policyIndex } from './policy-index.ts';
import { rulePorts } from './rule-ports.ts';
import { governedTraining, subjectOf } from './subjects.ts';

const byName = ciliumPolicy('dns', `  endpointSelector: {}\n  egress:\n${ciliumDnsRule('my-bucket.s3.us-east-1.amazonaws.com')}`);

export const check: Check = {
  slug: 'l4-shadows-l7',
  title: 'A plain rule undoes a rule with a filter',
  severity: 'high',
  plane: 'network',
  why: 'Rules are a union. Where one rule filters DNS names, server names or HTTP on a port and another opens the same port of the same peer without a filter, the filter has no effect, without any warning. A NetworkPolicy for DNS beside a CiliumNetworkPolicy with `rules.dns` is the usual pair.',
  fix: 'Keep the rule with the filter and delete the plain one.',
  sources: [
    'cilium Documentation/security/policy/layer7.rst',
    'cilium pkg/policy/l4.go: an allow without L7 rules wins over L7 rules on the same port and peer',
  ],
  example: {
    profile: 'cilium@1.19',
    bad: documents(
      trainingNamespace,
      trainer(),
      coreDns,
      defaultDeny,
      byName,
      networkPolicy(
        'dns',
        '  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n  - to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}, podSelector: {matchLabels: {k8s-app: kube-dns}}}]\n    ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]',
      ),
    ),
    good: documents(trainingNamespace, trainer(), coreDns, defaultDeny, byName),
  },
  *run(context) {
    const index = policyIndex(context.snapshot);
    const seen = new Set<Rule>();
    for (const workload of governedTraining(context)) {
      for (const direction of ['egress', 'ingress'] as const) {
        const rules = index.rules(workload.id, direction).filter((r) => r.rule.action === 'allow' && enforces(context.profile, r.policy));
        const filtered = rules.filter((r) => r.rule.application !== null);
        const plain = rules.filter((r) => r.rule.application === null);
        for (const filter of filtered) {
          const shadow = seen.has(filter.rule) ? undefined : plain.find((p) => overlap(index, filter, p));
          if (shadow === undefined) continue;
          seen.add(filter.rule);
          yield {
            severity: 'high',
            confidence: 'certain',
            message: `${shadow.policy.id} opens what ${filter.policy.id} filters by ${filterOf(filter.rule)}: the filter has no effect.`,
            primary: shadow.rule.origin,
            related: [{ origin: filter.rule.origin, message: 'the filter that is undone' }],
            fix: `Delete the plain rule of ${shadow.policy.id}, or narrow it to other peers or ports.`,
            subjects: [subjectOf(workload)],
          };
        }
      }
    }
  },
};

function filterOf(rule: Rule): string {
  if (rule.application?.dns != null) return 'DNS name';
  return rule.application?.serverNames != null ? 'server name' : 'application protocol';
}

/** Whether two rules of one pod share a peer and a port. */
function overlap(index: PolicyIndex, filter: PlacedRule, plain: PlacedRule): boolean {
  if (plain.rule.peers?.length === 0 || rulePorts(filter.rule, null).intersect(rulePorts(plain.rule, null)).isEmpty) return false;
  if (plain.rule.peers === null) return true;
  if (filter.rule.peers === null) return false;
  const pods = new Set(index.peers(filter.rule));
  if (index.peers(plain.rule).some((w) => pods.has(w))) return true;
  const texts = new Set(filter.rule.peers.flatMap(peerTexts));
  return (
    plain.rule.peers.flatMap(peerTexts).some((t) => texts.has(t)) ||
    (plain.rule.peers.some((p) => p.kind === 'entity' && (p.entity === 'all' || p.entity === 'world')) &&
      filter.rule.peers.some((p) => p.kind === 'names' || p.kind === 'cidr'))
  );
}

function peerTexts(peer: Peer): readonly string[] {
  return peer.kind === 'names' ? peer.names.map((n) => stableJson(n)) : [stableJson(peer)];
}

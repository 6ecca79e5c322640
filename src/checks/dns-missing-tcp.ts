import { within } from '../kernel/origin.ts';
import type { Check } from './check.ts';
import { coreDns, defaultDeny, documents, networkPolicy, trainer, trainingNamespace } from './example-parts.ts';
import { policyIndex } from './policy-index.ts';
import { rulePorts } from './rule-ports.ts';
import { concernsTraining, enforcedPolicies } from './subjects.ts';
import { dnsTcp, dnsUdp } from './well-known.ts';

const dns = (ports: string): string =>
  networkPolicy(
    'dns',
    `  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n  - to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}, podSelector: {matchLabels: {k8s-app: kube-dns}}}]\n    ports: [${ports}]`,
  );

export const check: Check = {
  slug: 'dns-missing-tcp',
  title: 'DNS is open over UDP only',
  severity: 'low',
  plane: 'network',
  why: 'An answer that does not fit into a UDP message is asked for again over TCP. Headless Services of large jobs have such answers (one address a pod), so a rule for UDP 53 alone works in the test with two workers and fails with two hundred.',
  fix: 'Open TCP 53 beside UDP 53.',
  sources: ['RFC 7766: DNS over TCP is required', 'kubernetes/dns docs/specification.md: headless Services list every ready endpoint'],
  example: {
    bad: documents(trainingNamespace, trainer(), coreDns, defaultDeny, dns('{protocol: UDP, port: 53}')),
    good: documents(trainingNamespace, trainer(), coreDns, defaultDeny, dns('{protocol: UDP, port: 53}, {protocol: TCP, port: 53}')),
  },
  *run(context) {
    const index = policyIndex(context.snapshot);
    for (const policy of enforcedPolicies(context)) {
      if (!concernsTraining(context, policy)) continue;
      for (const rule of policy.rules) {
        const ports = rulePorts(rule, null);
        if (rule.direction !== 'egress' || rule.action !== 'allow' || !dnsUdp.subsetOf(ports) || dnsTcp.subsetOf(ports)) continue;
        const subjects = index.subjects(policy);
        const elsewhere = policy.rules.some((r) => r.direction === 'egress' && r.action === 'allow' && dnsTcp.subsetOf(rulePorts(r, null)));
        const everyone =
          subjects.length > 0 &&
          subjects.every((w) => index.rules(w.id, 'egress').some((r) => r.rule.action === 'allow' && dnsTcp.subsetOf(rulePorts(r.rule, null))));
        if (elsewhere || everyone) continue;
        yield {
          severity: 'low',
          confidence: 'certain',
          message: `${policy.id} opens DNS over UDP only: answers that are too long for it cannot be had.`,
          primary: within(rule.origin, policy.dialect === 'cilium' ? 'toPorts' : 'ports'),
          related: [],
          fix: 'Add TCP 53 to the rule.',
          patch: policy.dialect === 'cilium' ? '- port: "53"\n  protocol: TCP\n' : '- protocol: TCP\n  port: 53\n',
          subjects: [policy.namespace ?? policy.name],
        };
      }
    }
  },
};

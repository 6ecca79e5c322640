import type { Check } from './check.ts';
import { ciliumDnsRule, ciliumPolicy, coreDns, defaultDeny, documents, trainer, trainingNamespace } from './example-parts.ts';
import { holdsAnyName, nameText } from './names.ts';
import { concernsTraining, enforcedPolicies } from './subjects.ts';

export const check: Check = {
  slug: 'dns-any-name',
  title: 'Any name may be asked for',
  severity: 'medium',
  plane: 'network',
  why: 'DNS itself is a way out: whoever may ask for any name can carry data to the name server of a domain of their own, a label at a time, through the resolver of the cluster and past every other rule.',
  fix: 'List the names that the jobs use, the same as in `toFQDNs`, and the names of the cluster with the expansions of the search path.',
  sources: ['cilium Documentation/security/policy/layer7.rst, DNS policy', 'MITRE ATT&CK T1071.004'],
  example: {
    profile: 'cilium@1.19',
    bad: documents(
      trainingNamespace,
      trainer(),
      coreDns,
      defaultDeny,
      ciliumPolicy(
        'dns',
        '  endpointSelector: {}\n  egress:\n  - toEndpoints: [{matchLabels: {k8s:io.kubernetes.pod.namespace: kube-system, k8s-app: kube-dns}}]\n    toPorts:\n    - ports: [{port: "53", protocol: ANY}]\n      rules: {dns: [{matchPattern: "*"}]}',
      ),
    ),
    good: documents(
      trainingNamespace,
      trainer(),
      coreDns,
      defaultDeny,
      ciliumPolicy('dns', `  endpointSelector: {}\n  egress:\n${ciliumDnsRule('my-bucket.s3.us-east-1.amazonaws.com')}`),
    ),
  },
  *run(context) {
    for (const policy of enforcedPolicies(context)) {
      if (!concernsTraining(context, policy)) continue;
      for (const rule of policy.rules) {
        const wild = rule.action === 'allow' ? rule.application?.dns?.find(holdsAnyName) : undefined;
        if (wild === undefined) continue;
        yield {
          severity: 'medium',
          confidence: 'certain',
          message: `${policy.id} lets training pods ask for any name (${nameText(wild)}): DNS can carry data out.`,
          primary: rule.origin,
          related: [],
          fix: `Replace ${nameText(wild)} by the names that the jobs use.`,
          subjects: [policy.namespace ?? policy.name],
        };
      }
    }
  },
};

import type { Check } from './check.ts';
import { ciliumDnsRule, ciliumPolicy, coreDns, defaultDeny, documents, trainer, trainingNamespace } from './example-parts.ts';
import { peerNames } from './names.ts';
import { admitsStrangers } from './strangers.ts';
import { concernsTraining, enforcedPolicies } from './subjects.ts';

const host = 'my-bucket.s3.us-east-1.amazonaws.com';
const names = ciliumPolicy(
  'storage',
  `  endpointSelector: {}\n  egress:\n${ciliumDnsRule(host)}\n  - toFQDNs: [{matchName: ${host}}]\n    toPorts: [{ports: [{port: "443", protocol: TCP}], serverNames: [${host}]}]`,
);
const resolver = (to: string): string =>
  ciliumPolicy(
    'resolver',
    `  endpointSelector: {}\n  egress:\n  - ${to}\n    toPorts:\n    - ports: [{port: "53", protocol: ANY}]\n      rules: {dns: [{matchName: ${host}}]}`,
  );

export const check: Check = {
  slug: 'dns-answers-from-anywhere',
  title: 'Anybody may answer for a name',
  severity: 'high',
  plane: 'network',
  why: 'Cilium learns the addresses of a name from the answers that pass its DNS proxy, whoever gave them, and learns them for every pod of the node. Where a rule lets look-ups go to any resolver, a pod asks its own for the name of your bucket, is told the address of the attacker, and that address is then open to all pods whose rules name the bucket.',
  fix: "Let look-ups go to the cluster's resolver alone, in every policy with a DNS rule, and keep pods with wider rules off the training nodes.",
  sources: ['cilium Documentation/security/policy/layer3.rst, DNS based', 'cilium Documentation/security/policy/layer7.rst, DNS proxy'],
  example: {
    profile: 'cilium@1.19',
    bad: documents(trainingNamespace, trainer(), coreDns, defaultDeny, names, resolver('toEntities: [world]')),
    good: documents(
      trainingNamespace,
      trainer(),
      coreDns,
      defaultDeny,
      names,
      resolver('toEndpoints: [{matchLabels: {k8s:io.kubernetes.pod.namespace: kube-system, k8s-app: kube-dns}}]'),
    ),
  },
  *run(context) {
    const enforced = [...enforcedPolicies(context)];
    const byName = enforced.some(
      (policy) => concernsTraining(context, policy) && policy.rules.some((rule) => rule.action === 'allow' && peerNames(rule).length > 0),
    );
    if (!byName) return;
    for (const policy of enforced) {
      const ours = concernsTraining(context, policy);
      for (const rule of policy.rules) {
        if (rule.action !== 'allow' || rule.application?.dns == null || !admitsStrangers(rule)) continue;
        yield {
          severity: ours ? 'high' : 'medium',
          confidence: ours ? 'certain' : 'possible',
          message: ours
            ? `${policy.id} lets training pods ask any resolver: its answers decide which addresses the rules on names open.`
            : `${policy.id} lets pods ask any resolver: on a node that they share with training, its answers open addresses to training too.`,
          primary: rule.origin,
          related: [],
          fix: "Name the cluster's resolver as the peer of this rule.",
          subjects: [policy.namespace ?? policy.name],
        };
      }
    }
  },
};

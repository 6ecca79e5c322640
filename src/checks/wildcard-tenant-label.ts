import type { Check } from './check.ts';
import { ciliumDnsRule, ciliumPolicy, coreDns, defaultDeny, documents, trainer, trainingNamespace } from './example-parts.ts';
import { nameText, peerNames, wildcardTenant } from './names.ts';
import { concernsTraining, enforcedPolicies } from './subjects.ts';

const policy = (name: string): string =>
  ciliumPolicy(
    'storage',
    `  endpointSelector: {}\n  egress:\n${ciliumDnsRule('my-bucket.s3.us-east-1.amazonaws.com')}\n  - toFQDNs: [{${name}}]\n    toPorts: [{ports: [{port: "443", protocol: TCP}], serverNames: [my-bucket.s3.us-east-1.amazonaws.com]}]`,
  );

export const check: Check = {
  slug: 'wildcard-tenant-label',
  title: "A wildcard where the tenant's name stands",
  severity: 'high',
  plane: 'network',
  why: 'In `*.s3.us-east-1.amazonaws.com` the star is the bucket, and anyone can own a bucket. Such a rule admits the bucket of whoever wrote the malware; the same holds for storage accounts of Azure and for every other host whose first label its customers choose.',
  fix: 'Write the host of each bucket or account in full.',
  sources: ['Amazon S3 User Guide, Virtual hosting of buckets', 'Azure documentation, Storage account overview: endpoints', 'cilium pkg/fqdn/matchpattern'],
  example: {
    profile: 'cilium@1.19',
    bad: documents(trainingNamespace, trainer(), coreDns, defaultDeny, policy('matchPattern: "*.s3.us-east-1.amazonaws.com"')),
    good: documents(trainingNamespace, trainer(), coreDns, defaultDeny, policy('matchName: my-bucket.s3.us-east-1.amazonaws.com')),
  },
  *run(context) {
    for (const policy of enforcedPolicies(context)) {
      if (!concernsTraining(context, policy)) continue;
      for (const rule of policy.rules) {
        if (rule.action !== 'allow') continue;
        for (const name of peerNames(rule)) {
          const whose = wildcardTenant(name);
          if (whose === undefined) continue;
          yield {
            severity: 'high',
            confidence: 'certain',
            message: `${policy.id} allows ${nameText(name)}, which is ${whose}: an attacker's own is among them.`,
            primary: rule.origin,
            related: [],
            fix: `Replace ${nameText(name)} by the full host names that the jobs use.`,
            subjects: [policy.namespace ?? policy.name],
          };
        }
      }
    }
  },
};

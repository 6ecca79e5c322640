import type { Check } from './check.ts';
import { ciliumDnsRule, ciliumPolicy, coreDns, defaultDeny, documents, trainer, trainingNamespace } from './example-parts.ts';
import { nameText, peerNames, sharedFrontEnd, tenantOf } from './names.ts';
import { rulePorts } from './rule-ports.ts';
import { concernsTraining, enforcedPolicies } from './subjects.ts';
import { https } from './well-known.ts';

const host = 'my-bucket.s3.us-east-1.amazonaws.com';
const policy = (to: string, more: string): string =>
  ciliumPolicy(
    'storage',
    `  endpointSelector: {}\n  egress:\n${ciliumDnsRule(to)}\n  - toFQDNs: [{matchName: ${to}}]\n    toPorts: [{ports: [{port: "443", protocol: TCP}]${more}}]`,
  );

export const check: Check = {
  slug: 'shared-frontend-no-tenant-control',
  title: 'A front end of all tenants is open',
  severity: 'medium',
  plane: 'network',
  why: 'A name rule is enforced by address, and the addresses of an object store serve every customer. With `storage.googleapis.com` or `s3.REGION.amazonaws.com` the bucket is in the encrypted path, where no network rule sees it; with a bucket in the host name, the attacker dials the same address and asks for another bucket, unless the rule also pins the server name.',
  fix: "Use the bucket's own host name, and on Cilium add `serverNames` with that host. Where the provider has no such host (Google Cloud Storage), only an identity control can tell tenants apart: VPC Service Controls, an endpoint policy, or a proxy that ends TLS.",
  sources: ['cilium/cilium#31803', 'Google Cloud Storage documentation, Request endpoints', 'aws-samples/data-perimeter-policy-examples vpc_endpoint_policies'],
  example: {
    profile: 'cilium@1.19',
    bad: documents(trainingNamespace, trainer(), coreDns, defaultDeny, policy('s3.us-east-1.amazonaws.com', '')),
    good: documents(trainingNamespace, trainer(), coreDns, defaultDeny, policy(host, `, serverNames: [${host}]`)),
  },
  *run(context) {
    for (const policy of enforcedPolicies(context)) {
      if (!concernsTraining(context, policy)) continue;
      for (const rule of policy.rules) {
        if (rule.action !== 'allow' || rule.direction !== 'egress' || rulePorts(rule, null).intersect(https).isEmpty) continue;
        for (const name of peerNames(rule)) {
          const everyone = sharedFrontEnd(name);
          const tenant = rule.application?.serverNames == null ? tenantOf(name) : undefined;
          if (everyone === undefined && tenant === undefined) continue;
          yield {
            severity: 'medium',
            confidence: everyone === undefined ? 'likely' : 'certain',
            message:
              everyone === undefined
                ? `${policy.id} allows ${nameText(name)} by its addresses only, which serve every ${tenant}: another one can be asked for there.`
                : `${policy.id} allows ${nameText(name)}, behind which lies ${everyone}: no network rule can keep data in its own.`,
            primary: rule.origin,
            related: [],
            fix:
              everyone === undefined
                ? `Add serverNames: [${nameText(name)}] to the rule.`
                : "Use the bucket's own host name where the provider has one, and an endpoint policy or perimeter in any case.",
            ...(everyone === undefined ? { patch: `serverNames: [${JSON.stringify(nameText(name))}]\n` } : {}),
            subjects: [policy.namespace ?? policy.name],
          };
        }
      }
    }
  },
};

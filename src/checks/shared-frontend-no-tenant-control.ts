import { annotatedControl } from './annotated.ts';
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
  fix: "Use the bucket's own host name, and on Cilium add `serverNames` with that host. Where the provider has no such host (Google Cloud Storage), only an identity control can tell tenants apart: VPC Service Controls, an endpoint policy, or a proxy that ends TLS. Say which with `tenantControl` in the zone, which the pack writes on its policies, or with the annotation `ringfence.dev/tenant-control` on your own.",
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
        const names = peerNames(rule);
        const shared = names.filter((n) => sharedFrontEnd(n) !== undefined);
        const [everyone] = shared;
        if (everyone !== undefined && annotatedControl(context, policy) === null) {
          yield {
            severity: 'medium',
            confidence: 'certain',
            message: `${policy.id} allows ${shared.map(nameText).join(', ')}, behind which lies ${sharedFrontEnd(everyone)}: no network rule can keep data in its own.`,
            primary: rule.origin,
            related: [],
            fix: "Use the bucket's own host name where the provider has one, and an endpoint policy or perimeter in any case.",
            subjects: [policy.namespace ?? policy.name],
          };
        }
        const hosts = rule.application?.serverNames == null ? names.filter((n) => tenantOf(n) !== undefined) : [];
        const [host] = hosts;
        if (host === undefined || annotatedControl(context, policy) !== null) continue;
        yield {
          severity: 'medium',
          confidence: 'likely',
          message: `${policy.id} allows ${hosts.map(nameText).join(', ')} by address only, and those addresses serve every ${tenantOf(host)}: another one can be asked for there.`,
          primary: rule.origin,
          related: [],
          fix: `Add serverNames: [${hosts.map(nameText).join(', ')}] to the rule.`,
          patch: `serverNames: [${hosts.map((n) => JSON.stringify(nameText(n))).join(', ')}]\n`,
          subjects: [policy.namespace ?? policy.name],
        };
      }
    }
  },
};

import type { Check } from './check.ts';
import { ciliumDnsRule, ciliumPolicy, coreDns, defaultDeny, documents, trainer, trainingNamespace } from './example-parts.ts';
import { admitsStrangers } from './strangers.ts';
import { concernsTraining, enforcedPolicies } from './subjects.ts';

const host = 'my-bucket.s3.us-east-1.amazonaws.com';
const policy = (to: string): string =>
  ciliumPolicy(
    'storage',
    `  endpointSelector: {}\n  egress:\n${ciliumDnsRule(host)}\n  - ${to}\n    toPorts: [{ports: [{port: "443", protocol: TCP}], serverNames: [${host}]}]`,
  );

export const check: Check = {
  slug: 'server-name-alone',
  title: 'A server name is all that is asked for',
  severity: 'high',
  plane: 'network',
  why: 'The TLS server name is what the client says it is: nothing compares it with the address that is dialled. A rule that lets any address pass as long as the right name is said lets an attacker say it to a server of their own.',
  fix: 'Pair `serverNames` with `toFQDNs` of the same hosts, or with the CIDRs of the service, in one rule.',
  sources: [
    'AWS re:Post, Network Firewall and SNI: the name is not held against the address',
    'cilium Documentation/security/policy/layer7.rst, TLS server names',
  ],
  example: {
    profile: 'cilium@1.19',
    bad: documents(trainingNamespace, trainer(), coreDns, defaultDeny, policy('toEntities: [world]')),
    good: documents(trainingNamespace, trainer(), coreDns, defaultDeny, policy(`toFQDNs: [{matchName: ${host}}]`)),
  },
  *run(context) {
    for (const policy of enforcedPolicies(context)) {
      if (!concernsTraining(context, policy)) continue;
      for (const rule of policy.rules) {
        const names = rule.application?.serverNames ?? null;
        if (rule.action !== 'allow' || rule.direction !== 'egress' || names === null || !admitsStrangers(rule)) continue;
        yield {
          severity: 'high',
          confidence: 'certain',
          message: `${policy.id} lets training reach any address that is called ${names.slice(0, 3).join(', ')}${names.length > 3 ? ' …' : ''} in the TLS handshake: the caller chooses that name.`,
          primary: rule.origin,
          related: [],
          fix: `Say toFQDNs with the same hosts in this rule.`,
          patch: `toFQDNs:\n${names.map((name) => `- matchName: ${JSON.stringify(name)}\n`).join('')}`,
          subjects: [policy.namespace ?? policy.name],
        };
      }
    }
  },
};

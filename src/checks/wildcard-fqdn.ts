import { believableNames } from '../engine/witness.ts';
import type { Check } from './check.ts';
import { ciliumDnsRule, ciliumPolicy, coreDns, defaultDeny, documents, trainer, trainingNamespace } from './example-parts.ts';
import { holdsAnyName, nameText, peerNames, wildcardTenant } from './names.ts';
import { concernsTraining, enforcedPolicies } from './subjects.ts';

const policy = (name: string): string =>
  ciliumPolicy(
    'hosts',
    `  endpointSelector: {}\n  egress:\n${ciliumDnsRule('api.vendor.example')}\n  - toFQDNs: [{${name}}]\n    toPorts: [{ports: [{port: "443", protocol: TCP}]}]`,
  );

export const check: Check = {
  slug: 'wildcard-fqdn',
  title: 'A wildcard instead of a host name',
  severity: 'medium',
  plane: 'network',
  why: 'A pattern such as `*.vendor.example` opens every host that anybody can name below it: customer subdomains, forgotten records that now point elsewhere, and whatever address the owner of one of those names answers with, private ones included. Cilium opens the addresses that DNS answers carry, without looking at what they are.',
  fix: 'Write the hosts that the jobs use in full.',
  sources: ['cilium pkg/fqdn/matchpattern', 'cilium Documentation/security/policy/layer3.rst, DNS based'],
  example: {
    profile: 'cilium@1.19',
    bad: documents(trainingNamespace, trainer(), coreDns, defaultDeny, policy('matchPattern: "*.vendor.example"')),
    good: documents(trainingNamespace, trainer(), coreDns, defaultDeny, policy('matchName: api.vendor.example')),
  },
  *run(context) {
    for (const policy of enforcedPolicies(context)) {
      if (!concernsTraining(context, policy)) continue;
      for (const rule of policy.rules) {
        if (rule.action !== 'allow' || rule.direction !== 'egress') continue;
        // Patterns for any name at all, and for the names of tenants, are findings of allow-all-egress and wildcard-tenant-label.
        for (const name of peerNames(rule).filter((n) => n.kind === 'pattern' && !holdsAnyName(n) && wildcardTenant(n) === undefined)) {
          const such = believableNames(name)[0];
          yield {
            severity: 'medium',
            confidence: 'certain',
            message: `${policy.id} allows every name that matches ${nameText(name)}${such === undefined ? '' : `, such as ${such}`}: whoever gets one of them is a way out.`,
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

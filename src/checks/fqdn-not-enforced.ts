import { enforces } from '../model/profile.ts';
import type { Check } from './check.ts';
import { ciliumDnsRule, ciliumPolicy, documents, networkPolicy, trainer, trainingNamespace } from './example-parts.ts';
import { peerNames } from './names.ts';
import { concernsTraining, groupedBy } from './subjects.ts';

const host = 'my-bucket.s3.us-east-1.amazonaws.com';

export const check: Check = {
  slug: 'fqdn-not-enforced',
  title: 'Policies in a language that the CNI may not read',
  severity: 'medium',
  plane: 'network',
  why: 'A CiliumNetworkPolicy means something to Cilium only. Under any other CNI the object is accepted (its definition may well be installed) and does nothing: its deny rules do not deny, and the host names it allows stay shut or, without any other policy, everything stays open.',
  fix: 'Name the CNI with `--profile cilium` (or in the zone) if the cluster runs Cilium. Otherwise write the policy as NetworkPolicy, with address ranges in place of host names.',
  sources: ['kubernetes.io network-policies, What you cannot do: nothing targets services or names', 'cilium Documentation/network/kubernetes/policy.rst'],
  example: {
    profile: 'kubernetes',
    bad: documents(
      trainingNamespace,
      trainer(),
      ciliumPolicy(
        'storage',
        `  endpointSelector: {}\n  egress:\n${ciliumDnsRule(host)}\n  - toFQDNs: [{matchName: ${host}}]\n    toPorts: [{ports: [{port: "443", protocol: TCP}]}]`,
      ),
    ),
    good: documents(
      trainingNamespace,
      trainer(),
      networkPolicy(
        'storage',
        '  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n  - to: [{ipBlock: {cidr: 52.216.0.0/15}}]\n    ports: [{protocol: TCP, port: 443}]',
      ),
    ),
  },
  *run(context) {
    const { profile, snapshot } = context;
    const foreign = snapshot.policies.filter((p) => !enforces(profile, p) && concernsTraining(context, p));
    for (const [kind, policies] of groupedBy(foreign, (p) => p.kind)) {
      const [first, ...others] = policies;
      if (first === undefined) continue;
      const names = policies.some((p) => p.rules.some((r) => peerNames(r).length > 0));
      const effect = profile.foreignPolicies === 'ignored' ? 'does not read it' : 'may not read it';
      yield {
        severity: 'medium',
        confidence: profile.foreignPolicies === 'ignored' ? 'certain' : 'possible',
        message: `${first.id}${others.length > 0 ? ` and ${others.length} more of kind ${kind}` : ''} ${others.length > 0 ? 'are' : 'is'} written for another CNI: profile ${profile.id} ${effect}${names ? ', and the host names in it mean nothing there' : ''}.`,
        primary: first.origin,
        related: others.slice(0, 5).map((p) => ({ origin: p.origin, message: p.id })),
        fix:
          first.dialect === 'cilium'
            ? 'If the cluster runs Cilium, say so: --profile cilium. If not, write the rules as NetworkPolicy.'
            : 'Write the rules in a language that the CNI reads.',
        subjects: [...new Set(policies.map((p) => p.namespace ?? p.name))],
      };
    }
  },
};

import { enforces } from '../model/profile.ts';
import type { Check } from './check.ts';
import { ciliumDnsRule, ciliumPolicy, coreDns, defaultDeny, documents, trainer, trainingNamespace } from './example-parts.ts';
import { holdsName, nameText, peerNames } from './names.ts';
import type { PlacedRule } from './policy-index.ts';
import { policyIndex } from './policy-index.ts';
import { governedTraining, namesOf, subjectsOf } from './subjects.ts';

const host = 'my-bucket.s3.us-east-1.amazonaws.com';
const toHost = `  - toFQDNs: [{matchName: ${host}}]\n    toPorts: [{ports: [{port: "443", protocol: TCP}], serverNames: [${host}]}]`;

export const check: Check = {
  slug: 'fqdn-without-dns-rule',
  title: 'Host names allowed, but never resolved',
  severity: 'high',
  plane: 'network',
  why: "Cilium learns the addresses behind `toFQDNs` from DNS answers that pass through its proxy. Only a rule with `rules.dns` sends the pod's queries there. Without one for that name the rule looks right and allows nothing, and the job waits for its storage until it times out.",
  fix: 'Add an egress rule to the DNS pods on port 53 with `rules.dns` that lists the same names.',
  sources: ['cilium Documentation/security/policy/layer3.rst, DNS based', 'cilium pkg/fqdn'],
  example: {
    profile: 'cilium@1.19',
    bad: documents(
      trainingNamespace,
      trainer(),
      coreDns,
      defaultDeny,
      ciliumPolicy(
        'storage',
        `  endpointSelector: {}\n  egress:\n  - toEndpoints: [{matchLabels: {k8s:io.kubernetes.pod.namespace: kube-system, k8s-app: kube-dns}}]\n    toPorts: [{ports: [{port: "53", protocol: ANY}]}]\n${toHost}`,
      ),
    ),
    good: documents(
      trainingNamespace,
      trainer(),
      coreDns,
      defaultDeny,
      ciliumPolicy('storage', `  endpointSelector: {}\n  egress:\n${ciliumDnsRule(host)}\n${toHost}`),
    ),
  },
  *run(context) {
    const index = policyIndex(context.snapshot);
    const found = new Map<
      PlacedRule['rule'],
      { readonly placed: PlacedRule; readonly workloads: Set<ReturnType<typeof governedTraining>[number]>; readonly missing: Set<string> }
    >();
    for (const workload of governedTraining(context)) {
      const rules = index.rules(workload.id, 'egress').filter((r) => r.rule.action === 'allow' && enforces(context.profile, r.policy));
      const resolvable = rules.flatMap((r) => r.rule.application?.dns ?? []);
      for (const placed of rules.filter((r) => r.policy.dialect === 'cilium')) {
        const missing = peerNames(placed.rule).filter(
          (n) =>
            !resolvable.some((d) =>
              n.kind === 'exact' ? holdsName(d, n.name) : d.kind === 'pattern' && (d.source === n.source || holdsName(d, sampleOf(n.text))),
            ),
        );
        if (missing.length === 0) continue;
        const entry = found.get(placed.rule) ?? { placed, workloads: new Set(), missing: new Set() };
        found.set(placed.rule, entry);
        entry.workloads.add(workload);
        for (const name of missing) entry.missing.add(nameText(name));
      }
    }
    for (const { placed, workloads, missing } of found.values()) {
      const all = [...workloads];
      yield {
        severity: 'high',
        confidence: 'certain',
        message: `${placed.policy.id} allows ${[...missing].slice(0, 3).join(', ')}${missing.size > 3 ? ` and ${missing.size - 3} more names` : ''}, but no DNS rule lets ${namesOf(all)} look ${missing.size === 1 ? 'it' : 'them'} up through Cilium's proxy: the rule allows nothing.`,
        primary: placed.rule.origin,
        related: [],
        fix: 'Add an egress rule to the DNS pods with rules.dns for these names.',
        patch: `- toEndpoints:\n  - matchLabels:\n      k8s:io.kubernetes.pod.namespace: kube-system\n      k8s-app: kube-dns\n  toPorts:\n  - ports:\n    - port: "53"\n      protocol: ANY\n    rules:\n      dns:\n${[...missing].map((n) => `      - ${n.includes('*') ? 'matchPattern' : 'matchName'}: ${JSON.stringify(n)}\n`).join('')}`,
        subjects: subjectsOf(all),
      };
    }
  },
};

/** A name that a pattern admits, for asking whether another pattern admits it too. */
function sampleOf(pattern: string): string {
  return pattern.toLowerCase().replaceAll(/\*+/g, 'sample');
}

import { cidrSet } from '../engine/addresses.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { hostCidr, ipIntersect, ipIsEmpty, ipSubtract, parseCidr } from '../space/ip-set.ts';
import type { Check } from './check.ts';
import { defaultDeny, documents, networkPolicy, trainer, trainingNamespace } from './example-parts.ts';
import { enforcedPolicies } from './subjects.ts';

const node =
  '\napiVersion: v1\nkind: Node\nmetadata: {name: cpu-1}\nspec: {podCIDR: 10.244.0.0/24, podCIDRs: [10.244.0.0/24]}\nstatus: {addresses: [{type: InternalIP, address: 10.0.0.5}]}';
const egress = (to: string): string =>
  networkPolicy('storage', `  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n  - to: [${to}]\n    ports: [{protocol: TCP, port: 9000}]`);

export const check: Check = {
  slug: 'ipblock-matches-no-pod',
  title: 'Pods named by address under a CNI that never matches them so',
  severity: 'high',
  plane: 'network',
  why: 'Under Cilium an `ipBlock` or CIDR matches addresses outside the cluster only, never pods. A rule on the pod range allows nothing, and a deny rule on it denies nothing.',
  fix: 'Choose pods by namespace and labels.',
  sources: ['cilium/cilium#9209', 'cilium Documentation/security/policy/layer3.rst, CIDR based'],
  example: {
    profile: 'cilium@1.19',
    bad: documents(trainingNamespace, node, trainer(), defaultDeny, egress('{ipBlock: {cidr: 10.244.0.0/24}}')),
    good: documents(trainingNamespace, node, trainer(), defaultDeny, egress('{podSelector: {matchLabels: {app: trainer}}}')),
  },
  *run(context) {
    if (context.profile.cidrMatchesPods !== 'no') return;
    const range = podRange(context.snapshot);
    for (const policy of enforcedPolicies(context)) {
      for (const rule of policy.rules) {
        const inside = (rule.peers ?? [])
          .filter((p) => p.kind === 'cidr')
          .find((p) => {
            const block = parseCidr(p.cidr);
            return block !== undefined && !ipIsEmpty(ipIntersect(block.set, range)) && ipIsEmpty(ipSubtract(block.set, range));
          });
        if (inside === undefined) continue;
        yield {
          severity: rule.action === 'deny' ? 'high' : 'medium',
          confidence: 'certain',
          message: `${policy.id} ${rule.action === 'deny' ? 'denies' : 'allows'} ${inside.cidr}, addresses of pods, which ${context.profile.id} never matches by address: the rule has no effect.`,
          primary: rule.origin,
          related: [],
          fix: 'Choose the pods by namespace and labels instead.',
          subjects: [policy.namespace ?? policy.name],
        };
      }
    }
  },
};

function podRange(snapshot: Snapshot) {
  const addresses = snapshot.workloads.flatMap((w) => (w.hostNetwork ? [] : w.ips)).map(hostCidr);
  return cidrSet([...snapshot.ranges.pods, ...addresses]);
}

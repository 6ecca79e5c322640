import { blockSet } from '../engine/addresses.ts';
import type { Peer, Rule } from '../model/policy.ts';
import { ipv4, ipv6 } from '../space/ip-set.ts';
import type { Check } from './check.ts';
import { defaultDeny, documents, networkPolicy, trainer, trainingNamespace } from './example-parts.ts';
import { holdsAnyName, nameText } from './names.ts';
import { policyIndex } from './policy-index.ts';
import { rulePorts } from './rule-ports.ts';
import { concernsTraining, enforcedPolicies, subjectsOf } from './subjects.ts';
import { dnsTcp, dnsUdp } from './well-known.ts';

export const check: Check = {
  slug: 'allow-all-egress',
  title: 'A rule opens the whole internet',
  severity: 'high',
  plane: 'network',
  why: 'One rule towards `0.0.0.0/0` is enough to carry the corpus and the weights out, to any host, on the ports it names; 443 is plenty. A rule without `to` does the same and reaches every pod of the cluster besides.',
  fix: 'Name the destinations: pods by labels, object storage by its addresses, or by host names where the CNI can. Traffic that cannot be named belongs behind a proxy.',
  sources: [
    'kubernetes/api networking/v1 types.go, NetworkPolicyEgressRule: an empty list of peers matches all destinations',
    'cilium pkg/policy/api/entity.go: world and all',
  ],
  example: {
    bad: documents(
      trainingNamespace,
      trainer(),
      defaultDeny,
      networkPolicy(
        'internet',
        '  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n  - to: [{ipBlock: {cidr: 0.0.0.0/0}}]\n    ports: [{protocol: TCP, port: 443}]',
      ),
    ),
    good: documents(
      trainingNamespace,
      trainer(),
      defaultDeny,
      networkPolicy(
        'storage',
        '  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n  - to: [{ipBlock: {cidr: 52.216.0.0/15}}]\n    ports: [{protocol: TCP, port: 443}]',
      ),
    ),
  },
  *run(context) {
    const dns = dnsUdp.union(dnsTcp);
    for (const policy of enforcedPolicies(context)) {
      if (!concernsTraining(context, policy)) continue;
      for (const rule of policy.rules) {
        if (rule.direction !== 'egress' || rule.action !== 'allow') continue;
        const wide = widest(rule);
        const ports = rulePorts(rule, null);
        if (wide === undefined || ports.isEmpty || ports.subsetOf(dns)) continue;
        const subjects = policyIndex(context.snapshot)
          .subjects(policy)
          .filter((w) => context.training.has(w.id));
        yield {
          severity: wide.excepted ? 'medium' : 'high',
          confidence: 'certain',
          message: `${policy.id} lets training pods out to ${wide.text} (${ports}): data can leave to any host there is.`,
          primary: rule.origin,
          related: [],
          fix: 'Replace the open destination by the hosts, ranges or pods that the jobs really use.',
          subjects: subjects.length === 0 ? [policy.namespace ?? policy.name] : subjectsOf(subjects),
        };
      }
    }
  },
};

function widest(rule: Rule): { readonly text: string; readonly excepted: boolean } | undefined {
  if (rule.peers === null) return { text: 'everything (the rule names no destination)', excepted: false };
  for (const peer of rule.peers) {
    const found = wide(peer);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A peer that covers nearly all addresses of a family. */
function wide(peer: Peer): { readonly text: string; readonly excepted: boolean } | undefined {
  if (peer.kind === 'entity') return peer.entity === 'all' || peer.entity === 'world' ? { text: `the entity ${peer.entity}`, excepted: false } : undefined;
  const anyName = peer.kind === 'names' ? peer.names.find(holdsAnyName) : undefined;
  if (anyName !== undefined) return { text: `any host that has a name (${nameText(anyName)})`, excepted: false };
  if (peer.kind !== 'cidr') return undefined;
  const { v4, v6 } = blockSet(peer.cidr, []);
  const half4 = v4.some(([low, high]) => high - low + 1 >= 2 ** 31) && v4.length > 0;
  const half6 = v6.some(([low, high]) => high - low >= (1n << 125n) - 1n) && v6.length > 0;
  if (!half4 && !half6) return undefined;
  const whole = ipv4.equal(v4, ipv4.full) || ipv6.equal(v6, ipv6.full);
  return {
    text: `${whole ? '' : 'at least an eighth of all addresses, '}${peer.cidr}${peer.except.length > 0 ? ` less ${peer.except.length === 1 ? 'one range' : `${peer.except.length} ranges`}` : ''}`,
    excepted: peer.except.length > 0,
  };
}

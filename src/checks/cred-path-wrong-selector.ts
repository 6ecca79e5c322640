import type { Peer } from '../model/policy.ts';
import { ipHas, parseCidr, parseIp } from '../space/ip-set.ts';
import type { Check } from './check.ts';
import { ciliumPolicy, defaultDeny, documents, networkPolicy, trainer, trainingNamespace } from './example-parts.ts';
import { concernsTraining, enforcedPolicies } from './subjects.ts';
import { podIdentityAgent } from './well-known.ts';

export const check: Check = {
  slug: 'cred-path-wrong-selector',
  title: 'Pod Identity agent opened by an address that Cilium never matches',
  severity: 'high',
  plane: 'identity',
  why: 'The EKS Pod Identity agent answers at 169.254.170.23 on an interface of the node. Cilium sees the node, not an address, so an `ipBlock` or CIDR for it (even `0.0.0.0/0`) matches nothing, and the pod gets no credentials.',
  fix: 'Use a CiliumNetworkPolicy with `toEntities: [host]` and port 80. It also opens whatever else listens on port 80 of the node: keep that port free.',
  sources: ['cilium/cilium#34387', 'Amazon EKS User Guide, EKS Pod Identity: 169.254.170.23 and fd00:ec2::23, port 80'],
  example: {
    profile: 'cilium@1.19',
    bad: documents(
      trainingNamespace,
      trainer(),
      defaultDeny,
      networkPolicy(
        'pod-identity',
        '  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n  - to: [{ipBlock: {cidr: 169.254.170.23/32}}]\n    ports: [{protocol: TCP, port: 80}]',
      ),
    ),
    good: documents(
      trainingNamespace,
      trainer(),
      defaultDeny,
      ciliumPolicy('pod-identity', '  endpointSelector: {}\n  egress:\n  - toEntities: [host]\n    toPorts: [{ports: [{port: "80", protocol: TCP}]}]'),
    ),
  },
  *run(context) {
    if (context.profile.cidrMatchesNodes !== 'no') return;
    for (const policy of enforcedPolicies(context)) {
      if (!concernsTraining(context, policy)) continue;
      for (const rule of policy.rules) {
        if (rule.direction !== 'egress' || rule.action !== 'allow' || !(rule.peers ?? []).some(isAgent)) continue;
        yield {
          severity: 'high',
          confidence: 'certain',
          message: `${policy.id} opens the Pod Identity agent by its address, which Cilium never matches: the pods get no credentials.`,
          primary: rule.origin,
          related: [],
          fix: 'Open the entity host on port 80 in a CiliumNetworkPolicy instead.',
          patch: 'egress:\n- toEntities: [host]\n  toPorts:\n  - ports:\n    - port: "80"\n      protocol: TCP\n',
          subjects: [policy.namespace ?? policy.name],
        };
      }
    }
  },
};

/** A narrow block that is meant for the agent: wide ranges are meant for something else. */
function isAgent(peer: Peer): boolean {
  if (peer.kind !== 'cidr') return false;
  const agent = parseIp(podIdentityAgent);
  const block = parseCidr(peer.cidr);
  const length = Number(peer.cidr.split('/')[1]);
  return (agent !== undefined && block !== undefined && ipHas(block.set, agent) && length >= 24) || /^fd00:ec2::23\//.test(peer.cidr);
}

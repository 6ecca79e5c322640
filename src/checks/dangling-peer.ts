import { selectorText } from '../model/labels.ts';
import type { PodMatch } from '../model/policy.ts';
import { enforces } from '../model/profile.ts';
import type { Check } from './check.ts';
import { coreDns, defaultDeny, documents, networkPolicy, trainer, trainingNamespace } from './example-parts.ts';
import { nearMiss } from './near-miss.ts';
import { type PolicyIndex, policyIndex } from './policy-index.ts';

const dns = (namespace: string): string =>
  networkPolicy(
    'dns',
    `  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n  - to: [{namespaceSelector: {matchLabels: {${namespace}}}, podSelector: {matchLabels: {k8s-app: kube-dns}}}]\n    ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]`,
  );

export const check: Check = {
  slug: 'dangling-peer',
  title: 'A peer that matches nothing',
  severity: 'medium',
  plane: 'network',
  why: "A rule whose peer matches no pod allows nothing. The usual causes: a namespace label that nobody set (`name: kube-system` instead of `kubernetes.io/metadata.name`), the label of a Service or Deployment in place of the pods', a typo.",
  fix: 'Choose namespaces by `kubernetes.io/metadata.name`, which the API server always sets, and pods by the labels of their template.',
  sources: ['kubernetes.io, Automatic labelling: kubernetes.io/metadata.name', 'kubernetes/api networking/v1 types.go, NetworkPolicyPeer'],
  example: {
    bad: documents(trainingNamespace, trainer(), coreDns, defaultDeny, dns('name: kube-system')),
    good: documents(trainingNamespace, trainer(), coreDns, defaultDeny, dns('kubernetes.io/metadata.name: kube-system')),
  },
  *run({ snapshot, profile }) {
    const index = policyIndex(snapshot);
    for (const policy of snapshot.policies) {
      if (!enforces(profile, policy)) continue;
      for (const rule of policy.rules) {
        for (const peer of rule.peers ?? []) {
          if (peer.kind !== 'pods' || index.matching(peer.match).length > 0) continue;
          const why = whyNothing(index, peer.match);
          if (why === undefined) continue;
          yield {
            severity: why.sure ? 'medium' : 'low',
            confidence: why.sure ? 'likely' : 'possible',
            message: `${policy.id} has a peer that matches no pod: ${why.text}.`,
            primary: rule.origin,
            related: [],
            fix: why.fix,
            subjects: [policy.namespace ?? policy.name],
          };
        }
      }
    }
  },
};

/** Why a peer matches nothing, as far as the input can tell; undefined when what it means is simply not in the input. */
function whyNothing(index: PolicyIndex, match: PodMatch): { readonly text: string; readonly fix: string; readonly sure: boolean } | undefined {
  const spaces = index.namespaces(match);
  if (spaces.length === 0) {
    if (match.namespaces.kind !== 'labelled') return undefined;
    const { selector } = match.namespaces;
    const meant = selector.requirements
      .flatMap((r) => (r.operator === 'In' && r.key !== 'kubernetes.io/metadata.name' ? r.values : []))
      .find((v) => index.snapshot.namespaces.has(v));
    if (meant === undefined) return undefined;
    return {
      text: `no namespace has ${selectorText(selector)}, though there is one called ${meant}`,
      fix: `Choose the namespace by kubernetes.io/metadata.name: ${meant}.`,
      sure: true,
    };
  }
  const around = spaces.flatMap((n) => index.inNamespace(n.name));
  if (around.length === 0 || match.pods.requirements.length === 0) return undefined;
  const miss = nearMiss(match.pods, around);
  const where = spaces.length === 1 ? `namespace ${spaces[0]?.name}` : `${spaces.length} namespaces`;
  const host = around.some((w) => w.hostNetwork) ? ' (hostNetwork pods are never matched)' : '';
  return {
    text: `nothing in ${where} has ${selectorText(match.pods)}${miss === undefined ? host : `; ${miss.text}`}`,
    fix: miss === undefined ? 'Make the peer match the labels of the pods that are meant.' : `Write ${miss.label} in the peer.`,
    sure: miss !== undefined,
  };
}

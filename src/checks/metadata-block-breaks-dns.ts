import { metadataV4 } from '../model/metadata-service.ts';
import type { Check, CheckContext } from './check.ts';
import { dnsOpenTo, nodeLocalResolvers, resolvers } from './dns.ts';
import { defaultDeny, documents, networkPolicy, trainer, trainingNamespace } from './example-parts.ts';
import { policyIndex } from './policy-index.ts';
import { governedTraining, groupedBy, namesOf, subjectsOf } from './subjects.ts';
import { nodeLocalDns } from './well-known.ts';

const cache =
  '\napiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: node-local-dns, namespace: kube-system}\nspec:\n  selector: {matchLabels: {k8s-app: node-local-dns}}\n  template:\n    metadata: {labels: {k8s-app: node-local-dns}}\n    spec:\n      hostNetwork: true\n      containers: [{name: node-cache, image: "registry.example.com/mirror/k8s-dns-node-cache:1.23.0"}]';
const policy = (except: string): string =>
  networkPolicy('egress', `  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n  - to: [{ipBlock: {cidr: 0.0.0.0/0, except: [${except}]}}]`);

export const check: Check = {
  slug: 'metadata-block-breaks-dns',
  title: 'Link-local shut, and the resolver with it',
  severity: 'high',
  plane: 'network',
  why: 'With NodeLocal DNSCache pods ask 169.254.20.10, with Cloud DNS on GKE they ask 169.254.169.254 itself, on port 53. Rules that shut link-local addresses whole, or that open the kube-dns pods only, leave such pods without any resolver.',
  fix: 'Open port 53 (UDP and TCP) of the resolver by its address, and shut the other ports of the metadata service only.',
  sources: ['kubernetes.io, Using NodeLocal DNSCache in Kubernetes Clusters', 'GKE documentation, Using Cloud DNS for GKE', 'tektoncd/operator#4000'],
  example: {
    bad: documents(trainingNamespace, cache, trainer(), defaultDeny, policy('169.254.0.0/16')),
    good: documents(trainingNamespace, cache, trainer(), defaultDeny, policy('169.254.169.254/32')),
  },
  *run(context) {
    const resolver = localResolver(context);
    if (resolver === undefined) return;
    const mute = governedTraining(context).filter((w) => context.reach.isolated(w.id, 'egress') && dnsOpenTo(context.reach, w, resolver.address).isEmpty);
    const index = policyIndex(context.snapshot);
    for (const workloads of groupedBy(mute, (w) => w.namespace).values()) {
      const [first] = workloads;
      if (first === undefined) continue;
      const shutting = index
        .rules(first.id, 'egress')
        .find(({ rule }) =>
          (rule.peers ?? []).some(
            (p) => p.kind === 'cidr' && (p.except.some((e) => e.startsWith('169.254.')) || (rule.action === 'deny' && p.cidr.startsWith('169.254.'))),
          ),
        );
      yield {
        severity: 'high',
        confidence: resolver.confidence,
        message: `${namesOf(workloads)} cannot reach the resolver at ${resolver.address} on port 53 (${resolver.because})${shutting === undefined ? '' : `: ${shutting.policy.id} shuts link-local addresses`}.`,
        primary: shutting?.rule.origin ?? first.origin,
        related: [],
        fix:
          context.profile.cidrMatchesNodes === 'no' && resolver.address === nodeLocalDns
            ? 'Allow UDP and TCP 53 to the entity host: the cache listens on the node.'
            : `Allow UDP and TCP 53 to ${resolver.address}/32.`,
        patch: `- to:\n  - ipBlock:\n      cidr: ${resolver.address}/32\n  ports:\n  - protocol: UDP\n    port: 53\n  - protocol: TCP\n    port: 53\n`,
        subjects: subjectsOf(workloads),
      };
    }
  },
};

/**
 * The resolver on a link-local address that pods of this cluster use, as far as the input shows. A local redirect policy sends queries for the cluster's
 * DNS to the cache instead, so pods need no rule for it. Source: cilium Documentation/network/kubernetes/local-redirect-policy.rst.
 */
function localResolver({
  snapshot,
}: CheckContext):
  | { readonly address: typeof nodeLocalDns | typeof metadataV4; readonly because: string; readonly confidence: 'certain' | 'likely' }
  | undefined {
  const redirected = snapshot.objects.some((o) => o.kind === 'CiliumLocalRedirectPolicy');
  if (nodeLocalResolvers(snapshot).length > 0 && !redirected)
    return { address: nodeLocalDns, because: 'the cluster runs NodeLocal DNSCache', confidence: 'likely' };
  const gke = snapshot.nodes.some((n) => Object.keys(n.labels).some((key) => key.startsWith('cloud.google.com/gke-')));
  const system = snapshot.workloads.some((w) => w.namespace === 'kube-system');
  if (gke && system && resolvers(snapshot).length === 0)
    return { address: metadataV4, because: 'GKE without kube-dns pods uses Cloud DNS', confidence: 'likely' };
  return undefined;
}

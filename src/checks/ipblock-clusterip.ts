import { ipHas, parseCidr, parseIp } from '../space/ip-set.ts';
import type { Check } from './check.ts';
import { defaultDeny, documents, networkPolicy, trainer, trainingNamespace } from './example-parts.ts';
import { enforcedPolicies } from './subjects.ts';

const pod =
  '\napiVersion: v1\nkind: Pod\nmetadata: {name: minio, namespace: storage, labels: {app: minio}}\nspec: {containers: [{name: minio, image: "registry.example.com/minio:1", ports: [{containerPort: 9000}]}]}';
const service =
  '\napiVersion: v1\nkind: Service\nmetadata: {name: minio, namespace: storage}\nspec: {clusterIP: 10.96.14.2, selector: {app: minio}, ports: [{port: 9000}]}';
const egress = (to: string): string =>
  networkPolicy('storage', `  podSelector: {}\n  policyTypes: [Egress]\n  egress:\n  - to: [${to}]\n    ports: [{protocol: TCP, port: 9000}]`);

export const check: Check = {
  slug: 'ipblock-clusterip',
  title: 'A rule on the address of a Service',
  severity: 'medium',
  plane: 'network',
  why: 'The cluster address of a Service is translated to a pod before most implementations look at the packet, so a rule on `10.96.x.y/32` matches nothing there; on others it matches. It also goes stale when the Service is made anew.',
  fix: 'Name the pods behind the Service by namespace and labels, with their target port.',
  sources: [
    'kubernetes.io network-policies, Behavior of ipBlock: rewriting may happen before or after',
    'cilium Documentation/network/kubernetes/policy.rst: the ClusterIP is never matched',
  ],
  example: {
    bad: documents(trainingNamespace, trainer(), pod, service, defaultDeny, egress('{ipBlock: {cidr: 10.96.14.2/32}}')),
    good: documents(
      trainingNamespace,
      trainer(),
      pod,
      service,
      defaultDeny,
      egress('{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: storage}}, podSelector: {matchLabels: {app: minio}}}'),
    ),
  },
  *run(context) {
    const addresses = context.snapshot.services.flatMap((service) =>
      service.clusterIps.flatMap((text) => {
        const ip = parseIp(text);
        return ip === undefined ? [] : [{ service, ip, text }];
      }),
    );
    for (const policy of enforcedPolicies(context)) {
      for (const rule of policy.rules) {
        if (rule.direction !== 'egress' || rule.action !== 'allow') continue;
        for (const peer of rule.peers ?? []) {
          const block = peer.kind === 'cidr' && /\/(?:3[0-2]|12[6-8])$/.test(peer.cidr) ? parseCidr(peer.cidr) : undefined;
          const hit = block === undefined ? undefined : addresses.find((a) => ipHas(block.set, a.ip));
          if (hit === undefined) continue;
          yield {
            severity: 'medium',
            confidence: context.profile.egressAfterTranslation === 'yes' ? 'certain' : 'possible',
            message: `${policy.id} allows ${hit.text}, the cluster address of Service ${hit.service.namespace}/${hit.service.name}, which ${context.profile.egressAfterTranslation === 'yes' ? 'is translated before rules are looked at: the rule matches nothing' : 'many CNIs translate before they look at rules: the rule may match nothing'}.`,
            primary: rule.origin,
            related: [{ origin: hit.service.origin, message: 'the Service' }],
            fix: 'Name the pods behind the Service by namespace and labels instead.',
            subjects: [policy.namespace ?? policy.name],
          };
        }
      }
    }
  },
};

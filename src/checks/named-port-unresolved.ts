import { within } from '../kernel/origin.ts';
import type { Check } from './check.ts';
import { defaultDeny, documents, networkPolicy, trainer, trainingNamespace } from './example-parts.ts';
import { policyIndex } from './policy-index.ts';
import { enforcedPolicies } from './subjects.ts';

const store =
  '\napiVersion: v1\nkind: Pod\nmetadata: {name: minio, namespace: ai-training, labels: {app: minio}}\nspec: {containers: [{name: minio, image: "registry.example.com/minio:1", ports: [{name: s3, containerPort: 9000}]}]}';
const egress = (port: string): string =>
  networkPolicy(
    'storage',
    `  podSelector: {matchLabels: {app: trainer}}\n  policyTypes: [Egress]\n  egress:\n  - to: [{podSelector: {matchLabels: {app: minio}}}]\n    ports: [{protocol: TCP, port: ${port}}]`,
  );

export const check: Check = {
  slug: 'named-port-unresolved',
  title: 'A port name that no pod declares',
  severity: 'medium',
  plane: 'network',
  why: 'A port name in a rule is looked up in the containers of each destination pod. Where no container declares it, the rule opens nothing on that pod. Names of Service ports do not count.',
  fix: 'Use the name of a container port of the pods, or its number.',
  sources: ['kubernetes/api networking/v1 types.go, NetworkPolicyPort.port'],
  example: {
    bad: documents(trainingNamespace, trainer(), store, defaultDeny, egress('api')),
    good: documents(trainingNamespace, trainer(), store, defaultDeny, egress('s3')),
  },
  *run(context) {
    const index = policyIndex(context.snapshot);
    for (const policy of enforcedPolicies(context)) {
      for (const rule of policy.rules) {
        const destinations = rule.direction === 'egress' ? index.peers(rule) : index.subjects(policy);
        if (destinations.length === 0) continue;
        for (const { port, protocol } of rule.ports ?? []) {
          if (typeof port !== 'string') continue;
          if (destinations.some((w) => w.ports.some((p) => p.name === port && (protocol === 'ANY' || p.protocol === protocol)))) continue;
          const names = [...new Set(destinations.flatMap((w) => w.ports.flatMap((p) => (p.name === null ? [] : [`${p.name} (${p.protocol})`]))))].sort();
          yield {
            severity: 'medium',
            confidence: 'certain',
            message: `${policy.id} opens port ${port} (${protocol}), a name that no container of the ${destinations.length === 1 ? 'destination' : `${destinations.length} destinations`} declares: the rule opens nothing.`,
            primary: within(rule.origin, policy.dialect === 'cilium' ? 'toPorts' : 'ports'),
            related: destinations.slice(0, 2).map((w) => ({ origin: w.origin, message: 'a destination without that port name' })),
            fix:
              names.length === 0 ? 'Write the number of the port.' : `Write its number, or one of the names that there are: ${names.slice(0, 5).join(', ')}.`,
            subjects: [policy.namespace ?? policy.name],
          };
        }
      }
    }
  },
};

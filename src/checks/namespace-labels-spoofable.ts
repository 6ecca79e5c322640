import { labelOf } from '../model/labels.ts';
import type { PodMatch } from '../model/policy.ts';
import type { Check } from './check.ts';
import { defaultDeny, documents, networkPolicy, trainer, trainingNamespace } from './example-parts.ts';
import { policyIndex } from './policy-index.ts';
import { enforcedPolicies, subjectsOf } from './subjects.ts';

const ingress = (label: string): string =>
  networkPolicy('monitoring', `  podSelector: {}\n  policyTypes: [Ingress]\n  ingress:\n  - from: [{namespaceSelector: {matchLabels: {${label}}}}]`);
const monitoring = '\napiVersion: v1\nkind: Namespace\nmetadata: {name: monitoring, labels: {team: monitoring}}';

export const check: Check = {
  slug: 'namespace-labels-spoofable',
  title: 'Entry by a label that others may set',
  severity: 'low',
  plane: 'network',
  why: 'Only `kubernetes.io/metadata.name` is set by the control plane. Any other namespace label can be put on by whoever may edit a namespace, and with it comes entry to training.',
  fix: 'Choose namespaces by `kubernetes.io/metadata.name`, or guard the label with an admission policy.',
  sources: ['kubernetes.io, Automatic labelling: kubernetes.io/metadata.name is immutable'],
  example: {
    bad: documents(trainingNamespace, monitoring, trainer(), defaultDeny, ingress('team: monitoring')),
    good: documents(trainingNamespace, monitoring, trainer(), defaultDeny, ingress('kubernetes.io/metadata.name: monitoring')),
  },
  *run(context) {
    const index = policyIndex(context.snapshot);
    for (const policy of enforcedPolicies(context)) {
      const training = index.subjects(policy).filter((w) => context.training.has(w.id));
      if (training.length === 0) continue;
      for (const rule of policy.rules) {
        if (rule.direction !== 'ingress' || rule.action !== 'allow') continue;
        const key = (rule.peers ?? []).flatMap((p) => (p.kind === 'pods' ? spoofable(p.match) : []))[0];
        if (key === undefined) continue;
        const bearers = [...context.snapshot.namespaces.values()].filter((n) => labelOf(n.labels, key) !== undefined).map((n) => n.name);
        yield {
          severity: 'low',
          confidence: 'possible',
          message: `${policy.id} admits namespaces to training by their label ${key}${bearers.length > 0 ? ` (${bearers.slice(0, 3).join(', ')} today)` : ''}: whoever may label a namespace may enter.`,
          primary: rule.origin,
          related: [],
          fix: 'Choose the namespaces by kubernetes.io/metadata.name.',
          subjects: subjectsOf(training),
        };
      }
    }
  },
};

/** Keys that alone choose namespaces in a match that does not also name them. */
function spoofable(match: PodMatch): readonly string[] {
  if (match.namespaces.kind === 'as-subject') return match.namespaces.sameLabels ?? [];
  if (match.namespaces.kind === 'named') return [];
  const { requirements } = match.namespaces.selector;
  if (requirements.length === 0 || requirements.some((r) => r.key === 'kubernetes.io/metadata.name' && r.operator === 'In')) return [];
  return requirements.filter((r) => r.operator === 'In' || r.operator === 'Exists').map((r) => r.key);
}

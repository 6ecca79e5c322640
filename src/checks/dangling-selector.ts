import { within } from '../kernel/origin.ts';
import { selectorText } from '../model/labels.ts';
import type { Policy } from '../model/policy.ts';
import { enforces } from '../model/profile.ts';
import type { Workload } from '../model/workload.ts';
import type { Check } from './check.ts';
import { defaultDeny, documents, networkPolicy, trainer, trainingNamespace } from './example-parts.ts';
import { nearMiss } from './near-miss.ts';
import { policyIndex } from './policy-index.ts';

const policy = (label: string): string =>
  networkPolicy('trainer-ingress', `  podSelector: {matchLabels: {${label}}}\n  policyTypes: [Ingress]\n  ingress: [{from: [{podSelector: {}}]}]`);

export const check: Check = {
  slug: 'dangling-selector',
  title: 'A policy that selects nothing',
  severity: 'low',
  plane: 'network',
  why: 'A policy whose selector matches no pod does nothing, and nobody is told. A typo in a label leaves the pods that were meant open, or shut, depending on what else selects them. Labels of the Deployment are not labels of its pods.',
  fix: 'Make the selector match the labels of the pod template. If the pods are still to come, ignore the finding with that reason.',
  sources: ['kubernetes/api networking/v1 types.go, NetworkPolicySpec.podSelector'],
  example: {
    bad: documents(trainingNamespace, trainer(), defaultDeny, policy('app: traner')),
    good: documents(trainingNamespace, trainer(), defaultDeny, policy('app: trainer')),
  },
  *run({ snapshot, profile }) {
    const index = policyIndex(snapshot);
    for (const policy of snapshot.policies) {
      if (policy.subject.kind !== 'pods' || !enforces(profile, policy) || index.subjects(policy).length > 0) continue;
      const { match } = policy.subject;
      const around = index
        .namespaces(match)
        .flatMap((n) => index.inNamespace(n.name))
        .filter((w) => !w.hostNetwork);
      if (around.length === 0 || match.pods.requirements.length === 0) continue;
      const miss = nearMiss(match.pods, around);
      yield {
        severity: miss === undefined ? 'low' : 'medium',
        confidence: miss === undefined ? 'possible' : 'likely',
        message: `${policy.id} selects no pod: nothing has ${selectorText(match.pods)}${miss === undefined ? '' : `; ${miss.text}`}.`,
        primary: selectorOf(policy),
        related: miss === undefined ? [] : [{ origin: miss.workload.origin, message: 'perhaps this was meant' }],
        fix: miss === undefined ? 'Make the selector match the labels of the pods that are meant.' : `Write ${miss.label} in the selector.`,
        subjects: [...new Set([policy.namespace ?? policy.name, ...(miss === undefined ? [] : [nameOf(miss.workload)])])],
      };
    }
  },
};

function selectorOf(policy: Policy): Policy['origin'] {
  return within(policy.origin, 'spec', policy.dialect === 'cilium' ? 'endpointSelector' : 'podSelector');
}

function nameOf(workload: Workload): string {
  return `${workload.namespace}/${workload.name}`;
}

import { workloadTitle } from '../model/workload.ts';
import type { Check } from './check.ts';
import { defaultDeny, documents, networkPolicy, trainer, trainingNamespace } from './example-parts.ts';
import { halfOpenRules } from './half-open-rules.ts';
import { missingRuleText } from './missing-rule.ts';
import { subjectsOf } from './subjects.ts';

const store =
  '\napiVersion: v1\nkind: Pod\nmetadata: {name: minio, namespace: storage, labels: {app: minio}}\nspec: {containers: [{name: minio, image: "registry.example.com/minio:1", ports: [{containerPort: 9000}]}]}';
const storeDeny =
  '\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: default-deny, namespace: storage}\nspec: {podSelector: {}, policyTypes: [Ingress]}';
const storeAllow =
  '\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: training, namespace: storage}\nspec:\n  podSelector: {matchLabels: {app: minio}}\n  policyTypes: [Ingress]\n  ingress:\n  - from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ai-training}}, podSelector: {matchLabels: {app: trainer}}}]\n    ports: [{protocol: TCP, port: 9000}]';
const egress = networkPolicy(
  'storage',
  '  podSelector: {matchLabels: {app: trainer}}\n  policyTypes: [Egress]\n  egress:\n  - to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: storage}}, podSelector: {matchLabels: {app: minio}}}]\n    ports: [{protocol: TCP, port: 9000}]',
);

export const check: Check = {
  slug: 'half-open',
  title: 'A passage that is open on one side only',
  severity: 'medium',
  plane: 'network',
  why: 'A connection needs the egress of its source and the ingress of its destination. A rule that opens one of them reads as if the passage were open, while the other side drops every packet and the client hangs. Of pods that rules tell apart, 32 sorts are looked at at either end of a rule.',
  fix: 'Add the rule on the other side, or delete this one if the passage is not wanted.',
  sources: ['kubernetes.io network-policies, The two sorts of pod isolation'],
  example: {
    bad: documents(trainingNamespace, trainer(), store, defaultDeny, egress, storeDeny),
    good: documents(trainingNamespace, trainer(), store, defaultDeny, egress, storeDeny, storeAllow),
  },
  *run(context) {
    for (const { rule, from, to, ports, missing } of halfOpenRules(context.reach, context.training)) {
      const egressSide = rule.rule.direction === 'egress';
      const [shut, need] = egressSide ? [to, 'ingress'] : [from, 'egress'];
      yield {
        severity: 'medium',
        confidence: 'certain',
        message: `${rule.policy.id} opens ${workloadTitle(from)} to ${workloadTitle(to)} on ${ports}, but the ${need} of ${workloadTitle(shut)} does not: nothing passes.`,
        primary: rule.rule.origin,
        related: [
          { origin: shut.origin, message: `its ${need} is shut for this` },
          ...(missing.origin === null ? [] : [{ origin: missing.origin, message: 'here the missing rule belongs' }]),
        ],
        fix: `Add an ${need} rule for ${workloadTitle(shut)}, ${missingRuleText(missing)}; or delete this rule.`,
        subjects: subjectsOf([from, to]),
      };
    }
  },
};

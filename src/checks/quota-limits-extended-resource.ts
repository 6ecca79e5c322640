import { within } from '../kernel/origin.ts';
import type { Check } from './check.ts';
import { documents, trainingNamespace } from './example-parts.ts';

const quota = (hard: string): string =>
  `\napiVersion: v1\nkind: ResourceQuota\nmetadata: {name: training-quota, namespace: ai-training}\nspec:\n  hard:\n${hard}`;

export const check: Check = {
  slug: 'quota-limits-extended-resource',
  title: 'Quota on limits of an extended resource',
  severity: 'medium',
  plane: 'scheduling',
  running: true,
  why: 'GPUs are extended resources: their request always equals their limit, and a quota may name `requests.` only. With `limits.nvidia.com/gpu` in it the API server refuses the whole quota, so the namespace has none.',
  fix: 'Keep `requests.nvidia.com/gpu` and delete the line with `limits.`.',
  sources: ['kubernetes.io, Resource Quotas, Resource Quota For Extended Resources', 'kubernetes/kubernetes pkg/apis/core/validation: ValidateResourceQuota'],
  example: {
    bad: documents(trainingNamespace, quota('    requests.nvidia.com/gpu: "16"\n    limits.nvidia.com/gpu: "16"')),
    good: documents(trainingNamespace, quota('    requests.nvidia.com/gpu: "16"')),
  },
  *run({ snapshot }) {
    for (const quota of snapshot.quotas) {
      for (const name of Object.keys(quota.hard)) {
        if (!name.startsWith('limits.') || !name.includes('/')) continue;
        yield {
          severity: 'medium',
          confidence: 'certain',
          message: `ResourceQuota ${quota.namespace}/${quota.name} limits ${name}, which quotas cannot: extended resources are counted by requests.`,
          primary: within(quota.origin, 'spec', 'hard', name),
          related: [],
          fix: `Delete ${name}; requests.${name.slice('limits.'.length)} says the same.`,
          subjects: [`${quota.namespace}/${quota.name}`],
        };
      }
    }
  },
};

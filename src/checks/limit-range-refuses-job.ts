import { amountText, quantityOf } from '../model/quantity.ts';
import { type Container, inContainer, type Workload, workloadTitle } from '../model/workload.ts';
import { ofPod } from './asked-of-quota.ts';
import type { Check } from './check.ts';
import { documents, trainer, trainingNamespace } from './example-parts.ts';
import { type LimitItem, limitItems, withDefaults } from './limit-ranges.ts';
import { subjectOf, trainingOf } from './subjects.ts';

const range = (max: number): string => `
apiVersion: v1
kind: LimitRange
metadata: {name: limits, namespace: ai-training}
spec: {limits: [{type: Container, max: {nvidia.com/gpu: ${max}}}]}`;

export const check: Check = {
  slug: 'limit-range-refuses-job',
  title: 'A job beyond the LimitRange of its namespace',
  severity: 'high',
  plane: 'scheduling',
  running: true,
  why: 'The API server refuses pods that ask for more than `max` of a LimitRange, or for less than `min`, in one container or in the pod as a whole. Where there is a `max`, pods have to have a limit, and where there is a `min`, a request.',
  fix: 'Let the job ask for what the LimitRange admits, or change that.',
  sources: ['kubernetes.io, Limit Ranges', 'kubernetes/kubernetes plugin/pkg/admission/limitranger/admission.go: PodValidateLimitFunc'],
  example: { bad: documents(trainingNamespace, trainer(), range(4)), good: documents(trainingNamespace, trainer(), range(8)) },
  *run(context) {
    for (const workload of trainingOf(context)) {
      if (workload.lifecycle === 'finished' || workload.replicas === 0 || workload.ips.length > 0) continue;
      const items = limitItems(context.snapshot, workload.namespace);
      const filled = withDefaults(workload, items);
      for (const item of items) {
        const faults =
          item.type === 'Pod' ? faultsOf(item, wholeOf(filled), 'the pod') : filled.pod.containers.flatMap((c) => faultsOf(item, c, `container ${c.name}`));
        const [fault] = faults;
        const [container] = filled.pod.containers;
        if (fault === undefined || container === undefined) continue;
        yield {
          severity: 'high',
          confidence: 'certain',
          message: `${item.title} refuses the pods of ${workloadTitle(workload)}: ${faults.slice(0, 4).join('; ')}.`,
          primary: inContainer(workload, container, 'resources'),
          related: [{ origin: item.origin, message: item.title }],
          fix: 'Ask for what the LimitRange admits, or change it.',
          subjects: [subjectOf(workload)],
        };
      }
    }
  },
};

/** What a container or a pod asks for and may use. */
type Amounts = Pick<Container, 'requests' | 'limits'>;

function wholeOf(workload: Workload): Amounts {
  const sums = (kind: 'requests' | 'limits') =>
    Object.fromEntries(
      [...new Set(workload.pod.containers.flatMap((c) => Object.keys(c[kind])))].map((name) => [name, amountText(ofPod(workload, kind, name), '')]),
    );
  return { requests: sums('requests'), limits: sums('limits') };
}

/** Source: kubernetes/kubernetes plugin/pkg/admission/limitranger/admission.go minConstraint, maxConstraint. */
function faultsOf({ min, max }: LimitItem, { requests, limits }: Amounts, who: string): readonly string[] {
  const least = Object.entries(min).flatMap(([name, text]): readonly string[] => {
    const bound = quantityOf(text);
    if (bound === undefined) return [];
    const request = said(requests, name);
    if (request === undefined) return [`${who} has no request of ${name}, and at least ${text} is wanted`];
    if (request < bound) return [`${who} requests ${amountText(request, name)} ${name}, and at least ${text} is wanted`];
    return (said(limits, name) ?? bound) < bound ? [`${who} has a limit below ${text} ${name}`] : [];
  });
  const most = Object.entries(max).flatMap(([name, text]): readonly string[] => {
    const bound = quantityOf(text);
    if (bound === undefined) return [];
    const limit = said(limits, name);
    if (limit === undefined) return [`${who} has no limit of ${name}, and at most ${text} is admitted`];
    if (limit > bound) return [`${who} may use ${amountText(limit, name)} ${name}, and at most ${text} is admitted`];
    return (said(requests, name) ?? bound) > bound ? [`${who} requests more than ${text} ${name}`] : [];
  });
  return [...least, ...most];
}

function said(amounts: Readonly<Record<string, string>>, name: string): bigint | undefined {
  return Object.hasOwn(amounts, name) ? quantityOf(amounts[name] ?? '') : undefined;
}

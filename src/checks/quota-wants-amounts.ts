import { within } from '../kernel/origin.ts';
import { type Container, inContainer, workloadTitle } from '../model/workload.ts';
import type { Check } from './check.ts';
import { documents, trainer, trainingNamespace } from './example-parts.ts';
import { limitItems, withDefaults } from './limit-ranges.ts';
import { subjectOf, trainingOf } from './subjects.ts';

const quota = `
apiVersion: v1
kind: ResourceQuota
metadata: {name: training-quota, namespace: ai-training}
spec: {hard: {requests.nvidia.com/gpu: "16", limits.memory: 4Ti}}`;
const limits = `
apiVersion: v1
kind: LimitRange
metadata: {name: defaults, namespace: ai-training}
spec: {limits: [{type: Container, default: {memory: 64Gi}}]}`;

/** Entries of a quota of which each container has to say its part. Source: kubernetes/kubernetes pkg/quota/v1/evaluator/core/pods.go, Constraints. */
const wanted: ReadonlyMap<string, readonly ['requests' | 'limits', string]> = new Map([
  ['cpu', ['requests', 'cpu']],
  ['memory', ['requests', 'memory']],
  ['requests.cpu', ['requests', 'cpu']],
  ['requests.memory', ['requests', 'memory']],
  ['limits.cpu', ['limits', 'cpu']],
  ['limits.memory', ['limits', 'memory']],
]);

export const check: Check = {
  slug: 'quota-wants-amounts',
  title: 'A quota counts what the job does not say',
  severity: 'high',
  plane: 'scheduling',
  running: true,
  why: 'Where a quota has an entry for CPU or memory, each container, init containers among them, has to say how much of that it asks for (`requests`) or may use (`limits`). Pods that do not are refused, unless a LimitRange of the namespace gives a default.',
  fix: 'Write the requests and limits that the quota counts into each container, or give the namespace a LimitRange with defaults.',
  sources: ['kubernetes.io, Resource Quotas', 'kubernetes/kubernetes pkg/quota/v1/evaluator/core/pods.go: Constraints, enforcePodContainerConstraints'],
  example: { bad: documents(trainingNamespace, trainer(), quota), good: documents(trainingNamespace, trainer(), quota, limits) },
  *run(context) {
    const { snapshot } = context;
    for (const workload of trainingOf(context)) {
      if (workload.lifecycle === 'finished' || workload.replicas === 0 || workload.ips.length > 0) continue;
      // Amounts for the pod as a whole take the place of those of its containers.
      if (workload.pod.wholeResources === true) continue;
      const { pod } = withDefaults(workload, limitItems(snapshot, workload.namespace));
      for (const quota of snapshot.quotas) {
        // A scoped quota is about some pods alone, and which ones the scope says.
        if (quota.namespace !== workload.namespace || quota.scoped) continue;
        const entries = Object.keys(quota.hard).filter((name) => wanted.has(name));
        const lacking = entries.flatMap((name) => {
          const containers = pod.containers.filter((c) => !says(c, name));
          return containers.length === 0 ? [] : [{ name, containers }];
        });
        const [first] = lacking;
        const [container] = first?.containers ?? [];
        if (first === undefined || container === undefined) continue;
        const names = [...new Set(lacking.flatMap((l) => l.containers.map((c) => c.name)))];
        const told = lacking.map((l) => l.name).join(', ');
        yield {
          severity: 'high',
          confidence: 'likely',
          message: `ResourceQuota ${quota.namespace}/${quota.name} counts ${told}, which ${names.length === 1 ? 'container' : 'containers'} ${names.join(', ')} of ${workloadTitle(workload)} ${names.length === 1 ? 'does' : 'do'} not say, and no LimitRange of the input gives a default: its pods are refused.`,
          primary: inContainer(workload, container, 'resources'),
          related: [{ origin: within(quota.origin, 'spec', 'hard', first.name), message: 'the quota' }],
          fix: `Write ${[...new Set(lacking.map((l) => pathOf(l.name)))].join(', ')} into ${names.length === 1 ? 'the container' : 'each of these containers'}, or give the namespace a LimitRange with defaults.`,
          subjects: [subjectOf(workload), `${quota.namespace}/${quota.name}`],
        };
      }
    }
  },
};

function says(container: Container, entry: string): boolean {
  const [kind, resource] = wanted.get(entry) ?? ['requests', entry];
  return Object.hasOwn(container[kind], resource);
}

function pathOf(entry: string): string {
  const [kind, resource] = wanted.get(entry) ?? ['requests', entry];
  return `resources.${kind}.${resource}`;
}

import type { Policy } from '../model/policy.ts';
import { enforces } from '../model/profile.ts';
import { type Workload, workloadTitle } from '../model/workload.ts';
import type { CheckContext } from './check.ts';
import { policyIndex } from './policy-index.ts';

/** The training workloads of a context, in snapshot order. */
export function trainingOf(context: CheckContext): readonly Workload[] {
  return context.snapshot.workloads.filter((w) => context.training.has(w.id));
}

/** Training workloads that NetworkPolicy can govern: those on the pod network. */
export function governedTraining(context: CheckContext): readonly Workload[] {
  return trainingOf(context).filter((w) => !w.hostNetwork);
}

/** Policies in a language that the profile enforces. */
export function enforcedPolicies(context: CheckContext): readonly Policy[] {
  return context.snapshot.policies.filter((p) => enforces(context.profile, p));
}

/** Whether a policy is about training pods: it selects some, or it selects nothing that the input holds and so may be meant for jobs to come. */
export function concernsTraining(context: CheckContext, policy: Policy): boolean {
  const subjects = policyIndex(context.snapshot).subjects(policy);
  return subjects.length === 0 ? policy.subject.kind === 'pods' : subjects.some((w) => context.training.has(w.id));
}

/** How findings name a workload, for filtering. */
export function subjectOf(workload: Workload): string {
  return `${workload.namespace}/${workload.name}`;
}

/** Distinct subjects of several workloads, in the order given. */
export function subjectsOf(workloads: readonly Workload[]): readonly string[] {
  return [...new Set(workloads.map(subjectOf))];
}

/** One or two names and how many more. */
export function namesOf(workloads: readonly Workload[]): string {
  const titles = workloads.map(workloadTitle);
  const [first = 'no workload', second] = titles;
  if (titles.length <= 1) return first;
  return titles.length === 2 ? `${first} and ${second}` : `${first} and ${titles.length - 1} more`;
}

/** Groups by a text key, keys in order of first appearance. */
export function groupedBy<T>(items: Iterable<T>, key: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}

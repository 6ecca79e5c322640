import type { Finding } from '../model/finding.ts';
import type { Direction, Policy } from '../model/policy.ts';
import { enforces } from '../model/profile.ts';
import type { Workload } from '../model/workload.ts';
import type { Check, CheckContext } from './check.ts';
import { defaultDeny, documents, networkPolicy, trainer, trainingNamespace } from './example-parts.ts';
import { policyIndex } from './policy-index.ts';
import { governedTraining, namesOf, subjectsOf, trainingOf } from './subjects.ts';

export const check: Check = {
  slug: 'namespace-without-default-deny',
  title: 'No default deny around training',
  severity: 'high',
  plane: 'network',
  why: 'A namespace is no wall: a pod that no policy selects may talk to every pod, every node and the internet. Policies that only open passages for some pods leave the others as they were.',
  fix: 'Let `ringfence init` and `ringfence generate` write the default deny together with what the jobs need. A default deny alone stops DNS and the traffic between workers, and the job hangs.',
  sources: ['kubernetes.io network-policies, Default policies'],
  example: {
    bad: documents(trainingNamespace, trainer(), networkPolicy('ingress-only', '  podSelector: {}\n  policyTypes: [Ingress]')),
    good: documents(trainingNamespace, trainer(), defaultDeny),
  },
  *run(context) {
    const spaces = [...new Set(governedTraining(context).map((w) => w.namespace))];
    for (const namespace of spaces) {
      yield* openTraining(context, namespace);
      yield* refusedFence(context, namespace);
    }
    yield* openTargets(context, new Set(spaces));
  },
};

function* openTraining(context: CheckContext, namespace: string): Iterable<Omit<Finding, 'check'>> {
  const workloads = policyIndex(context.snapshot)
    .inNamespace(namespace)
    .filter((w) => !w.hostNetwork && w.lifecycle !== 'finished');
  const bare = (direction: Direction): readonly Workload[] => workloads.filter((w) => !context.reach.isolated(w.id, direction));
  const open = (['Ingress', 'Egress'] as const).filter((type) => bare(type === 'Ingress' ? 'ingress' : 'egress').length > 0);
  const [first] = [...bare('egress'), ...bare('ingress')];
  if (first === undefined) return;
  const all = [...new Set([...bare('egress'), ...bare('ingress')])];
  yield {
    severity: 'high',
    confidence: 'certain',
    message: `Namespace ${namespace} runs training, but ${all.length === workloads.length ? 'no policy' : 'not every pod is under a policy that'} denies ${open.map((t) => t.toLowerCase()).join(' and ')} by default${all.length === workloads.length ? '' : `: ${namesOf(all)} ${all.length === 1 ? 'is' : 'are'} left out`}.`,
    primary: context.snapshot.namespaces.get(namespace)?.origin ?? first.origin,
    related: all.slice(0, 3).map((w) => ({ origin: w.origin, message: 'not under default deny' })),
    fix: `Add a default deny for ${open.join(' and ')} to namespace ${namespace} together with what its jobs need, or they hang: ringfence init, then ringfence generate, write both.`,
    patch: `apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: default-deny\n  namespace: ${JSON.stringify(namespace)}\nspec:\n  podSelector: {}\n  policyTypes: [${open.join(', ')}]\n`,
    subjects: [namespace, ...subjectsOf(all)],
  };
}

/** Pods that a policy alone isolates which the API server refuses: it counts in no cluster, and only keeps what it would do from being known here. */
function* refusedFence({ snapshot, reach }: CheckContext, namespace: string): Iterable<Omit<Finding, 'check'>> {
  const index = policyIndex(snapshot);
  const isolating = (direction: Direction): readonly Policy[] => snapshot.policies.filter((p) => p.isolates[direction] && enforces(reach.profile, p));
  const left = (['ingress', 'egress'] as const).flatMap((direction) => {
    const read = new Set(isolating(direction).flatMap((p) => (p.unread === true ? [] : index.subjects(p))));
    return isolating(direction)
      .filter((p) => p.unread === true)
      .flatMap((policy) => index.subjects(policy).flatMap((w) => (w.namespace === namespace && !read.has(w) ? [{ direction, policy, workload: w }] : [])));
  });
  for (const policy of new Set(left.map((l) => l.policy))) {
    const own = left.filter((l) => l.policy === policy);
    const pods = [...new Set(own.map((l) => l.workload))];
    const ways = [...new Set(own.map((l) => l.direction))].join(' and ');
    yield {
      severity: 'high',
      confidence: 'certain',
      message: `${policy.id} could not be read, and no other policy isolates ${namesOf(pods)} for ${ways}: the API server refuses such an object, so nothing is denied by default there.`,
      primary: policy.origin,
      related: pods.slice(0, 3).map((w) => ({ origin: w.origin, message: 'under no other default deny' })),
      fix: 'Mend the faults that are told at its place, and apply it again.',
      subjects: [namespace, ...subjectsOf(pods)],
    };
  }
}

/** Namespaces beside training that admit it: each is one finding, of low weight, for shutting the training side is what counts. */
function* openTargets(context: CheckContext, training: ReadonlySet<string>): Iterable<Omit<Finding, 'check'>> {
  const index = policyIndex(context.snapshot);
  const sources = governedTraining(context);
  for (const namespace of [...context.snapshot.namespaces.keys()].sort()) {
    if (training.has(namespace)) continue;
    const bare = index.inNamespace(namespace).filter((w) => !w.hostNetwork && w.lifecycle !== 'finished' && !context.reach.isolated(w.id, 'ingress'));
    const entered = bare.find((w) =>
      sources.some(
        (s) =>
          !context.reach.isolated(s.id, 'egress') && !context.reach.between({ kind: 'workload', id: s.id }, { kind: 'workload', id: w.id }).allowed.isEmpty,
      ),
    );
    if (entered === undefined) continue;
    yield {
      severity: 'medium',
      confidence: 'certain',
      message: `Namespace ${namespace} has no default deny for ingress, and training pods can walk in: ${namesOf(bare)} ${bare.length === 1 ? 'is' : 'are'} open to them.`,
      primary: context.snapshot.namespaces.get(namespace)?.origin ?? entered.origin,
      related: trainingOf(context)
        .slice(0, 1)
        .map((w) => ({ origin: w.origin, message: 'can reach it' })),
      fix: `Shut the egress of the training namespaces, and add a default deny for ingress to ${namespace}.`,
      subjects: [namespace],
    };
  }
}

import { everything } from '../model/labels.ts';
import type { Direction, Policy, Rule, Tier } from '../model/policy.ts';
import type { Profile } from '../model/profile.ts';
import type { Workload } from '../model/workload.ts';

/** Before all that policies say. */
const first: Tier = { id: 'no owner', order: -1, end: 'pass' };

const why = 'whether policies hold for a pod without metadata.ownerReferences';

const mend = 'run it under a controller, as a Deployment or a Job';

/**
 * Policies as they are taken where the CNI may hold pods that nothing owns to none of them: such a pod is perhaps open, whatever policies deny. That is said
 * by one more policy for each namespace that has such pods, which may let everything pass. The same when asked again.
 */
export function withUnowned(policies: readonly Policy[], workloads: readonly Workload[], { unownedPods, enforces }: Profile): readonly Policy[] {
  const [dialect] = enforces;
  if (unownedPods !== 'unknown' || dialect === undefined) return policies;
  const found = new Map<string, Workload>();
  for (const w of workloads) if (w.unowned === true && w.lifecycle !== 'finished' && !found.has(w.namespace)) found.set(w.namespace, w);
  const there = new Set(policies.map((p) => p.id));
  const more = [...found].map(([namespace, pod]) => perhapsOpen(namespace, pod, dialect)).filter((p) => !there.has(p.id));
  return more.length === 0 ? policies : [...policies, ...more];
}

function perhapsOpen(namespace: string, { origin }: Workload, dialect: Policy['dialect']): Policy {
  const open = (direction: Direction): Rule => ({ direction, action: 'allow', peers: null, ports: null, application: null, condition: why, mend, origin });
  return {
    id: `pods without an owner in ${namespace}`,
    dialect,
    kind: 'pods without an owner',
    namespace,
    name: 'pods without an owner',
    tier: first,
    order: 0,
    evaluation: 'first-match',
    subject: { kind: 'pods', match: { namespaces: { kind: 'named', name: namespace }, pods: everything, serviceAccounts: null, unowned: true } },
    isolates: { ingress: false, egress: false },
    rules: [open('ingress'), open('egress')],
    origin,
  };
}

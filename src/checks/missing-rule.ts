import { decide } from '../engine/decide.ts';
import type { Reachability } from '../engine/reach.ts';
import { believablePort } from '../engine/witness.ts';
import type { MissingRule } from '../model/missing-rule.ts';
import type { DialectId, Direction, Policy } from '../model/policy.ts';
import type { Packet } from '../model/verdict.ts';
import type { Workload } from '../model/workload.ts';
import type { TransportSet } from '../space/transport-set.ts';

/** The namespaced kind of each language in which a rule for one pod would be written. NetworkPolicy where there is none. */
const kinds: Partial<Readonly<Record<DialectId, string>>> = {
  cilium: 'CiliumNetworkPolicy',
  calico: 'NetworkPolicy.projectcalico.org',
  antrea: 'NetworkPolicy.crd.antrea.io',
};

/**
 * Where the missing rule belongs: before the rule that denies, else into the policy that isolates the pod and has rules for the fewest others, else into
 * a policy of its own. Policies without rules in that direction only deny: allowing in them would hide what they are for.
 */
export function missingRule(reach: Reachability, direction: Direction, from: Workload, to: Workload, ports: TransportSet): MissingRule {
  const [own, other] = direction === 'ingress' ? [to, from] : [from, to];
  const packet: Packet = {
    from: { kind: 'pod', workload: from.id, replica: 0 },
    to: { kind: 'pod', workload: to.id, replica: from === to ? 1 : 0 },
    ...believablePort(ports, to),
  };
  const side = decide(reach.snapshot, reach.profile, packet)[direction];
  const place = { direction, namespace: own.namespace };
  const deny = side.steps.findLast((s) => s.outcome === 'deny');
  if (deny !== undefined) return { ...place, how: 'before', policy: deny.policy, origin: deny.origin };
  const isolating = side.steps
    .flatMap((s) => reach.snapshot.policies.filter((p) => p.origin === s.origin || p.id === s.policy))
    .filter((p) => p.isolates[direction]);
  const [home] = isolating.filter((p) => p.rules.some((r) => r.direction === direction)).sort((a, b) => breadth(a) - breadth(b));
  if (home !== undefined) return { ...place, how: 'add-to', policy: home.id, origin: home.origin };
  const kind = kinds[isolating[0]?.dialect ?? 'kubernetes'] ?? 'NetworkPolicy';
  const name = `${short(own)}-allow-${direction === 'ingress' ? 'from' : 'to'}-${short(other)}`;
  return { ...place, how: 'new', policy: `${kind} ${own.namespace}/${name}`, origin: null };
}

/** The place in words, to follow `the missing rule belongs`. */
export function missingRuleText({ direction, how, policy, namespace }: MissingRule): string {
  switch (how) {
    case 'before':
      return `before the ${direction} rule of ${policy} that denies it`;
    case 'add-to':
      return `into the ${direction} rules of ${policy}`;
    case 'new':
      return `into a new ${policy}, as no policy of ${namespace} has ${direction} rules for it`;
  }
}

/** More conditions, fewer pods. */
function breadth({ subject, namespace }: Policy): number {
  const conditions = subject.kind === 'pods' ? subject.match.pods.requirements.length : 0;
  return (namespace === null ? 100 : 0) - conditions;
}

/** The start of a workload's name, as part of an object name. */
function short({ name }: Workload): string {
  return name.slice(0, 25).replace(/[^a-z0-9]+$/, '');
}

import { stableJson } from '../kernel/stable.ts';
import type { Direction, Policy, Rule } from '../model/policy.ts';

/**
 * A policy that may be taken in several ways (`others`; null: not enforced at all): what all agree on is certain, all else possible. `why` is what is
 * not known. The same when asked again.
 */
export function inDoubt(policy: Policy, others: readonly (Policy | null)[], why: string): Policy {
  const versions = [policy, ...others];
  const refused = versions.some((v) => v === null);
  const inAll = (rule: Rule): boolean => !refused && versions.every((v) => v?.rules.some((r) => meaning(r) === meaning(rule)) === true);
  const perhaps = versions.flatMap((v) => v?.rules ?? []).map((rule) => (inAll(rule) ? rule : { ...rule, condition: rule.condition ?? why }));
  const open = refused ? directions.filter((d) => policy.isolates[d]).map((direction) => unenforced(policy, direction, why)) : [];
  return { ...policy, rules: [...new Map([...perhaps, ...open].map((rule) => [meaning(rule), rule])).values()] };
}

const directions: readonly Direction[] = ['ingress', 'egress'];

function meaning(rule: Rule): string {
  return stableJson({ ...rule, origin: null });
}

/** Stands for the case that the policy is not enforced: its pods are then open. */
function unenforced(policy: Policy, direction: Direction, why: string): Rule {
  return { direction, action: 'allow', peers: null, ports: null, application: null, condition: why, origin: policy.origin };
}

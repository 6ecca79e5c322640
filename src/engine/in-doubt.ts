import { stableJson } from '../kernel/stable.ts';
import type { Direction, Policy, Rule } from '../model/policy.ts';

/**
 * A policy that may be taken in several ways (`others`, about the same subject; null: not enforced at all): what all agree on is certain, all else
 * possible. `why` is what is not known, `mend` how to come to know it. The same when asked again.
 */
export function inDoubt(policy: Policy, others: readonly (Policy | null)[], why: string, mend?: string): Policy {
  const told = { condition: why, ...(mend === undefined ? {} : { mend }) };
  const versions = [policy, ...others];
  const refused = versions.some((v) => v === null);
  const inAll = (rule: Rule): boolean => !refused && versions.every((v) => v?.rules.some((r) => meaning(r) === meaning(rule)) === true);
  const perhaps = versions.flatMap((v) => v?.rules ?? []).map((rule) => (inAll(rule) || rule.condition !== undefined ? rule : { ...rule, ...told }));
  const isolating = directions.filter((d) => versions.some((v) => v?.isolates[d] === true));
  const open = isolating.filter((d) => !versions.every((v) => v?.isolates[d] === true)).map((direction) => unenforced(policy, direction, told));
  const isolates = { ingress: isolating.includes('ingress'), egress: isolating.includes('egress') };
  return { ...policy, isolates, rules: [...new Map([...perhaps, ...open].map((rule) => [meaning(rule), rule])).values()] };
}

const directions: readonly Direction[] = ['ingress', 'egress'];

function meaning(rule: Rule): string {
  return stableJson({ ...rule, origin: null });
}

/** Stands for the case that the policy does not isolate: its pods are then open. */
function unenforced(policy: Policy, direction: Direction, told: Pick<Rule, 'condition' | 'mend'>): Rule {
  return { direction, action: 'allow', peers: null, ports: null, application: null, ...told, origin: policy.origin };
}

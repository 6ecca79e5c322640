import { type Policy, type Rule, tiers } from '../model/policy.ts';

/** What a policy is beside its name, subject and rules, where nothing but rules that allow lets anything pass. */
export const closed: Pick<Policy, 'tier' | 'order' | 'evaluation' | 'isolates'> = {
  tier: tiers.normal,
  order: 0,
  evaluation: 'deny-wins',
  isolates: { ingress: true, egress: true },
};

/** A policy whose subjects exchange what its rules match and nothing else, whatever it makes of that: what passes by such policies alone is what they match. */
export function asAllows(policy: Policy): Policy {
  return { ...policy, ...closed, rules: policy.rules.map((r): Rule => ({ ...r, action: 'allow' })) };
}

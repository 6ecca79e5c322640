import { stableJson } from '../kernel/stable.ts';
import type { Policy, Rule } from './policy.ts';

/** What a policy means, as text: where it stands is left out. Equal texts are equal policies. */
export function policyText(policy: Policy): string {
  return stableJson({ ...policy, origin: null, rules: policy.rules.map(withoutOrigin) });
}

/** The same for one rule. */
export function ruleText(rule: Rule): string {
  return stableJson(withoutOrigin(rule));
}

function withoutOrigin(rule: Rule): unknown {
  return { ...rule, origin: null };
}

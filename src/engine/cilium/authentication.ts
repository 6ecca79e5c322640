import { mutualAuthentication } from '../../model/mutual-authentication.ts';
import type { Policy, Rule } from '../../model/policy.ts';
import type { Profile } from '../../model/profile.ts';
import type { CiliumSettings } from './settings.ts';

/** Whether rules may ask for mutual authentication. Source: mesh-auth-enabled in cilium 1.18, 1.19 and 1.20 pkg/auth/cell.go: on up to 1.18, off since. */
function isOn(profile: Profile, settings: CiliumSettings | null): boolean {
  return settings?.authentication ?? profile.readsAs === 'cilium@1.18';
}

/** The line of a profile about that. */
export function authenticationLine(profile: Profile, settings: CiliumSettings | null, source: string): string {
  return isOn(profile, settings)
    ? `Mutual authentication is on: what rules that ask for it let through is unknown, for no manifest shows who can authenticate. ${source}`
    : `Mutual authentication is off: rules that ask for it let pass without it. ${source}`;
}

/** Policies under a Cilium that authenticates nobody: what asks for it passes. Null where there is nothing to change. */
export function withoutAuthentication(
  policies: readonly Policy[],
  profile: Profile,
  settings: CiliumSettings | null,
): ((policies: readonly Policy[]) => readonly Policy[]) | null {
  const concerned = policies.some((p) => p.rules.some(asks) || p.readings?.some((r) => r.policy?.rules.some(asks) === true) === true);
  return !concerned || isOn(profile, settings) ? null : (all) => all.map((p) => (p.rules.some(asks) ? { ...p, rules: p.rules.flatMap(passes) } : p));
}

const asks = (rule: Rule): boolean => rule.condition === mutualAuthentication;

/** Source: cilium Documentation/operations/upgrade.rst, 1.19 Upgrade Notes: with the flag off "the feature will forward the traffic without authentication". */
function passes(rule: Rule): readonly Rule[] {
  if (!asks(rule)) return [rule];
  const { condition: _, ...plain } = rule;
  return rule.action === 'deny' ? [] : [plain];
}

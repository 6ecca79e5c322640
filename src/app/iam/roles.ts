import type { PoliciesRead } from './read-policies.ts';

/** The account of roles of which only a name is known. */
export const someAccount = '111111111111';

/** The roles that policies are attached to, by ARN where some policy knows it. */
export function rolesOf(sides: readonly PoliciesRead[], unsaid: string | null): readonly string[] {
  const all = sides.flatMap((s) => s.policies);
  const account = sides.find((s) => s.account !== null)?.account ?? someAccount;
  const arnOf = (name: string): string => (name.startsWith('arn:') ? name : `arn:aws:iam::${account}:role/${name}`);
  const attached = all.flatMap(({ role, policy }) => role ?? (policy.kind === 'trust' ? policy.resource : null) ?? []);
  const arns = attached.filter((text) => text.startsWith('arn:'));
  const names = [...attached, ...(unsaid === null ? [] : [unsaid])].filter((text) => !arns.some((arn) => arn.endsWith(`/${text}`)));
  const found = new Set([...arns, ...names.map(arnOf)]);
  if (found.size === 0) found.add(arnOf('role'));
  return [...found].sort();
}

import { Prover } from '../../iam/prover/prove.ts';
import type { Finding } from '../../model/finding.ts';
import { inOrder } from '../run-checks.ts';
import type { Lint } from './lints/lint.ts';
import { lints } from './lints/registry.gen.ts';
import type { PoliciesRead } from './read-policies.ts';
import { policiesOfRole } from './role-policies.ts';
import { rolesOf } from './roles.ts';

/** The account that conditions speak of, where nothing else says whose the policies are. */
function namedAccount({ policies }: PoliciesRead): string | null {
  const conditions = policies.flatMap(({ policy }) => policy.statements.flatMap((s) => s.conditions));
  const values = conditions.flatMap((c) => (/^(?:aws:(?:resource|principal)|s3:resource)account$/.test(c.key) ? c.values : []));
  return values.flatMap((v) => (v.kind === 'pattern' && /^\d{12}$/.test(v.pattern.source) ? [v.pattern.source] : []))[0] ?? null;
}

/** What the lints find in policies: worst first, then by lint and place. Pure. */
export function runLints(read: PoliciesRead, which: readonly Lint[] = lints): readonly Finding[] {
  const roles = rolesOf([{ ...read, account: read.account ?? namedAccount(read) }], null).map((arn) => {
    const [, partition = 'aws', , , account = ''] = arn.split(':');
    const policies = policiesOfRole(read, arn, { account, need: false });
    return { arn, name: arn.slice(arn.lastIndexOf('/') + 1), account, partition, policies, prover: new Prover(policies) };
  });
  // Of a text that is not known nothing is wrong.
  const told = { ...read, policies: read.policies.filter((p) => p.told) };
  const findings: Finding[] = [];
  for (const lint of which) for (const finding of lint.run({ read: told, roles })) findings.push({ check: lint.slug, ...finding });
  return inOrder(findings);
}

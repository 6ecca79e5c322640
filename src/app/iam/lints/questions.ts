import type { KnownAction } from '../../../iam/catalogue.ts';
import { allPolicies } from '../../../iam/mentioned.ts';
import { type Pattern, variablesOf } from '../../../iam/pattern.ts';
import type { Statement } from '../../../iam/policy.ts';
import type { Answer } from '../../../iam/prover/prove.ts';
import { type AccountRange, anyText, type KeyRange, type TextRange } from '../../../iam/prover/region.ts';
import type { Origin } from '../../../kernel/origin.ts';
import type { Finding } from '../../../model/finding.ts';
import type { LintedRole } from './lint.ts';
import { actionsOf } from './statements.ts';

export interface Question {
  readonly actions: readonly KnownAction[];
  readonly owner?: AccountRange;
  readonly resources?: TextRange;
  readonly keys?: ReadonlyMap<string, KeyRange>;
}

/** Whether a role may do one of some actions to some resources. */
export function mayRole(role: LintedRole, { actions, owner = { is: role.account }, resources = anyText, keys = new Map() }: Question): Answer {
  const ranges = actions.map((a) => a.range);
  return role.prover.some({
    callers: [{ kind: 'one', caller: { type: 'AWS', arn: role.arn, session: null } }],
    actions: 'is' in owner ? ranges : ranges.map((a) => ({ ...a, resources: a.resources.filter((r) => r.source !== '*') })),
    resources,
    owner,
    keys,
    otherKeys: 'free',
    partition: role.partition,
  });
}

/** Resource patterns of the statements that allow the role an action. */
export function patternsAllowing({ policies }: LintedRole, action: string): readonly Pattern[] {
  return (policies.identity ?? [])
    .flatMap((p) => p.statements)
    .filter((s) => s.effect === 'Allow' && s.resource?.not === false && actionsOf(s).some((a) => a.range.name === action))
    .flatMap((s) => s.resource?.patterns ?? [])
    .filter((p) => variablesOf(p).length === 0);
}

/** The statement that grants what an answer shows: ceilings only let it through. */
export function allowedBy(answer: Extract<Answer, { kind: 'some' }>): Statement | undefined {
  const allows = answer.verdict.involved.filter((i) => i.statement.effect === 'Allow');
  return (allows.find((i) => i.kind === 'identity' || i.kind === 'resource' || i.kind === 'trust') ?? allows[0])?.statement;
}

/** A finding about a role, at a statement. */
export function ofRole(
  role: LintedRole,
  severity: Finding['severity'],
  primary: Origin | null,
  message: string,
  fix: string,
  confidence: Finding['confidence'] = 'certain',
): Omit<Finding, 'check'> {
  return { severity, confidence, message, primary, related: [], fix, subjects: [role.name] };
}

/** Values that conditions of the role's policies compare keys with. */
export function namedValues({ policies }: LintedRole, keys: readonly string[]): readonly Pattern[] {
  return allPolicies(policies).flatMap((p) =>
    p.statements.flatMap((s) =>
      s.conditions.flatMap((c) =>
        keys.includes(c.key) ? c.values.flatMap((v) => (v.kind === 'pattern' && variablesOf(v.pattern).length === 0 ? [v.pattern] : [])) : [],
      ),
    ),
  );
}

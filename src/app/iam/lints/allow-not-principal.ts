import { within } from '../../../kernel/origin.ts';
import { alone } from './example-parts.ts';
import type { Lint } from './lint.ts';
import { everyKind, finding, statementsOf, titleOfStatement } from './statements.ts';

const read = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::training-data/*' };
const who = { AWS: 'arn:aws:iam::111122223333:role/training' };

export const lint: Lint = {
  slug: 'allow-not-principal',
  title: 'Allowed to everybody but some',
  severity: 'high',
  plane: 'identity',
  why: '`Allow` with `NotPrincipal` lets everybody in but those who are named, callers of other accounts and those who are not signed in among them.',
  fix: 'Name in `Principal` who is meant.',
  alike: ['parliament NOTPRINCIPAL_WITH_ALLOW', 'Access Analyzer "Allow with NotPrincipal"'],
  sources: ['IAM user guide, IAM JSON policy elements: NotPrincipal'],
  example: { bad: alone({ ...read, NotPrincipal: who }), good: alone({ ...read, Principal: who }) },
  *run(context) {
    for (const placed of statementsOf(context, everyKind, 'Allow'))
      if (placed.statement.principal?.not === true)
        yield finding(
          placed,
          'high',
          within(placed.statement.origin, 'NotPrincipal'),
          `${titleOfStatement(placed)} allows everybody but those it names.`,
          'Name in Principal who is meant.',
        );
  },
};

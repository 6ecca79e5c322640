import { within } from '../../../kernel/origin.ts';
import { alone } from './example-parts.ts';
import type { Lint } from './lint.ts';
import { finding, statementsOf, titleOfStatement } from './statements.ts';

const read = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::training-data/*' };

export const lint: Lint = {
  slug: 'public-access',
  title: 'A bucket, key or role that lets everybody in',
  severity: 'high',
  plane: 'identity',
  why: 'A statement that allows `*` without a condition lets in every account of AWS, and of a bucket also whoever is not signed in. Block Public Access may stand against it for a bucket; nothing does for a role.',
  fix: 'Name in `Principal` who is meant, or add a condition on `aws:PrincipalOrgID`.',
  alike: ['Access Analyzer CheckNoPublicAccess', 'cloudsplaining ResourceExposure'],
  sources: ['IAM user guide, IAM JSON policy elements: Principal ("All principals")', 'Amazon S3 user guide, "The meaning of public"'],
  example: {
    bad: alone({ ...read, Principal: '*' }),
    good: alone({ ...read, Principal: '*', Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-exampleorgid' } } }),
  },
  *run(context) {
    for (const placed of statementsOf(context, ['resource', 'trust'], 'Allow')) {
      const { statement } = placed;
      if (statement.principal?.not !== false || statement.conditions.length > 0 || !statement.principal.principals.some((p) => p.type === 'everyone')) continue;
      yield finding(
        placed,
        'high',
        within(statement.origin, 'Principal'),
        `${titleOfStatement(placed)} lets everybody in, of any account.`,
        'Name who is meant, or require aws:PrincipalOrgID.',
      );
    }
  },
};

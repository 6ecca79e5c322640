import { allow, alone } from './example-parts.ts';
import type { Lint } from './lint.ts';
import { actionsOf, finding, granting, placeNaming, some, statementsOf } from './statements.ts';

/** Source: Rhino Security Labs, AWS IAM privilege escalation methods; parliament, community auditor for privilege escalation. */
const escalating = new Set(
  [
    'AddUserToGroup',
    'AttachGroupPolicy',
    'AttachRolePolicy',
    'AttachUserPolicy',
    'CreateAccessKey',
    'CreateLoginProfile',
    'CreatePolicyVersion',
    'DeleteRolePermissionsBoundary',
    'PutGroupPolicy',
    'PutRolePermissionsBoundary',
    'PutRolePolicy',
    'PutUserPolicy',
    'SetDefaultPolicyVersion',
    'UpdateAssumeRolePolicy',
    'UpdateLoginProfile',
  ].map((name) => `iam:${name}`),
);

export const lint: Lint = {
  slug: 'privilege-escalation',
  title: 'The role can give itself more',
  severity: 'critical',
  plane: 'identity',
  why: 'Whoever may write policies, attach them, or make keys for others has all that those allow: what else the policy says no longer counts. `iam:PassRole` and `sts:AssumeRole` on any role are the same by another way.',
  fix: 'Remove these actions from what pods run with; name the one role in `Resource` where passing or assuming it is meant.',
  alike: ['parliament PRIVILEGE_ESCALATION', 'cloudsplaining PrivilegeEscalation', 'Access Analyzer "Pass role with star in resource"'],
  sources: ['Rhino Security Labs, AWS IAM privilege escalation', 'IAM user guide, passing a role to a service'],
  example: {
    bad: alone(allow(['iam:PutRolePolicy', 's3:GetObject'], '*', { StringEquals: { 'aws:ResourceAccount': '111122223333' } })),
    good: alone(allow('s3:GetObject', 'arn:aws:s3:::training-data/*')),
  },
  *run(context) {
    for (const placed of statementsOf(context, granting, 'Allow')) {
      const { statement } = placed;
      const anyRole = statement.resource?.not === true || statement.resource?.patterns.some((p) => p.source === '*' || /:role\/\*$/.test(p.source)) === true;
      const names = actionsOf(statement)
        .map((a) => a.range.name)
        .filter((name) => escalating.has(name) || (anyRole && (name === 'iam:PassRole' || name === 'sts:AssumeRole')));
      if (names.length === 0) continue;
      yield finding(
        placed,
        'critical',
        placeNaming(statement, names),
        `${some(names)}: whoever has this policy can give himself what others have.`,
        'Remove these actions, or name the one role that is meant.',
      );
    }
  },
};

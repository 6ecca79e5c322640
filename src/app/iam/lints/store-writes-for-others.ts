import { writesForOthers } from '../workload.ts';
import { allow, alone } from './example-parts.ts';
import type { Lint } from './lint.ts';
import { actionsOf, finding, granting, placeNaming, some, statementsOf } from './statements.ts';

export const lint: Lint = {
  slug: 'store-writes-for-others',
  title: 'The store may be set to write elsewhere by itself',
  severity: 'high',
  plane: 'identity',
  why: 'Replication, inventory, logging, notifications and batch jobs make S3 copy data, or what is known of it, to a bucket or queue that the caller names. S3 does that as itself: no policy of the role, of the endpoint or of the organization is asked, and no packet leaves the pod.',
  fix: 'Never grant these to what pods run with.',
  alike: [],
  sources: ['aws-samples/data-perimeter-policy-examples, service-specific guidance for S3, considerations 4 to 8', 'hole 8 of docs/egress-holes.md'],
  example: {
    bad: alone(allow(['s3:GetObject', 's3:PutReplicationConfiguration'], ['arn:aws:s3:::training-data', 'arn:aws:s3:::training-data/*'])),
    good: alone(allow('s3:GetObject', 'arn:aws:s3:::training-data/*')),
  },
  *run(context) {
    for (const placed of statementsOf(context, granting, 'Allow')) {
      const names = actionsOf(placed.statement).flatMap((a) => (writesForOthers.has(a.range.name) ? [a.range.name] : []));
      if (names.length === 0) continue;
      yield finding(
        placed,
        'high',
        placeNaming(placed.statement, names),
        `${some(names)}: S3 then writes where the caller says, and asks nobody.`,
        'Remove these actions.',
      );
    }
  },
};

import { knownActions } from '../../../iam/catalogue.ts';
import type { Pattern } from '../../../iam/pattern.ts';
import { exactly } from '../workload.ts';
import { allow, alone } from './example-parts.ts';
import type { Lint } from './lint.ts';
import { allowedBy, mayRole, ofRole, patternsAllowing } from './questions.ts';
import { placeNaming } from './statements.ts';

/** Patterns that are asked about, one by one. */
const patternsAsked = 30;

const bucket = 'arn:aws:s3:::checkpoints';

export const lint: Lint = {
  slug: 'ckpt-no-resume',
  title: 'Checkpoints are written and cannot be read back',
  severity: 'info',
  plane: 'identity',
  why: 'A run that starts again looks for its last checkpoint: it lists the prefix and gets the object. Without `s3:ListBucket` a missing key is told as 403 and not as 404, and many libraries stop there. A role that is only to write is right so; then something else must resume.',
  fix: 'Allow `s3:GetObject` on the prefix of the run, and `s3:ListBucket` on its bucket under a condition on `s3:prefix`.',
  alike: [],
  sources: ['Amazon S3 API reference, GetObject and HeadObject: 403 or 404 without s3:ListBucket', 'Mountpoint for Amazon S3, IAM permissions'],
  example: {
    bad: alone(allow('s3:PutObject', `${bucket}/runs/*`)),
    good: alone(allow(['s3:PutObject', 's3:GetObject'], `${bucket}/runs/*`), allow('s3:ListBucket', bucket)),
  },
  *run({ roles }) {
    for (const role of roles) {
      const written = patternsAllowing(role, 's3:PutObject').slice(0, patternsAsked);
      const action = (name: string): ReturnType<typeof knownActions> => knownActions(['s3'], role.partition).filter((a) => a.range.name === name);
      for (const pattern of written) {
        const writes = mayRole(role, { actions: action('s3:PutObject'), resources: { some: [pattern], none: [] } });
        const reads = mayRole(role, { actions: action('s3:GetObject'), resources: { some: [pattern], none: [] } });
        const bucketArn = bucketOf(pattern);
        const lists = mayRole(role, { actions: action('s3:ListBucket'), resources: { some: bucketArn === null ? null : [exactly(bucketArn)], none: [] } });
        if (writes.kind !== 'some' || (reads.kind !== 'none' && lists.kind !== 'none')) continue;
        const lacks = [...(reads.kind === 'none' ? ['s3:GetObject'] : []), ...(lists.kind === 'none' ? ['s3:ListBucket'] : [])].join(' and ');
        const statement = allowedBy(writes);
        yield ofRole(
          role,
          'info',
          statement === undefined ? null : placeNaming(statement, ['s3:PutObject']),
          `${role.name} writes ${pattern.source} and lacks ${lacks}: a run that starts again cannot resume from there.`,
          'Allow s3:GetObject and s3:ListBucket on the prefix of the run, unless the role is only to write.',
          'possible',
        );
      }
    }
  },
};

function bucketOf({ source }: Pattern): string | null {
  return /^(arn:[^:]+:s3:::[^*?/]+)\//.exec(source)?.[1] ?? null;
}

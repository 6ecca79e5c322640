import { knownActions } from '../../../iam/catalogue.ts';
import { allow, alone } from './example-parts.ts';
import type { Lint } from './lint.ts';
import { allowedBy, mayRole, ofRole } from './questions.ts';
import { placeNaming } from './statements.ts';

const upload = ['s3:PutObject', 'arn:aws:s3:::checkpoints/runs/*'] as const;

export const lint: Lint = {
  slug: 'ckpt-overwrite',
  title: 'Writing checkpoints may overwrite them',
  severity: 'info',
  plane: 'identity',
  why: '`s3:PutObject` replaces an object that is there: without versioning a role that may not delete destroys a checkpoint all the same. Whether the bucket keeps versions no policy says.',
  fix: 'Turn on versioning (and Object Lock), or require `s3:if-none-match` in the bucket policy or here, so that an upload only makes what is not there yet; spare the parts of multipart uploads by `s3:ObjectCreationOperation`.',
  alike: [],
  sources: ['Amazon S3 user guide, conditional writes, and enforcing them in bucket policies', 'Service Authorization Reference, Amazon S3: s3:if-none-match'],
  example: { bad: alone(allow(...upload)), good: alone(allow(...upload, { Null: { 's3:if-none-match': 'false' } })) },
  *run({ roles }) {
    for (const role of roles) {
      const answer = mayRole(role, {
        actions: knownActions(['s3'], role.partition).filter((a) => a.range.name === 's3:PutObject'),
        keys: new Map([
          ['s3:if-none-match', { kind: 'never' }],
          ['s3:objectcreationoperation', { kind: 'fixed', values: ['true'] }],
        ]),
      });
      if (answer.kind !== 'some') continue;
      const statement = allowedBy(answer);
      yield ofRole(
        role,
        'info',
        statement === undefined ? null : placeNaming(statement, ['s3:PutObject']),
        `${role.name} may overwrite ${answer.request.resource}, unless the bucket keeps versions.`,
        'Turn on versioning, or require s3:if-none-match.',
        'possible',
      );
    }
  },
};

import { knownActions } from '../../../iam/catalogue.ts';
import { allow, alone } from './example-parts.ts';
import type { Lint } from './lint.ts';
import { allowedBy, mayRole, ofRole, patternsAllowing } from './questions.ts';
import { placeNaming } from './statements.ts';

const checkpoints = 'arn:aws:s3:::checkpoints/runs/*';
const deleting = new Set(['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:BypassGovernanceRetention']);

export const lint: Lint = {
  slug: 'ckpt-delete',
  title: 'Whoever writes checkpoints may delete them',
  severity: 'medium',
  plane: 'identity',
  why: 'A pod that is taken over, or a script with a wrong prefix, deletes what weeks of computing made. Keeping the last few needs no right to delete: a lifecycle rule of the bucket does it.',
  fix: 'Remove `s3:Delete*` from the role; let a lifecycle rule expire what is old. With versioning `s3:DeleteObject` alone only hides an object; `s3:DeleteObjectVersion` is then the one to refuse.',
  alike: [],
  sources: ['Service Authorization Reference, Amazon S3', 'Amazon S3 user guide, lifecycle configuration'],
  example: { bad: alone(allow(['s3:PutObject', 's3:DeleteObject'], checkpoints)), good: alone(allow('s3:PutObject', checkpoints)) },
  *run({ roles }) {
    for (const role of roles) {
      const written = patternsAllowing(role, 's3:PutObject');
      if (written.length === 0) continue;
      const actions = knownActions(['s3'], role.partition).filter((a) => deleting.has(a.range.name));
      const answer = mayRole(role, { actions, resources: { some: written, none: [] } });
      if (answer.kind !== 'some') continue;
      const statement = allowedBy(answer);
      const { action, resource } = answer.request;
      yield ofRole(
        role,
        'medium',
        statement === undefined ? null : placeNaming(statement, [action]),
        `${role.name} may ${action} ${resource}, which it writes: what is saved can be lost.`,
        'Remove s3:Delete*, and let a lifecycle rule of the bucket expire what is old.',
      );
    }
  },
};

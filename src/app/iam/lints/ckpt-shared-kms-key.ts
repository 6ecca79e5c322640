import type { Statement } from '../../../iam/policy.ts';
import { allow, documents, ofRole as policyOf } from './example-parts.ts';
import type { Lint } from './lint.ts';
import { actionsOf, finding, granting, meet, type Placed, placeOfResource, statementsOf, titleOfStatement } from './statements.ts';

const key = (id: string): string => `arn:aws:kms:us-east-1:111122223333:key/${id}`;
const writer = (id: string): unknown => policyOf('checkpoints', 'save', allow(['kms:GenerateDataKey', 'kms:Decrypt'], key(id)));
const reader = policyOf('training', 'data', allow('kms:Decrypt', key('data')));

export const lint: Lint = {
  slug: 'ckpt-shared-kms-key',
  title: 'Checkpoints are encrypted under the key of the training data',
  severity: 'medium',
  plane: 'identity',
  why: 'Uploads in parts need `kms:Decrypt` beside `kms:GenerateDataKey`, so whoever writes checkpoints under a key decrypts all that lies under it. Where that is the key of the training data, writing is reading.',
  fix: 'Give checkpoints a key of their own, and name keys one by one: a wildcard is every key of the account.',
  alike: [],
  sources: ['Amazon S3 user guide, SSE-KMS: permissions of multipart uploads', 'AWS KMS developer guide, key policies'],
  example: { bad: documents(reader, writer('data')), good: documents(reader, writer('checkpoints')) },
  *run(context) {
    const all = statementsOf(context, granting, 'Allow').filter(({ statement }) => statement.resource?.not === false && uses(statement, 'kms:Decrypt'));
    const writes = (placed: Placed): boolean => uses(placed.statement, 'kms:GenerateDataKey');
    const readers = all.filter((placed) => !writes(placed));
    for (const placed of all.filter(writes)) {
      for (const [i, pattern] of (placed.statement.resource?.patterns ?? []).entries()) {
        const shared = readers.find(({ statement }) => statement.resource?.patterns.some((p) => meet(p, pattern)));
        const wild = /[*?]/.test(pattern.source);
        if (shared === undefined && !wild) continue;
        yield finding(
          placed,
          'medium',
          placeOfResource(placed.statement, i),
          shared === undefined
            ? `${titleOfStatement(placed)} encrypts and decrypts under ${pattern.source}: whoever writes checkpoints decrypts what lies under every such key.`
            : `${titleOfStatement(placed)} writes under a key that ${titleOfStatement(shared)} reads with: whoever writes checkpoints decrypts what that reads.`,
          'Give checkpoints a key of their own.',
        );
      }
    }
  },
};

function uses(statement: Statement, action: string): boolean {
  return actionsOf(statement).some((a) => a.range.name === action);
}

import { exactly } from '../workload.ts';
import { account, alone } from './example-parts.ts';
import type { Lint } from './lint.ts';
import { finding, meet } from './statements.ts';

const read = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:role/training` }, Action: 's3:GetObject', Resource: 'arn:aws:s3:::training-data/*' };
const short = {
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: ['arn:aws:s3:::training-data', 'arn:aws:s3:::training-data/*'],
  Condition: { NumericGreaterThan: { 's3:signatureAge': '600000' } },
};

export const lint: Lint = {
  slug: 'presigned-urls-unbounded',
  title: 'Nothing bounds how long a signed URL of the bucket works',
  severity: 'info',
  plane: 'identity',
  why: 'Whoever may read an object can sign a URL for it, which works without credentials for as long as the signer says and the session lasts, up to seven days. The bucket can refuse signatures that are older than a call needs, or those that stand in the query.',
  fix: 'Deny with `NumericGreaterThan` on `s3:signatureAge` (milliseconds), or with `StringNotEquals` on `s3:authType` for all but `REST-HEADER`.',
  alike: [],
  sources: ['Amazon S3 user guide, signature version 4 policy keys: s3:signatureAge, s3:authType', 'hole 6 of docs/egress-holes.md'],
  example: { bad: alone(read), good: alone(read, short) },
  *run({ read: { policies } }) {
    for (const { policy } of policies) {
      if (policy.kind !== 'resource' || policy.resource === null || !/^arn:[a-z-]+:s3:::/.test(policy.resource)) continue;
      const object = exactly(`${policy.resource}/example`);
      const bounded = policy.statements.some(
        (s) =>
          s.conditions.some((c) => c.key === 's3:signatureage' || c.key === 's3:authtype') &&
          (s.effect === 'Deny' ? s.resource?.patterns.some((p) => meet(p, object)) !== s.resource?.not : true),
      );
      if (bounded) continue;
      yield finding(
        { policy },
        'info',
        policy.origin,
        `Nothing in the policy of ${policy.resource} bounds how long a signed URL works.`,
        'Deny requests whose s3:signatureAge is beyond what a call needs.',
      );
    }
  },
};

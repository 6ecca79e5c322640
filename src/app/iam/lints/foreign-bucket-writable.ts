import { knownActions } from '../../../iam/catalogue.ts';
import type { Pattern } from '../../../iam/pattern.ts';
import { freeKey } from '../../../iam/prover/region.ts';
import { allow, alone } from './example-parts.ts';
import type { Lint } from './lint.ts';
import { allowedBy, mayRole, namedValues, ofRole, patternsAllowing } from './questions.ts';
import { placeNaming } from './statements.ts';

export const lint: Lint = {
  slug: 'foreign-bucket-writable',
  title: 'The role may write to buckets of other accounts',
  severity: 'high',
  plane: 'identity',
  why: 'An attacker makes a bucket that lets everybody in, and what the pod writes there is his. Our policy is asked whether the role may write, and says yes: `Resource` is a wildcard, and nothing says whose the bucket must be. No network rule can tell the one bucket from the other.',
  fix: 'Name the buckets in `Resource`, or require `aws:ResourceAccount` (or `aws:ResourceOrgID`).',
  alike: [],
  sources: [
    'hole 7 of docs/egress-holes.md',
    'aws-samples/data-perimeter-policy-examples, resource perimeter',
    'IAM user guide, cross-account policy evaluation logic',
  ],
  example: {
    bad: alone(allow('s3:PutObject', '*')),
    good: alone(allow('s3:PutObject', '*', { StringEquals: { 'aws:ResourceAccount': '111122223333' } }), allow('s3:PutObject', 'arn:aws:s3:::checkpoints/*')),
  },
  *run({ roles }) {
    for (const role of roles) {
      // A bucket that is named in full is somebody's already: whose it is, the name does not say.
      const named = patternsAllowing(role, 's3:PutObject').filter(namesBucket);
      const accounts = namedValues(role, ['aws:resourceaccount', 's3:resourceaccount']).map((p) => p.source);
      const organizations = namedValues(role, ['aws:resourceorgid', 'aws:resourceorgpaths']);
      const answer = mayRole(role, {
        actions: knownActions(['s3'], role.partition).filter((a) => a.range.name === 's3:PutObject'),
        owner: { not: role.account },
        resources: { some: null, none: named },
        keys: new Map(
          ['aws:resourceorgid', 'aws:resourceorgpaths'].map((key) => [
            key,
            { ...freeKey, always: true, list: key.endsWith('paths'), range: { some: null, none: organizations } },
          ]),
        ),
      });
      if (answer.kind !== 'some') continue;
      const { request } = answer;
      // An account that some condition names is not just anybody's.
      if (accounts.includes(request.resourceAccount ?? '')) continue;
      const statement = allowedBy(answer);
      yield ofRole(
        role,
        'high',
        statement === undefined ? null : placeNaming(statement, [request.action]),
        `${role.name} may ${request.action} ${request.resource} in any account: data leaves to a bucket that an attacker owns.`,
        'Name the buckets in Resource, or require aws:ResourceAccount.',
      );
    }
  },
};

function namesBucket({ source }: Pattern): boolean {
  return /^arn:[^:*?]{1,30}:s3:::[^*?/]{1,80}(?:\/|$)/.test(source);
}

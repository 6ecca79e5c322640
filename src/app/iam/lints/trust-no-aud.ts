import { alone, issuer, web } from './example-parts.ts';
import type { Lint } from './lint.ts';
import { openTrusts } from './open-trusts.ts';
import { finding } from './statements.ts';

const sub = { [`${issuer}:sub`]: 'system:serviceaccount:ai-training:training-job' };

export const lint: Lint = {
  slug: 'trust-no-aud',
  title: 'A role that tokens made for others can assume',
  severity: 'medium',
  plane: 'identity',
  why: 'A ServiceAccount’s token names whom it is for. Without a condition on the provider’s `:aud` a token that the pod gave to some other service (a vault, a mesh, the API server) becomes the role in the hands of that service.',
  fix: 'Require `StringEquals` on the provider’s `:aud`, with `sts.amazonaws.com`.',
  alike: [],
  sources: ['EKS user guide, IAM roles for service accounts', 'IAM user guide, keys of OIDC federation'],
  example: { bad: alone(web({ StringEquals: sub })), good: alone(web({ StringEquals: { ...sub, [`${issuer}:aud`]: 'sts.amazonaws.com' } })) },
  *run({ read }) {
    for (const { policy, provider, any, place } of openTrusts(read, 'aud'))
      yield finding(
        { policy },
        'medium',
        place,
        any
          ? `A token that ${provider} made for any audience becomes this role.`
          : `A pattern lets tokens of ${provider} for several audiences become this role.`,
        'Require StringEquals on the :aud of the provider.',
      );
  },
};

import { alone, issuer, web } from './example-parts.ts';
import type { Lint } from './lint.ts';
import { openTrusts } from './open-trusts.ts';
import { finding } from './statements.ts';

const aud = { [`${issuer}:aud`]: 'sts.amazonaws.com' };

export const lint: Lint = {
  slug: 'trust-no-sub',
  title: 'A role that other ServiceAccounts of the cluster can assume',
  severity: 'high',
  plane: 'identity',
  why: 'The cluster’s provider vouches for every ServiceAccount. A trust policy without a condition on its `:sub` lets any pod of the cluster become the role, of any namespace; one with a wildcard lets in whoever may make a ServiceAccount of a name that fits.',
  fix: 'Require `StringEquals` on the provider’s `:sub`, with `system:serviceaccount:NAMESPACE:NAME`.',
  alike: ['Access Analyzer finds some of it online, as external access'],
  sources: ['EKS best practices guide, identity and access management', 'IAM user guide, keys of OIDC federation'],
  example: {
    bad: alone(web({ StringEquals: aud })),
    good: alone(web({ StringEquals: { ...aud, [`${issuer}:sub`]: 'system:serviceaccount:ai-training:training-job' } })),
  },
  *run({ read }) {
    for (const { policy, provider, request, any, place } of openTrusts(read, 'sub')) {
      // Providers of others (a code host) write subjects of their own, which patterns are for.
      if (!any && !/(?:^|\W)oidc[.-]eks[.]/.test(provider)) continue;
      const shown = [...request.context].find(([key]) => key.endsWith(':sub'))?.[1][0];
      yield finding(
        { policy },
        'high',
        place,
        any
          ? `Any ServiceAccount that ${provider} vouches for becomes this role: no condition on its :sub keeps it out.`
          : `A pattern lets other ServiceAccounts become this role, such as ${shown}.`,
        'Require StringEquals on the :sub of the provider.',
      );
    }
  },
};

import { endpointService } from '../../../iam/endpoint-service.ts';
import { Prover } from '../../../iam/prover/prove.ts';
import { awsPartition } from '../../../services/aws-partition.ts';
import { someAccount } from '../roles.ts';
import { throughAlone } from '../through-endpoint.ts';
import { becoming } from '../trust-region.ts';
import { allow, ofEndpoint } from './example-parts.ts';
import type { Lint } from './lint.ts';
import { finding } from './statements.ts';

const mine = { ...allow('*', '*', { StringEquals: { 'aws:PrincipalOrgID': 'o-exampleorgid' } }), Principal: '*' };
const web = { ...allow('sts:AssumeRoleWithWebIdentity', '*', { StringEquals: { 'aws:ResourceOrgID': 'o-exampleorgid' } }), Principal: '*' };

export const lint: Lint = {
  slug: 'sts-vpce-org-condition-breaks-irsa',
  title: 'An endpoint of STS that pods get no credentials through',
  severity: 'high',
  plane: 'identity',
  why: 'Whoever asks with the token of a ServiceAccount is not signed in yet, and of no organization: a condition on `aws:PrincipalOrgID` refuses the very call by which pods get their role. With EKS Pod Identity the pods do not call STS, and the endpoint may be so.',
  fix: 'Allow `sts:AssumeRoleWithWebIdentity` in a statement of its own, with a condition on the role (`aws:ResourceOrgID`) and none on the caller.',
  alike: [],
  sources: [
    'IAM user guide, AWS global condition context keys: aws:PrincipalOrgID is there for principals that are signed in',
    'aws-samples/data-perimeter-policy-examples, sts_endpoint_policy.json',
  ],
  example: { bad: ofEndpoint('sts', mine), good: ofEndpoint('sts', mine, web) },
  *run({ read }) {
    const account = read.account ?? someAccount;
    for (const { policy } of read.policies) {
      const of = policy.kind === 'endpoint' ? endpointService(policy.resource ?? '') : null;
      if (of?.service !== 'sts') continue;
      const { region } = of;
      const partition = awsPartition(region).id;
      const roles = roleForms(
        policy.statements.flatMap((s) => s.resource?.patterns.map((p) => p.source) ?? []),
        partition,
        account,
      );
      const answers = roles.map((role) =>
        new Prover(throughAlone(policy)).some(
          becoming(
            { role, account: role.split(':')[4] ?? account, partition },
            [
              {
                kind: 'one',
                caller: { type: 'Federated', id: `arn:${partition}:iam::${role.split(':')[4]}:oidc-provider/oidc.eks.${region}.amazonaws.com/id/EXAMPLE` },
              },
            ],
            'sts:AssumeRoleWithWebIdentity',
            [
              ['aws:principalorgid', { kind: 'never' }],
              ['aws:principalaccount', { kind: 'never' }],
            ],
          ),
        ),
      );
      if (answers.some((a) => a.kind !== 'none')) continue;
      yield finding(
        { policy },
        'high',
        policy.origin,
        `${policy.name} lets no token of a ServiceAccount pass: pods with IRSA get no credentials through it.`,
        'Allow sts:AssumeRoleWithWebIdentity in a statement without a condition on the caller.',
      );
    }
  },
};

/** Roles to ask for: one of the account, and one for each form that the policy names. */
function roleForms(resources: readonly string[], partition: string, account: string): readonly string[] {
  const named = resources.filter((r) => r.includes(':role/')).map((r) => r.replace(/::\*:/, `::${account}:`).replaceAll('*', 'example'));
  return [`arn:${partition}:iam::${account}:role/example`, ...named.filter((r) => /^arn:[a-z-]+:iam::\d{12}:role\/[^?*]+$/.test(r))];
}

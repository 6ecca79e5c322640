import { allow, ofEndpoint } from './example-parts.ts';
import type { Lint } from './lint.ts';
import { finding, placeOfResource, statementsOf } from './statements.ts';

const all = { ...allow('*', '*'), Principal: '*' };
const mine = { StringEquals: { 'aws:PrincipalOrgID': 'o-exampleorgid', 'aws:ResourceOrgID': 'o-exampleorgid' } };

export const lint: Lint = {
  slug: 'vpce-policy-default',
  title: 'An endpoint that lets everybody through to everything',
  severity: 'high',
  plane: 'identity',
  why: 'The policy that an endpoint has until somebody writes one lets whoever brings keys of his own reach his own bucket through it. Packets to the endpoint look alike: no network rule can tell them apart, and none of our policies on roles and buckets is asked.',
  fix: 'Allow only with `StringEquals` on `aws:PrincipalOrgID` and `aws:ResourceOrgID` (or the accounts), and the buckets that AWS itself needs. With a NAT route beside the endpoint traffic has another way: shut that too.',
  alike: [],
  sources: [
    'AWS PrivateLink guide, endpoint policies: the default',
    'aws-samples/data-perimeter-policy-examples, vpc_endpoint_policies',
    'holes 2, 5, 6 and 7 of docs/egress-holes.md',
  ],
  example: {
    bad: ofEndpoint('s3', all),
    good: ofEndpoint('s3', { ...all, Condition: mine }, { ...allow('s3:GetObject', 'arn:aws:s3:::prod-us-east-1-starport-layer-bucket/*'), Principal: '*' }),
  },
  *run(context) {
    for (const placed of statementsOf(context, ['endpoint'], 'Allow')) {
      const { statement } = placed;
      const open =
        statement.conditions.length === 0 &&
        !statement.action.not &&
        statement.action.patterns.some((p) => /^(?:\*|[a-z0-9-]+:\*)$/i.test(p.source)) &&
        (statement.principal === null || statement.principal.principals.some((p) => p.type === 'everyone'));
      const star = statement.resource?.not === false ? statement.resource.patterns.findIndex((p) => p.source === '*') : -1;
      if (!open || star < 0) continue;
      yield finding(
        placed,
        'high',
        placeOfResource(statement, star),
        `${placed.policy.name} lets everybody through to everything: whoever has keys of his own in a pod uses it for his own account.`,
        'Require aws:PrincipalOrgID and aws:ResourceOrgID.',
      );
    }
  },
};

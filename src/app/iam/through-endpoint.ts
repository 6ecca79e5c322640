import { type Pattern, readPattern } from '../../iam/pattern.ts';
import type { Policy } from '../../iam/policy.ts';
import { noPolicies, type PolicySet } from '../../iam/policy-set.ts';

/** An account that is nobody's here: AWS's own. */
export const awsOwned = '999999999999';

/** Objects that hold layers of images. Source: Amazon ECR user guide, interface VPC endpoints: the policy of the S3 gateway endpoint. */
export function imageLayers(partition: string, region: string): Pattern {
  return readPattern(`arn:${partition}:s3:::prod-${region}-starport-layer-bucket/*`, { wildcards: 'anywhere', variables: false, ignoreCase: false });
}

/** The endpoint alone is asked: all else counts as allowing. */
export function throughAlone(policy: Policy): PolicySet {
  const open: Policy = { ...policy, kind: 'resource', resource: null, statements: openStatements(policy) };
  return { ...noPolicies, identity: null, endpoints: [policy], resources: [open] };
}

/** A resource policy that lets everybody do everything. */
function openStatements({ name, origin }: Policy): Policy['statements'] {
  const all = [{ source: '*', parts: [{ kind: 'many' as const, of: 'anything' as const }], ignoreCase: true }];
  const part = { not: false, patterns: all };
  return [
    {
      policy: `(all but ${name})`,
      sid: null,
      index: 0,
      effect: 'Allow',
      principal: { not: false, principals: [{ type: 'everyone' }] },
      action: part,
      resource: part,
      conditions: [],
      unsure: null,
      origin,
    },
  ];
}

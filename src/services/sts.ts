import { awsSuffix, type Host } from './s3.ts';

/**
 * Hosts of the AWS Security Token Service that pods with an IAM role for their service account call. SDKs use the regional name by default since
 * 2025-07-31; older images call the global one, which China and GovCloud do not have.
 * Source: the endpoint rule set of @aws-sdk/client-sts; AWS SDK reference, feature-sts-regionalized-endpoints.
 */
export function stsHosts(region: string): readonly Host[] {
  const regional = { name: `sts.${region}.${awsSuffix(region)}`, required: true };
  return region.startsWith('cn-') || region.startsWith('us-gov-') ? [regional] : [regional, { name: 'sts.amazonaws.com', required: false }];
}

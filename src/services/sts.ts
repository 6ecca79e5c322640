import { awsPartition } from './aws-partition.ts';
import type { Host } from './s3.ts';

/**
 * Hosts of the AWS Security Token Service that pods with an IAM role for their service account call. SDKs use the regional name by default since
 * 2025-07-31; older images call the global one, which China, GovCloud and the European sovereign cloud do not have. With `dualStack` or `fips` the
 * SDK asks for another name altogether, on another domain; a client of which nothing is known asks for the plain one.
 * Source: the endpoint rule set of @aws-sdk/client-sts, compared in `sts.test.ts`; AWS SDK reference, feature-sts-regionalized-endpoints.
 */
export function stsHosts(region: string, { dualStack, fips }: { readonly dualStack: boolean; readonly fips: boolean }): readonly Host[] {
  const { id, suffix, dualStackSuffix } = awsPartition(region);
  // GovCloud's plain name is its FIPS name; its dual-stack name has a FIPS form of its own.
  const plainIsFips = id === 'aws-us-gov' && !dualStack;
  const name = `sts${fips && !plainIsFips ? '-fips' : ''}.${region}.${dualStack ? dualStackSuffix : suffix}`;
  const regional = { name, required: true };
  return id !== 'aws' || dualStack || fips ? [regional] : [regional, { name: 'sts.amazonaws.com', required: false }];
}

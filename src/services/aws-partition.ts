/** A part of AWS with names, accounts and ARNs of its own. */
export interface AwsPartition {
  /** As in `arn:aws-cn:…`. */
  readonly id: string;
  /** Under which its services have their names. */
  readonly suffix: string;
  /** Under which most services, but not S3, have their dual-stack names. */
  readonly dualStackSuffix: string;
  /** Whether S3 has FIPS names there. */
  readonly s3Fips: boolean;
}

const commercial: AwsPartition = { id: 'aws', suffix: 'amazonaws.com', dualStackSuffix: 'api.aws', s3Fips: true };

/** By the beginning of a region's name. Source: the partition table of the AWS SDK for JavaScript, with which a test compares the hosts made from it. */
const others: readonly (readonly [regionPrefix: string, AwsPartition])[] = [
  ['cn-', { id: 'aws-cn', suffix: 'amazonaws.com.cn', dualStackSuffix: 'api.amazonwebservices.com.cn', s3Fips: false }],
  ['us-gov-', { id: 'aws-us-gov', suffix: 'amazonaws.com', dualStackSuffix: 'api.aws', s3Fips: true }],
  ['eusc-', { id: 'aws-eusc', suffix: 'amazonaws.eu', dualStackSuffix: 'api.amazonwebservices.eu', s3Fips: true }],
];

/** The partition of a region; the commercial one where the name says nothing else. The isolated regions of US and UK agencies are not in the table. */
export function awsPartition(region: string): AwsPartition {
  return others.find(([prefix]) => region.startsWith(prefix))?.[1] ?? commercial;
}

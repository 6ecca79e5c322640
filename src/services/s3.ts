import { awsPartition } from './aws-partition.ts';

/**
 * Host names of Amazon S3. Source: the endpoint rule set of @aws-sdk/client-s3, with which `s3.test.ts` compares every form below.
 */

/** A host that a client may use, and whether work stops without it: old clients and images still ask for the legacy ones. */
export interface Host {
  readonly name: string;
  readonly required: boolean;
}

/** How clients address one bucket. */
export interface S3Address {
  readonly bucket: string;
  /** Empty where `endpoint` replaces Amazon's front end. */
  readonly region: string;
  /** Host name that replaces Amazon's front end; null: Amazon's. With it, everything below but `style` is without effect. */
  readonly endpoint: string | null;
  /** `path` gives the shared front-end name: it serves every tenant's buckets. Directory buckets and access points have no such form. */
  readonly style: 'virtual-hosted' | 'path';
  readonly dualStack: boolean;
  readonly fips: boolean;
  readonly accessPoint: { readonly name: string; readonly account: string } | null;
  /** Id of an interface endpoint, `vpce-1a2b3c4d-5e6f`: its names resolve to addresses inside the VPC. */
  readonly interfaceEndpoint: string | null;
}

/** Zone id of a directory bucket (S3 Express One Zone), which its name must end with: `ckpt--use1-az4--x-s3`. Null: a general purpose bucket. */
export function directoryBucketZone(bucket: string): string | null {
  return /--([a-z0-9]{1,20}-[a-z0-9]{1,20})--x-s3$/.exec(bucket)?.[1] ?? null;
}

/** Hosts under which clients reach the bucket, the required one first. In us-east-1 older clients use the global name of the bucket as well. */
export function s3Hosts(address: S3Address): readonly Host[] {
  const { bucket, region, endpoint, style, accessPoint, interfaceEndpoint } = address;
  if (endpoint !== null) return [required(style === 'path' ? endpoint : `${bucket}.${endpoint}`)];
  const { suffix } = awsPartition(region);
  const stack = address.dualStack ? 'dualstack.' : '';
  const fips = address.fips ? '-fips' : '';
  const zone = directoryBucketZone(bucket);
  if (accessPoint !== null) {
    const name = `${accessPoint.name}-${accessPoint.account}`;
    return [
      required(
        interfaceEndpoint === null
          ? `${name}.s3-accesspoint${fips}.${stack}${region}.${suffix}`
          : `${name}.accesspoint.${interfaceEndpoint}.s3.${region}.vpce.${suffix}`,
      ),
    ];
  }
  if (interfaceEndpoint !== null) {
    const front = `bucket.${interfaceEndpoint}.s3.${region}.vpce.${suffix}`;
    return [required(style === 'path' && zone === null ? front : `${bucket}.${front}`)];
  }
  if (zone !== null) return [required(`${bucket}.s3express${fips}-${zone}.${stack}${region}.${suffix}`)];
  const name = (host: string): string => (style === 'path' ? host : `${bucket}.${host}`);
  const legacy = region === 'us-east-1' && !address.dualStack && !address.fips ? ['s3.amazonaws.com'] : [];
  return [required(name(`s3${fips}.${stack}${region}.${suffix}`)), ...legacy.map((host) => ({ name: name(host), required: false }))];
}

/** ARNs of what clients reach as a bucket, and what those of its objects begin with; null for a directory bucket, whose objects have none. */
export interface S3Arns {
  readonly bucket: string;
  readonly objects: string | null;
}

/**
 * The bucket, or the access point that it is reached through. `account` owns a directory bucket, whose ARN names it.
 * Source: Service Authorization Reference, Amazon S3 and S3 Express, resource types.
 */
export function s3Arns(
  { bucket, accessPoint }: Pick<S3Address, 'bucket' | 'accessPoint'>,
  { partition, region, account }: { readonly partition: string; readonly region: string; readonly account: string },
): S3Arns {
  if (accessPoint !== null) {
    const point = `arn:${partition}:s3:${region}:${accessPoint.account}:accesspoint/${accessPoint.name}`;
    return { bucket: point, objects: `${point}/object/` };
  }
  if (directoryBucketZone(bucket) !== null) return { bucket: `arn:${partition}:s3express:${region}:${account}:bucket/${bucket}`, objects: null };
  return { bucket: `arn:${partition}:s3:::${bucket}`, objects: `arn:${partition}:s3:::${bucket}/` };
}

function required(name: string): Host {
  return { name, required: true };
}

/**
 * Host names of Amazon S3. Source: the endpoint rule set of @aws-sdk/client-s3 (regional, virtual-hosted, path-style and legacy global forms).
 */

/** The DNS suffix of the partition that a region belongs to. */
export function awsSuffix(region: string): string {
  return region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
}

/**
 * A host that a client may use, and whether work stops without it: old clients and images still ask for the legacy ones.
 */
export interface Host {
  readonly name: string;
  readonly required: boolean;
}

/**
 * Hosts under which clients reach one bucket, the required one first. In us-east-1 older clients use the global name of the bucket as well.
 * `endpoint` replaces Amazon's front end (dual-stack, FIPS, interface endpoint, another S3-compatible store).
 * `path` style gives the shared front-end name: it serves every tenant's buckets.
 */
export function s3Hosts(bucket: string, region: string, endpoint: string | null, style: 'virtual-hosted' | 'path'): readonly Host[] {
  const frontEnd = endpoint ?? `s3.${region}.${awsSuffix(region)}`;
  const legacy = endpoint === null && region === 'us-east-1' ? ['s3.amazonaws.com'] : [];
  const name = (host: string): string => (style === 'path' ? host : `${bucket}.${host}`);
  return [{ name: name(frontEnd), required: true }, ...legacy.map((host) => ({ name: name(host), required: false }))];
}

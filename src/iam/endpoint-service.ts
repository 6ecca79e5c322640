/** What a service of VPC endpoints is for, and where. */
export interface EndpointService {
  readonly region: string;
  /** As the actions have it in front: `s3`, `sts`. */
  readonly service: string;
}

/**
 * The region and the service of a name such as `com.amazonaws.us-east-1.s3` or `cn.com.amazonaws.cn-north-1.sts`; null where it tells no region, as
 * `com.amazonaws.s3-global.accesspoint`. Source: AWS PrivateLink guide, services that integrate (also in China, where some names begin with `cn.`).
 */
export function endpointService(name: string): EndpointService | null {
  const [, region, service] = /^(?:cn\.)?(?:com|eu)\.amazonaws\.([a-z]{2,8}(?:-[a-z]{1,20}){1,3}-\d{1,2})\.([a-z0-9.-]{1,100})$/.exec(name) ?? [];
  return region === undefined || service === undefined ? null : { region, service: service.replace(/-fips$/, '') };
}

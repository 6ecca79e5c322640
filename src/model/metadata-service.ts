import { formatIp, parseIp } from '../space/ip-set.ts';

/** The instance metadata service of AWS, Google Cloud, Azure and others, over IPv4. Source: each vendor's instance metadata documentation. */
export const metadataV4 = '169.254.169.254';

/** The instance metadata service of AWS over IPv6. Source: AWS EC2 User Guide, instance metadata service. */
export const metadataV6 = 'fd00:ec2::254';

/** Whether an address is that of the metadata service, however it is spelt. */
export function isMetadataService(text: string): boolean {
  const ip = parseIp(text);
  return ip !== undefined && [metadataV4, metadataV6].includes(formatIp(ip));
}

/** An address as people should see it: that of the metadata service with its name. */
export function addressTitle(text: string): string {
  return isMetadataService(text) ? `${text} (the metadata service)` : text;
}

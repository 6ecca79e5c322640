import type { Platform } from './zone.ts';

/** The ARN of a role given as an ARN, or by name (or path) together with the platform's account; null when it cannot be told. Source: IAM user guide, IAM identifiers. */
export function roleArn(role: string, platform: Pick<Platform, 'account' | 'region'>): string | null {
  if (/^arn:aws[a-z-]{0,20}:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/.test(role)) return role;
  if (platform.account === null || !/^[\w+=,.@/-]{1,512}$/.test(role)) return null;
  return `arn:${partition(platform.region)}:iam::${platform.account}:role/${role}`;
}

function partition(region: string | null): string {
  if (region?.startsWith('cn-')) return 'aws-cn';
  return region?.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

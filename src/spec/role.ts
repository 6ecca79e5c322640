import { awsPartition } from '../services/aws-partition.ts';
import type { Platform } from './zone.ts';

/** The ARN of a role given as an ARN, or by name (or path) together with the platform's account; null when it cannot be told. Source: IAM user guide, IAM identifiers. */
export function roleArn(role: string, platform: Pick<Platform, 'account' | 'region'>): string | null {
  if (/^arn:aws[a-z-]{0,20}:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/.test(role)) return role;
  if (platform.account === null || !/^[\w+=,.@/-]{1,512}$/.test(role)) return null;
  return `arn:${awsPartition(platform.region ?? '').id}:iam::${platform.account}:role/${role}`;
}

import { awsPartition } from '../../../services/aws-partition.ts';
import type { TrainingZone } from '../../../spec/zone.ts';
import { awsRoles } from './aws-role.ts';
import { amazonBuckets, writes } from './bucket-access.ts';
import type { IdentityDocument } from './identity-files.ts';
import { policyDocument, type Statement } from './statement.ts';

/**
 * What the policy of each key must say for the roles, to be put beside what it says of who manages the key: a policy of the role alone opens no key.
 * Source: AWS KMS developer guide, "Key policies" (Resource "*" is the key itself); Amazon S3 user guide, SSE-KMS permissions.
 */
export function keyPolicies(zone: TrainingZone): readonly IdentityDocument[] {
  const used = awsRoles(zone).flatMap((role) =>
    amazonBuckets(role.workloads.flatMap((workload) => workload.data)).flatMap(({ data, s3 }) =>
      s3.kmsKey === null ? [] : [{ arn: role.arn, key: s3.kmsKey, writing: writes(data.access) }],
    ),
  );
  return [...new Set(used.map((one) => one.key))].map((key) => {
    const here = used.filter((one) => one.key === key);
    const writers = new Set(here.flatMap((one) => (one.writing ? [one.arn] : [])));
    const readers = new Set(here.flatMap((one) => (writers.has(one.arn) ? [] : [one.arn])));
    const region = key.split(':')[3] ?? '';
    const allow = (Sid: string, roles: ReadonlySet<string>, actions: readonly string[]): readonly Statement[] =>
      roles.size === 0
        ? []
        : [
            {
              Sid,
              Effect: 'Allow',
              Principal: { AWS: [...roles] },
              Action: actions,
              Resource: '*',
              Condition: { StringEquals: { 'kms:ViaService': `s3.${region}.${awsPartition(region).suffix}` } },
            },
          ];
    return {
      name: `key-${key.slice(key.lastIndexOf('/') + 1)}`,
      attached: { kind: 'resource', on: key },
      body: policyDocument([
        ...allow('TrainingWritesThroughS3', writers, ['kms:GenerateDataKey', 'kms:Decrypt']),
        ...allow('TrainingReadsThroughS3', readers, ['kms:Decrypt']),
      ]),
    };
  });
}

import { stableJson } from '../../../kernel/stable.ts';
import { awsPartition } from '../../../services/aws-partition.ts';
import { directoryBucketZone } from '../../../services/s3.ts';
import type { Access, DataSet, Platform, S3Location } from '../../../spec/zone.ts';
import { type Statement, sid } from './statement.ts';

/** Whether a mode reads objects back. */
export function reads(access: Access): boolean {
  return access !== 'write-once';
}

export function writes(access: Access): boolean {
  return access !== 'read';
}

/**
 * What an identity policy must allow for one data set in S3, and nothing beside it: no ACLs, no retention, no bucket settings, no deleting of versions.
 * Source: the action table of the service authorization reference for Amazon S3; Mountpoint documentation, IAM permissions; PutObject covers the parts of
 * multipart uploads (Amazon S3 user guide, multipart upload permissions).
 */
export function s3Statements(platform: Platform, name: string, access: Access, s3: S3Location): readonly Statement[] {
  if (directoryBucketZone(s3.bucket) !== null && s3.endpoint === null)
    return [directoryStatement(platform, name, access, s3), ...keyStatements(name, access, s3)];
  const { bucket, objects } = s3Resources(platform, s3);
  const owner = s3.account === null ? {} : { StringEquals: { 'aws:ResourceAccount': s3.account } };
  const prefixed = s3.prefix === null ? {} : { StringLike: { 's3:prefix': [s3.prefix, `${s3.prefix}*`] } };
  const conditioned = (condition: Statement['Condition']): Pick<Statement, 'Condition'> =>
    condition === undefined || Object.keys(condition).length === 0 ? {} : { Condition: condition };
  const statement = (word: string, actions: readonly string[], resource: string, condition: Statement['Condition']): Statement => ({
    Sid: sid(word, name),
    Effect: 'Allow',
    Action: actions,
    Resource: resource,
    ...conditioned(condition),
  });
  return [
    ...(reads(access) ? [statement('list', ['s3:ListBucket'], bucket, { ...owner, ...prefixed }), statement('read', ['s3:GetObject'], objects, owner)] : []),
    ...(writes(access)
      ? [
          statement('write', ['s3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'], objects, owner),
          statement('uploads', ['s3:ListBucketMultipartUploads'], bucket, { ...owner, ...prefixed }),
        ]
      : []),
    ...(access === 'rotate' ? [statement('rotate', ['s3:DeleteObject'], objects, owner)] : []),
    ...keyStatements(name, access, s3),
  ];
}

/** ARNs of the bucket and of its objects under the prefix, through the access point where there is one. */
export function s3Resources(platform: Platform, s3: S3Location): { readonly bucket: string; readonly objects: string } {
  const region = s3.region ?? platform.region ?? '';
  const { id } = awsPartition(region);
  const prefix = s3.prefix ?? '';
  if (s3.accessPoint === null) return { bucket: `arn:${id}:s3:::${s3.bucket}`, objects: `arn:${id}:s3:::${s3.bucket}/${prefix}*` };
  const point = `arn:${id}:s3:${region}:${s3.accessPoint.account}:accesspoint/${s3.accessPoint.name}`;
  return { bucket: point, objects: `${point}/object/${prefix}*` };
}

/** A directory bucket knows one action for all of its objects; a session is for reading or for both. Source: Amazon S3 user guide, CreateSession authorization. */
function directoryStatement(platform: Platform, name: string, access: Access, s3: S3Location): Statement {
  const region = s3.region ?? platform.region ?? '';
  const owner = s3.account ?? platform.account ?? '*';
  return {
    Sid: sid('session', name),
    Effect: 'Allow',
    Action: 's3express:CreateSession',
    Resource: `arn:${awsPartition(region).id}:s3express:${region}:${owner}:bucket/${s3.bucket}`,
    ...(writes(access) ? {} : { Condition: { StringEquals: { 's3express:SessionMode': 'ReadOnly' } } }),
  };
}

/** Use of the key through S3 alone. Source: AWS KMS developer guide, kms:ViaService; Amazon S3 user guide, SSE-KMS permissions (uploads in parts decrypt as well). */
function keyStatements(name: string, access: Access, { kmsKey }: S3Location): readonly Statement[] {
  if (kmsKey === null) return [];
  const region = kmsKey.split(':')[3] ?? '';
  return [
    {
      Sid: sid('key', name),
      Effect: 'Allow',
      Action: writes(access) ? ['kms:GenerateDataKey', 'kms:Decrypt'] : ['kms:Decrypt'],
      Resource: kmsKey,
      Condition: { StringEquals: { 'kms:ViaService': `s3.${region}.${awsPartition(region).suffix}` } },
    },
  ];
}

/** Data sets in Amazon S3 itself, each once; stores that merely speak its language know no AWS identities. */
export function amazonBuckets(data: readonly DataSet[]): readonly { readonly data: DataSet; readonly s3: S3Location }[] {
  return distinct(data).flatMap((one) => (one.s3 === null || one.s3.endpoint !== null ? [] : [{ data: one, s3: one.s3 }]));
}

/** Workloads that share an identity may list the same data set. */
export function distinct(data: readonly DataSet[]): readonly DataSet[] {
  return [...new Map(data.map((one) => [stableJson(one), one])).values()];
}

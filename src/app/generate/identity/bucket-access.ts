import { stableJson } from '../../../kernel/stable.ts';
import { awsPartition } from '../../../services/aws-partition.ts';
import { s3Arns } from '../../../services/s3.ts';
import type { Access, DataSet, Platform, S3Location } from '../../../spec/zone.ts';
import { type Statement, sid } from './statement.ts';

/** Whether a mode reads objects back. */
function reads(access: Access): boolean {
  return access !== 'write-once';
}

export function writes(access: Access): boolean {
  return access !== 'read';
}

/** Where a data set lies in a store that speaks S3, as ARNs, and what else narrows statements about it. */
interface StorePlace {
  readonly bucket: string;
  /** What the ARNs of its objects begin with, without the prefix. */
  readonly objects: string;
  readonly prefix: string | null;
  readonly owner: Statement['Condition'];
  /** Whether listing uploads that were begun is an action of its own there. */
  readonly listsUploads: boolean;
}

/**
 * What a policy must allow for one data set, and nothing beside it: no ACLs, no retention, no bucket settings, no deleting of versions.
 * Source: the action table of the service authorization reference for Amazon S3; Mountpoint documentation, IAM permissions; PutObject covers the parts of
 * multipart uploads (Amazon S3 user guide, multipart upload permissions); minio/minio documentation, policy-based access control.
 */
export function objectStatements(name: string, access: Access, { bucket, objects, prefix, owner, listsUploads }: StorePlace): readonly Statement[] {
  const keys = `${objects}${prefix ?? ''}*`;
  const listing = { ...owner, ...(prefix === null ? {} : { StringLike: { 's3:prefix': [prefix, `${prefix}*`] } }) };
  const statement = (word: string, actions: readonly string[], resource: string, condition: Statement['Condition']): Statement => ({
    Sid: sid(word, name),
    Effect: 'Allow',
    Action: actions,
    Resource: resource,
    ...(condition === undefined || Object.keys(condition).length === 0 ? {} : { Condition: condition }),
  });
  return [
    ...(reads(access) ? [statement('list', ['s3:ListBucket'], bucket, listing), statement('read', ['s3:GetObject'], keys, owner)] : []),
    ...(writes(access) ? [statement('write', ['s3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'], keys, owner)] : []),
    // Listing uploads knows no s3:prefix: under a prefix it would be of the whole bucket.
    ...(writes(access) && listsUploads && prefix === null ? [statement('uploads', ['s3:ListBucketMultipartUploads'], bucket, owner)] : []),
    ...(access === 'rotate' ? [statement('rotate', ['s3:DeleteObject'], keys, owner)] : []),
  ];
}

/** What an identity policy of AWS must allow for one data set in S3. */
export function s3Statements(platform: Platform, name: string, access: Access, s3: S3Location): readonly Statement[] {
  const region = s3.region ?? platform.region ?? '';
  const { bucket, objects } = s3Arns(s3, { partition: awsPartition(region).id, region, account: s3.account ?? platform.account ?? '*' });
  if (objects === null) return [directoryStatement(name, access, bucket), ...keyStatements(name, access, s3)];
  const owner = s3.account === null ? {} : { StringEquals: { 'aws:ResourceAccount': s3.account } };
  return [...objectStatements(name, access, { bucket, objects, prefix: s3.prefix, owner, listsUploads: true }), ...keyStatements(name, access, s3)];
}

/** A directory bucket knows one action for all of its objects; a session is for reading or for both. Source: Amazon S3 user guide, CreateSession authorization. */
function directoryStatement(name: string, access: Access, bucket: string): Statement {
  return {
    Sid: sid('session', name),
    Effect: 'Allow',
    Action: 's3express:CreateSession',
    Resource: bucket,
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

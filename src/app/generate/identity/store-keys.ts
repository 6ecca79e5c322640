import type { DataSet, TrainingZone } from '../../../spec/zone.ts';
import { distinct, objectStatements } from './bucket-access.ts';
import type { IdentityFiles } from './identity-files.ts';
import { policyDocument, type Statement } from './statement.ts';

/**
 * Policies for the keys of a store that speaks S3 (MinIO's own policies; user policies of Ceph RGW): the grammar of AWS with `s3:` actions alone, and no
 * condition on accounts or organizations, so the network rule is the perimeter. Source: minio/minio documentation, policy-based access control.
 */
export function storeKeyFiles({ spec }: TrainingZone): IdentityFiles {
  const secrets = new Map<string, DataSet[]>();
  for (const { identity, data } of spec.workloads)
    if (identity?.keys != null) secrets.set(identity.keys.secret, [...(secrets.get(identity.keys.secret) ?? []), ...data]);
  return {
    documents: [...secrets].flatMap(([secret, data]) => {
      const statements = distinct(data).flatMap(statementsOf);
      return statements.length === 0 ? [] : [{ name: `keys-${secret}`, body: policyDocument(statements), attached: { kind: 'identity', role: secret } }];
    }),
    missing: [],
  };
}

function statementsOf(data: DataSet): readonly Statement[] {
  const place = data.objectStore ?? (data.s3?.endpoint == null ? null : data.s3);
  if (place === null || place.bucket === null) return [];
  const { bucket, prefix } = place;
  const arn = `arn:aws:s3:::${bucket}`;
  return objectStatements(data.name, data.access, { bucket: arn, objects: `${arn}/`, prefix, owner: {}, listsUploads: false });
}

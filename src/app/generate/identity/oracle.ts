import type { Access, TrainingZone } from '../../../spec/zone.ts';
import { type IdentityFiles, noFiles } from './identity-files.ts';

/** Permissions of a mode. Source: OCI documentation, IAM policy reference for Object Storage. */
const permissions: Readonly<Record<Access, readonly string[]>> = {
  read: ['OBJECT_INSPECT', 'OBJECT_READ'],
  'write-once': ['OBJECT_CREATE'],
  'write-resume': ['OBJECT_INSPECT', 'OBJECT_READ', 'OBJECT_CREATE', 'OBJECT_OVERWRITE'],
  rotate: ['OBJECT_INSPECT', 'OBJECT_READ', 'OBJECT_CREATE', 'OBJECT_OVERWRITE', 'OBJECT_DELETE'],
};

/** Statements for one service account of one namespace of one cluster. Source: OKE documentation, granting workloads access to OCI resources. */
export function oracleStatements({ spec }: TrainingZone): readonly string[] {
  const { compartment } = spec.platform;
  if (compartment === null) return [];
  const all = spec.workloads.flatMap(({ identity, data }) =>
    identity?.oke == null
      ? []
      : data.flatMap(({ oci, access }) => {
          if (oci === null) return [];
          const who = [
            "request.principal.type = 'workload'",
            `request.principal.namespace = ${quoted(spec.namespace.name)}`,
            `request.principal.service_account = ${quoted(identity.serviceAccount)}`,
            `request.principal.cluster_id = ${quoted(compartment.clusterId)}`,
          ];
          const what = [
            `target.bucket.name = ${quoted(oci.bucket)}`,
            ...(oci.prefix === null ? [] : [`target.object.name = /${oci.prefix.replaceAll('/', '\\/')}*/`]),
            `any {${permissions[access].map((permission) => `request.permission = '${permission}'`).join(', ')}}`,
          ];
          return [`Allow any-user to manage objects in compartment ${compartment.name} where all {${[...who, ...what].join(', ')}}`];
        }),
  );
  return [...new Set(all)];
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "\\'")}'`;
}

export function oracleFiles(zone: TrainingZone): IdentityFiles {
  if (zone.spec.workloads.every(({ identity }) => identity?.oke == null)) return noFiles;
  const statements = oracleStatements(zone);
  return {
    documents: statements.length === 0 ? [] : [{ name: 'policy-statements', body: statements }],
    missing: zone.spec.platform.compartment === null ? ['platform.compartment, for the policy statements of the workload'] : [],
  };
}

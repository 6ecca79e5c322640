import type { Access, DataSet, TrainingZone } from '../../../spec/zone.ts';
import { type IdentityFiles, noFiles } from './identity-files.ts';

/** One member's role on one bucket, as `gcloud storage buckets add-iam-policy-binding` and Terraform take it. */
export interface BucketBinding {
  readonly bucket: string;
  readonly role: string;
  readonly member: string;
  readonly condition: { readonly title: string; readonly expression: string } | null;
}

/**
 * Roles for a mode. objectCreator can create and neither read, overwrite nor delete; objectUser deletes. Source: Cloud Storage documentation, IAM roles.
 */
const roles: Readonly<Record<Access, readonly string[]>> = {
  read: ['roles/storage.objectViewer'],
  'write-once': ['roles/storage.objectCreator'],
  'write-resume': ['roles/storage.objectCreator', 'roles/storage.objectViewer'],
  rotate: ['roles/storage.objectUser'],
};

/** Bindings of every Google service account of the zone. */
export function bucketBindings({ spec }: TrainingZone): readonly BucketBinding[] {
  const bindings = spec.workloads.flatMap(({ identity, data }) => {
    const account = identity?.gke?.serviceAccount;
    return account === undefined ? [] : data.flatMap((one) => bindingsOf(one, `serviceAccount:${account}`));
  });
  return [...new Map(bindings.map((binding) => [JSON.stringify(binding), binding])).values()];
}

function bindingsOf(data: DataSet, member: string): readonly BucketBinding[] {
  const { gcs, access, name } = data;
  if (gcs === null) return [];
  return roles[access].map((role) => ({
    bucket: gcs.bucket,
    role,
    member,
    condition: gcs.prefix === null ? null : { title: name, expression: prefixExpression(gcs.bucket, gcs.prefix, role) },
  }));
}

/**
 * Objects under the prefix. Listing is asked of the bucket itself, so a role that lists needs the bucket too, and then lists every name in it: Cloud Storage
 * has no condition on a listing's prefix. Source: Cloud Storage documentation, IAM conditions.
 */
function prefixExpression(bucket: string, prefix: string, role: string): string {
  const objects = `resource.name.startsWith(${celText(`projects/_/buckets/${bucket}/objects/${prefix}`)})`;
  return role === 'roles/storage.objectCreator' ? objects : `resource.name == ${celText(`projects/_/buckets/${bucket}`)} || ${objects}`;
}

/** A string literal of CEL. */
function celText(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** Who may act as a Google service account: one Kubernetes service account of one namespace. */
export interface WorkloadIdentity {
  readonly account: string;
  readonly member: string;
}

/** Empty where the zone does not tell its project. Source: GKE documentation, Workload Identity Federation (linked service accounts). */
export function workloadIdentities({ spec }: TrainingZone): readonly WorkloadIdentity[] {
  const { project } = spec.platform;
  if (project === null) return [];
  const all = spec.workloads.flatMap(({ identity }) =>
    identity?.gke == null
      ? []
      : [
          {
            account: identity.gke.serviceAccount,
            member: `serviceAccount:${project.id}.svc.id.goog[${spec.namespace.name}/${identity.serviceAccount}]`,
          },
        ],
  );
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}

/** IAM policies as `gcloud … get-iam-policy` prints them, to be merged into what is there. */
export function googleFiles(zone: TrainingZone): IdentityFiles {
  if (zone.spec.workloads.every(({ identity }) => identity?.gke == null)) return noFiles;
  const bindings = bucketBindings(zone);
  const buckets = [...new Set(bindings.map((one) => one.bucket))];
  const identities = workloadIdentities(zone);
  return {
    documents: [
      ...buckets.map((bucket) => ({
        name: `bucket-${bucket}.bindings`,
        body: {
          version: 3,
          bindings: bindings
            .filter((one) => one.bucket === bucket)
            .map(({ role, member, condition }) => ({ role, members: [member], ...(condition === null ? {} : { condition }) })),
        },
      })),
      ...[...new Set(identities.map((one) => one.account))].map((account) => ({
        name: `service-account-${account.split('@')[0]}.bindings`,
        body: {
          version: 3,
          bindings: [{ role: 'roles/iam.workloadIdentityUser', members: identities.filter((one) => one.account === account).map((one) => one.member) }],
        },
      })),
    ],
    missing: zone.spec.platform.project === null ? ['platform.project, for who may act as the Google service account'] : [],
  };
}

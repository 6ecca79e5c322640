import type { Access, TrainingZone } from '../../../spec/zone.ts';
import { type IdentityFiles, noFiles } from './identity-files.ts';

/** What a mode needs of blobs. Source: Azure built-in roles for storage; Storage resource provider operations (`write` overwrites, `add/action` only creates). */
interface BlobRole {
  readonly name: string;
  /** Id of the built-in role; null: a role of our own is defined. */
  readonly builtIn: string | null;
  readonly dataActions: readonly string[];
}

const blobs = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs';

const roles: Readonly<Record<Access, BlobRole>> = {
  read: { name: 'Storage Blob Data Reader', builtIn: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1', dataActions: [`${blobs}/read`] },
  'write-once': { name: 'Ringfence blob creator', builtIn: null, dataActions: [`${blobs}/add/action`] },
  'write-resume': { name: 'Ringfence blob writer', builtIn: null, dataActions: [`${blobs}/read`, `${blobs}/write`, `${blobs}/add/action`] },
  rotate: {
    name: 'Storage Blob Data Contributor',
    builtIn: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
    dataActions: [`${blobs}/read`, `${blobs}/write`, `${blobs}/add/action`, `${blobs}/delete`, `${blobs}/move/action`],
  },
};

export interface RoleAssignment {
  readonly role: BlobRole;
  /** Resource id of the container. */
  readonly scope: string;
  /** Client id of the identity. */
  readonly clientId: string;
}

/** Assignments of every identity of the zone; empty where the zone does not tell the resource group. */
export function roleAssignments({ spec }: TrainingZone): readonly RoleAssignment[] {
  const group = spec.platform.resourceGroup;
  if (group === null) return [];
  const all = spec.workloads.flatMap(({ identity, data }) =>
    identity?.azure == null
      ? []
      : data.flatMap(({ azureBlob, access }) =>
          azureBlob === null
            ? []
            : [
                {
                  role: roles[access],
                  scope: `/subscriptions/${group.subscription}/resourceGroups/${group.name}/providers/Microsoft.Storage/storageAccounts/${azureBlob.account}/blobServices/default/containers/${azureBlob.container}`,
                  clientId: identity.azure?.clientId ?? '',
                },
              ],
        ),
  );
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}

/** A federated credential of one identity, as `az identity federated-credential create` takes it. The issuer must be the cluster's to the letter. */
export interface FederatedCredential {
  /** Client id of the identity. */
  readonly clientId: string;
  readonly name: string;
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
}

/** Source: Azure/azure-workload-identity documentation, federated identity credential. */
export function federatedCredentials({ spec }: TrainingZone): readonly FederatedCredential[] {
  const { oidcIssuer } = spec.platform;
  if (oidcIssuer === null) return [];
  const accounts = new Map(
    spec.workloads.flatMap(({ identity }) => (identity?.azure == null ? [] : [[identity.serviceAccount, identity.azure.clientId] as const])),
  );
  return [...accounts].map(([account, clientId]) => ({
    clientId,
    name: `${spec.namespace.name}-${account}`,
    issuer: oidcIssuer,
    subject: `system:serviceaccount:${spec.namespace.name}:${account}`,
    audiences: ['api://AzureADTokenExchange'],
  }));
}

export function azureFiles(zone: TrainingZone): IdentityFiles {
  const { platform, workloads } = zone.spec;
  if (workloads.every(({ identity }) => identity?.azure == null)) return noFiles;
  const assignments = roleAssignments(zone);
  const own = [...new Map(assignments.filter(({ role }) => role.builtIn === null).map(({ role }) => [role.name, role])).values()];
  return {
    documents: [
      ...own.map((role) => ({
        name: `role-${role.name.toLowerCase().replaceAll(' ', '-')}`,
        body: {
          Name: role.name,
          IsCustom: true,
          Description: 'Made by Ringfence: what one access mode of a data set needs, without delete.',
          Actions: [],
          NotActions: [],
          DataActions: role.dataActions,
          NotDataActions: [],
          AssignableScopes: [`/subscriptions/${platform.resourceGroup?.subscription}`],
        },
      })),
      ...(assignments.length === 0
        ? []
        : [
            {
              name: 'role-assignments',
              body: assignments.map(({ role, scope, clientId }) => ({
                roleDefinitionName: role.name,
                ...(role.builtIn === null ? {} : { roleDefinitionId: role.builtIn }),
                scope,
                clientId,
              })),
            },
          ]),
      ...federatedCredentials(zone).map(({ clientId: _, ...body }) => ({ name: `federated-${body.name}`, body })),
    ],
    missing: [
      ...(platform.resourceGroup === null ? ['platform.resourceGroup, for the role assignments'] : []),
      ...(platform.oidcIssuer === null ? ['platform.oidcIssuer, for the federated credential'] : []),
    ],
  };
}

import type { TrainingZone } from '../../../spec/zone.ts';
import { awsRoles } from './aws-role.ts';
import { federatedCredentials, roleAssignments } from './azure.ts';
import { bucketBindings, workloadIdentities } from './google.ts';
import type { IdentityDocument } from './identity-files.ts';
import { oracleStatements } from './oracle.ts';

type Blocks = Record<string, Record<string, unknown>>;

/**
 * The same as Terraform reads it (JSON syntax): resources that take the documents beside it with `file`, so that nothing is said twice. Perimeters and
 * policies of endpoints and buckets are not applied by it: they belong to whoever owns the network and the buckets, and replace what is there.
 * Null where there is nothing to make. Source: Terraform language documentation, JSON configuration syntax; provider documentation of each resource.
 */
export function terraform(zone: TrainingZone, documents: readonly IdentityDocument[]): unknown {
  const resource: Blocks = {};
  const add = (type: string, name: string, body: unknown): void => {
    resource[type] = { ...resource[type], [identifier(name)]: body };
  };
  const has = (name: string): boolean => documents.some((document) => document.name === name);
  const file = (name: string): string => `\${file("\${path.module}/${name}.json")}`;
  for (const role of awsRoles(zone)) {
    if (!has(`role-${role.name}.trust`)) continue;
    add('aws_iam_role', role.name, { name: role.name, path: rolePath(role.arn), assume_role_policy: file(`role-${role.name}.trust`) });
    for (const part of ['data', 'checkpoints'])
      if (has(`role-${role.name}.${part}`))
        add('aws_iam_role_policy', `${role.name}-${part}`, {
          name: `training-${part}`,
          role: `\${aws_iam_role.${identifier(role.name)}.name}`,
          policy: file(`role-${role.name}.${part}`),
        });
    if (role.identity.podIdentity !== null)
      add('aws_eks_pod_identity_association', `${role.name}-${role.identity.serviceAccount}`, {
        cluster_name: literal(zone.spec.platform.cluster ?? ''),
        namespace: zone.spec.namespace.name,
        service_account: role.identity.serviceAccount,
        role_arn: `\${aws_iam_role.${identifier(role.name)}.arn}`,
      });
  }
  for (const { bucket, role, member, condition } of bucketBindings(zone))
    add(
      'google_storage_bucket_iam_member',
      `${bucket}-${role.slice(role.lastIndexOf('.') + 1)}-${member.split(':')[1]?.split('@')[0]}${condition === null ? '' : `-${condition.title}`}`,
      {
        bucket,
        role,
        member,
        ...(condition === null ? {} : { condition: { title: condition.title, expression: literal(condition.expression) } }),
      },
    );
  for (const { account, member } of workloadIdentities(zone))
    add('google_service_account_iam_member', account.split('@')[0] ?? account, {
      service_account_id: `projects/${/@([a-z0-9-]+)\.iam\.gserviceaccount\.com$/.exec(account)?.[1] ?? zone.spec.platform.project?.id}/serviceAccounts/${account}`,
      role: 'roles/iam.workloadIdentityUser',
      member,
    });
  const principals = new Map<string, string>();
  for (const { role, scope, clientId } of roleAssignments(zone)) {
    const principal = `principal-${clientId}`;
    principals.set(principal, clientId);
    if (role.builtIn === null)
      add('azurerm_role_definition', role.name, {
        name: role.name,
        scope: scope.split('/').slice(0, 3).join('/'),
        permissions: { actions: [], not_actions: [], data_actions: role.dataActions, not_data_actions: [] },
      });
    add('azurerm_role_assignment', `${scope.split('/').at(-1)}-${role.name}`, {
      scope: literal(scope),
      ...(role.builtIn === null
        ? { role_definition_id: `\${azurerm_role_definition.${identifier(role.name)}.role_definition_resource_id}` }
        : { role_definition_name: role.name }),
      principal_id: `\${data.azuread_service_principal.${identifier(principal)}.object_id}`,
    });
  }
  const statements = oracleStatements(zone);
  if (statements.length > 0)
    add('oci_identity_policy', zone.metadata.name, {
      name: `training-${zone.metadata.name}`,
      description: `What training of zone ${zone.metadata.name} may do. Made by Ringfence.`,
      compartment_id: '${var.compartment_id}',
      statements: statements.map(literal),
    });
  const credentials = federatedCredentials(zone);
  for (const credential of credentials)
    add('azurerm_federated_identity_credential', credential.name, {
      name: credential.name,
      resource_group_name: `\${var.${identityVariable(credential.clientId, 'resource_group')}}`,
      parent_id: `\${var.${identityVariable(credential.clientId, 'id')}}`,
      audience: credential.audiences,
      issuer: credential.issuer,
      subject: credential.subject,
    });
  if (Object.keys(resource).length === 0) return null;
  const variable: Record<string, unknown> = {
    ...(statements.length > 0 ? { compartment_id: { type: 'string', description: 'OCID of the compartment that holds the policy.' } } : {}),
    ...Object.fromEntries(
      credentials.flatMap(({ clientId }) => [
        [identityVariable(clientId, 'resource_group'), { type: 'string', description: `Resource group of the managed identity with client id ${clientId}.` }],
        [identityVariable(clientId, 'id'), { type: 'string', description: `Resource id of the managed identity with client id ${clientId}.` }],
      ]),
    ),
  };
  const data =
    principals.size === 0
      ? {}
      : { data: { azuread_service_principal: Object.fromEntries([...principals].map(([name, clientId]) => [identifier(name), { client_id: clientId }])) } };
  return { ...(Object.keys(variable).length === 0 ? {} : { variable }), ...data, resource };
}

/** A name that Terraform takes: letters, digits, dashes and underscores, not beginning with a digit. */
function identifier(name: string): string {
  const plain = name.toLowerCase().replace(/[^a-z0-9_-]/g, '_');
  return /^[a-z_]/.test(plain) ? plain : `_${plain}`;
}

function identityVariable(clientId: string, what: string): string {
  return `identity_${clientId.toLowerCase()}_${what}`;
}

/** Text in which Terraform must see no template. */
function literal(text: string): string {
  // Functions, because `$$` in a replacement text means one dollar.
  return text.replaceAll('${', () => '$${').replaceAll('%{', () => '%%{');
}

function rolePath(arn: string): string {
  const path = arn.slice(arn.indexOf(':role/') + ':role'.length, arn.lastIndexOf('/') + 1);
  return path === '' ? '/' : path;
}

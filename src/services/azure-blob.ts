/**
 * Hosts of one storage account: Blob, and Data Lake (ABFS uses dfs and may use blob). The account is in the name, so a rule on it names a tenant.
 * Source: Azure Storage documentation, storage account endpoints.
 */
export function azureBlobHosts(account: string): readonly string[] {
  return [`${account}.blob.core.windows.net`, `${account}.dfs.core.windows.net`];
}

/**
 * Hosts at which Azure Workload Identity trades the pod's token; the second serves instance discovery.
 * Source: Azure/azure-workload-identity documentation; azure-identity library.
 */
export const azureLoginHosts: readonly string[] = ['login.microsoftonline.com', 'login.microsoft.com'];

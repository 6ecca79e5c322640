/** A cloud of Azure: where its storage accounts have their names and where tokens are issued. */
interface AzureCloud {
  readonly storage: string;
  readonly login: readonly string[];
}

const publicCloud: AzureCloud = { storage: 'core.windows.net', login: ['login.microsoftonline.com', 'login.microsoft.com'] };

/** By the beginning of a region's name. Source: the cloud settings of the Azure SDK and CLI (AzureUSGovernment, AzureChinaCloud). */
const sovereign: readonly (readonly [regionPrefix: string, AzureCloud])[] = [
  ['usgov', { storage: 'core.usgovcloudapi.net', login: ['login.microsoftonline.us'] }],
  ['usdod', { storage: 'core.usgovcloudapi.net', login: ['login.microsoftonline.us'] }],
  ['china', { storage: 'core.chinacloudapi.cn', login: ['login.chinacloudapi.cn'] }],
];

function cloudOf(region: string | null): AzureCloud {
  return sovereign.find(([prefix]) => region?.startsWith(prefix))?.[1] ?? publicCloud;
}

/**
 * Hosts of one storage account: Blob, and Data Lake (ABFS uses dfs and may use blob). The account is in the name, so a rule on it names a tenant.
 * `region` null: the public cloud. Source: Azure Storage documentation, storage account endpoints.
 */
export function azureBlobHosts(account: string, region: string | null): readonly string[] {
  const { storage } = cloudOf(region);
  return [`${account}.blob.${storage}`, `${account}.dfs.${storage}`];
}

/**
 * Hosts at which Azure Workload Identity trades the pod's token, the required one first; the second, where there is one, serves instance discovery.
 * Source: Azure/azure-workload-identity documentation; azure-identity library.
 */
export function azureLoginHosts(region: string | null): readonly string[] {
  return cloudOf(region).login;
}

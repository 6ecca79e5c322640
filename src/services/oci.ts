/**
 * Hosts of OCI Object Storage. The dedicated form and the S3 form carry the tenancy's namespace in their name; the older shared one has it in the path,
 * where no rule on names sees it. Source: OCI documentation, Object Storage dedicated endpoints and the Amazon S3 compatibility API.
 */
export function ociHosts(namespace: string, region: string, api: 'native' | 's3' | 'shared'): readonly string[] {
  switch (api) {
    case 'native':
      return [`${namespace}.objectstorage.${region}.oci.customer-oci.com`];
    case 's3':
      return [`${namespace}.compat.objectstorage.${region}.oci.customer-oci.com`, `${namespace}.compat.objectstorage.${region}.oraclecloud.com`];
    case 'shared':
      return [`objectstorage.${region}.oraclecloud.com`];
  }
}

/**
 * TCP port of the API server's side at which pods of OKE trade their token for that of a resource principal.
 * Source: the OKE workload identity provider of the OCI SDKs (`https://$KUBERNETES_SERVICE_HOST:12250/resourcePrincipalSessionTokens`).
 */
export const okeTokenPort = 12250;

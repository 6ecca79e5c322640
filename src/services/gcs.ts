/**
 * The one host of the Cloud Storage JSON API; the bucket is in the path, so no rule on names or server names can tell tenants apart.
 * Source: Cloud Storage documentation, request endpoints.
 */
export const gcsHost = 'storage.googleapis.com';

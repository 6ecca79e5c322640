/**
 * The one host of the Cloud Storage JSON API; the bucket is in the path, so no rule on names or server names can tell tenants apart.
 * Source: Cloud Storage documentation, request endpoints.
 */
export const gcsHost = 'storage.googleapis.com';

/** Where the name of Cloud Storage leads: to Google's public front ends, or to addresses that a VPC routes by itself. */
export type GoogleVip = 'public' | 'private' | 'restricted';

/**
 * Addresses that stand for Google APIs inside a VPC; no feed of addresses lists them. `restricted` serves only what VPC Service Controls govern and is not
 * announced to the internet; `private` serves all APIs. Source: Google Cloud documentation, configure private Google access, and VPC Service Controls,
 * private connectivity.
 */
export const googleVips: Readonly<Record<Exclude<GoogleVip, 'public'>, readonly string[]>> = {
  private: ['199.36.153.8/30', '2600:2d00:2:2000::/64'],
  restricted: ['199.36.153.4/30', '2600:2d00:2:1000::/64'],
};

/**
 * Addresses at which Google's APIs answer inside Google Cloud, and that no feed lists. Restricted admits only services that VPC Service Controls can hold.
 * Source: Google Cloud documentation, VPC Service Controls, set up private connectivity; VPC, configure Private Google Access (IPv4 of both, IPv6 of restricted).
 */
export const googleVips: Readonly<Record<string, readonly string[]>> = {
  'google-restricted-vip': ['199.36.153.4/30', '2600:2d00:2:1000::/64'],
  'google-private-vip': ['199.36.153.8/30'],
};

import type { ClusterNode } from '../model/cluster.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Workload } from '../model/workload.ts';
import { type IpSet, ipIntersect, ipIsEmpty, ipSetOf, ipSubtract, ipUnion, ipUnionAll, noAddresses, parseCidr, parseIp } from '../space/ip-set.ts';

/**
 * Where pods and nodes may have addresses when no input says so: the private ranges.
 * Source: RFC 1918, RFC 6598 (shared address space, used for pods by EKS custom networking and GKE), RFC 4193. Printed as an assumption.
 */
export const assumedClusterRanges: IpSet = cidrSet(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7']);

/** Ranges that no host on the public internet has. Source: IANA IPv4 and IPv6 special-purpose address registries (RFC 6890 and updates), multicast and class E. */
export const specialRanges: IpSet = cidrSet([
  ...[
    '0.0.0.0/8',
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '172.16.0.0/12',
    '192.0.0.0/24',
    '192.0.2.0/24',
    '192.88.99.0/24',
    '192.168.0.0/16',
  ],
  ...['198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
  ...['::/3', '4000::/2', '8000::/1', '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'],
]);

/** Addresses of the public internet: everything but the special-purpose ranges (for IPv6, 2000::/3 less its special blocks). */
export const publicAddresses: IpSet = ipSubtract(cidrSet(['0.0.0.0/0', '::/0']), specialRanges);

/** The addresses of valid CIDRs; invalid text is left out (readers have reported it). */
export function cidrSet(cidrs: Iterable<string>): IpSet {
  return ipUnionAll([...cidrs].flatMap((text) => parseCidr(text)?.set ?? []));
}

/** A block less its exceptions. An exception takes from its own block only. */
export function blockSet(cidr: string, except: readonly string[]): IpSet {
  return ipSubtract(cidrSet([cidr]), cidrSet(except));
}

/** Every address a pod of this workload may have: its known ones, else its node's pod range or the cluster's, else the assumed private ranges. */
export function podAddresses(snapshot: Snapshot, workload: Workload): IpSet {
  if (workload.ips.length > 0) return addressSet(workload.ips);
  if (snapshot.ranges.pods.length > 0) return cidrSet(snapshot.ranges.pods);
  return assumedClusterRanges;
}

/** Every address a node may have. `null` is a node that no input names. */
export function nodeAddresses(snapshot: Snapshot, node: ClusterNode | null): IpSet {
  if (node !== null && node.addresses.length > 0) return addressSet(node.addresses);
  if (snapshot.ranges.nodes.length > 0) return cidrSet(snapshot.ranges.nodes);
  return assumedClusterRanges;
}

/** Addresses as a set. */
export function addressSet(texts: readonly string[]): IpSet {
  let all = noAddresses;
  for (const text of texts) {
    const ip = parseIp(text);
    if (ip !== undefined) all = ipUnion(all, ipSetOf(ip));
  }
  return all;
}

/**
 * Whether something whose address is one of `candidates` lies in `block`. With several known addresses (dual stack) one hit is enough, since the
 * source may choose it; with a range of candidates the answer is known only when the range lies wholly inside or outside.
 */
export function inBlock(candidates: IpSet, exact: boolean, block: IpSet): 'yes' | 'no' | 'maybe' {
  if (ipIsEmpty(ipIntersect(candidates, block))) return 'no';
  if (exact) return 'yes';
  const outside = ipSubtract(candidates, block);
  return (candidates.v4.length === 0 || outside.v4.length === 0) && (candidates.v6.length === 0 || outside.v6.length === 0) ? 'yes' : 'maybe';
}

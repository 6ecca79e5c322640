import { type IpAddress, type IpSet, ipHas, ipUnionAll, parseCidr } from '../space/ip-set.ts';

/**
 * Blocks that are nobody's on the internet, or that mean this host, its neighbours or many hosts. Source: IANA IPv4 and IPv6 Special-Purpose Address
 * Registries; RFC 5771 and RFC 4291 for multicast; RFC 4291 §2.4: global unicast IPv6 is in 2000::/3. The documentation blocks are left out: nothing answers there.
 */
const blocks: readonly string[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/3',
  // Azure's WireServer has a public number and answers every virtual machine. Source: Azure documentation, what is IP address 168.63.129.16.
  '168.63.129.16/32',
  // All but 2000::/3.
  '::/3',
  '4000::/2',
  '8000::/1',
  // IETF protocol assignments (Teredo is in it), and 6to4, which holds an IPv4 address.
  '2001::/23',
  '2002::/16',
];

/** Addresses that no host of the internet has. */
export const notPublic: IpSet = ipUnionAll(blocks.flatMap((text) => parseCidr(text)?.set ?? []));

/** Whether a host of the internet may have this address. */
export function isPublic(ip: IpAddress): boolean {
  return !ipHas(notPublic, ip);
}

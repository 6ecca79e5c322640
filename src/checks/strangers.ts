import { blockSet } from '../engine/addresses.ts';
import type { Peer, Rule } from '../model/policy.ts';
import { ipHas, parseIp } from '../space/ip-set.ts';

/** Addresses that nobody who lists their own would list: from the blocks kept for documentation. Source: RFC 5737, RFC 3849. */
const strangers = ['192.0.2.1', '203.0.113.1', '2001:db8::1'].map(parseIp).filter((ip) => ip !== undefined);

/** Whether a rule lets addresses pass that nobody listed: any peer, the world, or a block as wide as that. */
export function admitsStrangers(rule: Rule): boolean {
  return rule.peers === null || rule.peers.some(holdsStrangers);
}

function holdsStrangers(peer: Peer): boolean {
  if (peer.kind === 'entity') return peer.entity === 'all' || peer.entity === 'world';
  return peer.kind === 'cidr' && strangers.some((ip) => ipHas(blockSet(peer.cidr, peer.except), ip));
}

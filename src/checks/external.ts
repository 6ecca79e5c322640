import { blockSet } from '../engine/addresses.ts';
import type { Flow } from '../engine/flow.ts';
import type { Reachability, ReachParty } from '../engine/reach.ts';
import type { Peer, Rule } from '../model/policy.ts';
import { enforces } from '../model/profile.ts';
import type { Workload, WorkloadId } from '../model/workload.ts';
import { type IpAddress, ipHas, parseIp } from '../space/ip-set.ts';
import { TransportSet } from '../space/transport-set.ts';
import { type PlacedRule, policyIndex } from './policy-index.ts';
import { rulePorts } from './rule-ports.ts';

const nothing: Flow = { allowed: TransportSet.empty, unknown: TransportSet.empty };

/** The block of outside addresses that holds an address, or undefined when the address is not an outside one. */
export function blockOf(reach: Reachability, ip: IpAddress): (ReachParty & { readonly kind: 'external' }) | undefined {
  for (const party of reach.parties) if (party.kind === 'external' && ipHas(party.addresses, ip)) return party;
  return undefined;
}

/** What a workload may send to one outside address; nothing when the address is not an outside one. */
export function towards(reach: Reachability, from: WorkloadId, address: string): Flow {
  const ip = parseIp(address);
  const block = ip === undefined ? undefined : blockOf(reach, ip);
  return block === undefined ? nothing : reach.between({ kind: 'workload', id: from }, block);
}

/** Whether a peer covers an outside address. Entities `all` and `world` do. */
export function coversAddress(peer: Peer, ip: IpAddress): boolean {
  if (peer.kind === 'entity') return peer.entity === 'all' || peer.entity === 'world';
  return peer.kind === 'cidr' && ipHas(blockSet(peer.cidr, peer.except), ip);
}

/** The egress rules of a workload that allow something of `wanted` towards an outside address. */
export function rulesTowards(reach: Reachability, workload: Workload, address: string, wanted: TransportSet): readonly PlacedRule[] {
  const ip = parseIp(address);
  if (ip === undefined) return [];
  return policyIndex(reach.snapshot)
    .rules(workload.id, 'egress')
    .filter(
      ({ policy, rule }) => enforces(reach.profile, policy) && rule.action === 'allow' && opens(rule, ip) && !rulePorts(rule, null).intersect(wanted).isEmpty,
    );
}

function opens(rule: Rule, ip: IpAddress): boolean {
  return rule.peers === null || rule.peers.some((p) => coversAddress(p, ip));
}

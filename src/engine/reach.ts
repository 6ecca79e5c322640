import type { Profile } from '../model/profile.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Direction } from '../model/policy.ts';
import type { IpSet } from '../space/ip-set.ts';
import type { TransportSet } from '../space/transport-set.ts';
import type { WorkloadId } from '../model/workload.ts';

/**
 * A party of the reachability matrix: all pods of one workload, one node (null: a node no input names), a block of outside addresses that every
 * rule treats alike, or an outside DNS name.
 */
export type ReachParty =
  | { readonly kind: 'workload'; readonly id: WorkloadId }
  | { readonly kind: 'node'; readonly node: string | null }
  | { readonly kind: 'external'; readonly addresses: IpSet }
  | { readonly kind: 'name'; readonly name: string };

/** What may pass: `allowed` for certain, `unknown` perhaps; the two are disjoint and the rest is denied. */
export interface Flow {
  readonly allowed: TransportSet;
  readonly unknown: TransportSet;
}

/**
 * All traffic between all parties, symbolically; agrees with `decide` on every packet.
 * A workload to itself means one replica to another (a pod to itself is never blocked).
 * `every`: what holds for all pairs of pods; `some` (the default): what holds for at least one pair.
 */
export interface Reachability {
  readonly snapshot: Snapshot;
  readonly profile: Profile;
  /** Workloads that hold a network identity (finished ones do not), nodes, outside address blocks (they partition all outside addresses), names that rules mention. */
  readonly parties: readonly ReachParty[];
  between(from: ReachParty, to: ReachParty, quantifier?: 'some' | 'every'): Flow;
  /** One side alone: what the source's egress, or the destination's ingress, lets pass. */
  side(direction: Direction, from: ReachParty, to: ReachParty, quantifier?: 'some' | 'every'): Flow;
  /** Is the workload under default deny in this direction (some policy that isolates selects it)? */
  isolated(workload: WorkloadId, direction: Direction): boolean;
}

export declare function reach(snapshot: Snapshot, profile: Profile): Reachability;

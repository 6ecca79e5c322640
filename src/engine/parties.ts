import type { WorkloadId } from '../model/workload.ts';
import type { IpSet } from '../space/ip-set.ts';

/**
 * A party of the reachability matrix: all pods of one workload, one node (null: a node no input names), a block of outside addresses, or an outside
 * DNS name (of those that a rule's pattern admits, one that stands for all; `pattern` is what the rule says).
 */
export type ReachParty =
  | { readonly kind: 'workload'; readonly id: WorkloadId }
  | { readonly kind: 'node'; readonly node: string | null }
  | { readonly kind: 'external'; readonly addresses: IpSet }
  | { readonly kind: 'name'; readonly name: string; readonly pattern?: string };

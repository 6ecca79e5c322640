import type { Origin } from '../kernel/origin.ts';
import type { ClaimResult } from './claim.ts';

/**
 * A policy that is in the cluster and decides nothing until it is promoted. `does`: on promotion its `target` is set (made, or replaced) or deleted, or
 * nothing happens (it is only there to be learnt from).
 */
export interface StagedPolicy {
  /** `StagedNetworkPolicy ml/default-deny`. */
  readonly id: string;
  readonly does: 'set' | 'delete' | 'nothing';
  /** The policy that it would become, or take away: `NetworkPolicy ml/default-deny`. */
  readonly target: string;
  readonly origin: Origin;
}

/** One claim with what is enforced, and if everything staged were promoted. */
export interface PromotedClaim {
  readonly zone: string;
  /** Its id. */
  readonly claim: string;
  readonly now: ClaimResult['status'];
  readonly promoted: ClaimResult['status'];
  /**
   * Where the two differ: ids of staged policies that bring the change when they alone are promoted; where none does, those without which it does not
   * come; where there is none of these either, all of them together do. Empty as well where there were too many to try.
   */
  readonly because: readonly string[];
}

/** What promoting every staged policy of the input makes of each claim. */
export interface IfPromoted {
  readonly policies: readonly StagedPolicy[];
  readonly claims: readonly PromotedClaim[];
}

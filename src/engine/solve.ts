import type { Action } from '../model/policy.ts';
import { TransportSet } from '../space/transport-set.ts';

/**
 * What one side (the source's egress, or the destination's ingress) may do with every packet between two parties: the ports on which it may let
 * them pass, and those on which it may stop them. A port in both is unknown; each port is in at least one.
 */
export interface SideFlow {
  readonly mayAllow: TransportSet;
  readonly mayDeny: TransportSet;
}

export const open: SideFlow = { mayAllow: TransportSet.full, mayDeny: TransportSet.empty };

/** One rule that matches the peer: on `certain` ports without doubt, on `possible` ones (disjoint) perhaps. */
export interface MatchedRule {
  readonly action: Action;
  readonly rank: number;
  readonly certain: TransportSet;
  readonly possible: TransportSet;
}

/** One tier: the rules that match, and the ports on which its end denies what is left, for certain or perhaps. */
export interface MatchedTier {
  readonly rules: readonly MatchedRule[];
  readonly endDenies: TransportSet;
  readonly endMayDeny: TransportSet;
}

/** The tier walk of `decide`, for all ports at once: first-match subtraction by rank, `pass` to the next tier, default allow at the end. */
export function solve(tiers: readonly MatchedTier[]): SideFlow {
  let arriving = TransportSet.full;
  let mayAllow = TransportSet.empty;
  let mayDeny = TransportSet.empty;
  for (const tier of tiers) {
    let passed = TransportSet.empty;
    const ranks = [...new Set(tier.rules.map((r) => r.rank))].sort((a, b) => a - b);
    for (const rank of ranks) {
      let settled = TransportSet.empty;
      for (const rule of tier.rules) {
        if (rule.rank !== rank) continue;
        const hit = rule.certain.union(rule.possible).intersect(arriving);
        if (rule.action === 'allow') mayAllow = mayAllow.union(hit);
        else if (rule.action === 'deny') mayDeny = mayDeny.union(hit);
        else passed = passed.union(hit);
        settled = settled.union(rule.certain);
      }
      arriving = arriving.subtract(settled);
    }
    mayDeny = mayDeny.union(arriving.intersect(tier.endDenies.union(tier.endMayDeny)));
    arriving = arriving.subtract(tier.endDenies).union(passed);
  }
  return { mayAllow: mayAllow.union(arriving), mayDeny };
}

import type { Action, Tier } from '../model/policy.ts';
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

/** One rule that matches the peer: on `certain` ports without doubt, on `possible` ones perhaps. */
export interface MatchedRule {
  readonly action: Action;
  readonly certain: TransportSet;
  readonly possible: TransportSet;
}

/** Sequences of steps of rules, as `sequencesOf` has them. */
export type MatchedGroup = readonly (readonly (readonly MatchedRule[])[])[];

/** One tier: its place and where `pass` goes on, its groups in order, and the ports on which its end denies what is left, for certain or perhaps. */
export interface MatchedTier {
  readonly tier: Pick<Tier, 'order' | 'passesTo'>;
  readonly groups: readonly MatchedGroup[];
  readonly endDenies: TransportSet;
  readonly endMayDeny: TransportSet;
}

/** The tier walk of `decide`, for all ports at once: first-match subtraction along each sequence, `pass` to a later tier, default allow at the end. */
export function solve(tiers: readonly MatchedTier[]): SideFlow {
  let arriving = TransportSet.full;
  let mayAllow = TransportSet.empty;
  let mayDeny = TransportSet.empty;
  // Ports that were passed, by the order of the tier in which they go on.
  let waiting: { readonly to: number; readonly ports: TransportSet }[] = [];
  for (const tier of tiers) {
    const { order, passesTo = order } = tier.tier;
    for (const w of waiting) if (w.to <= order) arriving = arriving.union(w.ports);
    waiting = waiting.filter((w) => w.to > order);
    let passed = TransportSet.empty;
    for (const group of tier.groups) {
      let settled = TransportSet.empty;
      for (const sequence of group) {
        let here = arriving;
        for (const step of sequence) {
          let certain = TransportSet.empty;
          for (const rule of step) {
            const hit = rule.certain.union(rule.possible).intersect(here);
            if (rule.action === 'allow') mayAllow = mayAllow.union(hit);
            else if (rule.action === 'deny') mayDeny = mayDeny.union(hit);
            else passed = passed.union(hit);
            certain = certain.union(rule.certain);
          }
          settled = settled.union(certain.intersect(here));
          here = here.subtract(certain);
        }
      }
      arriving = arriving.subtract(settled);
    }
    mayDeny = mayDeny.union(arriving.intersect(tier.endDenies.union(tier.endMayDeny)));
    arriving = arriving.subtract(tier.endDenies);
    if (!passed.isEmpty) waiting.push({ to: passesTo, ports: passed });
  }
  return { mayAllow: TransportSet.unionAll([mayAllow, arriving, ...waiting.map((w) => w.ports)]), mayDeny };
}

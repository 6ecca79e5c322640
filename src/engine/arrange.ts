import { kept } from '../kernel/memo.ts';
import { compareText } from '../kernel/stable.ts';
import type { Policy, Rule, Tier } from '../model/policy.ts';
import type { Profile } from '../model/profile.ts';

/** A policy, and anything that was known about it before. */
interface Holder {
  readonly policy: Policy;
}

/** What a CNI says about the order of policies. */
type Placing = Pick<Profile, 'equalOrder' | 'tieName' | 'place'>;

/** Tier and order of a policy: its own, or those that the CNI keeps for it. */
export function placeOf(policy: Policy, profile: Placing): Pick<Policy, 'tier' | 'order'> {
  return profile.place?.(policy) ?? policy;
}

/** One tier with its policies in order; those of one group have no order among them. */
export interface ArrangedTier<T> {
  readonly tier: Tier;
  readonly groups: readonly (readonly T[])[];
}

/**
 * Policies in the order in which a CNI walks them: tiers by their order (ties by name), in a tier by `order`. Policies of equal order that settle by
 * first match are told apart by name where the CNI does so; else they stand beside each other. Source: projectcalico/calico felix/calc/policy_sorter.go.
 */
export function arrange<T extends Holder>(holders: readonly T[], profile: Placing): ArrangedTier<T>[] {
  const byTier = new Map<string, T[]>();
  for (const h of holders) kept(byTier, placeOf(h.policy, profile).tier.id, () => []).push(h);
  return [...byTier.values()]
    .map((members) => ({ tier: placeOf((members[0] as T).policy, profile).tier, groups: groupsOf(members, profile) }))
    .sort((a, b) => a.tier.order - b.tier.order || compareText(a.tier.id, b.tier.id));
}

function groupsOf<T extends Holder>(members: readonly T[], profile: Placing): T[][] {
  const byOrder = new Map<number, T[]>();
  for (const h of members) kept(byOrder, placeOf(h.policy, profile).order, () => []).push(h);
  return [...byOrder]
    .sort(([a], [b]) => a - b)
    .flatMap(([, equal]) => {
      if (profile.equalOrder === 'ambiguous' || equal.every((h) => h.policy.evaluation !== 'first-match')) return [equal];
      const nameOf = profile.tieName ?? tieName;
      const sorted = [...equal].sort((a, b) => compareText(nameOf(a.policy), nameOf(b.policy)) || comparePart(a.policy.id, b.policy.id));
      return sorted.map((h) => [h]);
    });
}

/** Parts of one object have its name, and ids that count: `X`, `X part 2`, `X part 10`. */
function comparePart(a: string, b: string): number {
  return a.length - b.length || compareText(a, b);
}

function tieName(policy: Policy): string {
  return `${policy.name}/${policy.namespace ?? ''}/${policy.kind}`;
}

/**
 * The rules of one group as sequences of steps: a certain match ends its sequence. All `deny-wins` policies make one sequence (denies, then the
 * rest), and so do all `ranked` ones (a rank a step); each `first-match` policy makes its own, a rule a step. Sequences stand beside each other.
 */
export function sequencesOf<T extends Holder, R>(
  group: readonly T[],
  rulesOf: (holder: T) => readonly R[],
  ruleOf: (rule: R) => Pick<Rule, 'action' | 'rank'>,
): R[][][] {
  const by = (evaluation: Policy['evaluation']): T[] => group.filter((h) => h.policy.evaluation === evaluation);
  const union = by('deny-wins').flatMap(rulesOf);
  const both = [union.filter((r) => ruleOf(r).action === 'deny'), union.filter((r) => ruleOf(r).action !== 'deny')].filter((step) => step.length > 0);
  const ranks = new Map<number, R[]>();
  for (const rule of by('ranked').flatMap(rulesOf)) kept(ranks, ruleOf(rule).rank ?? 0, () => []).push(rule);
  const ranked = [...ranks].sort(([a], [b]) => a - b).map(([, step]) => step);
  return [...[both, ranked].filter((sequence) => sequence.length > 0), ...by('first-match').map((h) => rulesOf(h).map((r) => [r]))];
}

import { kept } from '../kernel/memo.ts';
import type { Action, Policy, PortMatch, Rule } from '../model/policy.ts';
import type { Profile } from '../model/profile.ts';
import type { Workload } from '../model/workload.ts';
import { TransportSet } from '../space/transport-set.ts';
import { arrange, placeOf, sequencesOf } from './arrange.ts';
import { portless, rulePorts } from './rules.ts';
import type { Hit, TierEnd } from './signature.ts';
import { type MatchedRule, type SideFlow, solve } from './solve.ts';

/** What a rule does once it matches. Rules of unions that do the same on the same ports have one effect between them. */
interface Effect {
  readonly policy: Policy;
  readonly action: Action;
  readonly rank?: number;
  readonly ports: readonly PortMatch[] | null;
}

/** The effects of one direction, by number, and what comes of some of them together. */
export class Effects {
  readonly #profile: Profile;
  readonly #all: Effect[] = [];
  readonly #numbers = new Map<string, number>();
  /** Whether rules of unions share effects: where names tell policies of equal order apart, each keeps its own place among those that settle by first match. */
  readonly #merges: boolean;

  constructor(profile: Profile, policies: readonly Policy[]) {
    this.#profile = profile;
    this.#merges = profile.equalOrder !== 'by-name' || !policies.some((p) => p.evaluation === 'first-match');
  }

  /** Whether a policy can join as things stand: one that would change how all others are numbered cannot. */
  admits(policy: Policy): boolean {
    return !(this.#merges && this.#profile.equalOrder === 'by-name' && policy.evaluation === 'first-match');
  }

  /** In a union only the action and the ports matter; where the first match settles, each rule is an effect of its own. */
  of(policy: Policy, rule: Rule): number {
    const make = (): number => this.#all.push({ policy, action: rule.action, ...(rule.rank === undefined ? {} : { rank: rule.rank }), ports: rule.ports }) - 1;
    if (!this.#merges || policy.evaluation !== 'deny-wins') return make();
    const { tier, order } = placeOf(policy, this.#profile);
    return kept(this.#numbers, `${tier.id} ${order} ${rule.action} ${JSON.stringify(rule.ports)}`, make);
  }

  /** The walk, where these effects come about and these tiers end so. */
  solve(hits: readonly Hit[], ends: ReadonlyMap<string, TierEnd>, destination: Workload | null): SideFlow {
    const unsure = this.#profile.otherProtocolsByRule === 'unknown' ? portless : TransportSet.empty;
    const byPolicy = new Map<Policy, { readonly rule: Pick<Rule, 'action' | 'rank'>; readonly order: number; readonly matched: MatchedRule }[]>();
    for (const hit of hits) {
      const order = hit < 0 ? -1 - hit : hit;
      const effect = this.#all[order] as Effect;
      const { policy, action, ports: items } = effect;
      const ports = rulePorts(this.#profile, items, destination);
      const matched = hit < 0 ? { action, certain: TransportSet.empty, possible: ports.certain.union(ports.possible) } : { action, ...ports };
      kept(byPolicy, policy, () => []).push({ rule: effect, order, matched });
    }
    // Effects were numbered in rule order.
    for (const list of byPolicy.values()) list.sort((a, b) => a.order - b.order);
    for (const { policy } of ends.values()) kept(byPolicy, policy, () => []);
    const holders = [...byPolicy].map(([policy, effects]) => ({ policy, effects }));
    return solve(
      arrange(holders, this.#profile).map(({ tier, groups }) => {
        const end = tier.end === 'deny' ? ends.get(tier.id) : undefined;
        return {
          tier,
          groups: groups.map((group) =>
            sequencesOf(
              group,
              (h) => h.effects,
              (e) => e.rule,
            ).map((sequence) => sequence.map((step) => step.map((e) => e.matched))),
          ),
          endDenies: end?.certain === true ? TransportSet.full.subtract(unsure) : TransportSet.empty,
          endMayDeny: end === undefined ? TransportSet.empty : TransportSet.full,
        };
      }),
    );
  }
}

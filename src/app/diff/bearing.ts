import { decide } from '../../engine/decide.ts';
import { type Reachability, type ReachParty, reach as solve } from '../../engine/reach.ts';
import { portless } from '../../engine/rules.ts';
import type { Seen } from '../../engine/seen-by.ts';
import { kept } from '../../kernel/memo.ts';
import { everything } from '../../model/labels.ts';
import type { Direction, Policy } from '../../model/policy.ts';
import { policyText, ruleText } from '../../model/policy-text.ts';
import { mayEnforce, ownNodeAsAnyOther } from '../../model/profile.ts';
import type { Packet } from '../../model/verdict.ts';
import { protocols, TransportSet } from '../../space/transport-set.ts';
import { asAllows, closed } from '../as-allows.ts';
import { type Affected, membersOf, touchedBy } from './affected.ts';
import { unknownsOf } from './causes.ts';
import { packetBetween } from './example.ts';
import { type Leaf, partyOf, type Refinement } from './leaves.ts';
import type { PolicyChanges } from './same-policies.ts';

/** One side of a comparison: the cluster as it is, and its matrix, of pods as `split` parts them. */
export interface SolvedSide {
  readonly seen: Seen;
  readonly reach: Reachability;
}

/** Packets that are decided to compare what makes them unknown: some seconds. Beyond, what is unknown on both sides is told. */
const mostWalks = 20_000;

/**
 * Which of the traffic that is unknown on both sides a change bears on. There it cannot be told whether anything changed: `unknown` before and after may
 * be `allowed` before and `denied` after. Where the same rules, in the same state, leave the same thing open, it is the same on both sides.
 */
export class Bearing {
  readonly #before: SolvedSide;
  readonly #after: SolvedSide;
  readonly #parts: Refinement;
  readonly #affected: Affected | null;
  /** Policies of which more than rules differs: whom they select, what they isolate, their place. */
  readonly #reselected: PolicyChanges;
  /** Policies that may have a say. */
  readonly #effective: PolicyChanges;
  #solved: readonly [Reachability, Reachability] | undefined = undefined;
  readonly #reselects = new Map<string, boolean>();
  readonly #bounds: ReadonlyMap<string, readonly number[]>;
  #walks = mostWalks;

  constructor(before: SolvedSide, after: SolvedSide, parts: Refinement, changes: PolicyChanges, affected: Affected | null) {
    this.#before = before;
    this.#after = after;
    this.#parts = parts;
    this.#affected = affected;
    const gone = changes.gone.filter((p) => mayEnforce(before.seen.profile, p));
    const come = changes.come.filter((p) => mayEnforce(after.seen.profile, p));
    this.#effective = { gone, come };
    this.#reselected = { gone: unlike(gone, come), come: unlike(come, gone) };
    this.#bounds = boundsOf([before.seen, after.seen]);
  }

  /** The part of `unknown`, which is unknown on both sides between two leaves, that the change bears on. */
  of(from: Leaf, to: Leaf, unknown: TransportSet): TransportSet {
    const everywhere = [this.#before, this.#after].every(({ seen }) => seen.profile.otherProtocolsByRule === 'unknown');
    // What CNIs make of ICMP is unknown for every isolated pod: no rule bears on it.
    const asked = everywhere ? unknown.subtract(portless) : unknown;
    if (asked.isEmpty) return asked;
    if (this.#affected === null || this.#endChanged(from) || this.#endChanged(to)) return this.#byWalk(from, to, asked);
    return this.#byRules('egress', from, from, to, asked).union(this.#byRules('ingress', to, from, to, asked));
  }

  /** Each side with nothing but the rules that the other side does not have, as if all of them allowed: made where it is asked for. */
  get #changed(): readonly [Reachability, Reachability] {
    const { gone, come } = this.#effective;
    this.#solved ??= [onlyRules(this.#before, rulesNotIn(gone, come)), onlyRules(this.#after, rulesNotIn(come, gone))];
    return this.#solved;
  }

  #endChanged(leaf: Leaf): boolean {
    return leaf.kind === 'pods' && this.#affected?.changed.has(leaf.group) === true;
  }

  /** Where both ends are as they were: what rules match that one side alone has, unless that direction is known and the same on both sides. */
  #byRules(direction: Direction, subject: Leaf, from: Leaf, to: Leaf, asked: TransportSet): TransportSet {
    if (subject.kind !== 'pods' || this.#affected?.[direction].has(subject.group) !== true) return TransportSet.empty;
    const changed = this.#changed;
    const sides = [this.#before, this.#after].map(({ reach }, i) => {
      const ends = this.#ends(i === 0 ? 'before' : 'after', from, to);
      return ends === null ? null : { reach, ends, flow: reach.side(direction, ...ends), matched: (changed[i] as Reachability).side(direction, ...ends) };
    });
    const [b, a] = sides;
    if (b == null || a == null) return asked;
    const shut = (flow: typeof b.flow): TransportSet => TransportSet.full.subtract(flow.allowed.union(flow.unknown));
    const settled = b.flow.allowed.intersect(a.flow.allowed).union(shut(b.flow).intersect(shut(a.flow)));
    const open = asked.subtract(settled);
    const end = direction === 'egress' ? 0 : 1;
    const isolated = sides.every((s) => s !== null && s.ends[end].kind === 'workload' && s.reach.isolated(s.ends[end].id, direction));
    if (!isolated && this.#isReselected(subject.group, direction)) return open;
    return open.intersect(TransportSet.unionAll([b.matched, a.matched].flatMap((m) => [m.allowed, m.unknown])));
  }

  /** Whether a policy came, went or changed whom it isolates, of those that are about a group. */
  #isReselected(index: number, direction: Direction): boolean {
    return kept(this.#reselects, `${index} ${direction}`, () => {
      const group = this.#parts.groups[index];
      if (group === undefined) return false;
      const isolating = (policies: readonly Policy[]): Policy[] => policies.filter((p) => p.isolates[direction]);
      const changes = { gone: isolating(this.#reselected.gone), come: isolating(this.#reselected.come) };
      const members = group.leaves.flatMap((l) => membersOf(this.#parts.leaves[l]));
      return touchedBy(this.#before.reach, this.#after.reach, changes, direction, group, members);
    });
  }

  /** Two pods where both ends are one leaf; null where an end is not there. */
  #ends(side: 'before' | 'after', from: Leaf, to: Leaf): readonly [ReachParty, ReachParty] | null {
    const [a, b] = [partyOf(side, from, 0), partyOf(side, to, from === to ? 1 : 0)];
    return a === null || b === null ? null : [a, b];
  }

  /** Where an end, the profile or what rules look at is different: packets whose walks leave something else open on the two sides. */
  #byWalk(from: Leaf, to: Leaf, asked: TransportSet): TransportSet {
    return TransportSet.unionAll(
      this.#segments(asked).flatMap((segment) => {
        const packet = packetBetween(from, to, segment);
        return this.#walks-- > 0 && this.#leftOpen(this.#before, packet) === this.#leftOpen(this.#after, packet) ? [] : [segment];
      }),
    );
  }

  #leftOpen({ seen }: SolvedSide, packet: Packet): string {
    return unknownsOf(seen, decide(seen.snapshot, seen.profile, packet));
  }

  /** Ports cut so finely that no rule of either side tells two of one piece apart. */
  #segments(ports: TransportSet): TransportSet[] {
    return protocols.flatMap((protocol) => {
      const bounds = this.#bounds.get(protocol) ?? [];
      return ports.on(protocol).flatMap(([first, last]) => {
        const starts = [first, ...bounds.filter((n) => n > first && n <= last)];
        return starts.map((start, i) => TransportSet.of(protocol, [[start, (starts[i + 1] ?? last + 1) - 1]]));
      });
    });
  }
}

/** What a policy is beside its rules. */
function frameText(policy: Policy): string {
  return policyText({ ...policy, rules: [] });
}

function unlike(policies: readonly Policy[], others: readonly Policy[]): Policy[] {
  const known = new Set(others.map(frameText));
  return policies.filter((p) => !known.has(frameText(p)));
}

/** Policies with nothing but the rules that their counterparts of the other side lack; all rules where their order matters. */
function rulesNotIn(policies: readonly Policy[], others: readonly Policy[]): Policy[] {
  return policies.map((policy) => {
    const frame = frameText(policy);
    const known = new Set(policy.evaluation === 'deny-wins' ? others.filter((o) => frameText(o) === frame).flatMap((o) => o.rules.map(ruleText)) : []);
    return { ...policy, rules: policy.rules.filter((r) => !known.has(ruleText(r))) };
  });
}

/** What these rules match, as the traffic of a cluster that has no others. */
function onlyRules({ seen: { profile }, reach }: SolvedSide, policies: readonly Policy[]): Reachability {
  const enforced = [...new Set([...profile.enforces, denyAll.dialect, ...policies.map((p) => p.dialect)])];
  // A pod's own node counts as any other: what lets it in all the same is no rule.
  return solve({ ...reach.snapshot, policies: [denyAll, ...policies.map(asAllows)] }, { ...ownNodeAsAnyOther(profile), enforces: enforced, ignoredKinds: [] });
}

/** Every pod is isolated, so that what passes does so by a rule. */
const denyAll: Policy = {
  ...closed,
  id: 'deny all',
  dialect: 'kubernetes',
  kind: 'NetworkPolicy',
  namespace: null,
  name: 'deny-all',
  subject: { kind: 'pods', match: { namespaces: { kind: 'labelled', selector: everything }, pods: everything, serviceAccounts: null } },
  rules: [],
  origin: { document: { file: '', index: 0 }, path: [] },
};

/** Numbers at which rules, or ports that have names, begin and end, by protocol. */
function boundsOf(sides: readonly Seen[]): ReadonlyMap<string, readonly number[]> {
  const bounds = new Map<string, Set<number>>();
  const add = (protocol: string, from: number, to: number): void => {
    for (const one of protocol === 'ANY' ? protocols : [protocol])
      kept(bounds, one, () => new Set())
        .add(from)
        .add(to + 1);
  };
  for (const { snapshot } of sides) {
    for (const { ports } of snapshot.policies.flatMap((p) => p.rules))
      for (const { protocol, port, endPort } of ports ?? []) if (typeof port === 'number') add(protocol, port, endPort ?? port);
    for (const { name, protocol, port } of snapshot.workloads.flatMap((w) => w.ports)) if (name !== null) add(protocol, port, port);
  }
  return new Map([...bounds].map(([protocol, numbers]) => [protocol, [...numbers].sort((a, b) => a - b)]));
}

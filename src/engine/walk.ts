import type { Service } from '../model/cluster.ts';
import type { Action, Direction, Policy, Rule } from '../model/policy.ts';
import type { Profile } from '../model/profile.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Decision, Gap, Qualifier, Side, Step } from '../model/verdict.ts';
import type { Workload } from '../model/workload.ts';
import type { Protocol } from '../space/transport-set.ts';
import { type ArrangedTier, arrange, sequencesOf } from './arrange.ts';
import { coversPort, isSubjectNode, type MatchContext, matchPods, matchRule, type Resolved, resolvableThrough } from './match.ts';
import { and, type Match, no } from './matching.ts';

/** One side of one packet: may it leave (egress) or enter (ingress) the subject, with `peer` at the other end? */
export interface SideQuestion {
  readonly direction: Direction;
  readonly subject: Resolved;
  readonly peer: Resolved;
  readonly protocol: Protocol;
  readonly port: number;
  /** The destination when it is a pod: port names resolve there. */
  readonly destination: Workload | null;
  /** The Service that the source dialled, on the egress side. */
  readonly via: Service | null;
  /** Default deny does not shut the peer out. */
  readonly spared?: true;
}

export interface SideAnswer {
  readonly side: Side;
  readonly gaps: readonly Gap[];
  readonly qualifiers: readonly Qualifier[];
}

/** A policy that selects the subject, for certain or perhaps. */
interface Selecting {
  readonly policy: Policy;
  readonly selected: Match;
}

/** What the walk has met so far. */
interface Trail {
  readonly possible: Set<'allow' | 'deny'>;
  readonly gaps: Gap[];
  readonly steps: Step[];
  readonly qualifiers: Set<Qualifier>;
  /** Policies of equal order match for certain and contradict each other. */
  conflict: boolean;
  defaultDenyBy: readonly string[];
}

/**
 * The tier walk. Tiers in order, in a tier groups of policies in order, in a group rules as `sequencesOf` has them. A certain match settles the packet
 * (`pass` goes on in a later tier); an uncertain one adds its outcome to those that are possible and the walk goes on. At a tier's end, a policy that
 * isolates the subject denies what is left, where the tier ends so; at the end of all, what still arrives is allowed.
 */
export function walk(snapshot: Snapshot, profile: Profile, policies: readonly Policy[], question: SideQuestion): SideAnswer {
  const selecting = policies
    .map((policy) => ({ policy, selected: selectsSubject(snapshot, policy, question.subject) }))
    .filter(({ selected }) => selected.is !== 'no');
  const resolvable = (name: string): Match => resolvableThrough(selecting, name);
  const context: MatchContext = { snapshot, profile, subject: question.subject, via: question.via, resolvable };
  const trail: Trail = { possible: new Set(), gaps: [], steps: [], qualifiers: new Set(), conflict: false, defaultDenyBy: [] };
  let arrives = true;
  // Orders of the tiers in which packets that were passed go on.
  let passed: number[] = [];
  for (const tier of arrange(selecting, profile)) {
    const { order, passesTo = order } = tier.tier;
    arrives ||= passed.some((to) => to <= order);
    passed = passed.filter((to) => to > order);
    if (!arrives) continue;
    const on = walkTier(context, tier, question, trail);
    arrives = on.unsettled;
    if (on.passed) passed.push(passesTo);
  }
  if (arrives || passed.length > 0) trail.possible.add('allow');
  if (question.peer.kind === 'address' && selecting.some((s) => opensNames(s, question))) trail.qualifiers.add('modulo-dns');
  return answer(question.direction, selecting, trail);
}

/** How a packet may leave a tier: passed by a rule, or settled by none. */
interface Onward {
  readonly passed: boolean;
  readonly unsettled: boolean;
}

/** Walks one tier. */
function walkTier(context: MatchContext, tier: ArrangedTier<Selecting>, question: SideQuestion, trail: Trail): Onward {
  let passed = false;
  for (const group of tier.groups) {
    const settled = new Set<Action>();
    for (const sequence of sequencesOf(
      group,
      (s) => rulesOf(s, question.direction),
      ({ rule }) => rule,
    )) {
      for (const step of sequence) {
        const matching = step
          .map((candidate) => ({ ...candidate, match: matchCandidate(context, candidate, question) }))
          .filter(({ match }) => match.is !== 'no');
        for (const { selecting, rule, match } of matching) {
          if (rule.action === 'pass') passed = true;
          else trail.possible.add(rule.action);
          if (rule.action !== 'deny') for (const q of qualifiersOf(rule, question.peer)) trail.qualifiers.add(q);
          trail.gaps.push(...match.gaps);
          trail.steps.push(ruleStep(tier.tier.id, selecting.policy, rule, match));
        }
        const certain = matching.filter(({ match }) => match.is === 'yes');
        for (const { rule } of certain) settled.add(rule.action);
        if (certain.length > 0) break;
      }
    }
    if (settled.size > 1) trail.conflict = true;
    if (settled.size > 0) return { passed, unsettled: false };
  }
  return { passed, unsettled: endTier(context.profile, tier, question, trail) };
}

/** A rule of a policy that selects the subject. */
interface Candidate {
  readonly selecting: Selecting;
  readonly rule: Rule;
}

function rulesOf(selecting: Selecting, direction: Direction): Candidate[] {
  return selecting.policy.rules.filter((rule) => rule.direction === direction).map((rule) => ({ selecting, rule }));
}

function matchCandidate(context: MatchContext, { selecting, rule }: Candidate, { peer, protocol, port, destination }: SideQuestion): Match {
  return and(selecting.selected, matchRule(context, rule, peer, protocol, port, destination));
}

/** What the tier makes of packets that no rule settled; says whether they may go on. */
function endTier(profile: Profile, { tier, groups }: ArrangedTier<Selecting>, { direction, protocol, spared }: SideQuestion, trail: Trail): boolean {
  if (spared === true) return true;
  const isolating = groups.flat().filter(({ policy }) => policy.isolates[direction]);
  for (const { policy } of isolating) {
    if (trail.steps.some((s) => s.policy === policy.id)) continue;
    trail.steps.push({
      tier: tier.id,
      policy: policy.id,
      outcome: 'no-match',
      origin: policy.origin,
      because: `selects it for ${direction}, and none of its rules matches`,
    });
  }
  if (isolating.length === 0 || tier.end === 'pass') return true;
  trail.possible.add('deny');
  trail.defaultDenyBy = isolating.map(({ policy }) => policy.id);
  for (const { selected } of isolating) trail.gaps.push(...selected.gaps);
  if ((protocol === 'ICMP' || protocol === 'OTHER') && profile.otherProtocolsByRule === 'unknown') {
    trail.gaps.push({ code: 'other-protocols', text: `whether the CNI judges ${protocol} by the rules`, mend: 'name the CNI with --profile' });
    return true;
  }
  return !isolating.some(({ selected }) => selected.is === 'yes');
}

function ruleStep(tier: string, policy: Policy, rule: Rule, match: Match): Step {
  const verb = { allow: 'allows it', deny: 'denies it', pass: 'passes it to a later tier' }[rule.action];
  const because = match.is === 'maybe' ? `may match (${match.gaps.map((g) => `not known: ${g.text}`).join('; ')}), and then ${verb}` : `matches and ${verb}`;
  return { tier, policy: policy.id, outcome: match.is === 'maybe' ? 'maybe' : rule.action, origin: rule.origin, because };
}

function answer(direction: Direction, selecting: readonly Selecting[], trail: Trail): SideAnswer {
  const { possible, steps, conflict } = trail;
  const gaps = dedupe(trail.gaps);
  const decision: Decision = possible.size === 1 ? (possible.has('allow') ? 'allowed' : 'denied') : conflict && gaps.length === 0 ? 'ambiguous' : 'unknown';
  return {
    side: { direction, decision, steps, because: reason(direction, decision, selecting, trail) },
    gaps: decision === 'unknown' ? gaps : [],
    qualifiers: decision === 'denied' ? [...trail.qualifiers].filter((q) => q === 'modulo-dns') : [...trail.qualifiers],
  };
}

function reason(direction: Direction, decision: Decision, selecting: readonly Selecting[], trail: Trail): string {
  const wanted = decision === 'allowed' ? 'allow' : 'deny';
  const step = trail.steps.findLast((s) => s.outcome === wanted);
  switch (decision) {
    case 'unknown':
      return `not known: ${dedupe(trail.gaps)
        .map((g) => g.text)
        .join('; ')}`;
    case 'ambiguous':
      return 'rules of equal priority contradict each other';
    case 'denied':
      return step === undefined ? `default deny: selected by ${trail.defaultDenyBy.join(', ')}, and no rule allows it` : `denied by ${step.policy}`;
    case 'allowed':
      if (step !== undefined) return `allowed by ${step.policy}`;
      return selecting.length === 0 ? `no policy selects it for ${direction}` : `no policy that selects it isolates ${direction}`;
  }
}

function selectsSubject(snapshot: Snapshot, policy: Policy, subject: Resolved): Match {
  if (policy.subject.kind === 'pods') return subject.kind === 'pod' ? matchPods(snapshot, policy.subject.match, subject.workload, subject.labels) : no;
  if (subject.kind !== 'node') return no;
  return isSubjectNode(snapshot, policy.subject, subject.node);
}

/** Does a rule on names open this port? Then an address is open too, once DNS has answered with it. */
function opensNames({ policy }: Selecting, { direction, protocol, port }: SideQuestion): boolean {
  return policy.rules.some(
    (r) => r.direction === direction && r.action !== 'deny' && (r.peers ?? []).some((p) => p.kind === 'names') && coversPort(r.ports, protocol, port),
  );
}

/** What stands between an L3/L4 allow and traffic that really passes, or beside it. */
function qualifiersOf(rule: Rule, peer: Resolved): Qualifier[] {
  const out: Qualifier[] = [];
  if (peer.kind === 'name') out.push('modulo-dns');
  if ((rule.peers ?? []).some((p) => p.kind === 'names') && rule.application?.serverNames == null) out.push('shared-ip');
  if (rule.application !== null && (rule.application.otherL7 || rule.application.dns !== null || rule.application.serverNames !== null)) out.push('l7-only');
  return out;
}

/** Each gap once. */
export function dedupe(gaps: readonly Gap[]): Gap[] {
  return [...new Map(gaps.map((g) => [`${g.code} ${g.text}`, g])).values()];
}

import { type LabelSelector, type Requirement, type SelectorTerm, selectorsWithin } from '../model/labels.ts';
import { fitsMadeUp, type MadeUpLabel } from '../model/made-up-label.ts';
import type { Peer, PodMatch, Policy, Rule } from '../model/policy.ts';
import type { Workload } from '../model/workload.ts';
import { inDoubt } from './in-doubt.ts';

/** Labels that controllers make up, by key. */
type MadeUp = ReadonlyMap<string, readonly MadeUpLabel[]>;

/**
 * Policies as they are taken where some pods carry labels whose value only their controller will know: a selector that names a value which such a label may
 * come to have holds those pods perhaps. All other pods are held as before. The same when asked again.
 */
export function withMadeUp(policies: readonly Policy[], workloads: readonly Workload[]): readonly Policy[] {
  const madeUp = madeUpOf(workloads);
  return madeUp.size === 0 ? policies : policies.flatMap((policy) => taken(policy, madeUp));
}

const known = new WeakMap<readonly Workload[], MadeUp>();

/** Found once for as long as the workloads stay: policies change more often. */
function madeUpOf(workloads: readonly Workload[]): MadeUp {
  const found = known.get(workloads) ?? gathered(workloads);
  known.set(workloads, found);
  return found;
}

function gathered(workloads: readonly Workload[]): MadeUp {
  const out = new Map<string, MadeUpLabel[]>();
  for (const { madeUp = [] } of workloads)
    for (const label of madeUp) {
      const known = out.get(label.key) ?? [];
      if (known.some((k) => k.value === label.value)) continue;
      out.set(label.key, [...known, label]);
    }
  return out;
}

function taken(policy: Policy, madeUp: MadeUp): readonly Policy[] {
  const rules = policy.rules.flatMap((rule) => takenRule(rule, madeUp));
  const { subject } = policy;
  const doubt = subject.kind === 'pods' ? doubtOf(subject.match.pods, madeUp) : null;
  if (doubt === null || subject.kind !== 'pods') return rules.length === policy.rules.length ? [policy] : [{ ...policy, rules }];
  const about = (pods: LabelSelector): Policy['subject'] => ({ kind: 'pods', match: { ...subject.match, pods } });
  const perhaps = { ...policy, id: `${policy.id} (perhaps)`, subject: about(doubt.perhaps), rules };
  return [{ ...policy, subject: about(doubt.certain), rules }, inDoubt(perhaps, [null], doubt.why)];
}

/** A rule that holds some pods perhaps: for certain without them, and perhaps with them. */
function takenRule(rule: Rule, madeUp: MadeUp): readonly Rule[] {
  const why = (rule.peers ?? []).flatMap((peer) => doubtsIn(peer, madeUp))[0];
  if (rule.peers === null || why === undefined) return [rule];
  return [
    { ...rule, peers: rule.peers.map((peer) => bound(peer, madeUp, 'least')) },
    { ...rule, peers: rule.peers.map((peer) => bound(peer, madeUp, 'most')), condition: rule.condition ?? why },
  ];
}

function doubtsIn(peer: Peer, madeUp: MadeUp): readonly string[] {
  if (peer.kind === 'all-of') return peer.peers.flatMap((p) => doubtsIn(p, madeUp));
  if (peer.kind === 'not') return doubtsIn(peer.peer, madeUp);
  const doubt = peer.kind === 'pods' ? doubtOf(peer.match.pods, madeUp) : null;
  return doubt === null ? [] : [doubt.why];
}

/** The peer with as few, or as many, pods as it may hold. */
function bound(peer: Peer, madeUp: MadeUp, end: 'least' | 'most'): Peer {
  if (peer.kind === 'all-of') return { ...peer, peers: peer.peers.map((p) => bound(p, madeUp, end)) };
  if (peer.kind === 'not') return { ...peer, peer: bound(peer.peer, madeUp, end === 'least' ? 'most' : 'least') };
  const doubt = peer.kind === 'pods' ? doubtOf(peer.match.pods, madeUp) : null;
  if (doubt === null || peer.kind !== 'pods') return peer;
  const pods: LabelSelector = end === 'least' ? doubt.certain : { requirements: [], terms: [{ kind: 'any-of', selectors: [doubt.certain, doubt.perhaps] }] };
  const match: PodMatch = { ...peer.match, pods };
  return { ...peer, match };
}

/** What a selector holds for certain, and what it holds perhaps; null where no made-up label makes a difference. */
interface Doubt {
  readonly certain: LabelSelector;
  readonly perhaps: LabelSelector;
  readonly why: string;
}

function doubtOf(selector: LabelSelector, madeUp: MadeUp): Doubt | null {
  const open = new Map<string, Set<MadeUpLabel>>();
  const note = (key: string, labels: readonly MadeUpLabel[]): boolean => {
    for (const label of labels) open.set(key, (open.get(key) ?? new Set()).add(label));
    return labels.length > 0;
  };
  const requirements = selector.requirements.filter((r) => !note(r.key, inRequirement(r, madeUp)));
  const terms = (selector.terms ?? []).filter((term) => {
    const found = inTerm(term, madeUp);
    for (const [key, labels] of found) note(key, labels);
    return found.length === 0;
  });
  // Twice over the same policy: what names a stand-in was taken before, or is the controller's own.
  if (open.size === 0 || [...selectorsWithin(selector)].some((s) => s.requirements.some((r) => namesStandIn(r, madeUp)))) return null;
  const theirs = [...open].map(([key, labels]): Requirement => ({ key, operator: 'In', values: [...labels].map((l) => l.value) }));
  const others = theirs.map((r): Requirement => ({ ...r, operator: 'NotIn' }));
  const [first] = [...open.values()].flatMap((labels) => [...labels]);
  return {
    certain: { ...selector, requirements: [...selector.requirements, ...others] },
    perhaps: { requirements, terms: [...terms, { kind: 'any-of', selectors: theirs.map((r) => ({ requirements: [r] })) }] },
    why: first?.why ?? '',
  };
}

function inRequirement(r: Requirement, madeUp: MadeUp): readonly MadeUpLabel[] {
  return (madeUp.get(r.key) ?? []).filter((label) => (r.values.length === 0 ? label.optional === true : r.values.some((value) => fitsMadeUp(label, value))));
}

function inTerm(term: SelectorTerm, madeUp: MadeUp): readonly (readonly [string, readonly MadeUpLabel[]])[] {
  switch (term.kind) {
    case 'text': {
      const labels = (madeUp.get(term.key) ?? []).filter(({ value }) => !isSettled(term, value));
      return labels.length === 0 ? [] : [[term.key, labels]];
    }
    case 'not':
      return within(term.selector, madeUp);
    case 'any-of':
      return term.selectors.flatMap((s) => within(s, madeUp));
  }
}

function within(selector: LabelSelector, madeUp: MadeUp): readonly (readonly [string, readonly MadeUpLabel[]])[] {
  return [
    ...selector.requirements.map((r) => [r.key, inRequirement(r, madeUp)] as const),
    ...(selector.terms ?? []).flatMap((term) => inTerm(term, madeUp)),
  ].filter(([, labels]) => labels.length > 0);
}

/** Whether the part of the value that is known settles what the term says. */
function isSettled(term: Extract<SelectorTerm, { kind: 'text' }>, standIn: string): boolean {
  const known = standIn.slice(0, standIn.search(/[*?]/));
  if (term.how === 'starts-with') return known.startsWith(term.value) || !term.value.startsWith(known);
  return term.how === 'contains' && known.includes(term.value);
}

function namesStandIn(r: Requirement, madeUp: MadeUp): boolean {
  return (madeUp.get(r.key) ?? []).some((label) => r.values.includes(label.value));
}

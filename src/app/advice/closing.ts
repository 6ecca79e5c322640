import { decide } from '../../engine/decide.ts';
import { within } from '../../kernel/origin.ts';
import type { Direction, Policy } from '../../model/policy.ts';
import { enforces } from '../../model/profile.ts';
import type { Side, Step } from '../../model/verdict.ts';
import type { Workload } from '../../model/workload.ts';
import { addPolicy, type Edited, removeAt, removePolicy } from './change.ts';
import { nameFor, policyBefore, ruleOf, unionLanguages, unionPolicy } from './new-policy.ts';
import { type Asked, peersFor, portsFor, subjectOf } from './party.ts';

/** More rules than this on one side are no advice any more. */
const mostRules = 6;

/** Ways to close one side for the packet: the rules that allow it go, or are narrowed; the pod is isolated; or a rule denies it. */
export function* closings(asked: Asked, before: Edited, direction: Direction): Generator<Edited> {
  const subject = subjectOf(asked, direction);
  if (subject === null) return;
  const side = sideOf(asked, before, direction);
  const allows = side.steps.filter(opens);
  if (allows.length > 0) {
    for (const narrow of [true, false]) {
      const cut = withoutAllows(asked, before, direction, narrow);
      if (cut !== null) yield cut;
    }
  } else yield* isolations(asked, before, subject, direction);
  yield* denials(asked, before, subject, side);
}

function opens(step: Step): boolean {
  return step.outcome === 'allow' || step.outcome === 'maybe';
}

function sideOf({ profile, packet }: Asked, { snapshot }: Edited, direction: Direction): Side {
  return decide(snapshot, profile, packet)[direction];
}

/** Takes out every rule that allows the packet, one after the other, until none is left: as a whole, or only the item that names the peer or the port. */
function withoutAllows(asked: Asked, start: Edited, direction: Direction, narrow: boolean): Edited | null {
  let now = start;
  for (let i = 0; i < mostRules; i++) {
    const side = sideOf(asked, now, direction);
    if (side.decision === 'denied') return i === 0 ? null : now;
    const step = side.steps.find(opens);
    if (step === undefined) return null;
    const next = (narrow ? narrowed(asked, now, direction, step) : null) ?? wholeRule(asked, now, step);
    if (next === null) return null;
    now = next;
  }
  return null;
}

function policyOf({ profile }: Asked, { snapshot }: Edited, step: Step): Policy | undefined {
  return snapshot.policies.find((p) => p.id === step.policy && enforces(profile, p));
}

function wholeRule(asked: Asked, now: Edited, step: Step): Edited | null {
  const policy = policyOf(asked, now, step);
  if (policy === undefined) return null;
  return removeAt(now, policy, step.origin, `take this rule out of ${policy.id}`) ?? removePolicy(now, policy, `take out ${policy.id}, which allows it`);
}

/** Takes one item out of the rule's list of peers or ports, where it has others; null when no single item is to blame. */
function narrowed(asked: Asked, now: Edited, direction: Direction, step: Step): Edited | null {
  const policy = policyOf(asked, now, step);
  const rule = policy?.rules.find((r) => r.origin === step.origin);
  if (policy === undefined || rule === undefined) return null;
  const lists = [
    { field: direction === 'ingress' ? 'from' : 'to', length: rule.peers?.length ?? 0, what: 'peer' },
    { field: 'ports', length: rule.ports?.length ?? 0, what: 'port' },
  ];
  for (const { field, length, what } of lists) {
    if (length < 2) continue;
    for (let i = 0; i < length; i++) {
      const edited = removeAt(now, policy, within(step.origin, field, i), `take this ${what} out of the rule of ${policy.id}`);
      if (edited === null) continue;
      const after = sideOf(asked, edited, direction).steps.filter(opens).length;
      if (after < sideOf(asked, now, direction).steps.filter(opens).length || sideOf(asked, edited, direction).decision === 'denied') return edited;
    }
  }
  return null;
}

/** Nothing isolates the pod: a policy without rules does. */
function* isolations(asked: Asked, before: Edited, subject: Workload, direction: Direction): Generator<Edited> {
  for (const dialect of unionLanguages(asked, ['kubernetes'])) {
    const policy = unionPolicy(asked, subject, dialect, direction, [], `${nameFor(asked, { direction, action: 'deny' }).split('-deny-')[0]}-deny-${direction}`);
    const edited = policy === null ? null : addPolicy(before, policy, `add ${policy.id}, which isolates it for ${direction}`);
    if (edited !== null) {
      yield edited;
      return;
    }
  }
}

/** A rule that denies just this: where denials win, beside the others; where rules have an order, before the one that allows. */
function* denials(asked: Asked, before: Edited, subject: Workload, side: Side): Generator<Edited> {
  const { packet, profile } = asked;
  const { direction } = side;
  const peer = direction === 'egress' ? packet.to : packet.from;
  const name = nameFor(asked, { direction, action: 'deny' });
  for (const ports of portsFor(packet)) {
    if (profile.enforces.includes('cilium'))
      for (const peers of peersFor(asked, peer, 'cilium')) {
        const policy = unionPolicy(asked, subject, 'cilium', direction, [ruleOf({ direction, action: 'deny', peers, ports })], name);
        const edited = policy === null ? null : addPolicy(before, policy, `add ${policy.id}, which denies it`);
        if (edited !== null) yield edited;
      }
    for (const step of side.steps.filter(opens)) {
      const allowing = policyOf(asked, before, step);
      if (allowing === undefined) continue;
      for (const peers of peersFor(asked, peer, allowing.dialect)) {
        const policy = policyBefore(asked, subject, allowing, ruleOf({ direction, action: 'deny', peers, ports }), name);
        const edited = policy === null ? null : addPolicy(before, policy, `add ${policy.id}, before ${allowing.id}`);
        if (edited !== null) yield edited;
      }
    }
  }
}

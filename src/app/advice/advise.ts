import { decide } from '../../engine/decide.ts';
import type { Advice, Proposal } from '../../model/advice.ts';
import type { TrafficChange } from '../../model/diff-report.ts';
import type { Profile } from '../../model/profile.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Packet, Side, Verdict } from '../../model/verdict.ts';
import { hostCidr } from '../../space/ip-set.ts';
import { TransportSet } from '../../space/transport-set.ts';
import { diff } from '../diff/diff.ts';
import type { Edited } from './change.ts';
import { closings } from './closing.ts';
import { blockOf, openings } from './opening.ts';
import type { Asked } from './party.ts';

/** Proposals that are proven and shown for one packet. */
const most = 3;

/** Candidates that are tried on one side before giving up. */
const tried = 24;

/** Edits that flip a verdict, before all else that they change is looked at. */
export interface Flips {
  readonly goal: 'open' | 'close';
  readonly because: readonly string[];
  readonly found: readonly Edited[];
}

/** What would have to change for another verdict. Pure; every proposal was carried out on the snapshot and the packet decided again. */
export function advise(snapshot: Snapshot, profile: Profile, packet: Packet, verdict: Verdict): Advice {
  const asked: Asked = { snapshot, profile, packet };
  switch (verdict.decision) {
    case 'denied':
    case 'allowed': {
      const { goal, because, found } = flipsOf(asked, verdict, verdict.decision);
      return { goal, because, proposals: proposalsOf(asked, found) };
    }
    case 'unknown':
      return { goal: 'settle', because: verdict.gaps.map((g) => `not known: ${g.text}; ${g.mend}`), proposals: [] };
    case 'ambiguous':
      return { goal: 'settle', because: contradicting(verdict), proposals: [] };
  }
}

/** Edits after which the packet is no longer `now`. */
export function flipsOf(asked: Asked, verdict: Verdict, now: 'allowed' | 'denied'): Flips {
  return now === 'denied' ? opening(asked, verdict) : closing(asked, verdict);
}

const sides = (verdict: Verdict): readonly Side[] => [verdict.egress, verdict.ingress];

function contradicting(verdict: Verdict): string[] {
  return sides(verdict)
    .filter((s) => s.decision === 'ambiguous')
    .map(({ direction, steps }) => {
      const policies = [...new Set(steps.filter((s) => s.outcome !== 'no-match').map((s) => s.policy))];
      return `${policies.join(' and ')} have one priority and contradict each other on ${direction}: give them different ones`;
    });
}

/** Why a denied packet is denied, a side each. */
export function blockedBecause(asked: Asked, verdict: Verdict): readonly string[] {
  const unsure = sides(verdict).filter((s) => s.decision === 'unknown');
  return [
    ...sides(verdict).flatMap((side) => (side.decision === 'denied' ? blockedText(asked, side) : [])),
    ...unsure.map((side) => `whether its ${side.direction} is open is not known: ${side.because}`),
  ];
}

function opening(asked: Asked, verdict: Verdict): Flips {
  const blocked = sides(verdict).filter((s) => s.decision === 'denied');
  const start: Edited = { snapshot: asked.snapshot, edits: [] };
  const found: Edited[] = [];
  let partial: readonly Edited[] = [start];
  // Each side that denies needs an edit of its own; the first that opens a side stands for it in what both sides need.
  for (const { direction } of blocked)
    partial = partial.flatMap((before) => {
      const side = decide(before.snapshot, asked.profile, asked.packet)[direction];
      return firstOf(openings(asked, before, side), most, (e) => decide(e.snapshot, asked.profile, asked.packet)[direction].decision === 'allowed').slice(
        0,
        blocked.length > 1 ? 1 : most,
      );
    });
  found.push(...partial.filter((e) => decide(e.snapshot, asked.profile, asked.packet).decision === 'allowed'));
  return { goal: 'open', because: blockedBecause(asked, verdict), found };
}

function blockedText(asked: Asked, side: Side): string {
  const { step, policies } = blockOf(asked, side);
  if (step !== null) return `${side.direction} is blocked: ${step.policy} denies it`;
  if (policies.length === 0) return `${side.direction} is blocked: ${side.because}`;
  return `${side.direction} is blocked: ${policies.map((p) => p.id).join(', ')} isolate${policies.length === 1 ? 's' : ''} the pod, and no rule allows this`;
}

function closing(asked: Asked, verdict: Verdict): Flips {
  const start: Edited = { snapshot: asked.snapshot, edits: [] };
  const found = (['egress', 'ingress'] as const).flatMap((direction) =>
    firstOf(closings(asked, start, direction), most, (e) => decide(e.snapshot, asked.profile, asked.packet).decision === 'denied'),
  );
  return { goal: 'close', because: sides(verdict).map(openText), found };
}

function openText({ direction, because }: Side): string {
  return `${direction} is open: ${because}`;
}

function firstOf(candidates: Iterable<Edited>, wanted: number, holds: (edited: Edited) => boolean): Edited[] {
  const found: Edited[] = [];
  let n = 0;
  for (const candidate of candidates) {
    if (++n > tried || found.length >= wanted) break;
    if (holds(candidate)) found.push(candidate);
  }
  return found;
}

/** Proposals with all that they change, those that change least first; of several that do the same, the one with fewer edits. */
function proposalsOf(asked: Asked, found: readonly Edited[]): Proposal[] {
  return (
    found
      .map(({ snapshot, edits }) => ({ edits, others: otherChanges(asked, snapshot) }))
      .map(({ edits, others }) => ({
        edits,
        also: others.map(changeText),
        weight: others.reduce((sum, o) => sum + o.from.parties.length * o.to.parties.length, 0),
      }))
      .filter(({ edits }, i, all) => all.findIndex((other) => sameEdits(other.edits, edits)) === i)
      .sort((a, b) => a.weight - b.weight || a.edits.length - b.edits.length)
      // Two ways to write what reads the same and changes the same are one to people.
      .filter(({ edits, also }, i, all) => all.findIndex((other) => words(other) === words({ edits, also })) === i)
      .slice(0, most)
      .map(({ edits, also }): Proposal => ({ edits, also }))
  );
}

function words({ edits, also }: Proposal): string {
  return JSON.stringify([edits.map((e) => [e.text, e.origin]), also]);
}

function sameEdits(a: Edited['edits'], b: Edited['edits']): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** All traffic that an edit changes, beside the packet that was asked about. */
export function otherChanges({ snapshot, profile, packet }: Asked, after: Snapshot): TrafficChange[] {
  const side = { title: '', profile };
  const { changes } = diff({ ...side, snapshot }, { ...side, snapshot: after });
  const port = TransportSet.of(packet.protocol, [[packet.port, packet.port]]).toString();
  return changes.filter(({ from, to, ports }) => !(isOnly(from.parties, packet.from) && isOnly(to.parties, packet.to) && ports === port));
}

/** A change of traffic in words: `opens ml/a to ml/b on TCP 5432`. */
export function changeText({ effect, certainty, from, to, ports }: TrafficChange): string {
  const verb = effect === 'gained' ? 'opens' : 'closes';
  return `${certainty === 'possible' ? `perhaps ${verb}` : verb} ${from.summary} to ${to.summary} on ${ports}`;
}

function isOnly(parties: readonly { readonly kind: string; readonly id: string }[], end: Packet['from']): boolean {
  const [party, second] = parties;
  if (party === undefined || second !== undefined) return false;
  switch (end.kind) {
    case 'pod':
      return party.kind === 'workload' && party.id === end.workload;
    case 'node':
      return party.kind === 'node' && party.id === (end.node ?? '');
    case 'address':
      return party.id === end.ip || party.id === hostCidr(end.ip);
    case 'name':
      return party.kind === 'name' && party.id === end.name;
  }
}

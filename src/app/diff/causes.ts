import type { Seen } from '../../engine/seen-by.ts';
import type { Origin } from '../../kernel/origin.ts';
import { stableJson } from '../../kernel/stable.ts';
import type { ChangeCause } from '../../model/diff-report.ts';
import { ruleText } from '../../model/policy-text.ts';
import type { Packet, Step, Verdict } from '../../model/verdict.ts';
import { type Workload, workloadTitle } from '../../model/workload.ts';

/** What is known about one side of a change when its causes are looked for. */
export interface DecidedSide {
  readonly seen: Seen;
  readonly verdict: Verdict | null;
}

/** So many causes are told for one change. */
const most = 3;

/**
 * Why a packet's verdict differs: steps of the two walks that the other side does not have, those that made the outcome first; else the end that is
 * different; else the profile. Rules count as the same when they mean the same, wherever they stand.
 */
export function causesOf(packet: Packet, before: DecidedSide, after: DecidedSide): ChangeCause[] {
  if (before.verdict === null || after.verdict === null) return existence(packet, before, after);
  const moved = directionsMoved(before.verdict, after.verdict);
  const [was, is] = [steps(before, moved), steps(after, moved)];
  const fresh = is.filter((s) => !was.some((o) => o.text === s.text)).map((s) => cause('after', s.step));
  const gone = was.filter((s) => !is.some((o) => o.text === s.text)).map((s) => cause('before', s.step));
  const all = [...fresh, ...gone].sort((a, b) => a.rank - b.rank);
  // A policy that isolates on both sides is no news where a rule is.
  const there = (seen: Seen, policy: string): boolean => seen.snapshot.policies.some((p) => p.id === policy);
  const telling = all.filter((c) => c.outcome !== 'no-match' || !there(before.seen, c.policy) || !there(after.seen, c.policy));
  const found = eachOnce((telling.length > 0 ? telling : all).map(({ side, text, origin }) => ({ side, text, origin })));
  if (found.length > 0) return found.slice(0, most);
  const changed = changedEnds(packet, before.seen, after.seen);
  if (changed.length > 0) return changed;
  if (before.seen.profile.id !== after.seen.profile.id) {
    const deciding = [...steps(after), ...steps(before)].find(({ step }) => step.outcome !== 'no-match')?.step ?? steps(after)[0]?.step;
    return [
      {
        side: 'after',
        text: `${after.seen.profile.id} reads ${deciding === undefined ? 'it' : deciding.policy} otherwise than ${before.seen.profile.id}`,
        origin: deciding?.origin ?? null,
      },
    ];
  }
  return [];
}

/** A rule that has its say on both sides of a packet (what could not be read) is one cause. */
function eachOnce(causes: readonly ChangeCause[]): ChangeCause[] {
  return [...new Map(causes.map((c) => [stableJson([c.side, c.text, c.origin]), c])).values()];
}

/** What leaves a packet open, as text: the rules that may match and those that decide, in what state, and what is not known of them. */
export function unknownsOf(seen: Seen, verdict: Verdict): string {
  const known = meaningsIn(seen.snapshot);
  const ordered = new Set(seen.snapshot.policies.filter((p) => p.evaluation !== 'deny-wins').map((p) => p.id));
  const open = [verdict.egress, verdict.ingress].filter((s) => s.decision === 'unknown' || s.decision === 'ambiguous');
  return stableJson([
    open.map(({ direction, steps }) => {
      const told = steps.filter((s) => s.outcome !== 'no-match');
      const texts = told.map((s) => `${s.tier} ${s.outcome} ${known.get(s.origin) ?? s.policy} ${s.because}`);
      return [direction, told.some((s) => ordered.has(s.policy)) ? texts : texts.sort()];
    }),
    verdict.gaps.map((g) => `${g.code} ${g.text}`).sort(),
  ]);
}

/** What each rule and policy of a snapshot means, by where it stands; made once a snapshot. */
const meanings = new WeakMap<Seen['snapshot'], ReadonlyMap<Origin, string>>();

function meaningsIn(snapshot: Seen['snapshot']): ReadonlyMap<Origin, string> {
  const known = meanings.get(snapshot);
  if (known !== undefined) return known;
  const made = new Map<Origin, string>();
  for (const policy of snapshot.policies) {
    made.set(policy.origin, `${policy.id} itself`);
    for (const rule of policy.rules) made.set(rule.origin, `${policy.id} ${ruleText(rule)}`);
  }
  meanings.set(snapshot, made);
  return made;
}

const directions = ['egress', 'ingress'] as const;

/** Directions that are decided otherwise on the two sides: what changed in the other one made no difference. Both, where neither is. */
function directionsMoved(before: Verdict, after: Verdict): readonly Verdict['egress']['direction'][] {
  const moved = directions.filter((direction) => before[direction].decision !== after[direction].decision);
  return moved.length === 0 ? directions : moved;
}

function steps(
  { seen, verdict }: DecidedSide,
  wanted: readonly Verdict['egress']['direction'][] = directions,
): { readonly text: string; readonly step: Step }[] {
  if (verdict === null) return [];
  const known = meaningsIn(seen.snapshot);
  return wanted.flatMap((direction) => {
    const side = verdict[direction];
    return side.steps.map((step) => ({ text: `${side.direction} ${step.outcome} ${known.get(step.origin) ?? step.policy}`, step }));
  });
}

/** A cause with what it is ranked and chosen by. */
type RankedCause = ChangeCause & Pick<Step, 'outcome' | 'policy'> & { readonly rank: number };

function cause(side: 'before' | 'after', step: Step): RankedCause {
  const verbs: Readonly<Record<Step['outcome'], string>> = {
    allow: side === 'after' ? 'allows it now' : 'allowed it',
    deny: side === 'after' ? 'denies it now' : 'denied it',
    pass: side === 'after' ? 'passes it on now' : 'passed it on',
    'no-match': side === 'after' ? 'isolates the pod now, and no rule of it allows this' : 'isolated the pod',
    maybe: side === 'after' ? 'may match it now' : 'may have matched it',
  };
  const ranks: Readonly<Record<Step['outcome'], number>> = { deny: 0, allow: 1, maybe: 2, pass: 3, 'no-match': 4 };
  return { side, text: `${step.policy} ${verbs[step.outcome]}`, origin: step.origin, outcome: step.outcome, policy: step.policy, rank: ranks[step.outcome] };
}

function existence(packet: Packet, before: DecidedSide, after: DecidedSide): ChangeCause[] {
  return [packet.from, packet.to].flatMap((end): ChangeCause[] => {
    if (end.kind !== 'pod') return [];
    const [b, a] = [workload(before.seen, end.workload), workload(after.seen, end.workload)];
    if (b === undefined && a !== undefined) return [{ side: 'after', text: `${workloadTitle(a)} is new`, origin: a.origin }];
    if (a === undefined && b !== undefined) return [{ side: 'before', text: `${workloadTitle(b)} is gone`, origin: b.origin }];
    if (a !== undefined && b !== undefined && a.replicas !== b.replicas)
      return [{ side: 'after', text: `${workloadTitle(a)} has ${a.replicas} pods instead of ${b.replicas}`, origin: a.origin }];
    return [];
  });
}

/** Pods whose own labels, address or place changed, and Namespaces whose labels did. */
function changedEnds(packet: Packet, before: Seen, after: Seen): ChangeCause[] {
  return [packet.from, packet.to].flatMap((end): ChangeCause[] => {
    if (end.kind !== 'pod') return [];
    const [b, a] = [workload(before, end.workload), workload(after, end.workload)];
    if (b === undefined || a === undefined) return [];
    if (identity(b) !== identity(a))
      return [{ side: 'after', text: `${workloadTitle(a)} has other labels, ports, addresses or another place`, origin: a.podOrigin }];
    const [was, is] = [before.snapshot.namespaces.get(b.namespace), after.snapshot.namespaces.get(a.namespace)];
    if (stableJson([was?.labels ?? {}, was?.origin == null]) === stableJson([is?.labels ?? {}, is?.origin == null])) return [];
    return [{ side: 'after', text: `Namespace ${a.namespace} has other labels`, origin: is?.origin ?? null }];
  });
}

function identity({ labels, perPodLabels, serviceAccount, hostNetwork, node, ips, ports }: Workload): string {
  return stableJson({ labels, perPodLabels, serviceAccount, hostNetwork, node, ips, ports });
}

function workload({ snapshot }: Seen, id: string): Workload | undefined {
  return snapshot.workloads.find((w) => w.id === id && w.lifecycle !== 'finished');
}

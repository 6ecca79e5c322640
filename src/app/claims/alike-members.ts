import { matchLabels, selects } from '../../model/labels.ts';
import type { ClaimMatrix } from './claim-matrix.ts';
import type { Excess } from './judge.ts';
import type { BoundZone, Member } from './member.ts';

/**
 * Excesses of all members. Members that neither rules nor the zone tell apart have the same ones: where the first of them has none, the others are not asked.
 * Where it has some, each is, so that every one of them can be shown.
 */
export function excessesOf(reach: ClaimMatrix, zone: BoundZone, members: readonly Member[], ask: (member: Member) => readonly Excess[]): Excess[] {
  const clean = new Set<string>();
  return members.flatMap((member) => {
    const kind = kindOf(reach, zone, member);
    if (kind !== null && clean.has(kind)) return [];
    const found = ask(member);
    if (kind !== null && found.length === 0) clean.add(kind);
    return found;
  });
}

/** Remembers kinds of far ends at which nothing was found, so that one of each kind is asked. */
export class CleanKinds {
  readonly #clean = new Set<string>();

  /** Carries `ask` out, which tells how much it found, unless nothing was found at another end of this kind. A null kind is always asked. */
  unlessClean(kind: string | null, ask: () => number): void {
    if (kind !== null && this.#clean.has(kind)) return;
    if (ask() === 0 && kind !== null) this.#clean.add(kind);
  }
}

const kinds = new WeakMap<BoundZone, Map<Member, string>>();

/** All that claims look at: the classes, the zone's words for the pod, where it runs and on what it listens. Null where the matrix does not tell classes. */
export function kindOf(reach: ClaimMatrix, zone: BoundZone, member: Member): string | null {
  if (reach.sortOf === undefined) return null;
  const known = kinds.get(zone) ?? new Map<Member, string>();
  kinds.set(zone, known);
  const before = known.get(member);
  if (before !== undefined) return before;
  const { workload, intent, representative } = member;
  const groups = zone.intents.workloads.flatMap((i) => i.peers.groups.map((g) => selects(matchLabels(g.selector), workload.labels)));
  const wanted = zone.intents.workloads.flatMap((i) =>
    i.needs.flatMap((need) =>
      need.targets.map((t) => t.kind === 'pods' && t.namespace === workload.namespace && selects(matchLabels(t.selector), workload.labels)),
    ),
  );
  const { node, hostNetwork, ports } = workload;
  const kind = JSON.stringify([reach.sortOf(workload.id), intent?.name, representative, groups, wanted, node, hostNetwork, ports]);
  known.set(member, kind);
  return kind;
}

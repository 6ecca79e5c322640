import { directoryOf } from '../../engine/directory.ts';
import { kept } from '../../kernel/memo.ts';
import { matchLabels, selects } from '../../model/labels.ts';
import type { Direction } from '../../model/policy.ts';
import type { Endpoint } from '../../model/verdict.ts';
import type { Workload } from '../../model/workload.ts';
import type { ClaimMatrix } from './claim-matrix.ts';
import { doubtOf, type Excess, type Excesses, Tally, unreality } from './judge.ts';
import type { BoundZone, Member } from './member.ts';

/** A passage that a claim forbids, seen from a member: alike members have the same ones. */
export interface Passage extends Pick<Excess, 'ports' | 'certain' | 'rank'> {
  readonly far: Endpoint;
  /** The workload that would be dialled; null where the far end is none. Of no meaning where it is the far end that dials. */
  readonly destination: Workload | null;
  readonly story: (member: Member, port: string) => string;
}

/** One sort of far end, and who is alike towards it. */
export interface Part {
  /** Members of one text have the same passages there; null: this one is asked by itself. */
  readonly kind: (member: Member) => string | null;
  readonly passages: (member: Member, tally: Tally<Passage>) => void;
}

/**
 * Excesses of all members, which dial (`egress`) or are dialled (`ingress`). Members that neither rules nor the zone tell apart towards some sort of far end
 * are asked about it once, and the most telling passages alone are told of each.
 */
export function excessesOf(reach: ClaimMatrix, direction: Direction, members: readonly Member[], parts: readonly Part[]): Excesses {
  const known = parts.map(() => new Map<string, Tally<Passage>>());
  const { workloads } = directoryOf(reach.snapshot);
  const all = new Tally<Excess>();
  let [place, hidden] = [0, 0];
  for (const member of members)
    for (const [i, { kind, passages }] of parts.entries()) {
      const ask = (): Tally<Passage> => {
        const tally = new Tally<Passage>();
        passages(member, tally);
        return tally;
      };
      const text = kind(member);
      const part = text === null ? ask() : kept(known[i] as Map<string, Tally<Passage>>, text, ask);
      for (const passage of part.telling) {
        const { certain, rank, far } = passage;
        const doubt = doubtOf(member.workload) + unreality(workloads, far);
        all.add({ certain, rank, doubt, place: place++ }, () => seenFrom(member, direction, passage));
      }
      hidden += part.certain - part.telling.filter((p) => p.certain).length;
    }
  return { certain: all.certain + hidden, telling: all.telling };
}

function seenFrom(member: Member, direction: Direction, { far, destination, story, ports, certain, rank }: Passage): Excess {
  const own = { kind: 'pod', workload: member.workload.id, replica: 0 } as const;
  const ends = direction === 'egress' ? { from: own, to: far, destination } : { from: far, to: own, destination: member.workload };
  return { ...ends, ports, certain, rank, story: (port) => story(member, port) };
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

/** The zone's words for a pod, and the same with its ports, which some of these words may name where it is dialled. */
interface Role {
  readonly words: string;
  readonly whole: string;
}

const roles = new WeakMap<BoundZone, Map<Member, Role>>();

/** What the zone tells a member from others by. */
export function roleOf(zone: BoundZone, member: Member): Role {
  const known = kept(roles, zone, () => new Map<Member, Role>());
  return kept(known, member, () => {
    const { workload, intent } = member;
    const groups = zone.intents.workloads.flatMap((i) => i.peers.groups.map((g) => selects(matchLabels(g.selector), workload.labels)));
    const wanted = zone.intents.workloads.flatMap((i) =>
      i.needs.flatMap((need) =>
        need.targets.map((t) => t.kind === 'pods' && t.namespace === workload.namespace && selects(matchLabels(t.selector), workload.labels)),
      ),
    );
    const words = JSON.stringify([intent?.name, groups, wanted]);
    return { words, whole: `${words} ${JSON.stringify(workload.ports)}` };
  });
}

const kinds = new WeakMap<BoundZone, Map<Member, string>>();

/** All that claims look at: the classes, the zone's words for the pod, where it runs and on what it listens. Null where the matrix does not tell classes. */
export function kindOf(reach: ClaimMatrix, zone: BoundZone, member: Member): string | null {
  if (reach.sortOf === undefined) return null;
  const known = kept(kinds, zone, () => new Map<Member, string>());
  return kept(known, member, () => `${kindTowardsNodes(reach, member)} ${roleOf(zone, member).whole}`);
}

/** What matters towards pods outside the zone that have an address of their own. */
export function kindTowardsPods(reach: ClaimMatrix, member: Member, direction: Direction): string | null {
  return reach.podsSortOf === undefined ? null : wordsFor(member, reach.podsSortOf(member.workload.id, direction));
}

function wordsFor({ workload, intent, representative }: Member, sort: string): string {
  // A client may be let in by the name of a port.
  const ports = intent !== null && intent.clients.length > 0 ? workload.ports : null;
  return JSON.stringify([sort, intent?.name, representative, ports]);
}

/** What matters towards nodes and pods on their network: beside that, where the pod runs. */
export function kindTowardsNodes(reach: ClaimMatrix, member: Member): string | null {
  const { id, node, hostNetwork } = member.workload;
  return reach.sortOf === undefined ? null : `${wordsFor(member, reach.sortOf(id))} ${JSON.stringify([node, hostNetwork])}`;
}

/** What matters towards outside blocks and names. */
export function kindTowardsOutside(reach: ClaimMatrix, { workload, intent }: Member, direction: Direction): string | null {
  return reach.outsideSortOf === undefined ? null : JSON.stringify([reach.outsideSortOf(workload.id, direction), intent?.name]);
}

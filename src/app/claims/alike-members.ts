import { directoryOf } from '../../engine/directory.ts';
import { kept } from '../../kernel/memo.ts';
import { type LabelSelector, matchLabels, selects } from '../../model/labels.ts';
import type { Direction } from '../../model/policy.ts';
import type { Endpoint } from '../../model/verdict.ts';
import type { Workload } from '../../model/workload.ts';
import type { ZoneIntents } from '../../spec/intents.ts';
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

/** The zone's words for a pod, and the same with its ports where some of these words name ports of the pod that is dialled. */
interface Role {
  readonly words: string;
  readonly whole: string;
}

/** What a zone tells pods of its namespace by. */
interface Vocabulary {
  readonly groups: readonly LabelSelector[];
  readonly wanted: readonly LabelSelector[];
  readonly namesPorts: boolean;
  readonly roles: WeakMap<Workload, Role>;
}

const vocabularies = new WeakMap<ZoneIntents, Vocabulary>();

function vocabularyOf(intents: ZoneIntents): Vocabulary {
  return kept(vocabularies, intents, () => {
    const needs = intents.workloads.flatMap((i) => i.needs);
    const ports = [...intents.workloads.flatMap((i) => [...i.peers.ports, ...i.clients.flatMap((c) => c.ports)]), ...needs.flatMap((n) => n.ports)];
    return {
      groups: intents.workloads.flatMap((i) => i.peers.groups.map((g) => matchLabels(g.selector))),
      wanted: needs.flatMap((n) => n.targets.flatMap((t) => (t.kind === 'pods' && t.namespace === intents.namespace ? [matchLabels(t.selector)] : []))),
      namesPorts: ports.some((p) => typeof p.port === 'string'),
      roles: new WeakMap(),
    };
  });
}

/** What the zone tells a member from others by: it hangs on the zone and the workload alone. */
export function roleOf({ intents }: BoundZone, { workload, intent }: Member): Role {
  const { groups, wanted, namesPorts, roles } = vocabularyOf(intents);
  return kept(roles, workload, () => {
    const holds = (selector: LabelSelector): boolean => selects(selector, workload.labels);
    const words = JSON.stringify([intent?.name, groups.map(holds), wanted.map(holds)]);
    return { words, whole: namesPorts ? `${words} ${JSON.stringify(workload.ports)}` : words };
  });
}

/** Texts of a member, each made once for all claims that ask: a member is made for one judging, in which the matrix stays as it is. */
const texts = new WeakMap<ClaimMatrix, WeakMap<Member, Map<string, string | null>>>();

function textOf(reach: ClaimMatrix, member: Member, what: string, make: () => string | null): string | null {
  const ofMatrix = kept(texts, reach, () => new WeakMap<Member, Map<string, string | null>>());
  const ofMember = kept(ofMatrix, member, () => new Map<string, string | null>());
  return kept(ofMember, what, make);
}

/** What matters towards pods outside the zone that have an address of their own. */
export function kindTowardsPods(reach: ClaimMatrix, member: Member, direction: Direction): string | null {
  return textOf(reach, member, `pods ${direction}`, () =>
    reach.podsSortOf === undefined ? null : wordsFor(member, reach.podsSortOf(member.workload.id, direction)),
  );
}

/** What matters towards nodes and pods on their network: beside that, where the pod runs. */
export function kindTowardsNodes(reach: ClaimMatrix, member: Member): string | null {
  const { id, node, hostNetwork } = member.workload;
  return textOf(reach, member, 'nodes', () =>
    reach.sortOf === undefined ? null : `${wordsFor(member, reach.sortOf(id))} ${JSON.stringify([node, hostNetwork])}`,
  );
}

/** What matters towards outside blocks and names. */
export function kindTowardsOutside(reach: ClaimMatrix, member: Member, direction: Direction): string | null {
  return textOf(reach, member, `outside ${direction}`, () =>
    reach.outsideSortOf === undefined ? null : JSON.stringify([reach.outsideSortOf(member.workload.id, direction), member.intent?.name]),
  );
}

function wordsFor({ workload, intent, representative }: Member, sort: string): string {
  // A client may be let in by the name of a port.
  const ports = intent !== null && intent.clients.length > 0 ? workload.ports : null;
  return JSON.stringify([sort, intent?.name, representative, ports]);
}

import { kept } from '../kernel/memo.ts';
import { sortedBy } from '../kernel/stable.ts';
import type { BlastHop, Party } from '../model/scan-report.ts';
import { type Workload, workloadTitle } from '../model/workload.ts';
import type { TransportSet } from '../space/transport-set.ts';
import { type Alike, givesNode, type Unit } from './alike.ts';
import { type Opening, type ReachMap, usable } from './reach-map.ts';

/** What falls when one pod falls: rings of parties, and how many pods are in the first ring. */
export interface BlastRadius {
  readonly hops: readonly BlastHop[];
  readonly podsWithin: { readonly allowed: number; readonly unknown: number; readonly total: number };
}

/** A place an attacker may hold: a pod of a group, or a node. */
type Foothold = { readonly kind: 'pods'; readonly group: Alike } | { readonly kind: 'node'; readonly node: string | null; readonly of: Workload };

type Certainty = 'allowed' | 'unknown';

interface Reached {
  readonly hop: number;
  readonly party: Party;
  readonly via: Party | null;
  readonly ports: string;
  readonly certainty: Certainty;
  /** Pods that fall with it; only groups have some. */
  readonly units: readonly Unit[];
}

/** One move of an attacker; without a foothold, a place it cannot move on from. */
interface Step {
  readonly foothold: Foothold | null;
  readonly party: Party;
  readonly ports: string;
  readonly units: readonly Unit[];
}

const onTheNode = 'everything (runs on it)';

/**
 * What an attacker in one pod of `from` can take, hop by hop. It moves to a pod only on ports that the pod declares it listens on (any port when it
 * declares none); a hostNetwork or privileged pod that falls gives its node, and a node gives the pods on it. First the hops that are certain are
 * walked, then those that cannot be ruled out; a party counts once, at its first certain hop if it has one.
 */
export class BlastRadii {
  readonly #map: ReachMap;
  readonly #pods: number;
  readonly #reached = new Map<number, readonly Reached[]>();
  readonly #steps = new Map<string, readonly Step[]>();

  constructor(map: ReachMap) {
    this.#map = map;
    this.#pods = map.groups.flatMap((g) => g.units).reduce((sum, unit) => sum + unit.pods, 0);
  }

  /** The blast radius of one line of a group. */
  of(from: Unit, group: Alike): BlastRadius {
    return this.#report(
      from,
      kept(this.#reached, group.index, () => this.#walk(group)),
    );
  }

  #walk(start: Alike): readonly Reached[] {
    const certain = this.#pass(start, 'allowed', new Map());
    return [...this.#pass(start, 'unknown', certain).values()];
  }

  /** Breadth first. In the second pass, what the first one found keeps its place and is walked from again. */
  #pass(start: Alike, certainty: Certainty, before: ReadonlyMap<string, Reached>): Map<string, Reached> {
    const found = new Map(before);
    const held = new Set<string>([footholdKey({ kind: 'pods', group: start })]);
    let frontier: readonly (readonly [Foothold, Party | null])[] = [[{ kind: 'pods', group: start }, null]];
    for (let hop = 1; frontier.length > 0; hop++) {
      const next: (readonly [Foothold, Party | null])[] = [];
      for (const [foothold, via] of frontier) {
        for (const step of this.#stepsFrom(foothold, certainty)) {
          const key = step.foothold === null ? `${step.party.kind} ${step.party.id}` : footholdKey(step.foothold);
          if (!found.has(key)) found.set(key, { hop, party: step.party, via, ports: step.ports, certainty, units: step.units });
          if (step.foothold === null || held.has(key)) continue;
          held.add(key);
          next.push([step.foothold, step.party]);
        }
      }
      frontier = next;
    }
    return found;
  }

  #stepsFrom(from: Foothold, certainty: Certainty): readonly Step[] {
    return kept(this.#steps, `${certainty} ${footholdKey(from)}`, () => [...this.#listSteps(from, certainty)]);
  }

  *#listSteps(from: Foothold, certainty: Certainty): Iterable<Step> {
    const map = this.#map;
    for (const { group, opening } of from.kind === 'node' ? this.#fromNode(from.node) : map.targets(from.group)) {
      const ports = opening === null ? onTheNode : passing(opening, certainty)?.toString();
      if (ports !== undefined) yield { foothold: { kind: 'pods', group }, party: groupParty(group), ports, units: group.units };
    }
    if (from.kind === 'pods') {
      for (const outside of map.outside(from.group)) {
        const ports = passing(outside, certainty);
        if (ports !== undefined) yield { foothold: null, party: outside.party, ports: ports.toString(), units: [] };
      }
      const holder = from.group.sample;
      if (givesNode(holder))
        yield { foothold: { kind: 'node', node: holder.node, of: holder }, party: nodeParty(holder), ports: `everything (${givenBy(holder)})`, units: [] };
    } else {
      for (const outside of map.outsideOfNode(from.node)) {
        const ports = passing(outside, certainty);
        if (ports !== undefined) yield { foothold: null, party: outside.party, ports: ports.toString(), units: [] };
      }
    }
  }

  /** Every group as a node sees it; without an opening, the group lives there. */
  #fromNode(node: string | null): readonly { readonly group: Alike; readonly opening: Opening | null }[] {
    return this.#map.groups.map((group) => ({ group, opening: node !== null && group.sample.node === node ? null : this.#map.fromNode(node, group) }));
  }

  #report(from: Unit, reached: readonly Reached[]): BlastRadius {
    const rings = new Map<number, BlastHop['reached'][number][]>();
    const pods = { allowed: 0, unknown: 0 };
    for (const item of reached) {
      const ring = kept(rings, item.hop, () => []);
      const shared = { via: item.via, ports: item.ports, certainty: item.certainty };
      if (item.units.length === 0) ring.push({ party: item.party, ...shared });
      for (const unit of item.units) {
        const others = unit === from ? unit.pods - 1 : unit.pods;
        if (unit === from && others < 1) continue;
        if (item.hop === 1) pods[item.certainty] += others;
        ring.push({ party: unit === from ? ownParty(unit) : unitParty(unit), ...shared });
      }
    }
    const hops = [...rings].sort(([a], [b]) => a - b).filter(([, ring]) => ring.length > 0);
    const total = Math.max(0, this.#pods - Math.min(1, from.pods));
    return { hops: hops.map(([hop, ring]) => ({ hop, reached: sortedBy(ring, ringOrder) })), podsWithin: { ...pods, total } };
  }
}

/** In a ring: pods first, then what is beyond them, certain before possible. */
function ringOrder({ party, certainty }: BlastHop['reached'][number]): string {
  return [party.kind === 'workload' ? 0 : 1, certainty === 'allowed' ? 0 : 1, party.kind === 'workload' ? party.title : party.kind, party.title].join(' ');
}

/** The party of a workload. */
export function workloadParty(workload: Workload): Party {
  return { kind: 'workload', id: workload.id, title: workloadTitle(workload) };
}

/** The node that falls with a pod, by name where one is known. */
function nodeParty(workload: Workload): Party {
  if (workload.node !== null) return { kind: 'node', id: workload.node, title: `node ${workload.node}` };
  return { kind: 'node', id: `node of ${workload.id}`, title: `${workload.replicas > 1 ? 'a node' : 'the node'} of ${workloadTitle(workload)}` };
}

function groupParty(group: Alike): Party {
  const more = group.members.length - 1;
  return more === 0 ? workloadParty(group.sample) : { ...workloadParty(group.sample), title: `${workloadTitle(group.sample)} and ${more} like it` };
}

/** The party of one line of a report. */
export function unitParty(unit: Unit): Party {
  return { kind: 'workload', id: unit.workload.id, title: unit.title };
}

/** The same, as the line itself sees it: the pods beside the one in question. */
export function ownParty(unit: Unit): Party {
  return { ...unitParty(unit), title: `${unit.title}, its other pods` };
}

function givenBy(workload: Workload): string {
  return workload.hostNetwork ? 'shares its network' : 'privileged container';
}

function footholdKey(foothold: Foothold): string {
  return foothold.kind === 'pods' ? `group ${foothold.group.index}` : foothold.node === null ? `node of ${foothold.of.id}` : `node ${foothold.node}`;
}

/** The ports on which an opening may be used with this certainty; undefined when there are none. */
function passing(opening: Opening, certainty: Certainty): TransportSet | undefined {
  const flow = usable(opening);
  const ports = certainty === 'allowed' ? flow.allowed : flow.allowed.union(flow.unknown);
  return ports.isEmpty ? undefined : ports;
}

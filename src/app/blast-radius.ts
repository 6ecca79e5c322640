import { sortedBy } from '../kernel/stable.ts';
import type { BlastHop, Party } from '../model/scan-report.ts';
import { type Workload, workloadTitle } from '../model/workload.ts';
import type { TransportSet } from '../space/transport-set.ts';
import { type Alike, givesNode } from './alike.ts';
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
  readonly members: readonly Workload[];
}

/** One move of an attacker; without a foothold, a place it cannot move on from. */
interface Step {
  readonly foothold: Foothold | null;
  readonly party: Party;
  readonly ports: string;
  readonly members: readonly Workload[];
}

const onTheNode = 'everything (runs on it)';

/**
 * What an attacker in one pod of `from` can take, hop by hop. It moves to a pod only on ports that the pod declares it listens on (any port when it
 * declares none); a hostNetwork or privileged pod that falls gives its node, and a node gives the pods on it. First the hops that are certain are
 * walked, then those that cannot be ruled out; a party counts once, at its first certain hop if it has one.
 */
export class BlastRadii {
  readonly #map: ReachMap;
  readonly #reached = new Map<number, readonly Reached[]>();
  readonly #steps = new Map<string, readonly Step[]>();

  constructor(map: ReachMap) {
    this.#map = map;
  }

  of(from: Workload, group: Alike): BlastRadius {
    let reached = this.#reached.get(group.index);
    if (reached === undefined) {
      reached = this.#walk(group);
      this.#reached.set(group.index, reached);
    }
    return this.#report(from, group, reached);
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
          if (!found.has(key)) found.set(key, { hop, party: step.party, via, ports: step.ports, certainty, members: step.members });
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
    const key = `${certainty} ${footholdKey(from)}`;
    let known = this.#steps.get(key);
    if (known === undefined) {
      known = [...this.#listSteps(from, certainty)];
      this.#steps.set(key, known);
    }
    return known;
  }

  *#listSteps(from: Foothold, certainty: Certainty): Iterable<Step> {
    const map = this.#map;
    for (const group of map.groups) {
      const resident = from.kind === 'node' && from.node !== null && group.sample.node === from.node;
      const opening = from.kind === 'node' ? map.fromNode(from.node, group) : map.between(from.group, group);
      const ports = resident ? onTheNode : passing(opening, certainty)?.toString();
      if (ports === undefined) continue;
      yield { foothold: { kind: 'pods', group }, party: groupParty(group), ports, members: group.members };
    }
    if (from.kind === 'pods') {
      for (const outside of map.outside(from.group)) {
        const ports = passing(outside, certainty);
        if (ports !== undefined) yield { foothold: null, party: outside.party, ports: ports.toString(), members: [] };
      }
      const holder = from.group.sample;
      if (givesNode(holder))
        yield { foothold: { kind: 'node', node: holder.node, of: holder }, party: nodeParty(holder), ports: `everything (${givenBy(holder)})`, members: [] };
    } else {
      for (const outside of map.outsideOf({ kind: 'node', node: from.node })) {
        const ports = passing(outside, certainty);
        if (ports !== undefined) yield { foothold: null, party: outside.party, ports: ports.toString(), members: [] };
      }
    }
  }

  #report(from: Workload, _group: Alike, reached: readonly Reached[]): BlastRadius {
    const rings = new Map<number, BlastHop['reached'][number][]>();
    const pods = { allowed: 0, unknown: 0 };
    for (const item of reached) {
      const ring = rings.get(item.hop) ?? [];
      rings.set(item.hop, ring);
      const shared = { via: item.via, ports: item.ports, certainty: item.certainty };
      if (item.members.length === 0) ring.push({ party: item.party, ...shared });
      for (const member of item.members) {
        const others = member === from ? member.replicas - 1 : member.replicas;
        if (member === from && others < 1) continue;
        if (item.hop === 1) pods[item.certainty] += others;
        ring.push({
          party: member === from ? { ...workloadParty(member), title: `${workloadTitle(member)}, its other pods` } : workloadParty(member),
          ...shared,
        });
      }
    }
    const total = this.#map.groups.flatMap((g) => g.members).reduce((sum, w) => sum + w.replicas, 0) - Math.min(1, from.replicas);
    const hops = [...rings].sort(([a], [b]) => a - b).filter(([, ring]) => ring.length > 0);
    return { hops: hops.map(([hop, ring]) => ({ hop, reached: sortedBy(ring, ringOrder) })), podsWithin: { ...pods, total: Math.max(0, total) } };
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

import type { Flow } from '../engine/flow.ts';
import { kept } from '../kernel/memo.ts';
import { sortedBy } from '../kernel/stable.ts';
import type { BlastHop, Party } from '../model/scan-report.ts';
import { type Workload, workloadTitle } from '../model/workload.ts';
import { TransportSet } from '../space/transport-set.ts';
import { type Alike, givesNode, type Unit } from './alike.ts';
import { FabricMap } from './fabric/fabric-map.ts';
import { NodeCompany } from './node-company.ts';
import type { Opening, ReachMap } from './reach-map.ts';

/** What falls when one pod falls: rings of parties; `omitted` counts the parties that no ring lists. */
export interface BlastRadius {
  readonly hops: readonly BlastHop[];
  readonly omitted: number;
}

/** The most rings, and parties of one ring, that a report lists. */
const hopsListed = 12;
const partiesListed = 100;

/** A place an attacker may hold: a pod of a group, or a node. */
type Foothold = { readonly kind: 'pods'; readonly group: Alike } | { readonly kind: 'node'; readonly node: string | null; readonly of: Workload };

type Certainty = 'allowed' | 'unknown';

interface Fallen {
  readonly hop: number;
  readonly party: Party;
  readonly via: Party | null;
  readonly ports: string;
  readonly certainty: Certainty;
  /** Pods that fall with it; only groups have some. */
  readonly units: readonly Unit[];
  /** Whether a fabric leads there, and no network. */
  readonly fabric: boolean;
}

const onTheNode = 'everything (runs on it)';
const perhapsOnTheNode = 'everything (may run on it)';

/**
 * What an attacker in one pod of a group can take, hop by hop. It moves to a pod on any port that is open, declared or not: declarations are for
 * information (kubernetes/api core/v1 Container.ports), and a process that was never declared listens just the same. Pods that share a part of a fabric reach each other past all policies. A hostNetwork or privileged pod that falls gives its node, and a node gives the pods on it, and perhaps those that the scheduler may put on it. First the hops that are certain are
 * walked, then those that cannot be ruled out; a party counts once, at its first certain hop if it has one.
 */
export class BlastRadii {
  readonly #map: ReachMap;
  readonly #fabric: FabricMap;
  readonly #company: NodeCompany;
  readonly #reached = new Map<number, readonly Fallen[]>();
  readonly #within = new Map<number, { readonly allowed: number; readonly unknown: number }>();
  /** Moves looked at so far: what a walk costs. */
  #moves = 0;

  constructor(map: ReachMap) {
    this.#map = map;
    this.#fabric = new FabricMap(map.reach, map.groups);
    this.#company = new NodeCompany(map.reach.snapshot);
  }

  /** Who shares a part of a fabric with whom. */
  get fabric(): FabricMap {
    return this.#fabric;
  }

  /** The blast radius of a pod of the group. Parties among `own` workloads are one, `self`. */
  of(group: Alike, own: ReadonlySet<string>, self: Party): BlastRadius {
    const reached = kept(this.#reached, group.index, () => this.#walk(group));
    return report(reached, own, self);
  }

  /** Other pods that a pod of the group reaches directly. */
  within(group: Alike): { readonly allowed: number; readonly unknown: number } {
    return kept(this.#within, group.index, () => {
      const pods = { allowed: 0, unknown: 0 };
      const { groups, flows } = this.#map.reached(group);
      for (const [i, to] of groups.entries()) {
        const all = to.members.reduce((sum, w) => sum + w.replicas, 0);
        pods[flows[i]?.allowed.isEmpty ? 'unknown' : 'allowed'] += to === group ? Math.max(0, all - 1) : all;
      }
      return pods;
    });
  }

  #walk(start: Alike): readonly Fallen[] {
    const certain = this.#pass(start, 'allowed', new Map());
    return [...this.#pass(start, 'unknown', certain).values()];
  }

  /** How many moves all walks so far have looked at, for callers that must come to an end. */
  get moves(): number {
    return this.#moves;
  }

  /** Breadth first. In the second pass, what the first one found keeps its place and is walked from again. */
  #pass(start: Alike, certainty: Certainty, before: ReadonlyMap<string, Fallen>): Map<string, Fallen> {
    const found = new Map(before);
    const held = new Set<string>([groupKey(start)]);
    let frontier: (readonly [Foothold, Party | null])[] = [[{ kind: 'pods', group: start }, null]];
    for (let hop = 1; frontier.length > 0; hop++) {
      const next: (readonly [Foothold, Party | null])[] = [];
      for (const [foothold, via] of frontier) {
        const take: Take = (key, party, ports, units, gained, fabric = false) => {
          if (!found.has(key)) found.set(key, { hop, party, via, ports, certainty, units, fabric });
          if (gained === null || held.has(key)) return;
          held.add(key);
          next.push([gained, party]);
        };
        this.#takePods(foothold, certainty, held, take);
        if (foothold.kind === 'pods') this.#takeOnFabric(foothold.group, certainty, held, take);
        this.#takeOthers(foothold, certainty, take);
      }
      frontier = next;
    }
    return found;
  }

  #takePods(from: Foothold, certainty: Certainty, held: ReadonlySet<string>, take: Take): void {
    const map = this.#map;
    const move = (group: Alike, openingTo: () => Opening | null, otherwise: string = onTheNode): void => {
      this.#moves++;
      const key = groupKey(group);
      // Most moves of a large cluster end here.
      if (held.has(key)) return;
      const opening = openingTo();
      const ports = opening === null ? otherwise : passing(opening, certainty)?.toString();
      if (ports !== undefined) take(key, groupParty(group), ports, group.units, { kind: 'pods', group });
    };
    if (from.kind === 'pods') {
      const { groups, flows } = map.reached(from.group);
      for (const [i, group] of groups.entries()) move(group, () => map.opening(flows[i] as Flow, group));
      return;
    }
    // Every group as a node sees it; without an opening, the group lives there, or may come to.
    for (const group of map.groups) {
      const why = this.#livesOn(from, group, certainty);
      move(group, () => (why === null ? map.fromNode(from.node, group) : null), why ?? onTheNode);
    }
  }

  /** Why pods of a group are on a node that has fallen: they are, or the scheduler may put them there; null where neither is known. */
  #livesOn(node: Extract<Foothold, { kind: 'node' }>, { sample, members }: Alike, certainty: Certainty): string | null {
    if (node.node !== null && sample.node === node.node) return onTheNode;
    const settled = node.node !== null && sample.node !== null;
    if (certainty === 'allowed' || settled) return null;
    return members.some((w) => this.#company.mayMeet(node.of, w)) ? perhapsOnTheNode : null;
  }

  /** Pods in the same part of a fabric: they are as good as reached, on whatever they use it for. */
  #takeOnFabric(from: Alike, certainty: Certainty, held: ReadonlySet<string>, take: Take): void {
    for (const { group, meeting } of this.#fabric.edges(from)) {
      this.#moves++;
      const key = groupKey(group);
      if (held.has(key) || (certainty === 'allowed' && meeting.certainty !== 'allowed')) continue;
      take(key, groupParty(group), `shares ${meeting.through}`, group.units, { kind: 'pods', group }, true);
    }
  }

  #takeOthers(from: Foothold, certainty: Certainty, take: Take): void {
    for (const outside of from.kind === 'pods' ? this.#map.outside(from.group) : this.#map.outsideOfNode(from.node)) {
      this.#moves++;
      const ports = passing(outside, certainty);
      if (ports !== undefined) take(`${outside.party.kind} ${outside.party.id}`, outside.party, ports.toString(), [], null);
    }
    if (from.kind === 'node' || !givesNode(from.group.sample)) return;
    const holder = from.group.sample;
    const node: Foothold = { kind: 'node', node: holder.node, of: holder };
    take(nodeKey(node), nodeParty(holder), `everything (${givenBy(holder)})`, [], node);
  }
}

/** Notes what a move gains: a key that is one for one, who it is, and where the attacker then stands (null: nowhere it could go on from). */
type Take = (key: string, party: Party, ports: string, units: readonly Unit[], gained: Foothold | null, fabric?: boolean) => void;

function report(reached: readonly Fallen[], own: ReadonlySet<string>, self: Party): BlastRadius {
  const rings = new Map<number, Map<string, BlastHop['reached'][number]>>();
  for (const { hop, party, via, ports, certainty, units, fabric } of reached) {
    const ring = kept(rings, hop, () => new Map());
    const through = via !== null && own.has(via.id) ? self : via;
    const parties = units.length === 0 ? [party] : units.map((unit) => (own.has(unit.workload.id) ? self : unitParty(unit)));
    for (const p of parties)
      ring.set(p === self ? `own ${ports} ${certainty}` : `${p.kind} ${p.id} ${certainty}`, {
        party: p,
        via: through,
        ports,
        certainty,
        ...(fabric ? { fabric: true as const } : {}),
      });
  }
  const hops = [...rings].sort(([a], [b]) => a - b).map(([hop, ring]) => listed(hop, [...ring.values()]));
  const shown = hops.slice(0, hopsListed);
  const all = hops.reduce((sum, ring) => sum + ring.count, 0);
  return { hops: shown, omitted: all - shown.reduce((sum, ring) => sum + ring.reached.length, 0) };
}

/** A ring, cut from the end of its pods: what is no pod is little and says most. */
function listed(hop: number, ring: readonly BlastHop['reached'][number][]): BlastHop {
  const sorted = sortedBy(ring, ringOrder);
  const pods = sorted.filter((r) => r.party.kind === 'workload');
  const others = sorted.filter((r) => r.party.kind !== 'workload').slice(0, partiesListed);
  return { hop, count: ring.length, reached: [...pods.slice(0, partiesListed - others.length), ...others] };
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

function givenBy(workload: Workload): string {
  return workload.hostNetwork ? 'shares its network' : 'privileged container';
}

const groupKeys = new WeakMap<Alike, string>();

function groupKey(group: Alike): string {
  const known = groupKeys.get(group) ?? `group ${group.index}`;
  groupKeys.set(group, known);
  return known;
}

function nodeKey({ node, of }: Extract<Foothold, { kind: 'node' }>): string {
  return node === null ? `node of ${of.id}` : `node ${node}`;
}

/** The ports on which an opening may be used with this certainty, those that are declared where there are some; undefined when there are none. */
function passing({ flow, answering }: Opening, certainty: Certainty): TransportSet | undefined {
  const of = (f: Opening['flow']): TransportSet => (certainty === 'allowed' ? f.allowed : f.allowed.union(f.unknown));
  const ports = of(flow);
  if (ports.isEmpty) return undefined;
  const declared = answering === null ? TransportSet.empty : of(answering);
  return declared.isEmpty ? ports : declared;
}

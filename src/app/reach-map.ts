import { blockOf } from '../checks/external.ts';
import { listening, only } from '../checks/rule-ports.ts';
import { addressSet, publicAddresses } from '../engine/addresses.ts';
import type { Flow } from '../engine/flow.ts';
import type { Reachability, ReachParty } from '../engine/reach.ts';
import { kept } from '../kernel/memo.ts';
import { isMetadataService, metadataV4, metadataV6 } from '../model/metadata-service.ts';
import type { Party } from '../model/scan-report.ts';
import type { WorkloadId } from '../model/workload.ts';
import { type IpSet, ipIntersect, ipIsEmpty, ipSubtract, ipUnionAll, parseIp, toCidrs } from '../space/ip-set.ts';
import { TransportSet } from '../space/transport-set.ts';
import { type Alike, alikeGroups } from './alike.ts';

/** What may pass, and which of it the destination says it listens on (null: it says nothing). */
export interface Opening {
  readonly flow: Flow;
  readonly answering: Flow | null;
}

/** What may pass between a group and another one. */
export interface Edge {
  readonly group: Alike;
  readonly opening: Opening;
}

/** Groups, and what may pass to each: side by side, as there may be millions. */
export interface Reached {
  readonly groups: readonly Alike[];
  readonly flows: readonly Flow[];
}

/** Something outside the pods and nodes that a group may reach. */
export interface Outside extends Opening {
  readonly party: Party;
  /** The party of the matrix that stands for it. */
  readonly reach: ReachParty;
}

const none: Flow = { allowed: TransportSet.empty, unknown: TransportSet.empty };

/** Ports that policies speak of: what is unknown only about ICMP and other protocols is an assumption of the profile, not a passage. */
export const governed: TransportSet = TransportSet.unionAll([TransportSet.of('TCP'), TransportSet.of('UDP'), TransportSet.of('SCTP')]);

/** How many CIDRs an address block is named by. */
const cidrsNamed = 3;

/** How many CIDRs an address block is identified by. */
const cidrsListed = 16;

/** The matrix as a scan walks it: groups of like workloads, with each answer asked for once. */
export class ReachMap {
  readonly reach: Reachability;
  readonly groups: readonly Alike[];
  /** How many pods all groups have. */
  readonly pods: number;
  /** The class that all members of a group belong to; null when they have several, or when the node they are on matters. */
  readonly #classes: readonly (number | null)[];
  readonly #reached = new Map<number, Reached>();
  readonly #sources = new Map<number, readonly Edge[]>();
  readonly #openings = new Map<number, Map<Flow, Opening>>();
  readonly #fromNodes = new Map<string | null, Opening[]>();
  readonly #outside = new Map<number, readonly Outside[]>();
  readonly #outsideNodes = new Map<string | null, readonly Outside[]>();

  constructor(reach: Reachability) {
    this.reach = reach;
    this.groups = alikeGroups(reach.snapshot, reach.profile);
    this.pods = this.groups.flatMap((g) => g.units).reduce((sum, unit) => sum + unit.pods, 0);
    const classes = new Map<WorkloadId, number | null>();
    for (const c of reach.classes) for (const id of c.workloads) classes.set(id, classes.has(id) ? null : c.id);
    this.#classes = this.groups.map((g) => (g.sample.hostNetwork ? null : (classes.get(g.sample.id) ?? null)));
  }

  /** Groups that any pod of this one may reach, and what passes; itself when one of its pods may reach another. Group order. */
  reached(from: Alike): Reached {
    return kept(this.#reached, from.index, () => {
      const found: { readonly groups: Alike[]; readonly flows: Flow[] } = { groups: [], flows: [] };
      for (const group of this.groups) {
        const flow = this.#flow(from, group);
        if (flow === none) continue;
        found.groups.push(group);
        found.flows.push(flow);
      }
      return found;
    });
  }

  /** The same, with what the destinations answer. */
  targets(from: Alike): readonly Edge[] {
    const { groups, flows } = this.reached(from);
    return groups.map((group, i) => ({ group, opening: this.opening(flows[i] as Flow, group) }));
  }

  /** Groups some pod of which may reach this one. Group order. */
  sources(to: Alike): readonly Edge[] {
    return kept(this.#sources, to.index, () =>
      this.groups.flatMap((group) => {
        const flow = this.#flow(group, to);
        return flow === none ? [] : [{ group, opening: this.opening(flow, to) }];
      }),
    );
  }

  /** A flow to a group, with what the group answers. Flows are few, and the same objects when asked for again. */
  opening(flow: Flow, to: Alike): Opening {
    const known = kept(this.#openings, to.index, () => new Map<Flow, Opening>());
    return kept(known, flow, () => narrowed(flow, to));
  }

  #flow(from: Alike, to: Alike): Flow {
    const other = from === to ? (to.members[1] ?? to.sample) : to.sample;
    if (other === from.sample && other.replicas < 2) return none;
    const a = this.#classes[from.index] ?? null;
    const b = this.#classes[to.index] ?? null;
    if (a !== null && b !== null) return shown(this.reach.betweenClasses(a, b));
    return shown(this.reach.between({ kind: 'workload', id: from.sample.id }, { kind: 'workload', id: other.id }));
  }

  /** From a node to any pod of a group. */
  fromNode(node: string | null, to: Alike): Opening {
    const row = kept(this.#fromNodes, node, () => [] as Opening[]);
    const known = row[to.index] ?? narrowed(shown(this.reach.between({ kind: 'node', node }, { kind: 'workload', id: to.sample.id })), to);
    row[to.index] = known;
    return known;
  }

  /** The metadata service, the internet, other outside addresses and names that a group may reach. */
  outside(from: Alike): readonly Outside[] {
    return kept(this.#outside, from.index, () => this.#outsideOf({ kind: 'workload', id: from.sample.id }));
  }

  /** The same for a node. */
  outsideOfNode(node: string | null): readonly Outside[] {
    return kept(this.#outsideNodes, node, () => this.#outsideOf({ kind: 'node', node }));
  }

  #outsideOf(from: ReachParty): readonly Outside[] {
    return [...this.#metadata(from), ...this.#addresses(from), ...this.#names(from)];
  }

  #metadata(from: ReachParty): readonly Outside[] {
    return [metadataV4, metadataV6].flatMap((address) => {
      const ip = parseIp(address);
      const block = ip === undefined ? undefined : blockOf(this.reach, ip);
      if (block === undefined) return [];
      // It is known to answer on this port alone: the address is link-local, and whatever else it answers, credentials come from there.
      const flow = narrow(shown(this.reach.between(from, block)), only('TCP', 80));
      const party = metadataParty(address);
      return isNone(flow) ? [] : [{ party, reach: block, flow, answering: null }];
    });
  }

  #addresses(from: ReachParty): readonly Outside[] {
    const groups = new Map<string, { readonly flow: Flow; readonly addresses: IpSet[]; readonly reach: ReachParty }>();
    for (const party of this.reach.others) {
      if (party.kind !== 'external') continue;
      const flow = shown(this.reach.between(from, party));
      if (isNone(flow) || ipIsEmpty(party.addresses)) continue;
      const { internet, addresses } = kept(parts, party, () => partOf(party.addresses));
      kept(groups, `${flow.allowed.id} ${flow.unknown.id} ${internet ? 'internet' : 'block'}`, () => ({ flow, addresses: [], reach: party })).addresses.push(
        addresses,
      );
    }
    return [...groups.values()].map(({ flow, addresses, reach }) => ({ party: addressParty(ipUnionAll(addresses)), reach, flow, answering: null }));
  }

  #names(from: ReachParty): readonly Outside[] {
    return this.reach.others.flatMap((party) => {
      if (party.kind !== 'name') return [];
      const flow = shown(this.reach.between(from, party));
      return isNone(flow) ? [] : [{ party: nameParty(party), reach: party, flow, answering: null }];
    });
  }
}

const parts = new WeakMap<ReachParty, { readonly internet: boolean; readonly addresses: IpSet }>();

/** What of a block counts: the public part alone, where that is the internet less some holes. */
function partOf(block: IpSet): { readonly internet: boolean; readonly addresses: IpSet } {
  const open = ipIntersect(block, publicAddresses);
  const internet = isMostOf(open);
  return { internet, addresses: internet ? open : block };
}

function isNone(flow: Flow): boolean {
  return flow.allowed.isEmpty && flow.unknown.isEmpty;
}

function narrowed(flow: Flow, to: Alike): Opening {
  const listens = listening(to.sample);
  return { flow, answering: listens === null ? null : narrow(flow, listens) };
}

function narrow(flow: Flow, to: TransportSet): Flow {
  return { allowed: flow.allowed.intersect(to), unknown: flow.unknown.intersect(to) };
}

function shown(flow: Flow): Flow {
  const unknown = flow.unknown.intersect(governed);
  if (unknown.isEmpty && flow.allowed.isEmpty) return none;
  return unknown === flow.unknown ? flow : { allowed: flow.allowed, unknown };
}

/** Whether a set is the internet less some holes, rather than some networks of it: at least half of the public IPv4 or IPv6 addresses. */
function isMostOf(addresses: IpSet): boolean {
  return size4(addresses) * 2 >= size4(publicAddresses) || size6(addresses) * 2n >= size6(publicAddresses);
}

function size4(set: IpSet): number {
  return set.v4.reduce((sum, [low, high]) => sum + high - low + 1, 0);
}

function size6(set: IpSet): bigint {
  return set.v6.reduce((sum, [low, high]) => sum + high - low + 1n, 0n);
}

/** An outside name, or all names that a pattern admits: what people must see is the pattern, not the name that stands for it. */
function nameParty({ name, pattern }: Extract<ReachParty, { kind: 'name' }>): Party {
  if (pattern === undefined) return { kind: 'name', id: name, title: name };
  return { kind: 'name', id: pattern, title: `${pattern} (any such name)` };
}

function metadataParty(address: string): Party {
  return { kind: 'metadata', id: address, title: `the metadata service (${address})` };
}

/** Metadata services, each as a set with its party. */
const metadataServices = [metadataV4, metadataV6].map((address) => ({ addresses: addressSet([address]), party: metadataParty(address) }));

/** A set of outside addresses, cut into metadata services and the rest, each with what people call it: the rest goes by the name of all. */
export function outsideParts(addresses: IpSet): readonly { readonly addresses: IpSet; readonly party: Party }[] {
  const services = metadataServices.filter((m) => !ipIsEmpty(ipIntersect(m.addresses, addresses)));
  const rest = services.reduce((left, m) => ipSubtract(left, m.addresses), addresses);
  return [...services, ...(ipIsEmpty(rest) ? [] : [{ addresses: rest, party: addressParty(addresses) }])];
}

/** What people call a set of outside addresses: the internet, or its first ranges. */
function addressParty(addresses: IpSet): Party {
  if (isMostOf(addresses)) {
    const families = [...(addresses.v4.length > 0 ? ['IPv4'] : []), ...(addresses.v6.length > 0 ? ['IPv6'] : [])].join(' and ');
    return { kind: 'internet', id: families === 'IPv6' ? '::/0' : '0.0.0.0/0', title: `the internet (${families})` };
  }
  const cidrs = toCidrs(addresses);
  const named = cidrs
    .slice(0, cidrsNamed)
    .map((c) => (c.endsWith(c.includes(':') ? '/128' : '/32') && isMetadataService(c.split('/')[0] ?? '') ? `${c} (the metadata service)` : c))
    .join(', ');
  const id = cidrs.length > cidrsListed ? `${cidrs.slice(0, cidrsListed).join(',')},+${cidrs.length - cidrsListed}` : cidrs.join(',');
  return { kind: 'address', id, title: cidrs.length > cidrsNamed ? `${named} and ${cidrs.length - cidrsNamed} more ranges` : named };
}

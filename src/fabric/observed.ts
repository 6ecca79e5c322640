import { kept } from '../kernel/memo.ts';
import type { Origin } from '../kernel/origin.ts';
import type { Fact, PeerFact, PortFact, SmFact, TableFact } from './facts.ts';
import type { Guid } from './guid.ts';
import type { EndPort, Subnet } from './subnet.ts';

/** A P_Key table as the fabric has it. */
export interface LiveTable {
  /** Keys by index; 0 is an empty place. Of readings that disagree the first counts here. */
  readonly keys: readonly number[];
  readonly origin: Origin;
  /** What other readings have in places that the first has something else in. */
  readonly others: readonly OtherKey[];
  /** Whether each place was read: how many there are is known, and none is left out. */
  readonly whole: boolean;
}

export interface OtherKey {
  readonly at: number;
  readonly key: number;
  readonly origin: Origin;
}

/** What the dumps show of a fabric, put together. */
export interface Observed {
  readonly subnet: Subnet;
  readonly tables: ReadonlyMap<Guid, LiveTable>;
  readonly managers: readonly SmFact[];
  /** Tables whose port no dump shows. */
  readonly strayTables: readonly TableFact[];
  /** Ends of links whose node no dump shows, each once: something is left out. */
  readonly unshown: readonly PeerFact[];
}

/** A table while it is put together. */
interface Reading {
  readonly places: Map<number, number>;
  readonly others: OtherKey[];
  readonly origin: Origin;
  capacity: number | null;
}

/** Puts facts together, whatever file they come from. What one dump leaves out, another may say; of a port, what the first says counts. */
export function observed(facts: readonly Fact[]): Observed {
  const shown = mergedPorts(facts.filter((f) => f.kind === 'port'));
  const unshown = withoutNode(
    facts.filter((f) => f.kind === 'peer'),
    shown,
  );
  const ports = new Map([...shown, ...unshown.flatMap(endOf)]);
  const byLid = new Map<number, EndPort>();
  for (const port of ports.values()) if (port.lid !== null && port.lid > 0) kept(byLid, port.lid, () => port);
  const readings = new Map<Guid, Reading>();
  const strayTables: TableFact[] = [];
  for (const fact of facts) {
    if (fact.kind !== 'table') continue;
    const port = 'guid' in fact.port ? ports.get(fact.port.guid) : byLid.get(fact.port.lid);
    if (port === undefined) {
      strayTables.push(fact);
      continue;
    }
    // The outer ports of a switch have tables too, which are copies of what their neighbours have.
    if (port.kind === 'switch' && 'port' in fact.port && (fact.port.port ?? 0) !== 0) continue;
    enter(
      kept(readings, port.guid, (): Reading => ({ places: new Map(), others: [], origin: fact.origin, capacity: port.capacity })),
      fact,
    );
  }
  return {
    subnet: { ports: [...ports.values()].map((port) => ({ ...port, capacity: port.capacity ?? readings.get(port.guid)?.capacity ?? null })) },
    tables: new Map([...readings].map(([guid, reading]) => [guid, tableOf(reading)])),
    managers: facts.filter((f) => f.kind === 'sm'),
    strayTables,
    unshown,
  };
}

function enter(reading: Reading, { keys, from, capacity, origin }: TableFact): void {
  keys.forEach((key, i) => {
    const at = from + i;
    const known = kept(reading.places, at, () => key);
    if (known !== key) reading.others.push({ at, key, origin });
  });
  // Of two sizes the larger: what is beyond the smaller would not be asked for.
  if (capacity !== null) reading.capacity = Math.max(capacity, reading.capacity ?? 0);
}

function tableOf({ places, others, origin, capacity }: Reading): LiveTable {
  const keys: number[] = [];
  for (const [at, key] of [...places].sort(([a], [b]) => a - b)) {
    while (keys.length < at) keys.push(0);
    keys.push(key);
  }
  let read = 0;
  while (places.has(read)) read++;
  return { keys: withoutEnd(keys), origin, others, whole: capacity !== null && read >= capacity };
}

/** Peers whose node is not shown, each once. */
function withoutNode(peers: readonly PeerFact[], ports: ReadonlyMap<Guid, EndPort>): readonly PeerFact[] {
  const nodes = new Set([...ports.values()].flatMap((p) => (p.nodeGuid === null ? [p.guid] : [p.guid, p.nodeGuid])));
  const missing = new Map<string, PeerFact>();
  for (const peer of peers) {
    const who = peer.guid ?? peer.nodeGuid;
    if (who !== null && !(peer.guid === null ? nodes.has(who) : ports.has(who))) kept(missing, who, () => peer);
  }
  return [...missing.values()];
}

/** The port that a peer is, where it has one of its own. */
function endOf({ guid, nodeGuid, nodeKind, number, lid, description, origin }: PeerFact): readonly (readonly [Guid, EndPort])[] {
  if (guid === null) return [];
  return [[guid, { guid, nodeGuid, kind: nodeKind, number, lid, description: description ?? '', capacity: null, origin }]];
}

function mergedPorts(facts: readonly PortFact[]): ReadonlyMap<Guid, EndPort> {
  const ports = new Map<Guid, EndPort>();
  for (const fact of facts) {
    const known = ports.get(fact.guid);
    ports.set(fact.guid, {
      guid: fact.guid,
      nodeGuid: known?.nodeGuid ?? fact.nodeGuid,
      kind: known?.kind ?? fact.nodeKind ?? 'ca',
      number: known?.number ?? fact.number ?? 1,
      lid: known?.lid ?? fact.lid,
      description: known !== undefined && known.description !== '' ? known.description : (fact.description ?? ''),
      capacity: known?.capacity ?? fact.capacity,
      origin: known?.origin ?? fact.origin,
    });
  }
  return ports;
}

function withoutEnd(keys: readonly number[]): readonly number[] {
  return keys.slice(0, keys.findLastIndex((key) => key !== 0) + 1);
}

import { kept } from '../kernel/memo.ts';
import type { Origin } from '../kernel/origin.ts';
import type { Fact, PortFact, SmFact, TableFact } from './facts.ts';
import type { Guid } from './guid.ts';
import type { EndPort, Subnet } from './subnet.ts';

/** A P_Key table as the fabric has it. */
export interface LiveTable {
  /** Keys by index; 0 is an empty place. */
  readonly keys: readonly number[];
  readonly origin: Origin;
}

/** What the dumps show of a fabric, put together. */
export interface Observed {
  readonly subnet: Subnet;
  readonly tables: ReadonlyMap<Guid, LiveTable>;
  readonly managers: readonly SmFact[];
  /** Tables whose port no dump shows. */
  readonly strayTables: readonly TableFact[];
}

/** Puts facts together, whatever file they come from. What one dump leaves out, another may say; of two that disagree the first counts. */
export function observed(facts: readonly Fact[]): Observed {
  const ports = mergedPorts(facts.filter((f) => f.kind === 'port'));
  const byLid = new Map<number, EndPort>();
  for (const port of ports.values()) if (port.lid !== null && port.lid > 0) kept(byLid, port.lid, () => port);
  const tables = new Map<Guid, { keys: number[]; readonly origin: Origin }>();
  const sizes = new Map<Guid, number>();
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
    const table = kept(tables, port.guid, () => ({ keys: [], origin: fact.origin }));
    fact.keys.forEach((key, i) => {
      while (table.keys.length < fact.from + i) table.keys.push(0);
      table.keys[fact.from + i] ??= key;
      if (table.keys[fact.from + i] === 0) table.keys[fact.from + i] = key;
    });
    if (fact.capacity !== null) sizes.set(port.guid, fact.capacity);
  }
  return {
    subnet: { ports: [...ports.values()].map((port) => ({ ...port, capacity: port.capacity ?? sizes.get(port.guid) ?? null })) },
    tables: new Map([...tables].map(([guid, { keys, origin }]) => [guid, { keys: withoutEnd(keys), origin }])),
    managers: facts.filter((f) => f.kind === 'sm'),
    strayTables,
  };
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

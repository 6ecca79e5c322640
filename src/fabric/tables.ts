import { kept } from '../kernel/memo.ts';
import type { Origin } from '../kernel/origin.ts';
import { asFull, baseOf, defaultPartition, processingOrder } from '../model/pkey.ts';
import type { Guid } from './guid.ts';
import { laidOut } from './key-layout.ts';
import type { Entry, PartitionsFile } from './partitions/partitions.ts';
import type { EndPort, Subnet } from './subnet.ts';

export interface SmOptions {
  /** The port that the subnet manager runs on; null: not known, and nothing is SELF. */
  readonly smPort: Guid | null;
  /** OpenSM runs with `-W` or `allow_both_pkeys TRUE`. */
  readonly allowBoth?: boolean;
  /** Tables as they were before, by port; what a fresh port has is the default key alone. */
  readonly before?: ReadonlyMap<Guid, readonly number[]>;
}

/** The P_Key table of one port, and what put each key there. */
export interface PortTable {
  /** Keys by index; 0 is an empty place. */
  readonly keys: readonly number[];
  /** The line of the configuration that gives a key; null: OpenSM gives it by itself. */
  readonly causes: ReadonlyMap<number, Origin | null>;
  /** Keys that did not fit. */
  readonly dropped: readonly number[];
}

/** What a port has before any subnet manager: full member of the default partition. Source: InfiniBand Architecture Specification vol. 1, §10.9.1.2. */
const freshTable: readonly number[] = [asFull(defaultPartition)];

/**
 * The table that OpenSM gives each end port. `file` null: there is no `partitions.conf`; then, as when it refuses the file, every port becomes a full member
 * of the default partition. Source: opensm osm_prtn.c (osm_prtn_make_partitions, prtn_make_default, osm_prtn_add_port, osm_prtn_add_all).
 */
export function tablesOf(file: PartitionsFile | null, subnet: Subnet, options: SmOptions): ReadonlyMap<Guid, PortTable> {
  const members = new Members(subnet, options);
  members.byDefault(file === null);
  if (file !== null) {
    for (const entry of file.entries) members.enter(entry);
    if (file.rejected !== null) {
      members.clear();
      members.byDefault(true);
    }
  }
  return new Map(subnet.ports.map((port) => [port.guid, members.table(port)]));
}

interface Member {
  full: Origin | null | undefined;
  limited: Origin | null | undefined;
}

/** Who is in which partition, while a configuration is carried out. */
class Members {
  readonly #ports = new Map<Guid, EndPort>();
  readonly #smPort: Guid | null;
  readonly #allowBoth: boolean;
  readonly #before: ReadonlyMap<Guid, readonly number[]>;
  readonly #partitions = new Map<number, Map<Guid, Member>>();
  /** The key that is to stand at index 0. It outlives a configuration that is refused. */
  readonly #indexZero = new Map<Guid, number>();

  constructor(subnet: Subnet, { smPort, allowBoth = false, before = new Map() }: SmOptions) {
    for (const port of subnet.ports) this.#ports.set(port.guid, port);
    this.#smPort = smPort;
    this.#allowBoth = allowBoth;
    this.#before = before;
  }

  clear(): void {
    this.#partitions.clear();
  }

  byDefault(full: boolean): void {
    for (const guid of this.#ports.keys()) this.#add(defaultPartition, guid, full, false, null);
    if (this.#smPort === null) return;
    const own = this.#partitions.get(defaultPartition)?.get(this.#smPort);
    if (own !== undefined) own.limited = undefined;
    this.#add(defaultPartition, this.#smPort, true, false, null);
  }

  enter({ base, who, membership, indexZero, origin }: Entry): void {
    const chosen = this.#chosen(who);
    if (this.#allowBoth && membership !== 'both') {
      // Without `both`, the other membership of whoever is named goes.
      for (const guid of who.kind === 'all' && who.nodes === null ? (this.#partitions.get(base)?.keys() ?? []) : chosen) {
        const member = this.#partitions.get(base)?.get(guid);
        if (member === undefined) continue;
        if (membership === 'full') member.limited = undefined;
        else member.full = undefined;
      }
    }
    for (const guid of chosen) {
      if (membership !== 'limited') this.#add(base, guid, true, indexZero, origin);
      if (membership === 'limited' || (membership === 'both' && this.#allowBoth)) this.#add(base, guid, false, indexZero, origin);
    }
  }

  table(port: EndPort): PortTable {
    const causes = new Map<number, Origin | null>();
    for (const base of [...this.#partitions.keys()].sort((a, b) => processingOrder(a) - processingOrder(b))) {
      const member = this.#partitions.get(base)?.get(port.guid);
      if (member?.limited !== undefined) causes.set(base, member.limited);
      if (member?.full !== undefined) causes.set(asFull(base), member.full);
    }
    const { table, dropped } = laidOut([...causes.keys()], {
      indexZero: this.#indexZero.get(port.guid) ?? 0,
      before: this.#before.get(port.guid) ?? freshTable,
      capacity: port.capacity,
      allowBoth: this.#allowBoth,
    });
    return { keys: table, causes, dropped };
  }

  #chosen(who: Entry['who']): readonly Guid[] {
    if (who.kind === 'self') return this.#smPort === null ? [] : [this.#smPort];
    if (who.kind === 'port') return [who.guid];
    return [...this.#ports.values()].filter((port) => who.nodes === null || port.kind === who.nodes).map((port) => port.guid);
  }

  /** A port that is not in the fabric is passed over without a word. */
  #add(base: number, guid: Guid, full: boolean, indexZero: boolean, origin: Origin | null): void {
    if (!this.#ports.has(guid)) return;
    if (indexZero) this.#indexZero.set(guid, full ? asFull(base) : base);
    else if (baseOf(this.#indexZero.get(guid) ?? 0) === base) this.#indexZero.delete(guid);
    const member = kept(
      kept(this.#partitions, base, () => new Map<Guid, Member>()),
      guid,
      (): Member => ({ full: undefined, limited: undefined }),
    );
    if (full) member.full = origin;
    else member.limited = origin;
    if (this.#allowBoth) return;
    if (full) member.limited = undefined;
    else member.full = undefined;
  }
}

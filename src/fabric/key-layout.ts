import { baseOf, defaultPartition } from '../model/pkey.ts';

/** What decides where keys come to stand in the table of a port. */
export interface Layout {
  /** The key that was given `indx0`; 0: none. */
  readonly indexZero: number;
  /** The table as it was before; 0 is an empty place. */
  readonly before: readonly number[];
  /** Places in the table; null: more than enough. */
  readonly capacity: number | null;
  /** OpenSM runs with `-W`: a port may have a partition twice, full and limited. */
  readonly allowBoth: boolean;
}

/** The largest table there is. Source: InfiniBand Architecture Specification vol. 1, §14.2.5.3 (NodeInfo:PartitionCap has 16 bits). */
const mostKeys = 0xffff;
const placeZero = 0;
/** The first place that is not kept for the default key. */
const firstFree = 1;

/**
 * The table that OpenSM gives a port that is to hold `keys`, by index, 0 for an empty place, and the keys for which there was no room. Keys keep their
 * place; new ones go behind the last one; index 0 belongs to the default partition, or to that with `indx0`.
 * Source: opensm osm_pkey_mgr.c (pkey_mgr_process_physical_port, pkey_mgr_update_port), keep_pkey_indexes at its default.
 */
export function laidOut(
  keys: readonly number[],
  { indexZero, before, capacity, allowBoth }: Layout,
): { readonly table: readonly number[]; readonly dropped: readonly number[] } {
  const same = (a: number, b: number): boolean => (allowBoth ? a === b : baseOf(a) === baseOf(b));
  const isDefault = (key: number): boolean => (allowBoth ? key === 0xffff : baseOf(key) === defaultPartition);
  const stays = (key: number, at: number): boolean => {
    if (indexZero !== 0) return same(key, indexZero) ? at === placeZero : at !== placeZero;
    return at === placeZero ? baseOf(key) === defaultPartition : !isDefault(key);
  };
  const room = capacity ?? mostKeys;
  const table: number[] = [];
  const dropped: number[] = [];
  const places = new Map<number, number>();
  let next = 0;
  const put = (key: number, at: number): void => {
    while (table.length <= at) table.push(0);
    table[at] = key;
    places.set(at, key);
    next = Math.max(next, at + 1);
  };
  const fresh: number[] = [];
  for (const key of keys) {
    const at = placeBefore(key, before, same);
    if (at >= 0 && stays(key, at)) put(key, at);
    else fresh.push(key);
  }
  for (const key of fresh) {
    const wanted = (indexZero === 0 && isDefault(key)) || (indexZero !== 0 && same(key, indexZero)) ? placeZero : Math.max(next, firstFree);
    const at = wanted < room ? wanted : isDefault(key) ? -1 : freePlace(table, room);
    if (at < 0) dropped.push(key);
    else put(key, at);
  }
  return { table, dropped };
}

/** Where a key stood; of several places that of the full member. */
function placeBefore(key: number, before: readonly number[], same: (a: number, b: number) => boolean): number {
  let found = -1;
  before.forEach((held, at) => {
    if (held !== 0 && same(held, key) && (found < 0 || held > (before[found] ?? 0))) found = at;
  });
  return found;
}

function freePlace(table: readonly number[], room: number): number {
  for (let at = firstFree; at < room; at++) if ((table[at] ?? 0) === 0) return at;
  return -1;
}

import { defaultPartition, processingOrder } from '../../model/pkey.ts';
import type { Definition, Partition } from './partitions.ts';

interface Kept {
  readonly base: number;
  readonly name: string;
  readonly definitions: Definition[];
}

/** Most bytes of a name that OpenSM keeps. Source: opensm include/opensm/osm_partition.h (name[32]). */
const longestName = 31;

/**
 * The partitions of a file by number, as OpenSM keeps them: a number that is there already is that partition, a missing one is looked up by name and else
 * the next free from 1. Source: opensm osm_prtn.c (osm_prtn_make_new, generate_pkey, osm_prtn_find_by_name).
 */
export class Registry {
  readonly #byBase = new Map<number, Kept>();
  /** Of several with one name, the first in the order of the keys. */
  readonly #byName = new Map<string, Kept>();
  #lastMadeUp = 0;

  constructor() {
    const own: Kept = { base: defaultPartition, name: 'Default', definitions: [] };
    this.#byBase.set(own.base, own);
    this.#byName.set(own.name, own);
  }

  /** `base` 0: none was given. Null: no number is left. `before` is the name of the partition that had the number already. */
  define(
    base: number,
    name: string | null,
    definition: Definition,
  ): { readonly base: number; readonly name: string; readonly madeUp: boolean; readonly before: string | null } | null {
    const same = base === 0 && name !== null ? this.#byName.get(name) : undefined;
    const number = same?.base ?? (base === 0 ? this.#next() : base);
    if (number === null) return null;
    const known = this.#byBase.get(number);
    const kept = known ?? {
      base: number,
      name: (name ?? '') === '' ? number.toString(16).padStart(4, '0') : (name ?? '').slice(0, longestName),
      definitions: [],
    };
    this.#byBase.set(number, kept);
    const namesake = this.#byName.get(kept.name);
    if (namesake === undefined || processingOrder(number) < processingOrder(namesake.base)) this.#byName.set(kept.name, kept);
    kept.definitions.push({ ...definition, name: definition.name === '' ? kept.name : definition.name });
    return { base: number, name: kept.name, madeUp: same === undefined && base === 0, before: known?.name ?? null };
  }

  all(): readonly Partition[] {
    return [...this.#byBase.values()];
  }

  #next(): number | null {
    while (this.#lastMadeUp < defaultPartition - 1) {
      this.#lastMadeUp++;
      if (!this.#byBase.has(this.#lastMadeUp)) return this.#lastMadeUp;
    }
    return null;
  }
}

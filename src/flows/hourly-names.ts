const hour = 3_600_000_000_000n;

/** Names that are told apart in an hour; further ones are estimated no more, as the answer stands long before. */
const mostNames = 5000;
/** Hours that are held at a time: records of several nodes come in no exact order. */
const mostHours = 3;

/** The fullest hour of a sort of names. */
export interface FullestHour {
  readonly names: number;
  readonly bytes: number;
  /** Whether there were no more than are told apart. */
  readonly isExact: boolean;
}

/** Counts distinct names by the hour, in memory that does not grow with them. Only numbers are kept of an hour that has passed. */
export class HourlyNames {
  readonly samples: string[] = [];
  readonly #hours = new Map<bigint, { readonly names: Set<string>; bytes: number; isExact: boolean }>();
  #fullest: FullestHour = { names: 0, bytes: 0, isExact: true };

  add(timeNs: bigint, name: string): void {
    if (this.samples.length === 0) this.samples.push(name);
    const at = timeNs / hour;
    let there = this.#hours.get(at);
    if (there === undefined) {
      there = { names: new Set(), bytes: 0, isExact: true };
      this.#hours.set(at, there);
      if (this.#hours.size > mostHours) {
        const oldest = this.#hours.keys().next().value as bigint;
        this.#settle(oldest);
      }
    }
    if (there.names.has(name)) return;
    if (there.names.size >= mostNames) {
      there.isExact = false;
      return;
    }
    there.names.add(name);
    // Bytes that are no letters are written as four: `\DDD` (RFC 1035 §5.1).
    there.bytes += name.includes('\\') ? name.replace(/\\\d{3}/g, '.').length : name.length;
  }

  fullest(): FullestHour {
    for (const at of [...this.#hours.keys()]) this.#settle(at);
    return this.#fullest;
  }

  #settle(at: bigint): void {
    const there = this.#hours.get(at);
    this.#hours.delete(at);
    if (there !== undefined && there.bytes > this.#fullest.bytes) this.#fullest = { names: there.names.size, bytes: there.bytes, isExact: there.isExact };
  }
}

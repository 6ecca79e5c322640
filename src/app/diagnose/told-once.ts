import { kept } from '../../kernel/memo.ts';
import type { Outcome, Signature } from '../../signatures/signature.ts';
import { portKey, type Sighting } from './sighting.ts';

const outcomes: readonly Outcome[] = ['dropped', 'refused', 'rejected', 'cut', 'unanswered', 'unknown-name', 'unclear'];

type ByNumber<T> = Map<number, T>;
type ByText<T> = Map<string | null, T>;

/**
 * What is kept of sightings that say the same: the same signature and outcome, the same far end, the same printer. A log can repeat itself in each line, so
 * that looking one up makes no text of its parts.
 */
export class ToldOnce<T> {
  readonly #kept = new Map<Signature, ByText<ByText<ByNumber<T>>>>();
  readonly #all: T[] = [];

  get size(): number {
    return this.#all.length;
  }

  /** All that is kept, in the order in which it came. */
  get all(): readonly T[] {
    return this.#all;
  }

  get(sighting: Sighting): T | undefined {
    return this.#kept
      .get(sighting.signature)
      ?.get(sighting.who === null ? null : sighting.who.name)
      ?.get(sighting.host)
      ?.get(numberOf(sighting));
  }

  /** Keeps what is not kept yet. */
  add(sighting: Sighting, value: T): void {
    const { signature, who, host } = sighting;
    const names = kept(this.#kept, signature, () => new Map());
    const hosts = kept(names, who === null ? null : who.name, () => new Map());
    const numbers: ByNumber<T> = kept(hosts, host, () => new Map());
    numbers.set(numberOf(sighting), value);
    this.#all.push(value);
  }
}

/** One number for what has few values: the port, the outcome, and whether the name of the printer is vouched for. */
function numberOf({ port, outcome, who }: Sighting): number {
  const key = portKey(port);
  // Ports end at 65535.
  const portNumber = key === null ? 0 : key === 'picked' ? 65_536 : key;
  return (portNumber * outcomes.length + outcomes.indexOf(outcome)) * 2 + (who?.vouched === true ? 1 : 0);
}

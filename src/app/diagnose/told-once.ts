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
  /** What was asked for last, and what is kept of it: most logs say the same again and again. */
  #last: { readonly sighting: Sighting; readonly number: number; readonly value: T } | null = null;

  get size(): number {
    return this.#all.length;
  }

  /** All that is kept, in the order in which it came. */
  get all(): readonly T[] {
    return this.#all;
  }

  get(sighting: Sighting): T | undefined {
    const { signature, who, host } = sighting;
    const number = numberOf(sighting);
    const last = this.#last;
    if (
      last !== null &&
      last.number === number &&
      last.sighting.signature === signature &&
      last.sighting.host === host &&
      nameOf(last.sighting) === nameOf(sighting)
    )
      return last.value;
    const value = this.#kept
      .get(signature)
      ?.get(who === null ? null : who.name)
      ?.get(host)
      ?.get(number);
    if (value !== undefined) this.#last = { sighting, number, value };
    return value;
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

function nameOf({ who }: Sighting): string | null {
  return who === null ? null : who.name;
}

/** One number for what has few values: the port, the outcome, and whether the name of the printer is vouched for. */
function numberOf({ port, outcome, who }: Sighting): number {
  const key = portKey(port);
  // Ports end at 65535.
  const portNumber = key === null ? 0 : key === 'picked' ? 65_536 : key;
  return (portNumber * outcomes.length + outcomes.indexOf(outcome)) * 2 + (who?.vouched === true ? 1 : 0);
}

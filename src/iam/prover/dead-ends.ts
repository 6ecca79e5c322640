import type { Row } from './forms.ts';

/** Denials that are looked at before others. */
const mostFinal = 8;

/**
 * Rows that no request can meet all of while certain denials stand: what one search found, for all that come after it. The denials are those that the search
 * ran into; others only make it worse.
 */
export class DeadEnds {
  /** Denials that left no way out when they were last met, latest first: where one does again, no other need be tried. */
  readonly final: Row[] = [];
  readonly #known = new Map<string, (readonly number[])[]>();

  add(chosen: string, denials: ReadonlySet<number>): void {
    const known = this.#known.get(chosen);
    if (known === undefined) this.#known.set(chosen, [[...denials]]);
    else known.push([...denials]);
  }

  has(chosen: string, denials: ReadonlySet<number>): boolean {
    return this.#known.get(chosen)?.some((ranInto) => ranInto.every((id) => denials.has(id))) ?? false;
  }

  isFinal(denial: Row): void {
    if (this.final.includes(denial)) return;
    this.final.unshift(denial);
    this.final.length = Math.min(this.final.length, mostFinal);
  }
}

/** Rows that are chosen, in whichever order. */
export function chosenKey(ids: readonly number[]): string {
  return [...ids].sort((a, b) => a - b).join(',');
}

import { newline } from './anchor-search.ts';
import { longestLine, unwrapped } from './log-line.ts';
import { refined, type Sighting } from './sighting.ts';

/** A sighting that lines below it say more of, as far as they have come. */
export interface Awaited {
  readonly sighting: Sighting;
  readonly text: string;
  readonly stamp: string | number | null;
  readonly line: number;
}

/** Reads the lines below one that print what it is about: who dialled, whom, how it ended. They need not have come yet. */
export class LinesBelow {
  #awaited: Awaited | null = null;
  #left = 0;

  /** Waits for the lines below; `texts` stood in the same field of a collector. What was waited for before is given back, as it is. */
  begin(awaited: Awaited, texts: readonly string[]): Awaited | null {
    const before = this.end();
    this.#awaited = awaited;
    this.#left = awaited.sighting.signature.below?.lines ?? 0;
    for (const text of texts) this.#read(text);
    return before;
  }

  /** Reads from a place in whole lines on. What is complete then is given back. */
  read(lines: Buffer, from: number): Awaited | null {
    let at = from;
    while (this.#awaited !== null && this.#left > 0 && at < lines.length) {
      const found = lines.indexOf(newline, at);
      const end = found < 0 ? lines.length : found;
      const { texts, who } = unwrapped(lines.toString('utf8', at, Math.min(end, at + longestLine)));
      const own = this.#awaited.sighting.who;
      // Lines of other pods may stand in between.
      if (who === null || own === null || who.name === own.name) for (const text of texts) this.#read(text);
      at = end + 1;
    }
    return this.#left > 0 ? null : this.end();
  }

  end(): Awaited | null {
    const awaited = this.#awaited;
    this.#awaited = null;
    return awaited;
  }

  #read(text: string): void {
    if (this.#awaited === null || this.#left <= 0) return;
    this.#left--;
    this.#awaited = { ...this.#awaited, sighting: refined(this.#awaited.sighting, text) };
  }
}

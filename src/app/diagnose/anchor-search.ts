/** Bytes that end a line, or begin it over again. */
export const newline = 10;
export const carriageReturn = 13;

/** A line that holds texts, or the part of it between carriage returns. */
export interface FoundLine {
  readonly start: number;
  readonly end: number;
  /** Where the line begins that this is a part of. */
  readonly lineStart: number;
  /** Lines before it. */
  readonly before: number;
  /** The texts that it holds, each once: their places in what was searched for. */
  readonly texts: readonly number[];
}

/**
 * Finds, in one pass over bytes, the lines that hold one of many texts: the automaton of Aho and Corasick with its failure links already followed, so that
 * each byte is one look into a table. Source: A. V. Aho, M. J. Corasick, Efficient string matching, CACM 18(6), 1975.
 */
export class AnchorSearch {
  /** Bytes that no text holds are one class. */
  readonly #classOf = new Uint8Array(256);
  readonly #classes: number;
  /** Next state by state and class. */
  readonly #next: Uint16Array;
  /** The texts that end in a state, by state; null where none does. */
  readonly #found: (readonly number[] | null)[];

  /** Throws RangeError when the texts are too many for the table. */
  constructor(texts: readonly string[]) {
    const words = texts.map((t) => Buffer.from(t, 'utf8'));
    let classes = 1;
    for (const word of words) for (const byte of word) if (this.#classOf[byte] === 0) this.#classOf[byte] = classes++;
    const states = 1 + words.reduce((sum, w) => sum + w.length, 0);
    if (states > 65_535 || classes > 255) throw new RangeError('too many texts to search for');
    this.#classes = classes;
    this.#next = new Uint16Array(states * classes);
    this.#found = new Array<readonly number[] | null>(states).fill(null);
    this.#grow(words);
    this.#link();
  }

  /**
   * Calls `found` for each line of `bytes`, which are whole lines, that holds a text. Returns how many lines there are. A carriage return begins a line over
   * again, as progress bars do: what follows it is found by itself, and counts as the same line.
   */
  lines(bytes: Uint8Array, found: (line: FoundLine) => void): number {
    const next = this.#next;
    const classOf = this.#classOf;
    const classes = this.#classes;
    const texts = this.#found;
    let state = 0;
    let start = 0;
    let lineStart = 0;
    let count = 0;
    let held: number[] = [];
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] as number;
      if (byte === newline || byte === carriageReturn) {
        if (held.length > 0) {
          found({ start, end: i, lineStart, before: count, texts: held });
          held = [];
        }
        start = i + 1;
        state = 0;
        if (byte === newline) {
          count++;
          lineStart = start;
        }
        continue;
      }
      state = next[state * classes + (classOf[byte] as number)] as number;
      const here = texts[state] as readonly number[] | null;
      if (here !== null) for (const text of here) if (!held.includes(text)) held.push(text);
    }
    return count;
  }

  /** One state for each beginning of a text. */
  #grow(words: readonly Uint8Array[]): void {
    let states = 1;
    for (const [index, word] of words.entries()) {
      let state = 0;
      for (const byte of word) {
        const at = state * this.#classes + (this.#classOf[byte] as number);
        if (this.#next[at] === 0) this.#next[at] = states++;
        state = this.#next[at] as number;
      }
      this.#found[state] = [...(this.#found[state] ?? []), index];
    }
  }

  /** Where a beginning does not go on, its longest ending that is a beginning does. */
  #link(): void {
    const classes = this.#classes;
    const fallback = new Uint16Array(this.#found.length);
    const queue: number[] = [];
    for (let c = 0; c < classes; c++) if (this.#next[c] !== 0) queue.push(this.#next[c] as number);
    for (let head = 0; head < queue.length; head++) {
      const state = queue[head] as number;
      const other = fallback[state] as number;
      const shorter = this.#found[other];
      if (shorter) this.#found[state] = [...(this.#found[state] ?? []), ...shorter];
      for (let c = 0; c < classes; c++) {
        const at = state * classes + c;
        const target = this.#next[other * classes + c] as number;
        if (this.#next[at] === 0) this.#next[at] = target;
        else {
          fallback[this.#next[at] as number] = target;
          queue.push(this.#next[at] as number);
        }
      }
    }
  }
}

/** Bytes that end a line, or begin it over again. */
export const newline = 10;
export const carriageReturn = 13;

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
  readonly #found: Uint8Array;

  /** Throws RangeError when the texts are too many for the table. */
  constructor(texts: readonly string[]) {
    const words = texts.map((t) => Buffer.from(t, 'utf8'));
    let classes = 1;
    for (const word of words) for (const byte of word) if (this.#classOf[byte] === 0) this.#classOf[byte] = classes++;
    const states = 1 + words.reduce((sum, w) => sum + w.length, 0);
    if (states > 65_535 || classes > 255) throw new RangeError('too many texts to search for');
    this.#classes = classes;
    this.#next = new Uint16Array(states * classes);
    this.#found = new Uint8Array(states);
    this.#grow(words);
    this.#link();
  }

  /**
   * Calls `found` with the start of each line that holds a text and the number of lines before it in `bytes`, which are whole lines. Returns how many lines
   * there are. A carriage return begins a line over again, as progress bars do: what follows it is found by itself, and counts as the same line.
   */
  lines(bytes: Uint8Array, found: (start: number, before: number) => void): number {
    const next = this.#next;
    const classOf = this.#classOf;
    const classes = this.#classes;
    let state = 0;
    let start = 0;
    let count = 0;
    /** Whether this line was found already. */
    let told = false;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] as number;
      if (byte === newline || byte === carriageReturn) {
        if (byte === newline) count++;
        start = i + 1;
        state = 0;
        told = false;
        continue;
      }
      if (told) continue;
      state = next[state * classes + (classOf[byte] as number)] as number;
      if (this.#found[state] === 0) continue;
      found(start, count);
      told = true;
    }
    return count;
  }

  /** One state for each beginning of a text. */
  #grow(words: readonly Uint8Array[]): void {
    let states = 1;
    for (const word of words) {
      let state = 0;
      for (const byte of word) {
        const at = state * this.#classes + (this.#classOf[byte] as number);
        if (this.#next[at] === 0) this.#next[at] = states++;
        state = this.#next[at] as number;
      }
      this.#found[state] = 1;
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
      if (this.#found[other] === 1) this.#found[state] = 1;
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

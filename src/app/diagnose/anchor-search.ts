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
  /** The texts that it holds, each once: their places in what was searched for. Lines that hold the same in the same order mostly share one array. */
  readonly texts: readonly number[];
}

/** Texts that a line was found to hold, and those with one more. */
interface Held {
  readonly texts: readonly number[];
  readonly more: Map<number, Held>;
}

/** One beginning of a text, while the automaton is built. */
interface Beginning {
  readonly depth: number;
  readonly next: Map<number, Beginning>;
  readonly ends: number[];
}

/** Bytes that are looked at together to tell that no text is near. */
const together = 3;
const hashes = 1 << 15;

/** Sets of texts that are shared; logs hold the same few again and again. */
const mostShared = 1000;

/**
 * Finds, in one pass over bytes, the lines that hold one of many texts. Three bytes that stand in no beginning of a text tell how far on the next text may
 * end, so that most bytes are not looked at; from three that may be of one, an automaton reads on for as long as it is in the midst of a text, each byte one
 * look into a table. It never goes back more than two bytes, so that the time is linear in the bytes, whatever they are. Sources: S. Wu, U. Manber, A fast
 * algorithm for multi-pattern searching, TR-94-17, University of Arizona, 1994; A. V. Aho, M. J. Corasick, Efficient string matching, CACM 18(6), 1975.
 */
export class AnchorSearch {
  /** Bytes that no text holds are one class. */
  readonly #classOf = new Uint8Array(256);
  readonly #classes: number;
  /**
   * Next state by state and class. A state is twice the place of its row, and one more where a text ends in it: the loop has no other table to look into.
   * Those with shorter beginnings come first.
   */
  readonly #next: Int32Array;
  /** The texts that end in a state, by its number. */
  readonly #found: (readonly number[])[];
  /** States from here on are beginnings of three bytes or more. */
  readonly #deep: number;
  /** Length of the shortest text. */
  readonly #shortest: number;
  /** How far on a text may end at the least, by what three bytes hash to; 0 where one may be near. */
  readonly #skip: Uint8Array;
  /** By what three bytes hash to: 1 where a text may begin with them. */
  readonly #begins: Uint8Array;
  readonly #none: Held = { texts: [], more: new Map() };
  #shared = 0;

  /** Throws RangeError when there are no texts, one is shorter than three bytes, or they hold too many different ones. */
  constructor(texts: readonly string[]) {
    const words = texts.map((t) => Buffer.from(t, 'utf8'));
    let classes = 1;
    for (const word of words) for (const byte of word) if (this.#classOf[byte] === 0) this.#classOf[byte] = classes++;
    this.#classes = classes;
    this.#shortest = Math.min(...words.map((w) => w.length));
    if (words.length === 0 || this.#shortest < together) throw new RangeError('texts to search for need three bytes');
    if (classes > 255) throw new RangeError('texts to search for hold too many different bytes');
    const beginnings = beginningsOf(words);
    this.#found = beginnings.map((b) => b.ends);
    this.#next = new Int32Array(beginnings.length * classes);
    this.#link(beginnings);
    this.#deep = 2 * classes * beginnings.findIndex((b) => b.depth >= together);
    this.#skip = skipsOf(words, this.#shortest);
    this.#begins = new Uint8Array(hashes);
    for (const [a, b, c] of words) this.#begins[hashOf(a as number, b as number, c as number)] = 1;
  }

  /**
   * Calls `found` for each line of `bytes`, which are whole lines, that holds a text. Returns how many lines there are. A carriage return begins a line over
   * again, as progress bars do: what follows it is found by itself, and counts as the same line.
   */
  lines(bytes: Buffer, found: (line: FoundLine) => void): number {
    const lines = new Lines(bytes);
    const next = this.#next;
    const classOf = this.#classOf;
    const classes = this.#classes;
    const skip = this.#skip;
    const begins = this.#begins;
    const deep = this.#deep;
    const ahead = this.#shortest - 1;
    let held = this.#none;
    let last = ahead;
    for (;;) {
      while (last < bytes.length) {
        const far = skip[hashOf(bytes[last - 2] as number, bytes[last - 1] as number, bytes[last] as number)] as number;
        if (far > 0) last += far;
        else if (begins[hashOf(bytes[last - ahead] as number, bytes[last - ahead + 1] as number, bytes[last - ahead + 2] as number)] === 1) break;
        else last++;
      }
      if (last >= bytes.length) break;
      let at = last - ahead;
      let state = 0;
      do {
        state = next[(state >> 1) + (classOf[bytes[at++] as number] as number)] as number;
        if ((state & 1) === 0) continue;
        if (at > lines.end) {
          if (held !== this.#none) found(lines.found(held.texts));
          held = this.#none;
          lines.moveTo(at - 1);
        }
        for (const text of this.#found[(state >> 1) / classes] as readonly number[]) held = this.#with(held, text);
      } while ((at <= last || state >= deep) && at < bytes.length);
      // A text that has begun began in the last two bytes.
      last = at + ahead - (state === 0 ? 0 : together - 1);
    }
    if (held !== this.#none) found(lines.found(held.texts));
    return lines.count();
  }

  #with(held: Held, text: number): Held {
    const known = held.more.get(text);
    if (known !== undefined) return known;
    if (held.texts.includes(text)) return held;
    const longer = { texts: [...held.texts, text], more: new Map<number, Held>() };
    if (this.#shared < mostShared) {
      this.#shared++;
      held.more.set(text, longer);
    }
    return longer;
  }

  /** Where a beginning does not go on, its longest ending that is a beginning does. */
  #link(beginnings: readonly Beginning[]): void {
    const classes = this.#classes;
    const numbers = new Map(beginnings.map((b, i) => [b, i]));
    const fallback = new Int32Array(beginnings.length);
    for (const [number, { next }] of beginnings.entries()) {
      const row = number * classes;
      const other = fallback[number] as number;
      // Those with shorter beginnings are done.
      if (number > 0) {
        this.#found[number] = [...(this.#found[number] ?? []), ...(this.#found[other] ?? [])];
        this.#next.copyWithin(row, other * classes, (other + 1) * classes);
      }
      for (const [byte, longer] of next) {
        const at = row + (this.#classOf[byte] as number);
        const target = numbers.get(longer) as number;
        fallback[target] = this.#next[at] as number;
        this.#next[at] = target;
      }
    }
    for (const [at, target] of this.#next.entries()) this.#next[at] = 2 * target * classes + (this.#found[target]?.length === 0 ? 0 : 1);
  }
}

/** Where the lines of bytes are that texts are found in, one after the other. */
class Lines {
  readonly #bytes: Buffer;
  #before = 0;
  #lineStart = 0;
  #lineEnd: number;
  #start = 0;
  /** The first carriage return, and the next one as far as was looked. */
  readonly #firstReturn: number;
  #return: number;
  /** Where the line, or its part, ends that was moved to last. */
  end = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#lineEnd = placeOf(bytes, newline, 0);
    this.#firstReturn = placeOf(bytes, carriageReturn, 0);
    this.#return = this.#firstReturn;
  }

  /** Moves to the line, or its part, that holds a place behind the last one. */
  moveTo(place: number): void {
    while (this.#lineEnd < place) this.#toNextLine();
    this.#start = this.#lineStart;
    if (this.#firstReturn < place) {
      this.#start += this.#bytes.subarray(this.#lineStart, place).lastIndexOf(carriageReturn) + 1;
      if (this.#return < place) this.#return = placeOf(this.#bytes, carriageReturn, place);
    }
    this.end = Math.min(this.#lineEnd, this.#return);
  }

  found(texts: readonly number[]): FoundLine {
    return { start: this.#start, end: this.end, lineStart: this.#lineStart, before: this.#before, texts };
  }

  /** Ends of lines in all of the bytes. */
  count(): number {
    while (this.#lineEnd < this.#bytes.length) this.#toNextLine();
    return this.#before;
  }

  #toNextLine(): void {
    this.#before++;
    this.#lineStart = this.#lineEnd + 1;
    this.#lineEnd = placeOf(this.#bytes, newline, this.#lineStart);
  }
}

/** Where a byte comes next; the end of the bytes where it does not. */
function placeOf(bytes: Buffer, byte: number, from: number): number {
  const place = bytes.indexOf(byte, from);
  return place < 0 ? bytes.length : place;
}

function hashOf(a: number, b: number, c: number): number {
  return ((a << 8) ^ (b << 4) ^ c) & (hashes - 1);
}

/** Each beginning of a text once, shorter ones first. */
function beginningsOf(words: readonly Uint8Array[]): readonly Beginning[] {
  const root: Beginning = { depth: 0, next: new Map(), ends: [] };
  const all = [root];
  for (const [index, word] of words.entries()) {
    let here = root;
    for (const byte of word) {
      let longer = here.next.get(byte);
      if (longer === undefined) {
        longer = { depth: here.depth + 1, next: new Map(), ends: [] };
        here.next.set(byte, longer);
        all.push(longer);
      }
      here = longer;
    }
    here.ends.push(index);
  }
  return all.toSorted((a, b) => a.depth - b.depth);
}

/** By what three bytes hash to: how far their last is from the end of as much of a text as the shortest is long, or the most that may be skipped. */
function skipsOf(words: readonly Uint8Array[], shortest: number): Uint8Array {
  const skips = new Uint8Array(hashes).fill(Math.min(255, shortest - together + 1));
  for (const word of words)
    for (let last = together - 1; last < shortest; last++) {
      const hash = hashOf(word[last - 2] as number, word[last - 1] as number, word[last] as number);
      skips[hash] = Math.min(skips[hash] as number, shortest - 1 - last);
    }
  return skips;
}

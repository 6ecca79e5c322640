/**
 * OpenSM reads lines into an array of 4096 bytes that it never clears, and walks it as C text. What it makes of a file depends on that: longer lines are
 * read as several, and a line may be read beyond its end. Source: opensm osm_prtn_config.c (osm_prtn_config_parse_file).
 */
const size = 4096;
/** The most that one read takes: the array, less the byte that the call is told of and the one that ends the text. */
const mostRead = size - 2;

export class LineBuffer {
  readonly #source: Uint8Array;
  readonly #bytes = new Uint8Array(size);
  /** For each byte of the buffer its offset in the source. */
  readonly #from = new Int32Array(size).fill(-1);
  #next = 0;
  /** Where the text of the current line ends. */
  end = 0;
  /** Lines as OpenSM counts them: reads. */
  reads = 0;
  /** How many bytes a read has written yet. What is in the array behind them nobody knows: it is on the stack. */
  #written = 0;
  /** Whether the walk has asked for a byte that no read has written. */
  strayed = false;
  /** Whether the current read is the rest of a line that was too long for one. */
  continues = false;

  constructor(source: Uint8Array) {
    this.#source = source;
  }

  /** The next line, or as much of it as fits. False: there is none. */
  read(): boolean {
    if (this.#next >= this.#source.length) return false;
    this.continues = this.#next > 0 && this.#source[this.#next - 1] !== 10;
    let length = 0;
    while (length < mostRead && this.#next < this.#source.length) {
      const byte = this.#source[this.#next] ?? 0;
      this.#bytes[length] = byte;
      this.#from[length] = this.#next++;
      length++;
      if (byte === 10) break;
    }
    this.#bytes[length] = 0;
    this.#from[length] = this.#next;
    this.end = length;
    this.#written = Math.max(this.#written, length + 1);
    this.reads++;
    return true;
  }

  at(index: number): number {
    if (index >= this.#written) this.strayed = true;
    return this.#bytes[index] ?? 0;
  }

  /** Ends the text at `index`. */
  cut(index: number): void {
    if (index < size) this.#bytes[index] = 0;
  }

  /** The index of the zero byte at or after `index`. */
  endOf(index: number): number {
    let at = index;
    while (at < size && this.at(at) !== 0) at++;
    return at;
  }

  /** The index of `byte` in the text that starts at `index`, or -1. */
  find(index: number, byte: number): number {
    for (let at = index; at < size && this.at(at) !== 0; at++) if (this.#bytes[at] === byte) return at;
    return -1;
  }

  /** The text from `index` to its end, a character a byte. */
  text(index: number, end: number = this.endOf(index)): string {
    let out = '';
    for (let at = index; at < end; at++) out += String.fromCharCode(this.#bytes[at] ?? 0);
    return out;
  }

  /** The offset in the source of what stands at `index`. */
  offset(index: number): number {
    return this.#from[Math.min(index, size - 1)] ?? 0;
  }
}

import type { Origin } from '../../kernel/origin.ts';
import type { SourceText } from '../../kernel/source-text.ts';
import { placeIn } from '../place.ts';

/** A text as the bytes that a C program reads, and the way back from a byte to its line and column. */
export class Lines {
  readonly bytes: Uint8Array;
  readonly #source: SourceText;
  /** For each byte its offset in the text; null: the text is ASCII, and they are the same. */
  readonly #offsets: Uint32Array | null;
  readonly #starts: number[] = [0];

  constructor(source: SourceText) {
    this.#source = source;
    this.bytes = new TextEncoder().encode(source.text);
    this.#offsets = this.bytes.length === source.text.length ? null : offsets(source.text, this.bytes.length);
    for (let at = source.text.indexOf('\n'); at >= 0; at = source.text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
  }

  /** The place of the bytes from `from` to `to`, as far as they stand on one line. */
  place(from: number, to: number): Origin {
    const start = this.#offset(from);
    const line = this.#line(start);
    const lineStart = this.#starts[line] ?? 0;
    const lineEnd = (this.#starts[line + 1] ?? this.#source.text.length + 1) - 1;
    return placeIn(this.#source.file, line + 1, start - lineStart + 1, Math.max(start, Math.min(this.#offset(to), lineEnd)) - lineStart + 1);
  }

  /** The place of the line of a byte, without the blanks at its end. */
  whole(byte: number): Origin {
    const line = this.#line(this.#offset(byte));
    const start = this.#starts[line] ?? 0;
    const text = this.#source.text.slice(start, this.#starts[line + 1] ?? this.#source.text.length).trimEnd();
    return placeIn(this.#source.file, line + 1, 1, text.length + 1);
  }

  /** Whether there is a `:` on the line of a byte, behind it. */
  holdsColon(from: number): boolean {
    const start = this.#offset(from);
    const end = this.#starts[this.#line(start) + 1] ?? this.#source.text.length;
    return this.#source.text.slice(start, end).split('#', 1)[0]?.includes(':') ?? false;
  }

  #offset(byte: number): number {
    const at = Math.max(0, Math.min(byte, this.bytes.length));
    return this.#offsets === null ? at : (this.#offsets[at] ?? this.#source.text.length);
  }

  #line(offset: number): number {
    let low = 0;
    for (let high = this.#starts.length - 1; low < high; ) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function offsets(text: string, length: number): Uint32Array {
  const out = new Uint32Array(length + 1);
  let byte = 0;
  let offset = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const bytes = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (let i = 0; i < bytes && byte < length; i++) out[byte++] = offset;
    offset += character.length;
  }
  out[length] = text.length;
  return out;
}

/** Longest value that is read as one: an hour of flow logs of a network of Azure is one. */
const longest = 64 << 20;

/**
 * Cuts text that comes in pieces into JSON objects: those at the top, and those in a list at the top. Strings are followed, so that braces in them do not
 * count. Memory is bounded by the longest object.
 */
export class JsonValues {
  #depth = 0;
  #inString = false;
  #escaped = false;
  #parts: string[] = [];
  #size = 0;
  #start = -1;

  /** The objects that end in this piece; null stands for one that is too long, or for text that is no object. */
  push(text: string): (string | null)[] {
    const found: (string | null)[] = [];
    this.#start = this.#depth > 0 ? 0 : -1;
    for (let i = 0; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (c === 92) this.#escaped = true;
        else if (c === 34) this.#inString = false;
      } else if (c === 34) {
        if (this.#depth === 0) found.push(null);
        this.#inString = true;
      } else if (c === 123) {
        if (this.#depth++ === 0) this.#start = i;
      } else if (c === 125 && this.#depth > 0) {
        if (--this.#depth === 0) found.push(this.#take(text.slice(this.#start, i + 1)));
      }
    }
    if (this.#depth > 0) {
      const part = text.slice(this.#start);
      this.#size += part.length;
      if (this.#size <= longest) this.#parts.push(part);
      else this.#parts = [];
    }
    return found;
  }

  /** Whether text ends within an object. */
  get isOpen(): boolean {
    return this.#depth > 0 || this.#inString;
  }

  #take(last: string): string | null {
    const whole = this.#size + last.length > longest ? null : this.#parts.length === 0 ? last : this.#parts.join('') + last;
    this.#parts = [];
    this.#size = 0;
    this.#start = -1;
    return whole;
  }
}

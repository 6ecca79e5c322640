import type { Path } from '../kernel/origin.ts';
import { parsedString, skipBlank, skipString, skipValue } from './json-text.ts';
import type { Span } from './split-documents.ts';

const openBrace = 123;
const openBracket = 91;
const quote = 34;
const comma = 44;

interface Found {
  readonly value: Span;
  readonly key: Span | undefined;
}

/**
 * Where things stand in one JSON text. An object or list is walked once, when something in it is first looked for, and its members are kept: however many
 * places are asked for, the work stays linear in the text. Offsets are UTF-16 code units.
 */
export class JsonPositions {
  readonly #text: string;
  readonly #roots = new Map<number, Span>();
  /** Members by where their object or list opens. */
  readonly #members = new Map<number, ReadonlyMap<string | number, Found>>();

  /** `text` is JSON between the places that are asked for. */
  constructor(text: string) {
    this.#text = text;
  }

  /** The span of the value at a path below the value that starts at `start`, or of its key; the nearest ancestor that exists when the path leads nowhere. */
  find(start: number, end: number, path: Path, what: 'key' | 'value'): Span {
    let at = this.#root(start, end);
    let key: Span | undefined;
    for (const step of path) {
      const next = this.#membersOf(at).get(step);
      if (next === undefined) return at;
      at = next.value;
      key = next.key;
    }
    return what === 'key' && key !== undefined ? key : at;
  }

  #root(start: number, end: number): Span {
    const known = this.#roots.get(start);
    if (known !== undefined) return known;
    const at = skipBlank(this.#text, start, end);
    const root = { start: at, end: skipValue(this.#text, at, end) };
    this.#roots.set(start, root);
    return root;
  }

  #membersOf(container: Span): ReadonlyMap<string | number, Found> {
    const known = this.#members.get(container.start);
    if (known !== undefined) return known;
    const opens = this.#text.charCodeAt(container.start);
    const members = opens === openBrace ? this.#inObject(container) : opens === openBracket ? this.#inList(container) : new Map<string, Found>();
    this.#members.set(container.start, members);
    return members;
  }

  /** Of a key that is there twice, the first counts. */
  #inObject({ start, end }: Span): ReadonlyMap<string, Found> {
    const text = this.#text;
    const found = new Map<string, Found>();
    for (let i = skipBlank(text, start + 1, end); i < end && text.charCodeAt(i) === quote; ) {
      const close = skipString(text, i, end) ?? end;
      const at = skipBlank(text, skipBlank(text, close, end) + 1, end);
      const value = { start: at, end: skipValue(text, at, end) };
      const key = parsedString(text.slice(i, close));
      if (key !== undefined && !found.has(key)) found.set(key, { value, key: { start: i, end: close } });
      i = skipBlank(text, skipBlank(text, value.end, end) + 1, end);
    }
    return found;
  }

  #inList({ start, end }: Span): ReadonlyMap<number, Found> {
    const text = this.#text;
    const found = new Map<number, Found>();
    for (let i = skipBlank(text, start + 1, end); i < end - 1; ) {
      const value = { start: i, end: skipValue(text, i, end) };
      found.set(found.size, { value, key: undefined });
      i = skipBlank(text, value.end, end);
      if (text.charCodeAt(i) !== comma) break;
      i = skipBlank(text, i + 1, end);
    }
    return found;
  }
}

import type { Location, Locator, Origin, Path } from '../kernel/origin.ts';
import { JsonPositions } from './json-positions.ts';
import { skipBlank } from './json-text.ts';
import type { DocumentPlace, ParsedFile } from './parse.ts';
import type { Span } from './split-documents.ts';
import { type YamlPositions, yamlListItems, yamlPositions } from './yaml-position.ts';

/** How many stretches of YAML stay parsed: findings come file by file, so a few are enough. */
const kept = 32;
const carriageReturn = 13;

/**
 * Finds lines and columns only when someone asks. A document that cannot be read is located at what makes it so; of a List only the one item is
 * read again. A file it has never seen is located at its first character.
 */
export class TextLocator implements Locator {
  readonly #files = new Map<string, FileIndex>();

  constructor(files: Iterable<ParsedFile>) {
    for (const file of files) this.#files.set(file.file, new FileIndex(file));
  }

  locate(origin: Origin, what: 'key' | 'value' = 'value'): Location {
    const { file, index } = origin.document;
    const known = this.#files.get(file);
    const place = known?.places[index];
    if (known === undefined || place === undefined) return { file, line: 1, column: 1, endLine: 1, endColumn: 1 };
    const span = known.span(index, place, origin.path, what);
    const from = known.lineColumn(span.start);
    const to = known.lineColumn(Math.max(span.start, span.end));
    return { file, line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
  }

  line(file: string, line: number): string | undefined {
    return this.#files.get(file)?.line(line);
  }
}

class FileIndex {
  readonly places: readonly DocumentPlace[];
  readonly #text: string;
  #lines: Uint32Array | undefined;
  readonly #json: JsonPositions;
  readonly #items = new Map<number, readonly Span[] | undefined>();
  readonly #parsed = new Map<number, YamlPositions | undefined>();

  constructor(file: ParsedFile) {
    this.places = file.places;
    this.#text = file.text;
    this.#json = new JsonPositions(file.text);
  }

  span(index: number, place: DocumentPlace, path: Path, what: 'key' | 'value'): Span {
    if (place.fault !== null) return { start: place.fault, end: Math.min(place.fault + 1, this.#text.length) };
    if (place.format === 'json') return this.#json.find(place.start, place.end, path, what);
    const [first, item] = path;
    const part = first === 'items' && typeof item === 'number' ? this.#listItems(index, place)?.[item] : undefined;
    if (part === undefined) return this.#inYaml(place, path, what);
    // An item of a block list is a list of one, by its dash.
    const inBlock = /^-(?:\s|$)/.test(this.#text.slice(part.start, part.end).trimStart().slice(0, 2));
    return this.#inYaml(part, [...(inBlock ? [0] : []), ...path.slice(2)], what);
  }

  lineColumn(offset: number): { readonly line: number; readonly column: number } {
    const lines = this.#lineStarts();
    let low = 0;
    for (let high = lines.length - 1; low < high; ) {
      const middle = (low + high + 1) >> 1;
      if ((lines[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (lines[low] ?? 0) + 1 };
  }

  line(number: number): string | undefined {
    const lines = this.#lineStarts();
    const start = lines[number - 1];
    if (start === undefined) return undefined;
    const end = (lines[number] ?? this.#text.length + 1) - 1;
    return this.#text.slice(start, this.#text.charCodeAt(end - 1) === carriageReturn ? Math.max(start, end - 1) : end);
  }

  #inYaml(span: Span, path: Path, what: 'key' | 'value'): Span {
    const start = skipComments(this.#text, span);
    const fallback = {
      start: path[0] === 0 && this.#text.charAt(start) === '-' ? skipComments(this.#text, { start: start + 1, end: span.end }) : start,
      end: span.end,
    };
    // Where a whole object stands needs no parsing.
    if (path.length === 0 || (path.length === 1 && fallback.start !== start)) return fallback;
    if (!this.#parsed.has(span.start)) {
      const oldest = this.#parsed.size >= kept ? this.#parsed.keys().next().value : undefined;
      if (oldest !== undefined) this.#parsed.delete(oldest);
      this.#parsed.set(span.start, yamlPositions(this.#text.slice(span.start, span.end)));
    }
    const found = this.#parsed.get(span.start)?.find(path, what);
    return found === undefined ? fallback : { start: span.start + found.start, end: span.start + found.end };
  }

  #listItems(index: number, place: DocumentPlace): readonly Span[] | undefined {
    if (!this.#items.has(index)) this.#items.set(index, yamlListItems(this.#text, place));
    return this.#items.get(index);
  }

  #lineStarts(): Uint32Array {
    if (this.#lines !== undefined) return this.#lines;
    let count = 1;
    for (let at = this.#text.indexOf('\n'); at >= 0; at = this.#text.indexOf('\n', at + 1)) count++;
    const lines = new Uint32Array(count);
    for (let at = this.#text.indexOf('\n'), i = 1; at >= 0; at = this.#text.indexOf('\n', at + 1)) lines[i++] = at + 1;
    this.#lines = lines;
    return lines;
  }
}

/** The first character of a document that is no comment. */
function skipComments(text: string, span: Span): number {
  let at = skipBlank(text, span.start, span.end);
  while (text.charAt(at) === '#' || text.charAt(at) === '%') {
    const feed = text.indexOf('\n', at);
    at = skipBlank(text, feed < 0 ? span.end : feed, span.end);
  }
  return Math.min(at, span.end);
}

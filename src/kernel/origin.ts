/** A route into a document: object keys and array indices, outermost first. The empty path is the document itself. */
export type Path = readonly (string | number)[];

/**
 * Names one document of one input: a file may hold many (YAML `---`), a List is one document with many objects.
 * `file` is the path as the user wrote it, with forward slashes; `-` is standard input. `index` counts documents of the file from 0.
 */
export interface DocumentRef {
  readonly file: string;
  readonly index: number;
}

/** Where something was said: a document and a path in it. Lines and columns are computed only when printed (see `Locator`). */
export interface Origin {
  readonly document: DocumentRef;
  readonly path: Path;
}

/** A place in a file. Lines and columns are 1-based and count UTF-16 code units; the end is exclusive. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** Turns an origin into a place. `what` chooses the key or the value of the last path step; falls back to the nearest ancestor that exists. */
export interface Locator {
  locate(origin: Origin, what?: 'key' | 'value'): Location;
  /** The text of one line (1-based) of a file, without its line end, or undefined when it is not to be had. */
  line(file: string, line: number): string | undefined;
}

/** The origin of something below `origin`. */
export function within(origin: Origin, ...path: Path): Origin {
  return { document: origin.document, path: path.length === 0 ? origin.path : [...origin.path, ...path] };
}

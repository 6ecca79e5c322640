/** One file of a generated pack. `path` is relative, with forward slashes; `text` ends in a line feed. */
export interface PackFile {
  readonly path: string;
  readonly text: string;
}

/** Everything `generate` writes, in path order. Written whole or not at all. */
export interface Pack {
  readonly zone: string;
  readonly files: readonly PackFile[];
}

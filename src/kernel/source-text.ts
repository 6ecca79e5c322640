/** One input as text. `file` is its path as the user wrote it, with forward slashes; `-` is standard input. */
export interface SourceText {
  readonly file: string;
  readonly text: string;
}

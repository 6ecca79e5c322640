import type { Location, Locator, Origin } from '../kernel/origin.ts';
import type { SourceText } from '../kernel/source-text.ts';

/** Where something stands in a text that is read line by line. Line and columns count from 1; the end is exclusive. */
export function placeIn(file: string, line: number, column = 1, endColumn = column): Origin {
  return { document: { file, index: 0 }, path: [line, column, endColumn] };
}

/** Finds what `placeIn` names. */
export class LineLocator implements Locator {
  readonly #texts = new Map<string, { readonly text: string; lines: readonly string[] | null }>();

  constructor(sources: Iterable<SourceText>) {
    for (const { file, text } of sources) this.#texts.set(file, { text, lines: null });
  }

  locate({ document, path }: Origin): Location {
    const [line, column, end] = path.map((step) => (typeof step === 'number' && step >= 1 ? step : 1));
    return { file: document.file, line: line ?? 1, column: column ?? 1, endLine: line ?? 1, endColumn: Math.max(column ?? 1, end ?? 1) };
  }

  line(file: string, line: number): string | undefined {
    const known = this.#texts.get(file);
    if (known === undefined) return undefined;
    known.lines ??= known.text.split('\n');
    const text = known.lines[line - 1];
    return text?.endsWith('\r') ? text.slice(0, -1) : text;
  }
}

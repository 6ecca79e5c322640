import type { Origin } from '../../kernel/origin.ts';
import type { Diagnostic } from '../../kernel/result.ts';
import type { Fact } from '../facts.ts';
import { placeIn } from '../place.ts';

/** Longest line of a dump that is looked at. Node descriptions have at most 64 bytes; whatever is longer is no dump. */
const longestLine = 4096;

/** A cursor over the lines of one dump. */
export class DumpLines {
  readonly file: string;
  readonly #lines: readonly string[];
  #at = 0;

  constructor(file: string, lines: readonly string[]) {
    this.file = file;
    this.#lines = lines;
  }

  /** The current line without its line end; undefined: there is none. */
  get line(): string | undefined {
    const line = this.#lines[this.#at];
    if (line === undefined) return undefined;
    return (line.length > longestLine ? line.slice(0, longestLine) : line).replace(/\r$/, '');
  }

  next(): void {
    this.#at++;
  }

  /** How many lines have been passed. */
  get at(): number {
    return this.#at;
  }

  /** The place of the current line, or of a part of it. */
  place(column = 1, end = (this.line?.length ?? 0) + 1): Origin {
    return placeIn(this.file, this.#at + 1, column, end);
  }
}

/** What a reader fills in. */
export interface Harvest {
  readonly facts: Fact[];
  readonly diagnostics: Diagnostic[];
}

/** What one tool prints. `starts` tells by one line; `read` then takes lines as long as they are its own, at least that one. */
export interface DumpReader {
  /** The command line, as it is called in messages: `ibnetdiscover`. */
  readonly tool: string;
  starts(line: string): boolean;
  read(lines: DumpLines, harvest: Harvest): void;
}

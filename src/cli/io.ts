import type { DownloadWorld } from '../live/download.ts';
import type { TerminalFacts } from '../live/terminal.ts';

/** Where text goes, and whether a person looks at it as it comes. */
export interface Sink {
  write(text: string): void;
  readonly isTerminal: boolean;
  readonly columns: number | undefined;
}

/** Everything a command touches of the world it runs in, so that tests run it in-process. Files are read and written below `cwd`. */
export interface Io {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly stdin: {
    readonly isTerminal: boolean;
    /** All of standard input as bytes. */
    bytes(): Promise<Uint8Array>;
    /** The same as it comes, for input that may be larger than memory. */
    chunks(): AsyncIterable<Uint8Array>;
    /** The answer to one question asked on a terminal, without its line end; null when the input ends. */
    ask(prompt: string): Promise<string | null>;
  };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The current day as `2027-01-31`. */
  readonly today: string;
  /** The current moment as `2027-01-31T12:00:00Z`. */
  readonly now: string;
  /** Where downloads lead in tests; the internet when left out. */
  readonly downloads?: DownloadWorld;
}

export function terminalFacts(sink: Sink, io: Io): TerminalFacts {
  return { isTerminal: sink.isTerminal, columns: sink.columns, env: io.env };
}

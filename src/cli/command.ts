import type { ExitCode } from './exit-code.ts';
import type { Io } from './io.ts';

/** One option. `value` names what follows it in help (`FILE`); a flag has none. */
export interface Option {
  readonly name: string;
  readonly short?: string;
  readonly value?: string;
  /** May be given more than once. */
  readonly repeats?: boolean;
  /** The only values that are taken. */
  readonly choices?: readonly string[];
  /** Values that people may well try, each with the sentence that turns them down. */
  readonly refused?: Readonly<Record<string, string>>;
  /** What completion offers when there are no choices. */
  readonly completes?: 'file' | 'folder';
  readonly help: string;
}

/** What may follow the verb beside options. `max` null is any number. */
export interface Operands {
  readonly name: string;
  readonly min: number;
  readonly max: number | null;
  readonly help: string;
  /** The only words that are taken; completion offers them. */
  readonly choices?: readonly string[];
}

/** A command line as understood: options by name and operands in order. Asking for an option that the command does not declare is a bug and throws. */
export interface Invocation {
  readonly operands: readonly string[];
  flag(name: string): boolean;
  text(name: string): string | undefined;
  texts(name: string): readonly string[];
}

export interface CliContext {
  readonly io: Io;
  readonly version: string;
  /** Every command, in the order in which help tells them: for help and completion, as all of them are loaded for it. */
  allCommands(): Promise<readonly Command[]>;
}

/** Rows of extra help, such as the list of checks. */
export interface HelpSection {
  readonly title: string;
  readonly rows: readonly (readonly [term: string, meaning: string])[];
}

/** One verb: what help, completion, the docs page and the parser know about it, and what it does. */
export interface Command {
  readonly name: string;
  /** One line, lower case, no full stop. */
  readonly summary: string;
  /** Paragraphs. */
  readonly description: readonly string[];
  readonly operands: Operands | null;
  readonly options: readonly Option[];
  /** Real command lines, each with what it is for. */
  readonly examples: readonly { readonly line: string; readonly note: string }[];
  readonly sections?: () => readonly HelpSection[];
  run(invocation: Invocation, context: CliContext): Promise<ExitCode>;
}

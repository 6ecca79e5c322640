import { type Pen, penFor, plainStyle } from '../report/pen.ts';
import type { Invocation, Option } from './command.ts';
import type { Io } from './io.ts';
import { writeResult } from './own-inputs.ts';
import { penOf } from './stream-pen.ts';
import { UsageError } from './usage-error.ts';

export type Format = 'text' | 'json' | 'sarif' | 'markdown';
/** What a verb that can draw has besides. */
export type DrawnFormat = Format | 'svg';

/** Formats that are named in the design and that nothing renders yet. */
const later: Readonly<Record<string, string>> = {
  junit: 'JUnit reports do not exist yet',
  html: 'HTML reports do not exist yet',
};

/** `--format`, for a verb that has these formats; the first is the default. */
export function formatOption(formats: readonly DrawnFormat[], refused: Readonly<Record<string, string>> = {}): Option {
  return {
    name: 'format',
    value: 'FORMAT',
    choices: formats,
    refused: { ...later, ...refused },
    help: `How to write the result; ${formats[0]} when left out.`,
  };
}

/** `-o` for a verb whose result is one text. */
export const outputOption: Option = {
  name: 'output',
  short: 'o',
  value: 'FILE',
  completes: 'file',
  help: 'Write the result to FILE, whole or not at all, instead of standard output.',
};

export function formatOf<Of extends DrawnFormat = Format>(invocation: Invocation): Of {
  return (invocation.text('format') ?? 'text') as Of;
}

/** The pen for the result: plain when it goes to a file, else what standard output can show. */
export function resultPen(invocation: Invocation, io: Io): Pen {
  return invocation.text('output') === undefined ? penOf(io.stdout, io) : penFor(plainStyle);
}

/** Brings the result to where the user wants it: a file with `-o`, else standard output (also for `-o -` and `/dev/stdout`). */
export function emit(text: string, invocation: Invocation, io: Io): void {
  const path = invocation.text('output');
  if (path === undefined || path === '-' || path === '/dev/stdout') {
    io.stdout.write(text);
    return;
  }
  if (path.includes('\0')) throw new UsageError([{ message: `-o ${JSON.stringify(path)} is no file name` }]);
  writeResult(io, path, text);
}

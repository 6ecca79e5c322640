import { wantsProgress } from '../live/terminal.ts';
import { clip } from '../report/width.ts';
import { type Io, terminalFacts } from './io.ts';

/** A line on a terminal that says what is being done and leaves no trace; silent everywhere else. */
export interface Progress {
  say(what: string): void;
  done(): void;
}

export function progressOn(io: Io): Progress {
  const { stderr } = io;
  if (!wantsProgress(terminalFacts(stderr, io))) return { say: () => {}, done: () => {} };
  let shown = false;
  return {
    say(what) {
      shown = true;
      stderr.write(`\r\u001b[2K${clip(what, (stderr.columns ?? 80) - 1, '')}`);
    },
    done() {
      if (shown) stderr.write('\r\u001b[2K');
      shown = false;
    },
  };
}

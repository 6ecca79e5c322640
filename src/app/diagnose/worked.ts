import type { Quote } from '../../model/diagnosis.ts';
import type { Signature } from '../../signatures/signature.ts';
import { type Printer, quoted } from './log-line.ts';
import { type LogTime, printedAt } from './log-time.ts';

/** Something that went well: what, and the last time that it did. */
export interface Works {
  readonly signature: Signature;
  /** Who printed it; null for what holds for the whole job, or where nobody is told. */
  readonly who: Printer | null;
  readonly wholeJob: boolean;
  readonly quote: Quote;
  readonly time: LogTime | null;
  /** The first of the lines that show it, where it takes several. */
  readonly begun?: { readonly line: number; readonly time: LogTime | null };
}

/** A line with its place and what was put before it. */
export interface PlacedLine {
  readonly text: string;
  readonly stamp: string | number | null;
  readonly line: number;
}

/** Printers whose successes are kept of one log. */
const mostKept = 2000;

/** Communicators of NCCL: how many ranks meet. Source: NVIDIA/nccl src/init.cc, `Init START` from 2.18 on, `Init COMPLETE`. */
const ranksMeeting = / nranks (\d{1,7}) [^\n]{1,200} - Init (?:START|COMPLETE)/;

/** What went well, by signature and printer, each the last time. A process of NCCL sets up many communicators: only the largest tells that all could be reached. */
export class Worked {
  readonly #file: string;
  readonly #last = new Map<string, PlacedLine & { readonly signature: Signature; readonly who: Printer | null; readonly ranks: number }>();
  /** The most ranks that a communicator of a printer has. */
  readonly #most = new Map<string | null, number>();

  constructor(file: string) {
    this.#file = file;
  }

  add(signature: Signature, who: Printer | null, line: PlacedLine): void {
    this.begun(line.text, who);
    const ranks = ranksIn(line.text);
    const key = `${signature.id} ${who?.name}`;
    const known = this.#last.get(key);
    if (known === undefined ? this.#last.size < mostKept : ranks >= known.ranks) this.#last.set(key, { ...line, signature, who, ranks });
  }

  /** Takes note of a communicator that is set up. */
  begun(text: string, who: Printer | null): void {
    const ranks = ranksIn(text);
    const name = who?.name ?? null;
    if (ranks > (this.#most.get(name) ?? 0) && this.#most.size < mostKept) this.#most.set(name, ranks);
  }

  all(): readonly Works[] {
    return [...this.#last.values()]
      .filter(({ ranks, who }) => ranks === (ranks > 0 ? this.#most.get(who?.name ?? null) : 0))
      .map(({ signature, who, text, stamp, line }) => ({
        signature,
        who,
        wholeJob: false,
        quote: { file: this.#file, line, text: quoted(text), count: 1 },
        time: printedAt(text, stamp),
      }));
  }
}

function ranksIn(text: string): number {
  return Number(ranksMeeting.exec(text)?.[1] ?? 0);
}

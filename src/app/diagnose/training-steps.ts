import type { Signature } from '../../signatures/signature.ts';
import { carriageReturn, newline } from './anchor-search.ts';
import { longestLine, quoted, unwrapped } from './log-line.ts';
import { printedAt } from './log-time.ts';
import type { PlacedLine, Works } from './worked.ts';

/** A number of a step and a loss that is one: `iteration 10/ 500 | lm loss: 1.2E+00`, `{'loss': 2.3, 'epoch': 0.1}`, `Epoch 0: 10/100 train_loss=2.3`. */
const loss = /loss[\\'"]{0,2}\s{0,3}[:=]?\s{0,3}-?\d/i;
const step = /(?:^|[^a-z])(?:step|iter|iteration|epoch)s?[\\'"]{0,2}[\s:=]{1,12}\d|\d\/\s{0,12}\d/i;

const mark = Buffer.from('loss', 'utf8');

/** Training that goes on. Sources: NVIDIA/Megatron-LM megatron/training/training.py; huggingface/transformers src/transformers/trainer_callback.py; progress bars of tqdm. */
const signature: Signature = {
  id: 'steps/logged',
  subject: 'progress',
  anchor: 'loss',
  pattern: loss,
  outcome: 'unclear',
  proof: 'hint',
  means: 'a step of training was logged, for which all ranks have to meet',
  clears: ['peers', 'store', 'launch', 'rdma', 'waiting'],
  source: 'NVIDIA/Megatron-LM megatron/training/training.py; huggingface/transformers src/transformers/trainer_callback.py',
};

/**
 * The last step of training that a log tells of. Logs are full of steps, so each piece of a log is searched from its end backwards, and only after something
 * was sighted: what went on before that is no news.
 */
export class TrainingSteps {
  readonly #file: string;
  #sightedFirst: number | null = null;
  #last: PlacedLine | null = null;

  constructor(file: string) {
    this.#file = file;
  }

  /** A line was sighted: steps after it count. */
  sighted(line: number): void {
    this.#sightedFirst ??= line;
  }

  /** Looks for the last step in bytes that end a line, or a part of one; `ends` lines ended in the log until then. */
  lookBack(bytes: Buffer, ends: number): void {
    if (this.#sightedFirst === null) return;
    for (let at = bytes.lastIndexOf(mark); at >= 0; ) {
      const start = Math.max(bytes.lastIndexOf(newline, at), bytes.lastIndexOf(carriageReturn, at)) + 1;
      const end = firstOf(bytes.indexOf(newline, at), bytes.indexOf(carriageReturn, at), bytes.length);
      const raw = bytes.toString('utf8', start, Math.min(end, start + longestLine));
      if (loss.test(raw) && step.test(raw)) {
        const { text, stamp } = stepIn(raw);
        if (text !== undefined) {
          this.#last = { text, stamp, line: ends - endsIn(bytes.subarray(end)) + 1 };
          return;
        }
      }
      if (start === 0) return;
      at = bytes.lastIndexOf(mark, start - 1);
    }
  }

  all(): readonly Works[] {
    if (this.#last === null || this.#sightedFirst === null || this.#last.line <= this.#sightedFirst) return [];
    const { text, stamp, line } = this.#last;
    return [{ signature, who: null, wholeJob: true, quote: { file: this.#file, line, text: quoted(text), count: 1 }, time: printedAt(text, stamp) }];
  }
}

/** What programs print of their steps may be an object, as data is. */
function stepIn(raw: string): { readonly text: string | undefined; readonly stamp: string | number | null } {
  const { texts, stamp } = unwrapped(raw, 'with data');
  return { text: texts.find((t) => loss.test(t) && step.test(t)), stamp };
}

function firstOf(...places: readonly number[]): number {
  return Math.min(...places.filter((p) => p >= 0));
}

function endsIn(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) count++;
  return count;
}

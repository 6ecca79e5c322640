import type { Signature } from '../../signatures/signature.ts';
import { carriageReturn, newline } from './anchor-search.ts';
import { longestLine, quoted, unwrapped } from './log-line.ts';
import { printedAt } from './log-time.ts';
import type { PlacedLine, Works } from './worked.ts';

/** A number of a step and a loss that is one: `iteration 10/ 500 | lm loss: 1.2E+00`, `{'loss': 2.3, 'epoch': 0.1}`, `Epoch 0: 10/100 train_loss=2.3`. */
const loss = /loss[\\'"]{0,2}\s{0,3}[:=]?\s{0,3}-?\d/i;
const epoch = /(?:^|[^a-z])epochs?[\\'"]{0,2}[\s:=]{1,12}(\d[\d.]{0,20})/i;
const step = /(?:^|[^a-z])(?:step|iter|iteration)s?[\\'"]{0,2}[\s:=]{1,12}(\d{1,18})/i;
const done = /(\d{1,18})\/\s{0,12}\d/;

/** What programs say of steps that they take up again, or of a setting: no step of this run. */
const noStep = /resum|restor|\bload(?:ed|ing)\b|\bset ?up\b|config|\bbest\b|loss function/i;

/** Lines of steps that one piece of a log is searched for; ranks that print the same step stand side by side. */
const mostLines = 256;

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

interface Step extends PlacedLine {
  /** How far training is: epoch, step, and the part of a whole that is done. */
  readonly at: readonly number[];
}

/**
 * The last two steps of training that a log tells of, one further than the other: a single line may be of a step that was done long ago. Logs are full of
 * steps, so each piece of a log is searched from its end backwards, and only after something was sighted: what went on before that is no news.
 */
export class TrainingSteps {
  readonly #file: string;
  #sightedFirst: number | null = null;
  /** The last step of what was searched. */
  #latest: Step | null = null;
  #pair: readonly [Step, Step] | null = null;

  constructor(file: string) {
    this.#file = file;
  }

  /** A line was sighted: steps after it count. */
  sighted(line: number): void {
    this.#sightedFirst ??= line;
  }

  /** Looks for the last steps in bytes that end a line, or a part of one; `ends` lines ended in the log until then. */
  lookBack(bytes: Buffer, ends: number): void {
    if (this.#sightedFirst === null) return;
    let last: Step | null = null;
    let later: Step | null = null;
    let left = mostLines;
    for (const step of stepsFromEnd(bytes, ends)) {
      if (step.line <= this.#sightedFirst || left-- === 0) break;
      last ??= step;
      if (later !== null && isFurther(later, step)) {
        this.#latest = last;
        this.#pair = [step, later];
        return;
      }
      later = step;
    }
    if (this.#latest !== null && later !== null && isFurther(later, this.#latest)) this.#pair = [this.#latest, later];
    this.#latest = last ?? this.#latest;
  }

  all(): readonly Works[] {
    if (this.#pair === null) return [];
    const [first, { text, stamp, line }] = this.#pair;
    return [
      {
        signature,
        who: null,
        wholeJob: true,
        quote: { file: this.#file, line, text: quoted(text), count: 1 },
        time: printedAt(text, stamp),
        begun: { line: first.line, time: printedAt(first.text, first.stamp) },
      },
    ];
  }
}

function* stepsFromEnd(bytes: Buffer, ends: number): Iterable<Step> {
  let counted = bytes.length;
  let line = ends + 1;
  for (let at = bytes.lastIndexOf(mark); at >= 0; ) {
    const start = Math.max(bytes.lastIndexOf(newline, at), bytes.lastIndexOf(carriageReturn, at)) + 1;
    const end = firstOf(bytes.indexOf(newline, at), bytes.indexOf(carriageReturn, at), bytes.length);
    const raw = bytes.toString('utf8', start, Math.min(end, start + longestLine));
    if (placeOf(raw) !== null) {
      line -= endsIn(bytes.subarray(end, counted));
      counted = end;
      const { texts, stamp } = unwrapped(raw, 'with data');
      for (const text of texts) {
        const place = placeOf(text);
        if (place === null) continue;
        yield { text, stamp, line, at: place };
        break;
      }
    }
    if (start === 0) return;
    at = bytes.lastIndexOf(mark, start - 1);
  }
}

/** How far training is by a line of a step; null where it is none. */
function placeOf(text: string): readonly number[] | null {
  if (!loss.test(text) || noStep.test(text)) return null;
  const told = [epoch, step, done].map((pattern) => pattern.exec(text)?.[1]);
  return told.every((t) => t === undefined) ? null : told.map((t) => Number.parseFloat(t ?? '0'));
}

function isFurther({ at: one }: Step, { at: other }: Step): boolean {
  const differs = one.findIndex((n, i) => n !== other[i]);
  return differs >= 0 && (one[differs] ?? 0) > (other[differs] ?? 0);
}

function firstOf(...places: readonly number[]): number {
  return Math.min(...places.filter((p) => p >= 0));
}

function endsIn(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) count++;
  return count;
}

import { kept } from '../../kernel/memo.ts';
import type { Pattern } from '../pattern.ts';
import { apart, type Head, type State, type Union } from './union.ts';

/** Whether all texts of `a` are, for what can be told of how they begin, texts of `b`. */
function within(a: Head, b: Head): boolean {
  return b.rest === 'anything' ? a.text.startsWith(b.text) : b.rest === 'nothing' && a.rest === 'nothing' && a.text === b.text;
}

/** The patterns of some unions that bear on each other: of those to be matched the ones that can meet one of each other union and lie in none to be avoided. */
function bearing(all: readonly Union[], none: readonly Union[]): { readonly all: readonly Union[]; readonly none: readonly Union[] } {
  const left = all.map((u) =>
    u.only(
      (head) =>
        all.every((other) => other === u || other.heads.some((h) => !apart(head, h))) && !none.some((other) => other.heads.some((h) => within(head, h))),
    ),
  );
  return { all: left, none: none.map((u) => u.only((head) => left.every((other) => other.heads.some((h) => !apart(head, h))))) };
}

/** What a search may cost: states of the product that are looked at. Beyond, the answer is that it is not known. */
const mostStates = 30_000;

/** Places of all patterns together, beyond which no search is begun. */
const mostPlaces = 60_000;

/** Places that the states of one search may hold together. */
const mostHeld = 20_000_000;

/** Steps of automata that the searches of one question may take, about a second's worth, and those of all questions to one prover. */
export const efforts = { all: 20_000_000, most: 10_000_000, least: 20_000 } as const;

/** Steps of single automata that searches may take together: those of one question, so that many hard ones do not add up. */
export interface Effort {
  left: number;
}

export function anEffort(left: number = efforts.most): Effort {
  return { left };
}

/**
 * A short text that matches each union of `all` and none of `none`; null where there is none, undefined where the search was given up. Exact: it walks the
 * product of the patterns' automata over the letters that occur in them and one that does not, shortest texts first. Texts that read well are tried before.
 */
export function findText(wanted: readonly Union[], avoided: readonly Union[], effort: Effort = anEffort()): string | null | undefined {
  if (wanted.some((u) => avoided.includes(u))) return null;
  const { all, none } = bearing(wanted, avoided);
  if (all.some((u) => u.patterns.length === 0)) return null;
  const suits = (text: string): boolean => all.every((u) => u.has(text)) && !none.some((u) => u.has(text));
  for (const union of [...all].sort((a, b) => a.patterns.length - b.patterns.length)) {
    const text = examplesOf(union).find(suits);
    if (text !== undefined) return text;
  }
  const through = all.length > 2 ? throughAll(all).find(suits) : undefined;
  if (through !== undefined) return through;
  const word = all.length === 0 ? words.find(suits) : undefined;
  if (word !== undefined) return word;
  // Of a list of plain texts one does, or none.
  const finite = all.find((u) => u.isFinite);
  if (finite !== undefined) return finite.patterns.map((p) => readable(p)[0] ?? '').find(suits) ?? null;
  const places = [...all, ...none].reduce((sum, u) => sum + u.places, 0);
  return places > mostPlaces ? undefined : new Product(all, none).shortest(effort);
}

/**
 * A text that goes through the first pattern of each union, where their wildcards leave room for the others: it begins as the one that says most of the beginning, ends
 * as the one that says most of the end, and has what each writes between.
 */
function throughAll(all: readonly Union[]): readonly string[] {
  const firsts = all.flatMap((u) => u.patterns.slice(0, 1));
  const longest = (texts: readonly string[]): string => texts.reduce((a, b) => (b.length > a.length ? b : a), '');
  const textOf = (part: Pattern['parts'][number] | undefined): string => (part?.kind === 'text' ? part.text : '');
  const middles = firsts.flatMap(({ parts }) => parts.slice(1, -1).map(textOf));
  return [`${longest(firsts.map(({ parts }) => textOf(parts[0])))}${middles.join('')}${longest(firsts.map(({ parts }) => textOf(parts.at(-1))))}`];
}

const words = ['example', 'x', ''];

const examples = new WeakMap<Union, readonly string[]>();

/** Texts of a union that read well. */
function examplesOf(union: Union): readonly string[] {
  return kept(examples, union, () => union.patterns.slice(0, 8).flatMap(readable));
}

/** The pattern with a word for each wildcard. */
function readable({ parts }: Pattern): readonly string[] {
  return words.map((word) =>
    parts
      .map((part, i) => {
        if (part.kind === 'text') return part.text;
        if (part.kind === 'variable') return '';
        if (part.of === 'digit') return '9';
        // What stands alone between colons is most often a region.
        if (part.of === 'component' && part.kind === 'many' && word === 'example') return isAlone(parts, i) ? 'us-east-1' : word;
        const next = parts[i + 1];
        return part.kind === 'many' ? word : next?.kind === 'many' && word !== '' ? '' : 'x';
      })
      .join(''),
  );
}

function isAlone(parts: Pattern['parts'], at: number): boolean {
  const [before, after] = [parts[at - 1], parts[at + 1]];
  return before?.kind === 'text' && before.text.endsWith(':') && after?.kind === 'text' && after.text.startsWith(':');
}

/** A text that is being read, with where each union has got to. */
interface Step {
  readonly states: readonly State[];
  readonly before: Step | null;
  readonly letter: string;
}

/** The automata of all unions, side by side. */
class Product {
  readonly #unions: readonly Union[];
  readonly #positives: number;
  #alphabet: Alphabet | null = null;

  constructor(all: readonly Union[], none: readonly Union[]) {
    this.#unions = [...all, ...none];
    this.#positives = all.length;
  }

  shortest(effort: Effort): string | null | undefined {
    const begun = this.#beginning();
    const states = this.#unions.map((u) => [...begun].reduce((state, c) => u.step(state, c), u.start()));
    if (this.#isHopeless(states)) return null;
    const seen = new Set([keyOf(states)]);
    let held = 0;
    let layer: readonly Step[] = [{ states, before: null, letter: '' }];
    while (layer.length > 0) {
      for (const step of layer) if (this.#accepts(step.states)) return begun + textOf(step);
      const next: Step[] = [];
      for (const before of layer)
        for (const letter of this.#lettersFrom(before.states)) {
          effort.left -= before.states.length;
          if (effort.left < 0) return undefined;
          const to = before.states.map((state, i) => (this.#unions[i] as Union).step(state, letter));
          if (this.#isHopeless(to)) continue;
          const key = keyOf(to);
          if (seen.has(key)) continue;
          held += to.reduce((sum, state) => sum + state.places.length, 0);
          if (seen.size >= mostStates || held > mostHeld) return undefined;
          seen.add(key);
          next.push({ states: to, before, letter });
        }
      layer = next;
    }
    return null;
  }

  /** What every text that will do begins with, as far as one union to be matched says so. */
  #beginning(): string {
    const texts = this.#unions.slice(0, this.#positives).map((u) => u.heads.map((h) => h.text).reduce(commonBeginning));
    return texts.reduce((a, b) => (a.length < b.length ? b : a), '');
  }

  /** Whether no text that goes on from here can do: one to be matched has no place left, or one to be avoided matches for good. */
  #isHopeless(states: readonly State[]): boolean {
    return states.some((state, i) => (i < this.#positives ? state.dead : state.always));
  }

  #accepts(states: readonly State[]): boolean {
    return states.every((state, i) => state.accepts === i < this.#positives);
  }

  /** Letters that can follow: where a text to be matched must go on as written, those alone. Letters that no place goes on with are all alike but for a few. */
  #lettersFrom(states: readonly State[]): readonly string[] {
    let least: readonly string[] | null = null;
    for (let i = 0; i < this.#positives; i++) {
      const { open, written } = states[i] as State;
      if (!open && (least === null || written.length < least.length)) least = written;
    }
    if (least !== null) return least;
    this.#alphabet ??= alphabetOf(this.#unions);
    const { letters, always } = this.#alphabet;
    const here = new Set(states.flatMap((state) => state.written));
    return letters.filter((c) => always.has(c) || here.has(c));
  }
}

function commonBeginning(a: string, b: string): string {
  let same = 0;
  while (same < a.length && a.charAt(same) === b.charAt(same)) same++;
  return a.slice(0, same);
}

function textOf(last: Step): string {
  const letters: string[] = [];
  for (let step: Step | null = last; step !== null; step = step.before) letters.push(step.letter);
  return letters.reverse().join('');
}

/** Numbers of states, two characters each. */
function keyOf(states: readonly State[]): string {
  let key = '';
  for (const { id } of states) key += String.fromCharCode(id >>> 15, id & 0x7fff);
  return key;
}

interface Alphabet {
  readonly letters: readonly string[];
  /** Those that matter even where no pattern goes on with them. */
  readonly always: ReadonlySet<string>;
}

/** Each letter that some pattern names, the two that wildcards tell apart, a digit, and one that stands for all others. */
function alphabetOf(unions: readonly Union[]): Alphabet {
  const letters = new Set(unions.flatMap((u) => [...u.letters]));
  const digits = unions.some((u) => u.hasDigits) ? [...'0123456789'] : [];
  const other = otherThan(letters);
  // A digit that nobody names is a letter like others but where digits alone may stand.
  const digit = digits.find((d) => !letters.has(d));
  const all = [other, ...letters, ...[':', '/'].filter((c) => !letters.has(c)), ...(digit === undefined || digit === other ? [] : [digit])];
  return { letters: all, always: new Set([other, ':', '/', ...(digit === undefined ? digits : [digit])]) };
}

/** A letter that reads well and is in no pattern, in neither case. */
function otherThan(letters: ReadonlySet<string>): string {
  const free = (c: string): boolean => !letters.has(c) && !letters.has(c.toUpperCase());
  const nice = [...'xyzabcdefghijklmnopqrstuvw'].find(free);
  if (nice !== undefined) return nice;
  for (let code = 0x3b1; ; code++) if (free(String.fromCharCode(code))) return String.fromCharCode(code);
}

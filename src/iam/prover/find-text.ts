import { type Pattern, standsFor, type WildReach } from '../pattern.ts';

/** One step of a pattern: a letter, or a wildcard. */
type Token = { readonly letter: string; readonly ignoreCase: boolean } | { readonly of: WildReach; readonly many: boolean };

/** Alternatives: a text matches the union where it matches one of them. Patterns hold no variables. */
export interface Union {
  readonly id: number;
  readonly patterns: readonly Pattern[];
  readonly tokens: readonly (readonly Token[])[];
  readonly heads: readonly Head[];
}

/** How a pattern begins: the text before its first wildcard. `rest`: nothing follows, anything does, or something else. */
interface Head {
  readonly text: string;
  readonly rest: 'nothing' | 'anything' | 'other';
}

export function unionOf(id: number, patterns: readonly Pattern[]): Union {
  return { id, patterns, tokens: patterns.map(tokensOf), heads: patterns.map(headOf) };
}

function headOf({ parts, ignoreCase }: Pattern): Head {
  const [first, second] = parts;
  // Without case nothing is said of how it begins.
  if (ignoreCase) return { text: '', rest: 'other' };
  const text = first?.kind === 'text' ? first.text : '';
  const next = first?.kind === 'text' ? second : first;
  if (next === undefined) return { text, rest: 'nothing' };
  const last = parts.length === (first?.kind === 'text' ? 2 : 1);
  return { text, rest: last && next.kind === 'many' && next.of === 'anything' ? 'anything' : 'other' };
}

/** Whether no text begins as both do. */
function apart(a: Head, b: Head): boolean {
  if (a.text.length > b.text.length) return apart(b, a);
  return !b.text.startsWith(a.text) || (a.rest === 'nothing' && a.text !== b.text && b.text.length > a.text.length);
}

/** Whether all texts of `a` are, for what can be told of how they begin, texts of `b`. */
function within(a: Head, b: Head): boolean {
  return b.rest === 'anything' ? a.text.startsWith(b.text) : b.rest === 'nothing' && a.rest === 'nothing' && a.text === b.text;
}

/** The patterns of some unions that bear on each other: of those to be matched the ones that can meet one of each other union and lie in none to be avoided. */
function bearing(all: readonly Union[], none: readonly Union[]): { readonly all: readonly Union[]; readonly none: readonly Union[] } {
  const left = all.map((u) =>
    narrowed(
      u,
      (head) =>
        all.every((other) => other === u || other.heads.some((h) => !apart(head, h))) && !none.some((other) => other.heads.some((h) => within(head, h))),
    ),
  );
  return { all: left, none: none.map((u) => narrowed(u, (head) => left.every((other) => other.heads.some((h) => !apart(head, h))))) };
}

function narrowed(union: Union, keeps: (head: Head) => boolean): Union {
  const kept = union.heads.flatMap((head, i) => (keeps(head) ? [i] : []));
  if (kept.length === union.heads.length) return union;
  const pick = <T>(items: readonly T[]): readonly T[] => kept.map((i) => items[i] as T);
  return { id: union.id, patterns: pick(union.patterns), tokens: pick(union.tokens), heads: pick(union.heads) };
}

/** What a search may cost: states of the product that are looked at. Beyond, the answer is that it is not known. */
const mostStates = 30_000;

/** Places of all patterns together: a state is written as one character a place. */
const mostPlaces = 60_000;

function tokensOf({ parts, ignoreCase }: Pattern): readonly Token[] {
  return parts.flatMap((part): readonly Token[] => {
    if (part.kind === 'text') return Array.from({ length: part.text.length }, (_, i) => ({ letter: part.text.charAt(i), ignoreCase }));
    return part.kind === 'variable' ? [] : [{ of: part.of, many: part.kind === 'many' }];
  });
}

/** Whether a text matches one of the union's patterns. */
export function inUnion(union: Union, text: string): boolean {
  return union.tokens.some((tokens) => accepts(tokens, text));
}

function accepts(tokens: readonly Token[], text: string): boolean {
  // Most patterns differ from a text before their first wildcard.
  let fixed = 0;
  for (let token = tokens[0]; token !== undefined && 'letter' in token; token = tokens[++fixed]) if (!isLetter(token, text.charAt(fixed))) return false;
  if (fixed === tokens.length) return fixed === text.length;
  let at = closed(tokens, [fixed]);
  for (let i = fixed; i < text.length && at.length > 0; i++) at = step(tokens, at, text.charAt(i));
  return at.includes(tokens.length);
}

function isLetter(token: Extract<Token, { letter: string }>, c: string): boolean {
  return token.letter === c || (token.ignoreCase && token.letter.toLowerCase() === c.toLowerCase());
}

/**
 * A short text that matches each union of `all` and none of `none`; null where there is none, undefined where the search was given up. Exact: it walks the
 * product of the patterns' automata over the letters that occur in them and one that does not, shortest texts first. Texts that read well are tried before.
 */
export function findText(wanted: readonly Union[], avoided: readonly Union[]): string | null | undefined {
  const { all, none } = bearing(wanted, avoided);
  if (all.some((u) => u.patterns.length === 0)) return null;
  const suits = (text: string): boolean => all.every((u) => inUnion(u, text)) && !none.some((u) => inUnion(u, text));
  const nice = new Set(
    [...all]
      .sort((a, b) => a.patterns.length - b.patterns.length)
      .flatMap((u) => u.patterns.slice(0, 8))
      .flatMap(readable),
  );
  if (all.length === 0) for (const word of words) nice.add(word);
  for (const text of nice) if (suits(text)) return text;
  // Of a list of plain texts one does, or none.
  const finite = all.find((u) => u.tokens.every((tokens) => tokens.every((t) => 'letter' in t && !t.ignoreCase)));
  if (finite !== undefined) return finite.patterns.map((p) => readable(p)[0] ?? '').find(suits) ?? null;
  const places = [...all, ...none].reduce((sum, u) => u.tokens.reduce((n, tokens) => n + tokens.length + 1, sum), 0);
  return places > mostPlaces ? undefined : new Product(all, none).shortest();
}

const words = ['example', 'x', ''];

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

function step(tokens: readonly Token[], from: readonly number[], c: string): number[] {
  const to: number[] = [];
  for (const at of from) {
    const token = tokens[at];
    if (token === undefined) continue;
    if ('letter' in token) {
      if (isLetter(token, c)) to.push(at + 1);
    } else if (standsFor(token.of, c)) to.push(token.many ? at : at + 1);
  }
  return closed(tokens, to);
}

/** With the places that are reached by a wildcard standing for nothing; each once. */
function closed(tokens: readonly Token[], places: readonly number[]): number[] {
  const all: number[] = [];
  for (const place of places)
    for (let at = place; !all.includes(at); at++) {
      all.push(at);
      const token = tokens[at];
      if (token === undefined || 'letter' in token || !token.many) break;
    }
  return all;
}

/** All patterns of all unions as one automaton: their places are numbered through, and a state is a sorted list of places. */
class Product {
  readonly #tokens: (Token | null)[] = [];
  readonly #union: number[] = [];
  /** Places from which a pattern to be avoided matches whatever follows. */
  readonly #fatal: boolean[] = [];
  readonly #starts: number[] = [];
  readonly #positives: number;
  readonly #unions: readonly Union[];
  #letters: readonly string[] | null = null;

  constructor(all: readonly Union[], none: readonly Union[]) {
    this.#positives = all.length;
    const unions = [...all, ...none];
    this.#unions = unions;
    for (const [u, { tokens }] of unions.entries())
      for (const list of tokens) {
        this.#starts.push(this.#tokens.length);
        for (const [i, token] of [...list, null].entries()) {
          this.#tokens.push(token);
          this.#union.push(u);
          this.#fatal.push(u >= all.length && i === list.length - 1 && token !== null && !('letter' in token) && token.many && token.of === 'anything');
        }
      }
  }

  shortest(): string | null | undefined {
    const start = this.#state(this.#starts);
    if (start === null) return null;
    const seen = new Set([keyOf(start)]);
    let layer: readonly { readonly state: readonly number[]; readonly text: string }[] = [{ state: start, text: '' }];
    while (layer.length > 0) {
      for (const { state, text } of layer) if (this.#accepts(state)) return text;
      const next: { readonly state: readonly number[]; readonly text: string }[] = [];
      for (const { state, text } of layer)
        for (const c of this.#lettersFrom(state)) {
          const to = this.#step(state, c);
          if (to === null) continue;
          const key = keyOf(to);
          if (seen.has(key)) continue;
          if (seen.size >= mostStates) return undefined;
          seen.add(key);
          next.push({ state: to, text: text + c });
        }
      layer = next;
    }
    return null;
  }

  /** Letters that can follow: where a text to be matched must go on as written, those alone. */
  #lettersFrom(state: readonly number[]): readonly string[] {
    const written: (Set<string> | null)[] = Array.from({ length: this.#positives }, () => new Set<string>());
    for (const at of state) {
      const u = this.#union[at] as number;
      const set = u < this.#positives ? written[u] : undefined;
      const token = this.#tokens[at];
      if (set === undefined || set === null || token === null || token === undefined) continue;
      if ('letter' in token && !token.ignoreCase) set.add(token.letter);
      else written[u] = null;
    }
    const [least] = written.filter((set) => set !== null).sort((a, b) => a.size - b.size);
    this.#letters ??= least === undefined ? lettersOf(this.#unions) : null;
    return least === undefined ? (this.#letters ?? []) : [...least];
  }

  /** Null where no text that goes on from here can do. */
  #step(state: readonly number[], c: string): readonly number[] | null {
    const to: number[] = [];
    for (const at of state) {
      const token = this.#tokens[at] as Token | null;
      if (token === null) continue;
      if ('letter' in token) {
        if (isLetter(token, c)) to.push(at + 1);
      } else if (standsFor(token.of, c)) to.push(token.many ? at : at + 1);
    }
    return this.#state(to);
  }

  /** With the places that wildcards standing for nothing lead to; null where a text to be matched has no place left, or one to be avoided matches for good. */
  #state(places: readonly number[]): readonly number[] | null {
    const all = new Set<number>();
    let alive = 0;
    let last = -1;
    for (const place of places) {
      const u = this.#union[place] as number;
      if (u !== last && u < this.#positives) alive++;
      last = u;
      for (let at = place; !all.has(at); at++) {
        if (this.#fatal[at] === true) return null;
        all.add(at);
        const token = this.#tokens[at] as Token | null;
        if (token === null || 'letter' in token || !token.many) break;
      }
    }
    return alive < this.#positives ? null : [...all].sort((a, b) => a - b);
  }

  #accepts(state: readonly number[]): boolean {
    const matched = new Set(state.flatMap((at) => (this.#tokens[at] === null ? [this.#union[at] as number] : [])));
    return matched.size === this.#positives && [...matched].every((u) => u < this.#positives);
  }
}

function keyOf(state: readonly number[]): string {
  return String.fromCharCode(...state);
}

/** Each letter that some pattern names, the two that wildcards tell apart, a digit, and one that stands for all others. */
function lettersOf(unions: readonly Union[]): readonly string[] {
  const letters = new Set<string>();
  let digits = false;
  for (const { tokens } of unions)
    for (const token of tokens.flat()) {
      if (!('letter' in token)) {
        digits ||= token.of === 'digit';
        continue;
      }
      letters.add(token.letter);
      if (token.ignoreCase) letters.add(token.letter.toLowerCase()).add(token.letter.toUpperCase());
    }
  const other = otherThan(letters);
  // A digit that nobody names is a letter like others but where digits alone may stand.
  const digit = digits ? [...'0123456789'].find((d) => !letters.has(d)) : undefined;
  return [other, ...letters, ...[':', '/'].filter((c) => !letters.has(c)), ...(digit === undefined || digit === other ? [] : [digit])];
}

/** A letter that reads well and is in no pattern, in neither case. */
function otherThan(letters: ReadonlySet<string>): string {
  const free = (c: string): boolean => !letters.has(c) && !letters.has(c.toUpperCase());
  const nice = [...'xyzabcdefghijklmnopqrstuvw'].find(free);
  if (nice !== undefined) return nice;
  for (let code = 0x3b1; ; code++) if (free(String.fromCharCode(code))) return String.fromCharCode(code);
}

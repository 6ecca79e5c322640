import { kept } from '../../kernel/memo.ts';
import { type Pattern, standsFor, type WildReach } from '../pattern.ts';

/** One step of a pattern: a letter, or a wildcard. */
export type Token = { readonly letter: string; readonly ignoreCase: boolean } | { readonly of: WildReach; readonly many: boolean };

/** How a pattern begins: the text before its first wildcard. `rest`: nothing follows, anything does, or something else. */
export interface Head {
  readonly text: string;
  readonly rest: 'nothing' | 'anything' | 'other';
}

/**
 * Where a text that is read letter by letter has got to in the patterns of a union. States are made as they are come to, and kept: most texts and most searches
 * go the same ways.
 */
export interface State {
  readonly id: number;
  /** The text so far matches. */
  readonly accepts: boolean;
  /** It matches, whatever follows. */
  readonly always: boolean;
  /** Nothing that follows matches. */
  readonly dead: boolean;
  /** Letters that a pattern goes on with. `open`: others do as well. */
  readonly written: readonly string[];
  readonly open: boolean;
  readonly places: readonly number[];
  readonly next: Map<string, State>;
}

/** Places that the states of one union may hold together when a search begins. */
const mostKept = 300_000;

/** Places that a state is written with, one character each; with more it is written out. */
const mostCharacters = 60_000;

/** Alternatives: a text matches the union where it matches one of them. Patterns hold no variables. */
export class Union {
  readonly id: number;
  readonly patterns: readonly Pattern[];
  /** What is made when it is first asked for: most unions are never searched. */
  #heads: readonly Head[] | null = null;
  #written: Written | null = null;
  readonly #narrowed = new Map<string, Union>();
  #states = new Map<string, State>();
  #made = 0;
  #held = 0;
  #letters: ReadonlySet<string> | null = null;

  constructor(id: number, patterns: readonly Pattern[]) {
    this.id = id;
    this.patterns = patterns;
  }

  get heads(): readonly Head[] {
    this.#heads ??= this.patterns.map(headOf);
    return this.#heads;
  }

  #steps(): Written {
    this.#written ??= writtenOut(this.patterns);
    return this.#written;
  }

  /** Places that texts can get to. */
  get places(): number {
    return this.#steps().tokens.length;
  }

  /** Whether it is a list of plain texts. */
  get isFinite(): boolean {
    return this.#steps().tokens.every((t) => t === null || ('letter' in t && !t.ignoreCase));
  }

  /** Letters that patterns name, in both cases where these count the same; `digits`: some wildcard stands for digits alone. */
  get letters(): ReadonlySet<string> {
    this.#letters ??= new Set(this.#steps().tokens.flatMap((t) => (t !== null && 'letter' in t ? casesOf(t) : [])));
    return this.#letters;
  }

  get hasDigits(): boolean {
    return this.#steps().tokens.some((t) => t !== null && 'of' in t && t.of === 'digit');
  }

  /** The union of some of its patterns. */
  only(keeps: (head: Head) => boolean): Union {
    const kept = this.heads.flatMap((head, i) => (keeps(head) ? [i] : []));
    if (kept.length === this.heads.length) return this;
    const key = kept.join();
    const known = this.#narrowed.get(key);
    if (known !== undefined) return known;
    const made = new Union(
      this.id,
      kept.map((i) => this.patterns[i] as Pattern),
    );
    this.#narrowed.set(key, made);
    return made;
  }

  has(text: string): boolean {
    let state = this.start();
    for (let i = 0; i < text.length; i++) {
      if (state.dead || state.always) break;
      state = this.step(state, text.charAt(i));
    }
    return state.accepts;
  }

  /** Before any letter. Searches begin here, so what was kept for earlier ones is let go here where it is too much. */
  start(): State {
    if (this.#held > mostKept) {
      this.#states = new Map();
      this.#made = 0;
      this.#held = 0;
    }
    const begin = this.#states.get('');
    if (begin !== undefined) return begin;
    const made = this.#state(this.#steps().starts.filter((start, i) => start === i));
    this.#states.set('', made);
    return made;
  }

  step(from: State, c: string): State {
    const known = from.next.get(c);
    if (known !== undefined) return known;
    const { tokens } = this.#steps();
    const to: number[] = [];
    for (const at of from.places) {
      const token = tokens[at];
      if (token === null || token === undefined) continue;
      if ('letter' in token) {
        if (isLetter(token, c)) to.push(at + 1);
      } else if (standsFor(token.of, c)) to.push(token.many ? at : at + 1);
    }
    const next = this.#state(to);
    from.next.set(c, next);
    return next;
  }

  /** With the places that wildcards standing for nothing lead to. */
  #state(reached: readonly number[]): State {
    const { tokens: written } = this.#steps();
    const all = new Set<number>();
    for (const place of reached)
      for (let at = place; !all.has(at); at++) {
        all.add(at);
        const token = written[at];
        if (token === null || token === undefined || 'letter' in token || !token.many) break;
      }
    const places = this.#needed([...all].sort((a, b) => a - b));
    const always = places.some((at) => isAnything(written[at]) && written[at + 1] === null);
    const key = always ? 'always' : `:${written.length > mostCharacters ? places.join() : String.fromCharCode(...places)}`;
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    this.#held += places.length;
    const tokens = places.map((at) => written[at]);
    const state: State = {
      id: this.#made++,
      accepts: always || tokens.includes(null),
      always,
      dead: places.length === 0,
      written: always ? [] : [...new Set(tokens.flatMap((t) => (t != null && 'letter' in t ? casesOf(t) : [])))],
      open: always || tokens.some((t) => t != null && !('letter' in t && !t.ignoreCase)),
      places: always ? places.filter((at) => isAnything(written[at]) && written[at + 1] === null).slice(0, 1) : places,
      next: new Map(),
    };
    this.#states.set(key, state);
    return state;
  }

  /** Without places of a pattern before its last wildcard for any text: whatever they lead to, that does as well. */
  #needed(places: readonly number[]): readonly number[] {
    const { tokens, starts } = this.#steps();
    const from = new Map<number, number>();
    for (const at of places) if (isAnything(tokens[at])) from.set(starts[at] ?? 0, at);
    return from.size === 0 ? places : places.filter((at) => at >= (from.get(starts[at] ?? 0) ?? 0));
  }
}

/** Patterns as steps of one automaton. */
interface Written {
  /** Tokens of all patterns, one after the other; null ends each. */
  readonly tokens: readonly (Token | null)[];
  /** For each token where its pattern begins. */
  readonly starts: readonly number[];
}

function writtenOut(patterns: readonly Pattern[]): Written {
  const tokens: (Token | null)[] = [];
  const starts: number[] = [];
  for (const pattern of patterns) {
    const start = tokens.length;
    tokens.push(...tokensOf(pattern), null);
    while (starts.length < tokens.length) starts.push(start);
  }
  return { tokens, starts };
}

function isAnything(token: Token | null | undefined): boolean {
  return token != null && 'of' in token && token.many && token.of === 'anything';
}

function casesOf({ letter, ignoreCase }: Extract<Token, { letter: string }>): readonly string[] {
  return ignoreCase ? [letter, letter.toLowerCase(), letter.toUpperCase()] : [letter];
}

function isLetter(token: Extract<Token, { letter: string }>, c: string): boolean {
  return token.letter === c || (token.ignoreCase && token.letter.toLowerCase() === c.toLowerCase());
}

function tokensOf({ parts, ignoreCase }: Pattern): readonly Token[] {
  return parts.flatMap((part): readonly Token[] => {
    if (part.kind === 'text') return Array.from({ length: part.text.length }, (_, i) => ({ letter: part.text.charAt(i), ignoreCase }));
    return part.kind === 'variable' ? [] : [{ of: part.of, many: part.kind === 'many' }];
  });
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
export function apart(a: Head, b: Head): boolean {
  if (a.text.length > b.text.length) return apart(b, a);
  return !b.text.startsWith(a.text) || (a.rest === 'nothing' && a.text !== b.text && b.text.length > a.text.length);
}

const heads = new WeakMap<Pattern, Head>();

/** Whether some text may match both, for what can be told of how they begin. Variables may be anything. */
export function mayMeet(a: Pattern, b: Pattern): boolean {
  return !apart(
    kept(heads, a, () => headOf(a)),
    kept(heads, b, () => headOf(b)),
  );
}

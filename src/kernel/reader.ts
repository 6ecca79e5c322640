import { isMap } from './map.ts';
import { type Origin, within } from './origin.ts';
import { type Diagnostic, failed, ok, type Result } from './result.ts';
import { nearest } from './spelling.ts';

const none: readonly Reader[] = [];

/** What `Reader` found a value to be, in the words of a manifest's author. */
export type ValueKind = 'nothing' | 'a string' | 'a number' | 'a boolean' | 'a list' | 'an object' | 'something else';

/**
 * A cursor over unknown data: one value, where it stands, and the list that its faults go to. Cursors below it share that list, so one walk over
 * a document collects every fault. Null counts as absent, as the Kubernetes API has it. Nothing is ever written to the data.
 */
export class Reader {
  readonly value: unknown;
  /** Where it starts from: an origin, or the cursor above, from which `step` leads here. */
  readonly #from: Origin | Reader;
  readonly #step: string | number;
  readonly #diagnostics: Diagnostic[];

  /** `diagnostics` is appended to. */
  constructor(value: unknown, from: Origin | Reader, diagnostics: Diagnostic[], step: string | number = 0) {
    this.value = value;
    this.#from = from;
    this.#step = step;
    this.#diagnostics = diagnostics;
  }

  /** Where the value stands. Made when it is asked for: of most values nobody wants to know. */
  get origin(): Origin {
    let base: Origin | Reader = this;
    const path: (string | number)[] = [];
    while (base instanceof Reader) {
      if (base.#from instanceof Reader) path.push(base.#step);
      base = base.#from;
    }
    return path.length === 0 ? base : within(base, ...path.reverse());
  }

  /** The value is missing or null. */
  get absent(): boolean {
    return this.value === undefined || this.value === null;
  }

  get present(): boolean {
    return !this.absent;
  }

  get kind(): ValueKind {
    return kindOf(this.value);
  }

  /** The cursor on a member of an object; absent when this is no object or has no such own key. */
  field(key: string): Reader {
    const value = isMap(this.value) && Object.hasOwn(this.value, key) ? this.value[key] : undefined;
    return new Reader(value, this, this.#diagnostics, key);
  }

  /** Own keys in document order; empty when this is no object. */
  keys(): readonly string[] {
    return isMap(this.value) ? Object.keys(this.value) : [];
  }

  /** Whether the member is there and not null. */
  has(key: string): boolean {
    return this.field(key).present;
  }

  /**
   * Checks that this is an object, or absent, with no keys but `known`; each other key is an error that names the one that was meant.
   * `elsewhere` explains keys that belong somewhere else (key to hint), `otherwise` any key that is near to none. Returns whether this is an object.
   */
  object(known: readonly string[], elsewhere: Readonly<Record<string, string>> = {}, otherwise?: string): boolean {
    if (!this.expect('an object')) return false;
    for (const key of this.keys()) if (!known.includes(key)) this.#unknownField(key, known, elsewhere, otherwise);
    return true;
  }

  /** The cursors of a list; undefined when absent, and, with an error, when it is no list. */
  items(): readonly Reader[] | undefined {
    if (!this.expect('a list')) return undefined;
    return (this.value as readonly unknown[]).map((item, i) => new Reader(item, this, this.#diagnostics, i));
  }

  /** The items of a list, or none when absent or wrong. */
  each(): readonly Reader[] {
    return this.items() ?? none;
  }

  /** The text; undefined when absent, and, with an error, when it is no string. Numbers are not turned into text: YAML `80` is not `"80"`. */
  string(): string | undefined {
    return this.expect('a string') ? (this.value as string) : undefined;
  }

  boolean(): boolean | undefined {
    return this.expect('a boolean') ? (this.value as boolean) : undefined;
  }

  /** A whole number from `min` to `max`, both included; undefined when absent, and, with an error, when it is anything else. */
  integer(min: number, max: number): number | undefined {
    if (!this.expect('a number')) return undefined;
    const n = this.value as number;
    if (Number.isInteger(n) && n >= min && n <= max) return n;
    this.error('out-of-range', `${this.#name()} is ${shown(n)}; expected a whole number from ${min} to ${max}.`);
    return undefined;
  }

  /** One of a few words. Undefined when absent, and, with an error that names the nearest, when it is another. */
  oneOf<const T extends string>(words: readonly T[]): T | undefined {
    const text = this.string();
    if (text === undefined) return undefined;
    const known = words.find((w) => w === text);
    if (known !== undefined) return known;
    const meant = nearest(text, words);
    this.error(
      'unknown-value',
      `${this.#name()} is ${shown(text)}; expected one of ${words.join(', ')}.`,
      meant === undefined ? undefined : `Did you mean ${meant}?`,
    );
    return undefined;
  }

  /** An object of text to text (labels); undefined when absent; members of another type are errors and left out. The result has no prototype. */
  textMap(): Readonly<Record<string, string>> | undefined {
    if (!this.expect('an object')) return undefined;
    const out: Record<string, string> = Object.create(null);
    for (const key of this.keys()) {
      const member = this.field(key);
      if (typeof member.value === 'string') out[key] = member.value;
      else member.error('wrong-type', `${shown(key)} is ${member.describe()}; expected a string.`, quoteHint(member.value));
    }
    return out;
  }

  /** Reports that a member that must be there is absent; returns whether it is present. */
  required(key: string): boolean {
    if (this.has(key)) return true;
    this.error('missing-field', `${this.#name()} lacks ${shown(key)}, which is required.`, `Add ${key}.`);
    return false;
  }

  /** An error at this place. */
  error(code: string, message: string, hint?: string): void {
    this.#add('error', code, message, hint);
  }

  /** A warning at this place. */
  warning(code: string, message: string, hint?: string): void {
    this.#add('warning', code, message, hint);
  }

  /** The value as a message names it: `the number 80`, `a list`, `nothing`. */
  describe(): string {
    const kind = this.kind;
    return kind === 'a string' || kind === 'a number' || kind === 'a boolean' ? `the ${kind.slice(2)} ${shown(this.value)}` : kind;
  }

  /** Absent values are silently not the kind; present ones of another kind are errors. */
  expect(kind: ValueKind): boolean {
    if (this.absent) return false;
    if (this.kind === kind) return true;
    this.error('wrong-type', `${this.#name()} is ${this.describe()}; expected ${kind}.`, kind === 'a string' ? quoteHint(this.value) : undefined);
    return false;
  }

  #add(severity: 'error' | 'warning', code: string, message: string, hint?: string): void {
    this.#diagnostics.push({ code, severity, message, ...(hint === undefined ? {} : { hint }), origin: this.origin });
  }

  /** How a message calls this value: its key, or its key and index. */
  #name(): string {
    return pathName(this.origin.path);
  }

  #unknownField(key: string, known: readonly string[], elsewhere: Readonly<Record<string, string>>, otherwise?: string): void {
    const meant = nearest(key, known);
    const fallback = otherwise ?? `Known fields: ${known.join(', ')}.`;
    const hint = Object.hasOwn(elsewhere, key) ? elsewhere[key] : meant === undefined ? fallback : `Did you mean ${meant}?`;
    const message = `${this.#name()} has no field ${shown(key)}; the API server refuses it, and tools that do not check drop it silently.`;
    this.field(key).error('unknown-field', message, hint);
  }
}

/** Ends a walk: the value when no fault is an error, the faults either way. `value` is asked for only then. */
export function finish<T>(diagnostics: readonly Diagnostic[], value: () => T): Result<T> {
  return diagnostics.some((d) => d.severity === 'error') ? failed(diagnostics) : ok(value(), diagnostics);
}

/** A path as people write it: `spec.ingress[0].from`; the empty path is `the document`. Keys that are not plain words are quoted. */
export function pathText(path: Origin['path']): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[A-Za-z_][\w-]*$/.test(step) && step.length <= 64) text += text === '' ? step : `.${step}`;
    else text += `[${shown(step)}]`;
  }
  return text === '' ? 'the document' : text;
}

/** The tail of a path from its last key on: `ports[0]`, enough for a message that prints the place beside it. */
function pathName(path: Origin['path']): string {
  const lastKey = path.findLastIndex((step) => typeof step === 'string');
  return pathText(lastKey < 0 ? path : path.slice(lastKey));
}

const longestShown = 80;
// C0 and C1 controls, line separators and characters that change the direction of text: none may reach a terminal as they are.
const unsafe = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]/gu;

/** A value as a message shows it: JSON, at most 80 characters, nothing that could steer a terminal. Lists and objects are only named. */
export function shown(value: unknown): string {
  if (typeof value === 'string') {
    const cut = value.length > longestShown ? `${value.slice(0, longestShown)}…` : value;
    return `"${cut.replace(/[\\"]/g, '\\$&').replace(unsafe, (c) => `\\u${(c.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`)}"`;
  }
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint' ? String(value) : kindOf(value);
}

/** How to write text that YAML takes for something else. */
export function quoteHint(value: unknown): string | undefined {
  // The word that was written is not known any more: it may have been `yes`, `off` or `n`.
  if (typeof value === 'boolean') return 'Write it in quotes: YAML reads true, yes, on, y and their opposites as booleans.';
  return typeof value === 'number' ? `Write it in quotes: "${String(value)}".` : undefined;
}

function kindOf(value: unknown): ValueKind {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'string':
      return 'a string';
    case 'number':
      return 'a number';
    case 'boolean':
      return 'a boolean';
    case 'object':
      return 'an object';
    default:
      return 'something else';
  }
}

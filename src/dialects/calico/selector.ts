/**
 * A Calico selector expression, as written. `text` tests need the label to be there; `equal`, `among` too; their negations (`!=`, `not in`) do not, and
 * are `not` of them here. `global` is allowed as the whole of a rule's namespaceSelector only. Source: projectcalico/calico libcalico-go/lib/selector/parser.
 */
export type Expression =
  | { readonly kind: 'all' }
  | { readonly kind: 'global' }
  | { readonly kind: 'has'; readonly label: string }
  | { readonly kind: 'among'; readonly label: string; readonly values: readonly string[] }
  | { readonly kind: 'text'; readonly label: string; readonly how: 'contains' | 'starts-with' | 'ends-with'; readonly value: string }
  | { readonly kind: 'not'; readonly of: Expression }
  | { readonly kind: 'and' | 'or'; readonly of: readonly Expression[] };

/** Where in the text (0-based, in UTF-16 code units) a selector stops making sense, what stands there and what should. */
export interface SelectorFault {
  readonly at: number;
  readonly found: string;
  readonly expected: string;
}

/** Longest expression that the API takes. Source: projectcalico/api v3, MaxLength of every selector field. */
export const longestSelector = 1024;

/** Longest label in an expression. Source: libcalico-go/lib/selector/tokenizer MaxLabelLength. */
const longestLabel = 512;

/** Parses an expression in linear time; blanks alone are `all`. The caller has checked its length, which also bounds how deep it nests. */
export function parseSelector(text: string): { readonly ok: true; readonly value: Expression } | { readonly ok: false; readonly fault: SelectorFault } {
  try {
    return { ok: true, value: new Parser(text).whole() };
  } catch (error) {
    if (error instanceof Stop) return { ok: false, fault: error.fault };
    throw error;
  }
}

/** Leaves the parser; never seen outside. */
class Stop extends Error {
  readonly fault: SelectorFault;

  constructor(fault: SelectorFault) {
    super(fault.expected);
    this.fault = fault;
  }
}

/** Recursive descent over characters, one method a rule of the grammar. */
class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): Expression {
    this.#blanks();
    if (this.#at === this.#text.length) return { kind: 'all' };
    const value = this.#or();
    if (this.#at < this.#text.length) this.#stop('&&, || or the end');
    return value;
  }

  #or(): Expression {
    const of = [this.#and()];
    while (this.#take('||')) of.push(this.#and());
    return of.length === 1 ? (of[0] as Expression) : { kind: 'or', of };
  }

  #and(): Expression {
    const of = [this.#operation()];
    while (this.#take('&&')) of.push(this.#operation());
    return of.length === 1 ? (of[0] as Expression) : { kind: 'and', of };
  }

  #operation(): Expression {
    let negated = false;
    while (this.#take('!')) negated = !negated;
    const value = this.#plain();
    return negated ? { kind: 'not', of: value } : value;
  }

  #plain(): Expression {
    if (this.#take('(')) {
      const value = this.#or();
      if (!this.#take(')')) this.#stop(') or an operator');
      return value;
    }
    if (this.#take('has(')) {
      const label = this.#label();
      if (!this.#take(')')) this.#stop(') after has(');
      return { kind: 'has', label };
    }
    for (const word of ['all', 'global'] as const) {
      if (!this.#take(`${word}(`)) continue;
      if (!this.#take(')')) this.#stop(`) after ${word}(`);
      return { kind: word };
    }
    return this.#comparison(this.#label());
  }

  #comparison(label: string): Expression {
    if (this.#take('==')) return { kind: 'among', label, values: [this.#string()] };
    if (this.#take('!=')) return { kind: 'not', of: { kind: 'among', label, values: [this.#string()] } };
    if (this.#words('contains')) return { kind: 'text', label, how: 'contains', value: this.#string() };
    if (this.#words('starts', 'with')) return { kind: 'text', label, how: 'starts-with', value: this.#string() };
    if (this.#words('ends', 'with')) return { kind: 'text', label, how: 'ends-with', value: this.#string() };
    if (this.#words('not', 'in')) return { kind: 'not', of: { kind: 'among', label, values: this.#set() } };
    if (this.#words('in')) return { kind: 'among', label, values: this.#set() };
    return this.#stop('==, !=, in, not in, contains, starts with or ends with');
  }

  /** A comma may stand before the closing brace, and nothing between the braces. */
  #set(): string[] {
    if (!this.#take('{')) this.#stop('{ and values in quotes');
    const values: string[] = [];
    while (!this.#take('}')) {
      values.push(this.#string());
      if (this.#take(',')) continue;
      if (!this.#take('}')) this.#stop(', or }');
      break;
    }
    return values;
  }

  /** Quotes of either sort; there are no escapes. */
  #string(): string {
    const quote = this.#text[this.#at];
    if (quote !== '"' && quote !== "'") return this.#stop('a value in quotes');
    const end = this.#text.indexOf(quote, this.#at + 1);
    if (end < 0) return this.#stop(`a closing ${quote}`);
    const value = this.#text.slice(this.#at + 1, end);
    this.#at = end + 1;
    this.#blanks();
    return value;
  }

  #label(): string {
    const from = this.#at;
    while (this.#at < this.#text.length && isLabelCharacter(this.#text.charCodeAt(this.#at))) this.#at++;
    if (this.#at === from) return this.#stop('a label, has(…), all() or (');
    const label = this.#text.slice(from, this.#at);
    if (label.length > longestLabel) {
      this.#at = from;
      return this.#stop(`a label of at most ${longestLabel} characters`);
    }
    this.#blanks();
    return label;
  }

  /** Words of an operator, with or without blanks between them, that end where no label could go on. */
  #words(...words: readonly string[]): boolean {
    const from = this.#at;
    for (const word of words) {
      if (!this.#text.startsWith(word, this.#at)) {
        this.#at = from;
        return false;
      }
      this.#at += word.length;
      const end = this.#at;
      this.#blanks();
      if (word === words.at(-1) && this.#at === end && end < this.#text.length && isLabelCharacter(this.#text.charCodeAt(end))) {
        this.#at = from;
        return false;
      }
    }
    return true;
  }

  #take(token: string): boolean {
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    this.#blanks();
    return true;
  }

  #blanks(): void {
    while (this.#text[this.#at] === ' ' || this.#text[this.#at] === '\t') this.#at++;
  }

  #stop(expected: string): never {
    throw new Stop({ at: this.#at, found: this.#at < this.#text.length ? this.#text.slice(this.#at, this.#at + 12) : '', expected });
  }
}

/** Letters, digits, `_`, `.`, `/` and `-`. */
function isLabelCharacter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 45 && code <= 57) || code === 95;
}

/** The value of a label of something: `value` undefined when it has no such label; null when that cannot be told. */
export type LabelReading = (label: string) => { readonly value: string | undefined } | null;

/** Whether something with these labels is selected. `global` is what has no namespace. Source: libcalico-go/lib/selector/parser/ast.go Evaluate. */
export function evaluate(expression: Expression, labels: LabelReading): 'yes' | 'no' | 'maybe' {
  switch (expression.kind) {
    case 'all':
      return 'yes';
    case 'global':
      return evaluate({ kind: 'not', of: { kind: 'has', label: namespaceLabel } }, labels);
    case 'has':
      return known(labels(expression.label), (value) => value !== undefined);
    case 'among':
      return known(labels(expression.label), (value) => value !== undefined && expression.values.includes(value));
    case 'text':
      return known(labels(expression.label), (value) => value !== undefined && textHolds(expression, value));
    case 'not': {
      const inner = evaluate(expression.of, labels);
      return inner === 'maybe' ? inner : inner === 'yes' ? 'no' : 'yes';
    }
    case 'and':
    case 'or': {
      const settles = expression.kind === 'and' ? 'no' : 'yes';
      const parts = expression.of.map((part) => evaluate(part, labels));
      return parts.includes(settles) ? settles : parts.includes('maybe') ? 'maybe' : settles === 'no' ? 'yes' : 'no';
    }
  }
}

function known(reading: ReturnType<LabelReading>, holds: (value: string | undefined) => boolean): 'yes' | 'no' | 'maybe' {
  return reading === null ? 'maybe' : holds(reading.value) ? 'yes' : 'no';
}

function textHolds({ how, value }: Extract<Expression, { kind: 'text' }>, text: string): boolean {
  return how === 'contains' ? text.includes(value) : how === 'starts-with' ? text.startsWith(value) : text.endsWith(value);
}

/** The label of everything that has a namespace. Source: projectcalico/api v3 LabelNamespace. */
export const namespaceLabel = 'projectcalico.org/namespace';

/** The same expression over labels with a prefix: how Calico keeps labels of namespaces and service accounts among those of pods. */
export function prefixed(expression: Expression, prefix: string): Expression {
  switch (expression.kind) {
    case 'all':
    case 'global':
      return expression;
    case 'has':
    case 'among':
    case 'text':
      return { ...expression, label: prefix + expression.label };
    case 'not':
      return { kind: 'not', of: prefixed(expression.of, prefix) };
    case 'and':
    case 'or':
      return { kind: expression.kind, of: expression.of.map((part) => prefixed(part, prefix)) };
  }
}

/** The expression with `all()` read as "has this label": in namespaceSelector it means everything in a namespace. */
export function allAs(expression: Expression, label: string): Expression {
  switch (expression.kind) {
    case 'all':
      return { kind: 'has', label };
    case 'not':
      return { kind: 'not', of: allAs(expression.of, label) };
    case 'and':
    case 'or':
      return { kind: expression.kind, of: expression.of.map((part) => allAs(part, label)) };
    default:
      return expression;
  }
}

/** All of these; null parts are absent. Null when nothing is left. */
export function conjunction(parts: readonly (Expression | null)[]): Expression | null {
  const of = parts.filter((part) => part !== null);
  return of.length === 0 ? null : of.length === 1 ? (of[0] as Expression) : { kind: 'and', of };
}

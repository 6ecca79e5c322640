import { parser } from '@prometheus-io/lezer-promql';

/** `name op "value"` in braces. */
export interface Matcher {
  readonly label: string;
  readonly op: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** One place where a query asks for series. Offsets are into the text of the query, in UTF-16 code units, the end exclusive. */
export interface Selector {
  /** Null when the name is not given exactly. */
  readonly metric: string | null;
  readonly matchers: readonly Matcher[];
  readonly from: number;
  readonly to: number;
  /** `5m` of `[5m]`; null for an instant. */
  readonly range: string | null;
  /** Whether an offset moves it into the past. */
  readonly offset: boolean;
  /** Functions and aggregations around it, innermost first, as they are written: `rate`, `sum`. */
  readonly within: readonly string[];
}

/** Names of labels that a query counts on: of `by`, `on` and `group_left`, with the selectors that would have to have them. */
export interface Grouping {
  readonly kind: 'by' | 'on';
  readonly labels: readonly string[];
  readonly selectors: readonly Selector[];
  /** Labels that functions make on the way: label_replace, label_join, count_values, group_left. */
  readonly made: readonly string[];
}

/** A comparison between two vectors, or a vector and a number. */
export interface Comparison {
  readonly left: readonly Selector[];
  readonly right: readonly Selector[];
  readonly from: number;
  readonly to: number;
}

/** What a query asks for. `faults` are places that are no PromQL; the rest is then as good as it can be. */
export interface Query {
  readonly selectors: readonly Selector[];
  readonly groupings: readonly Grouping[];
  readonly comparisons: readonly Comparison[];
  /** Set operators that are used. */
  readonly operators: readonly ('and' | 'or' | 'unless')[];
  readonly faults: readonly { readonly at: number; readonly message: string }[];
}

/** Longest query that is read, in UTF-16 code units: no person writes a longer one. */
const longest = 20_000;

/** A node that is being walked: what was found under it so far. */
interface Frame {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly selectors: Draft[];
  readonly made: string[];
  /** Where the right side of a binary operation starts among `selectors`; null before its operator. */
  split: number | null;
  operator: string | null;
  function: string | null;
  groupings: { readonly kind: 'by' | 'without' | 'on' | 'ignoring' | 'group'; readonly labels: string[] }[];
  readonly texts: string[];
}

interface Draft {
  metric: string | null;
  readonly matchers: Matcher[];
  readonly from: number;
  readonly to: number;
  range: string | null;
  offset: boolean;
  readonly within: string[];
}

const comparing = new Set(['Eql', 'EqlC', 'Neq', 'Gtr', 'Gte', 'Lss', 'Lte', 'EqlSingle']);
const operatorNodes: Readonly<Record<string, 'and' | 'or' | 'unless'>> = { And: 'and', Or: 'or', Unless: 'unless' };
const arithmetic = new Set(['Add', 'Sub', 'Mul', 'Div', 'Mod', 'Pow', 'Atan2']);

/**
 * Reads PromQL by the grammar that Prometheus publishes. Walks the tree without recursion, so that no nesting is too deep. What the grammar lets pass and
 * Prometheus refuses (a range on what is no selector) is a fault too.
 */
export function readQuery(text: string): Query {
  if (text.length > longest) return { ...nothing, faults: [{ at: longest, message: `it is longer than ${longest} characters` }] };
  const walk = new Walk(text);
  parser.parse(text).iterate({
    enter: (node) => {
      if (node.type.isError) walk.faults.push({ at: node.from, message: `there is something that PromQL does not know at ${shortAt(text, node.from)}` });
      walk.enter(node.name, node.from, node.to);
    },
    leave: (node) => walk.leave(node.name),
  });
  return walk.query();
}

const nothing: Query = { selectors: [], groupings: [], comparisons: [], operators: [], faults: [] };

function shortAt(text: string, at: number): string {
  const rest = text.slice(at, at + 20).replaceAll(/\s+/g, ' ');
  return rest.trim() === '' ? 'its end' : `"${rest}${text.length > at + 20 ? '…' : ''}"`;
}

class Walk {
  readonly faults: { at: number; message: string }[] = [];
  readonly #text: string;
  readonly #stack: Frame[] = [];
  readonly #selectors: Draft[] = [];
  readonly #groupings: Grouping[] = [];
  readonly #comparisons: Comparison[] = [];
  readonly #operators = new Set<'and' | 'or' | 'unless'>();

  constructor(text: string) {
    this.#text = text;
  }

  enter(name: string, from: number, to: number): void {
    this.#stack.push({ name, from, to, selectors: [], made: [], split: null, operator: null, function: null, groupings: [], texts: [] });
    const parent = this.#stack.at(-2);
    if (parent?.name === 'BinaryExpr' && (comparing.has(name) || arithmetic.has(name) || Object.hasOwn(operatorNodes, name))) {
      parent.operator = name;
      parent.split = parent.selectors.length;
      const set = operatorNodes[name];
      if (set !== undefined) this.#operators.add(set);
    }
  }

  leave(name: string): void {
    const frame = this.#stack.pop();
    if (frame === undefined) return;
    const parent = this.#stack.at(-1);
    const text = this.#text.slice(frame.from, frame.to);
    switch (name) {
      case 'Identifier':
      case 'QuotedLabelName':
        if (parent?.name === 'LabelMatchers') parent.texts.push(JSON.stringify({ label: '__name__', op: '=', value: unquoted(text) }));
        else parent?.texts.push(unquoted(text));
        break;
      case 'LabelName':
      case 'MatchOp':
      case 'StringLiteral':
        parent?.texts.push(name === 'StringLiteral' ? unquoted(text) : text);
        break;
      case 'UnquotedLabelMatcher':
      case 'QuotedLabelMatcher': {
        const [label = '', op = '=', value = ''] = frame.texts;
        parent?.texts.push(JSON.stringify({ label, op, value }));
        break;
      }
      case 'LabelMatchers':
        parent?.texts.push(...frame.texts.filter((t) => t.startsWith('{')));
        break;
      case 'VectorSelector':
        this.#selector(frame, parent);
        return;
      case 'DurationExpr':
        if (parent?.name === 'MatrixSelector') for (const one of parent.selectors) one.range = text;
        break;
      case 'MatrixSelector':
        if (!frame.selectors.some((s) => s.from === frame.from))
          this.faults.push({ at: frame.from, message: 'a range in brackets stands behind something that is no selector; a subquery has a colon ([7d:])' });
        break;
      case 'Offset':
        for (const one of parent?.selectors ?? []) one.offset = true;
        break;
      case 'FunctionIdentifier':
      case 'AggregateOp':
        if (parent !== undefined) parent.function = text.toLowerCase();
        break;
      case 'GroupingLabels':
        if (parent !== undefined) {
          const last = parent.groupings.at(-1);
          if (last !== undefined) last.labels.push(...frame.texts);
        }
        break;
      case 'By':
      case 'Without':
      case 'On':
      case 'Ignoring':
        parent?.groupings.push({ kind: name.toLowerCase() as 'by', labels: [] });
        break;
      case 'GroupLeft':
      case 'GroupRight':
        parent?.groupings.push({ kind: 'group', labels: [] });
        break;
      case 'AggregateModifier':
      case 'MatchingModifierClause':
        parent?.groupings.push(...frame.groupings);
        return;
      case 'FunctionCall':
      case 'AggregateExpr':
        this.#call(frame);
        break;
      case 'BinaryExpr':
        this.#binary(frame);
        break;
    }
    if (parent !== undefined) {
      parent.selectors.push(...frame.selectors);
      parent.made.push(...frame.made);
      if (name === 'FunctionCallBody') parent.texts.push(...frame.texts);
    }
  }

  #selector(frame: Frame, parent: Frame | undefined): void {
    const matchers: Matcher[] = [];
    let metric: string | null = null;
    for (const text of frame.texts) {
      if (!text.startsWith('{')) metric = text;
      else {
        const matcher = JSON.parse(text) as Matcher;
        if (matcher.label !== '__name__') matchers.push(matcher);
        else if (matcher.op === '=') metric = matcher.value;
      }
    }
    const draft: Draft = { metric, matchers, from: frame.from, to: frame.to, range: null, offset: false, within: [] };
    this.#selectors.push(draft);
    parent?.selectors.push(draft);
  }

  #call(frame: Frame): void {
    for (const one of frame.selectors) one.within.push(frame.function ?? '');
    const [made] = frame.texts;
    if (made !== undefined && (frame.function === 'label_replace' || frame.function === 'label_join' || frame.function === 'count_values'))
      frame.made.push(made);
    for (const { kind, labels } of frame.groupings)
      if (kind === 'by' && labels.length > 0) this.#groupings.push({ kind: 'by', labels, selectors: [...frame.selectors], made: [...frame.made] });
  }

  #binary(frame: Frame): void {
    const split = frame.split ?? frame.selectors.length;
    const [left, right] = [frame.selectors.slice(0, split), frame.selectors.slice(split)];
    if (frame.operator !== null && comparing.has(frame.operator)) this.#comparisons.push({ left, right, from: frame.from, to: frame.to });
    frame.made.push(...frame.groupings.flatMap(({ kind, labels }) => (kind === 'group' ? labels : [])));
    for (const { kind, labels } of frame.groupings) {
      if (kind === 'on' && labels.length > 0)
        for (const selectors of [left, right]) this.#groupings.push({ kind: 'on', labels, selectors, made: [...frame.made] });
    }
  }

  query(): Query {
    return {
      selectors: this.#selectors,
      groupings: this.#groupings,
      comparisons: this.#comparisons,
      operators: [...this.#operators],
      faults: this.faults,
    };
  }
}

/** The text of a literal. Source: prometheus/prometheus util/strutil Unquote: backticks are raw, the others have the escapes of Go. */
function unquoted(text: string): string {
  const quote = text[0];
  if (quote !== '"' && quote !== "'" && quote !== '`') return text;
  const inner = text.slice(1, -1);
  if (quote === '`') return inner;
  return inner.replaceAll(/\\(.)/g, (_, sign: string) => ({ n: '\n', t: '\t', r: '\r' })[sign] ?? sign);
}

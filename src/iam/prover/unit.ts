import { kept } from '../../kernel/memo.ts';
import { formatIp, type IpSet, ipHas, parseIp } from '../../space/ip-set.ts';
import { type Relation, related } from '../operator.ts';
import { type Part, type Pattern, variablesOf } from '../pattern.ts';
import type { Condition } from '../policy.ts';
import { parseMoment, parseNumber } from '../value.ts';
import type { KeyRange } from './region.ts';
import { Union } from './union.ts';

/** A set of texts that conditions and resources speak of: a union of patterns, or a comparison with the points at which its answer may turn. */
export type Unit =
  | { readonly kind: 'text'; readonly union: Union }
  | { readonly kind: 'test'; readonly id: number; readonly test: (value: string) => boolean; readonly points: Points };

export type Points = { readonly family: 'number' | 'date'; readonly at: readonly number[] } | { readonly family: 'address'; readonly at: readonly IpSet[] };

/** A unit or its complement. */
export interface Literal {
  readonly unit: Unit;
  readonly is: boolean;
}

export function holds({ unit, is }: Literal, value: string): boolean {
  return (unit.kind === 'text' ? unit.union.has(value) : unit.test(value)) === is;
}

export function codeOf({ unit, is }: Literal): number {
  return (unit.kind === 'text' ? unit.union.id : unit.id) * 2 + (is ? 1 : 0);
}

/** What patterns match at most and at least; `doubt`: one may have no value. */
export interface Filled {
  readonly most: Unit;
  readonly least: Unit;
  readonly doubt: boolean;
}

const anything: Part = { kind: 'many', of: 'anything' };

/** Makes units, each once: equal lists of patterns are one unit. */
export class Units {
  readonly #known = new Map<string, Unit>();
  /** Units of lists that were asked for before: most are, once for each action. */
  readonly #lists = new Map<readonly Pattern[], Unit>();
  readonly #filled = new Map<object, { readonly byRanges: Map<string, Filled>; readonly keys: readonly string[] }>();
  readonly #compared = new Map<Condition, Unit>();

  /** The union of patterns that hold no variables. */
  text(patterns: readonly Pattern[]): Unit {
    return kept(this.#lists, patterns, () => this.#text(patterns));
  }

  #text(patterns: readonly Pattern[]): Unit {
    const key = JSON.stringify(patterns.map((p) => [p.ignoreCase, p.parts]));
    return this.#kept(key, (id) => ({ kind: 'text', union: new Union(id, patterns) }));
  }

  /**
   * What patterns match at most and at least, with the values that the region fixes in place of variables. A variable whose value is free matches at most
   * anything, at least nothing. One that has no value matches nothing; `doubt` says that there may be one, for its negation is not documented. `from` is whose patterns they are.
   */
  patterns(from: object, patterns: readonly Pattern[], rangeOf: (key: string) => KeyRange): Filled {
    const { byRanges, keys } = kept(this.#filled, from, () => ({ byRanges: new Map(), keys: [...new Set(patterns.flatMap(variablesOf))] }));
    const ranges = keys.length === 0 ? '' : JSON.stringify(keys.map(rangeOf));
    return kept(byRanges, ranges, () => this.#fill(patterns, rangeOf));
  }

  #fill(patterns: readonly Pattern[], rangeOf: (key: string) => KeyRange): Filled {
    if (!patterns.some((p) => p.parts.some((part) => part.kind === 'variable'))) {
      const unit = this.text(patterns);
      return { most: unit, least: unit, doubt: false };
    }
    const most: Pattern[] = [];
    const least: Pattern[] = [];
    let doubt = false;
    for (const pattern of patterns) {
      const filled: Part[] = [];
      let is: 'exact' | 'free' | 'none' = 'exact';
      for (const part of pattern.parts) {
        if (part.kind !== 'variable') {
          filled.push(part);
          continue;
        }
        const range = rangeOf(part.key);
        if (range.kind === 'free') {
          is = is === 'none' ? 'none' : 'free';
          filled.push(anything);
          doubt ||= !range.always && part.otherwise === null;
          continue;
        }
        const value = range.kind === 'fixed' && range.values.length === 1 ? range.values[0] : part.otherwise;
        if (value === null || value === undefined) is = 'none';
        else filled.push({ kind: 'text', text: value });
      }
      if (is === 'none') doubt = true;
      else most.push({ ...pattern, parts: filled });
      if (is === 'exact') least.push({ ...pattern, parts: filled });
    }
    return { most: this.text(most), least: this.text(least), doubt };
  }

  /** The values that a number, date or address operator matches. */
  comparison(condition: Condition): Unit {
    return kept(this.#compared, condition, () => this.#comparison(condition));
  }

  #comparison({ operator, values }: Condition): Unit {
    const key = JSON.stringify([operator.family, operator.relation, values], (_, v: unknown) => (typeof v === 'bigint' ? `${v}n` : v));
    return this.#kept(key, (id) => ({ kind: 'test', id, ...comparisonOf(values, operator.relation) }));
  }

  #kept(key: string, make: (id: number) => Unit): Unit {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const made = make(this.#known.size);
    this.#known.set(key, made);
    return made;
  }
}

function comparisonOf(values: Condition['values'], relation: Relation): { readonly test: (value: string) => boolean; readonly points: Points } {
  const numbers = values.flatMap((v) => (v.kind === 'number' ? [v.number] : []));
  const moments = values.flatMap((v) => (v.kind === 'date' ? [v.moment] : []));
  const blocks = values.flatMap((v) => (v.kind === 'address' ? [v.addresses] : []));
  if (blocks.length > 0) {
    const test = (value: string): boolean => {
      const ip = parseIp(value);
      return ip !== undefined && blocks.some((b) => ipHas(b, ip));
    };
    return { test, points: { family: 'address', at: blocks } };
  }
  const parse = moments.length > 0 ? parseMoment : parseNumber;
  const at = moments.length > 0 ? moments : numbers;
  const test = (value: string): boolean => {
    const x = parse(value);
    return x !== undefined && at.some((y) => related(x, relation, y));
  };
  return { test, points: { family: moments.length > 0 ? 'date' : 'number', at } };
}

/** A number, date or address for every way in which the comparisons can turn out together. */
export function candidates(all: readonly Points[]): readonly string[] {
  const numbers = all.flatMap((p) => (p.family === 'number' ? p.at : []));
  const moments = all.flatMap((p) => (p.family === 'date' ? p.at : []));
  const blocks = all.flatMap((p) => (p.family === 'address' ? p.at : []));
  return [
    ...between(numbers).map(String),
    ...between(moments).map((m) => new Date(m).toISOString()),
    ...(blocks.length === 0 ? [] : ['203.0.113.7', '2001:db8::7', '0.0.0.0', '::', ...blocks.flatMap(edges)]),
  ];
}

/** Each point, one between each two, one before and one after. */
function between(points: readonly number[]): readonly number[] {
  const sorted = [...new Set(points)].sort((a, b) => a - b);
  const [first] = sorted;
  const last = sorted.at(-1);
  if (first === undefined || last === undefined) return [];
  // The step below keeps dates whole seconds where it can.
  const middles = sorted.slice(1).map((b, i) => ((sorted[i] ?? b) + b) / 2);
  return [...sorted, last + 1000, first - 1000, ...middles];
}

/** The first address of each interval, and the first after it. */
function edges({ v4, v6 }: IpSet): readonly string[] {
  return [
    ...v4.flatMap(([low, high]) => [low, ...(high < 2 ** 32 - 1 ? [high + 1] : [])]).map((value) => formatIp({ family: 4, value })),
    ...v6.flatMap(([low, high]) => [low, ...(high < (1n << 128n) - 1n ? [high + 1n] : [])]).map((value) => formatIp({ family: 6, value })),
  ];
}

import { type Effort, findText } from './find-text.ts';
import type { KeyRange } from './region.ts';
import { candidates, codeOf, holds, type Literal, type Units } from './unit.ts';

/**
 * What is asked of one variable: whether it may be absent, and, where it is present, what holds of every value and what of some value each. A key with one
 * value is a list of one. The form is closed under "and"; so is the negation of each single condition.
 */
export interface Constraint {
  readonly absent: boolean;
  readonly every: readonly Literal[];
  readonly some: readonly Literal[];
}

/** Whatever it is. */
export const free: Constraint = { absent: true, every: [], some: [] };
export const present: Constraint = { absent: false, every: [], some: [] };

export function both(a: Constraint, b: Constraint): Constraint {
  return { absent: a.absent && b.absent, every: merged(a.every, b.every), some: merged(a.some, b.some) };
}

function merged(a: readonly Literal[], b: readonly Literal[]): readonly Literal[] {
  if (b.length === 0) return a;
  const known = new Set(a.map(codeOf));
  const more = b.filter((l) => !known.has(codeOf(l)));
  return more.length === 0 ? a : [...a, ...more];
}

/** Whether given values (none: it is absent) do what a constraint asks. */
export function satisfies(values: readonly string[], { absent, every, some }: Constraint): boolean {
  if (values.length === 0) return absent;
  return every.every((l) => values.every((v) => holds(l, v))) && some.every((l) => values.some((v) => holds(l, v)));
}

/** Finds values for variables, and remembers what it found. */
export class Solver {
  readonly #known = new Map<string, readonly string[] | null>();
  readonly #units: Units;
  readonly #effort: Effort;
  /** Searches that were given up; what depends on them is not known. */
  givenUp = 0;

  constructor(units: Units, effort: Effort) {
    this.#units = units;
    this.#effort = effort;
  }

  /** Values that a variable of this range can have under a constraint: an empty list is "absent", null: there are none. `name` tells ranges apart. */
  values(name: string, range: KeyRange, constraint: Constraint): readonly string[] | null {
    if (range.kind === 'never') return constraint.absent ? [] : null;
    if (range.kind === 'fixed') return satisfies(range.values, constraint) ? range.values : null;
    const key = `${name} ${constraint.absent} ${sortedCodes(constraint.every)} ${sortedCodes(constraint.some)}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const found = this.#find(range, constraint);
    this.#known.set(key, found);
    return found;
  }

  #find(range: Extract<KeyRange, { kind: 'free' }>, { absent, every, some }: Constraint): readonly string[] | null {
    if (absent && !range.always) return [];
    const domain: Literal[] = [
      ...(range.range.some === null ? [] : [{ unit: this.#units.text(range.range.some), is: true }]),
      ...(range.range.none.length === 0 ? [] : [{ unit: this.#units.text(range.range.none), is: false }]),
    ];
    if (!range.list || some.length === 0) {
      const one = this.#one([...domain, ...every, ...some]);
      return one === null ? null : [one];
    }
    const all: string[] = [];
    for (const literal of some) {
      if (all.some((v) => holds(literal, v))) continue;
      const one = this.#one([...domain, ...every, literal]);
      if (one === null) return null;
      all.push(one);
    }
    return all;
  }

  #one(literals: readonly Literal[]): string | null {
    const tests = literals.flatMap(({ unit }) => (unit.kind === 'test' ? [unit.points] : []));
    const texts = literals.flatMap(({ unit, is }) => (unit.kind === 'text' && (is || unit.union.patterns.length > 0) ? [{ union: unit.union, is }] : []));
    if (texts.some(({ union, is }) => is && union.patterns.length === 0)) return null;
    if (tests.length > 0) {
      const found = candidates(tests).find((value) => literals.every((l) => holds(l, value)));
      // Text compared as a number, too: the candidates are not all that there is.
      if (found === undefined && texts.length > 0) this.givenUp++;
      return found ?? null;
    }
    const found = findText(
      texts.filter((t) => t.is).map((t) => t.union),
      texts.filter((t) => !t.is).map((t) => t.union),
      this.#effort,
    );
    if (found === undefined) this.givenUp++;
    return found ?? null;
  }
}

function sortedCodes(literals: readonly Literal[]): string {
  return literals
    .map(codeOf)
    .sort((a, b) => a - b)
    .join(',');
}

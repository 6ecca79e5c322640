/**
 * The discrete, ordered line that intervals lie on. `min` and `max` are its inclusive ends.
 * Used for ports (0..65535), ICMP types, IPv4 addresses (numbers) and IPv6 addresses (bigints).
 */
export interface Line<N extends number | bigint> {
  readonly min: N;
  readonly max: N;
  next(point: N): N;
  previous(point: N): N;
}

/** A closed interval [low, high], both ends included. */
export type Interval<N extends number | bigint> = readonly [low: N, high: N];

/**
 * A set of points on a line: sorted, disjoint, non-touching closed intervals. The form is canonical, so equal sets have equal intervals.
 * Immutable. The empty array is the empty set.
 */
export type IntervalSet<N extends number | bigint> = readonly Interval<N>[];

/** The algebra of interval sets over one line. Every operation returns canonical form. */
export class IntervalAlgebra<N extends number | bigint> {
  readonly empty: IntervalSet<N> = [];
  readonly full: IntervalSet<N>;
  readonly #line: Line<N>;

  constructor(line: Line<N>) {
    this.#line = line;
    this.full = [[line.min, line.max]];
  }

  /** The point after this one, which must not be the last. */
  after(point: N): N {
    return this.#line.next(point);
  }

  /** The point before this one, which must not be the first. */
  before(point: N): N {
    return this.#line.previous(point);
  }

  /** Canonical form of any intervals, in any order, overlapping or not; inverted ones (low > high) are empty. */
  of(intervals: Iterable<Interval<N>>): IntervalSet<N> {
    const sorted = Array.from(intervals).filter((i) => i[0] <= i[1]);
    sorted.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
    const merged: [N, N][] = [];
    let last: [N, N] | undefined;
    for (const [low, high] of sorted) {
      if (last !== undefined && (low <= last[1] || low === this.#line.next(last[1]))) {
        if (high > last[1]) last[1] = high;
      } else merged.push((last = [low, high]));
    }
    return merged;
  }

  union(a: IntervalSet<N>, b: IntervalSet<N>): IntervalSet<N> {
    if (a.length === 0) return b;
    if (b.length === 0) return a;
    return this.of([...a, ...b]);
  }

  intersect(a: IntervalSet<N>, b: IntervalSet<N>): IntervalSet<N> {
    const out: Interval<N>[] = [];
    for (let i = 0, j = 0; i < a.length && j < b.length; ) {
      const x = a[i] as Interval<N>;
      const y = b[j] as Interval<N>;
      const low = x[0] > y[0] ? x[0] : y[0];
      const high = x[1] < y[1] ? x[1] : y[1];
      if (low <= high) out.push([low, high]);
      if (x[1] < y[1]) i++;
      else j++;
    }
    return out;
  }

  complement(a: IntervalSet<N>): IntervalSet<N> {
    const out: Interval<N>[] = [];
    let from: N | null = this.#line.min;
    for (const [low, high] of a) {
      if (from !== null && from < low) out.push([from, this.#line.previous(low)]);
      from = high === this.#line.max ? null : this.#line.next(high);
    }
    if (from !== null) out.push([from, this.#line.max]);
    return out;
  }

  subtract(a: IntervalSet<N>, b: IntervalSet<N>): IntervalSet<N> {
    return b.length === 0 || a.length === 0 ? a : this.intersect(a, this.complement(b));
  }

  equal(a: IntervalSet<N>, b: IntervalSet<N>): boolean {
    return a.length === b.length && a.every((x, i) => x[0] === b[i]?.[0] && x[1] === b[i]?.[1]);
  }

  subset(a: IntervalSet<N>, b: IntervalSet<N>): boolean {
    return this.subtract(a, b).length === 0;
  }

  has(a: IntervalSet<N>, point: N): boolean {
    return this.meets(a, [point, point]);
  }

  /** Whether the set and the interval, which must not be inverted, have a point in common. Logarithmic. */
  meets(a: IntervalSet<N>, [low, high]: Interval<N>): boolean {
    // The first interval of the set that does not end before `low`.
    let from = 0;
    for (let to = a.length; from < to; ) {
      const middle = (from + to) >> 1;
      if ((a[middle] as Interval<N>)[1] < low) from = middle + 1;
      else to = middle;
    }
    const found = a[from];
    return found !== undefined && found[0] <= high;
  }
}

/** A line of whole numbers. */
export function numberLine(min: number, max: number): Line<number> {
  return { min, max, next: (n) => n + 1, previous: (n) => n - 1 };
}

/** A line of bigints. */
export function bigintLine(min: bigint, max: bigint): Line<bigint> {
  return { min, max, next: (n) => n + 1n, previous: (n) => n - 1n };
}

/** The value at a quantile of 0 to 1, between two by their distance; 0 for no values. The list must be sorted. */
export function quantile(sorted: readonly number[], q: number): number {
  const at = (sorted.length - 1) * q;
  const [low, high] = [sorted[Math.floor(at)] ?? 0, sorted[Math.ceil(at)] ?? 0];
  return low + (high - low) * (at - Math.floor(at));
}

export function median(values: readonly number[]): number {
  return quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
}

/** Quartiles closer than this are one: intervals in seconds. */
const leastQuartileDistance = 10;

/**
 * How regular values are, 0 to 1: the mean of how symmetric they lie (1 less Bowley's skewness) and how close to their median (median less MAD, by the
 * median). Definition: RITA v5, analysis/beacons (re-implemented from the description, no code taken).
 */
export function regularity(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [q1, q2, q3] = [quantile(sorted, 0.25), quantile(sorted, 0.5), quantile(sorted, 0.75)];
  const skew = q3 - q1 < leastQuartileDistance || q2 === q1 || q2 === q3 ? 0 : (q1 + q3 - 2 * q2) / (q3 - q1);
  const mad = median(values.map((x) => Math.abs(x - q2)));
  const close = q2 <= 0 ? 0 : Math.max(0, (q2 - mad) / q2);
  return (1 - Math.abs(skew) + close) / 2;
}

/** Longest word that suggestions are looked for; anything longer is no typing slip and would only cost time. */
const longest = 64;

/**
 * The candidate that the user most likely meant, or undefined when none is near: at most one slip a three letters (at least one),
 * where swapped neighbours count once and case counts nothing. Ties go to the earlier candidate.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  if (word.length > longest) return undefined;
  let best: { readonly text: string; readonly distance: number } | undefined;
  for (const text of candidates) {
    if (text.length > longest) continue;
    const allowed = Math.max(1, Math.floor(Math.max(word.length, text.length) / 3));
    const distance = slips(word.toLowerCase(), text.toLowerCase());
    if (distance <= allowed && (best === undefined || distance < best.distance)) best = { text, distance };
  }
  return best?.text;
}

/** Optimal string alignment distance: insertions, deletions, replacements and swaps of neighbours. Quadratic in at most 64 letters. */
function slips(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, (beforeLast[j - 2] ?? 0) + 1);
      row.push(least);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

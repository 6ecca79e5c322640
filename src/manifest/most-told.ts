import { kept } from '../kernel/memo.ts';
import type { Diagnostic } from '../kernel/result.ts';

/** Errors, and as many warnings, that are told of one file. Nobody reads more; a file that a program got wrong can hold hundreds of thousands. */
const mostTold = 100;

/** One severity of one file: how many are told, and the first of those that are only counted. */
interface Tally {
  told: number;
  untold: number;
  first: Diagnostic | null;
}

/**
 * The diagnostics with at most 100 errors and 100 warnings a file, in their order; those left out become one diagnostic of the same severity that counts
 * them, where the first of them is. So there is an error afterwards exactly when there was one. Linear.
 */
export function mostTelling(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const tallies = new Map<string, Tally>();
  const out: Diagnostic[] = [];
  for (const d of diagnostics) {
    const tally = kept(tallies, `${d.severity} ${d.origin?.document.file ?? ''}`, () => ({ told: 0, untold: 0, first: null }));
    if (tally.told < mostTold) {
      tally.told++;
      out.push(d);
    } else {
      tally.first ??= d;
      tally.untold++;
    }
  }
  for (const { first, untold } of tallies.values()) if (first !== null) out.push(untold === 1 ? first : rest(first, untold));
  return out;
}

function rest({ severity, origin }: Diagnostic, count: number): Diagnostic {
  return {
    code: 'more-not-told',
    severity,
    message: `${count} more ${severity}s of this file, from here on, are not told.`,
    hint: 'Mend those above first; they are often of one kind.',
    origin,
  };
}

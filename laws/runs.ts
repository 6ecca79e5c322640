/** How often a law is tried: `usual`, or as often as RINGFENCE_FUZZ_RUNS says, for a night of it. */
export function runs(usual: number): number {
  const asked = Number(process.env.RINGFENCE_FUZZ_RUNS ?? '');
  return Number.isInteger(asked) && asked > 0 ? asked : usual;
}

/**
 * fast-check's parameters for a law. The seed is fixed for ordinary runs, so that a red build stays red, and free when RINGFENCE_FUZZ_RUNS asks for more.
 * Another `variant` draws others: a law that is tried under each profile need not see the same clusters each time.
 */
export function trials(usual: number, variant = 0): { numRuns: number; seed?: number; endOnFailure: boolean } {
  const numRuns = runs(usual);
  return { numRuns, endOnFailure: false, ...(numRuns === usual ? { seed: 20_261_123 + variant } : {}) };
}

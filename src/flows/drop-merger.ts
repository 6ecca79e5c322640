/** The two records of one drop come within moments of each other; a sender that tries again waits at least a second (RFC 6298 §2.1). */
const together = 1_000_000_000n;

/** Verdicts that are remembered. */
const mostRemembered = 100_000;

/**
 * A packet that a policy drops is told twice: by the verdict and by the drop (event types 5 and 1 of Cilium's monitor). The second is left out. Of more drops
 * at a time than are remembered, some are counted twice.
 */
export class DropMerger {
  readonly #verdicts = new Map<string, bigint>();

  /** Whether the record tells what an earlier one has told. */
  isSecond(key: string, role: 'verdict' | 'drop', timeNs: bigint): boolean {
    if (role === 'verdict') {
      this.#verdicts.delete(key);
      this.#verdicts.set(key, timeNs);
      if (this.#verdicts.size > mostRemembered) this.#verdicts.delete(this.#verdicts.keys().next().value as string);
      return false;
    }
    const told = this.#verdicts.get(key);
    return told !== undefined && timeNs >= told && timeNs - told < together;
  }
}

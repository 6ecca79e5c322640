/**
 * What the questions to one prover may cost together. Each gets half of what is left, so that many hard ones do not add up: a policy that makes one question
 * hard makes most of them hard. None gets less than easy ones need.
 */
export class Allowance {
  readonly #most: number;
  readonly #least: number;
  #left: number;

  /** `most` and `least` are for one question. */
  constructor({ all, most, least }: { readonly all: number; readonly most: number; readonly least: number }) {
    this.#left = all;
    this.#most = most;
    this.#least = least;
  }

  next(): number {
    return Math.min(this.#most, Math.max(this.#least, Math.floor(this.#left / 2)));
  }

  spend(cost: number): void {
    this.#left = Math.max(0, this.#left - cost);
  }
}

import type { Origin } from '../kernel/origin.ts';
import type { Diagnostic } from '../kernel/result.ts';

/** A part of a manifest. */
export type Plain = Readonly<Record<string, unknown>>;

/** Notes one thing that a language cannot say, at the part of the policy that says it. */
export type Refuse = (origin: Origin, message: string, hint?: string) => void;

/** What a language refuses to say, collected while something is written in it. `language` is how messages call it. */
export class Refusals {
  readonly diagnostics: Diagnostic[] = [];
  readonly #language: string;

  constructor(language: string) {
    this.#language = language;
  }

  readonly refuse: Refuse = (origin, message, hint) => {
    this.diagnostics.push({
      code: 'cannot-say',
      severity: 'error',
      message: `${this.#language} cannot say this: ${message}`,
      ...(hint === undefined ? {} : { hint }),
      origin,
    });
  };
}

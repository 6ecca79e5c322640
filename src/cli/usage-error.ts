/** One thing wrong with a command line: a sentence, and perhaps how to mend it. */
export interface UsageProblem {
  readonly message: string;
  readonly hint?: string;
}

/** Thrown when a command line makes no sense; carries every problem found. Ends in exit code 2. */
export class UsageError extends Error {
  readonly problems: readonly UsageProblem[];

  constructor(problems: readonly UsageProblem[]) {
    super(problems.map((p) => p.message).join('; '));
    this.name = 'UsageError';
    this.problems = problems;
  }
}

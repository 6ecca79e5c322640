/** Thrown when the world stops us (disk full, no permission): `message` is a sentence for people, `hint` what to try. Ends in exit code 3. */
export class UnfinishedError extends Error {
  readonly hint: string | undefined;

  constructor(message: string, hint?: string) {
    super(message);
    this.name = 'UnfinishedError';
    this.hint = hint;
  }
}

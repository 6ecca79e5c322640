/** Thrown when a place to write to makes no sense (a folder for a file, a link that leads away): the user's to mend. Ends in exit code 2. */
export class OutputRefused extends Error {
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.name = 'OutputRefused';
    this.hint = hint;
  }
}

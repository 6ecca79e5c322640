import { type Reader, shown } from '../kernel/reader.ts';
import { nearest } from '../kernel/spelling.ts';

/** Checks that this is an object whose keys are all known; each other key is an error that names the one that was meant. */
export function readElements(at: Reader, what: string, known: readonly string[]): boolean {
  if (!at.expect('an object')) return false;
  for (const key of at.keys()) {
    if (known.includes(key)) continue;
    const meant = nearest(key, known);
    at.field(key).error(
      'unknown-element',
      `${what} has no element ${shown(key)}; IAM refuses the policy.`,
      meant === undefined ? `Elements are ${known.join(', ')}.` : `Did you mean ${meant}?`,
    );
  }
  return true;
}

/** The items of a list, or the one value that stands for a list of one; empty when absent. */
export function oneOrMore(at: Reader): readonly Reader[] {
  return at.kind === 'a list' ? at.each() : at.absent ? [] : [at];
}

/** The texts of a list or of one value; an empty list is an error. */
export function readTexts(at: Reader): readonly { readonly text: string; readonly at: Reader }[] {
  const items = oneOrMore(at);
  if (items.length === 0 && at.present)
    at.error('empty-list', 'This list is empty, so the statement is about nothing; IAM refuses it.', 'Name what is meant, or remove the statement.');
  return items.flatMap((item) => {
    const text = item.string();
    if (text === undefined && item.absent) item.error('wrong-type', `Expected a string, found ${item.describe()}.`);
    return text === undefined ? [] : [{ text, at: item }];
  });
}

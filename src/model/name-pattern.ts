/**
 * Pieces of the expressions that DNS wildcards become: over lower-case names without a trailing dot, linear in the name whatever the wildcard.
 * Languages differ in what a star means; those that agree give the same source, so that a name goes from one to the other exactly or not at all.
 */
const characters = '[-a-z0-9_]';

/** Every name. */
export const anyName: string = `^(?:${characters}+(?:[.]${characters}+)*)?$`;

/** One or more whole labels and the dot after them. */
export const labelsBefore: string = `(?:${characters}+[.])+`;

/** A label in which each run of stars is any run of characters, the empty one included: each literal after a star is taken where it first occurs. */
export function starredLabel(label: string): string {
  return starred(label, characters);
}

/** The same for a whole name, in which stars span dots as well. */
export function starredText(text: string): string {
  return starred(text, '[-a-z0-9_.]');
}

function starred(text: string, any: string): string {
  const literals = text.split(/\*+/).map((literal) => literal.replaceAll('.', '[.]'));
  const [first = ''] = literals;
  if (literals.length === 1) return first;
  const last = literals.at(-1) ?? '';
  const middle = literals.slice(1, -1).map((literal) => `(?:(?!${literal})${any})*${literal}`);
  return `${first}${middle.join('')}${any}*${last}`;
}

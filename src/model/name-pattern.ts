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
  const literals = label.split(/\*+/);
  const [first = ''] = literals;
  if (literals.length === 1) return first;
  const last = literals.at(-1) ?? '';
  const middle = literals.slice(1, -1).map((literal) => `(?:(?!${literal})${characters})*${literal}`);
  return `${first}${middle.join('')}${characters}*${last}`;
}

import type { Command } from './command.ts';

/**
 * What the first words of a command line name. A verb has one word (`scan`) or two (`iam verify`); the first of two is a group, which does nothing alone.
 */
export type Named =
  | { readonly kind: 'verb'; readonly command: Command; readonly rest: readonly string[] }
  | { readonly kind: 'group'; readonly group: string; readonly members: readonly Command[]; readonly rest: readonly string[] }
  | { readonly kind: 'unknown'; readonly word: string };

/** Looks the verb up among `commands`. `words` holds at least one word. */
export function namedBy(words: readonly string[], commands: readonly Command[]): Named {
  const [first = '', second, ...others] = words;
  const single = commands.find((c) => c.name === first);
  if (single !== undefined) return { kind: 'verb', command: single, rest: words.slice(1) };
  const members = commands.filter((c) => groupOf(c) === first);
  if (members.length === 0) return { kind: 'unknown', word: first };
  const member = members.find((c) => c.name === `${first} ${second}`);
  return member === undefined ? { kind: 'group', group: first, members, rest: words.slice(1) } : { kind: 'verb', command: member, rest: others };
}

/** The group of a verb of two words; null: it has one. */
export function groupOf(command: Command): string | null {
  const space = command.name.indexOf(' ');
  return space < 0 ? null : command.name.slice(0, space);
}

/** The second word of a verb of two. */
export function memberWord(command: Command): string {
  return command.name.slice(command.name.indexOf(' ') + 1);
}

/** The words that may stand first: verbs of one word and groups, each once, in the order of `commands`. */
export function firstWords(commands: readonly Command[]): readonly string[] {
  return [...new Set(commands.map((c) => groupOf(c) ?? c.name))];
}

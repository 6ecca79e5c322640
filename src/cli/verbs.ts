import type { Command } from './command.ts';

/**
 * What the first words of a command line name. A verb has one word (`scan`) or two (`iam verify`); the first of two is a group, which does nothing alone.
 */
export type Named =
  | { readonly kind: 'verb'; readonly command: Command; readonly rest: readonly string[] }
  | { readonly kind: 'group'; readonly group: string; readonly members: readonly Command[]; readonly rest: readonly string[] }
  | { readonly kind: 'unknown'; readonly word: string };

/** What loads each verb, by its name. */
export type Loaders = Readonly<Record<string, () => Promise<Command>>>;

/** Looks the verb up. `words` holds at least one word. A verb is loaded alone: to load the others takes longer than many a verb runs. */
export async function namedBy(words: readonly string[], loaders: Loaders): Promise<Named> {
  const [first = '', second, ...others] = words;
  const alone = async (name: string): Promise<Command | undefined> => (Object.hasOwn(loaders, name) ? loaders[name]?.() : undefined);
  const single = await alone(first);
  if (single !== undefined) return { kind: 'verb', command: single, rest: words.slice(1) };
  const member = await alone(`${first} ${second}`);
  if (member !== undefined) return { kind: 'verb', command: member, rest: others };
  const members = (await allOf(loaders)).filter((c) => groupOf(c) === first);
  return members.length === 0 ? { kind: 'unknown', word: first } : { kind: 'group', group: first, members, rest: words.slice(1) };
}

/** Every verb, in the order of the loaders. */
export function allOf(loaders: Loaders): Promise<readonly Command[]> {
  return Promise.all(Object.values(loaders).map((load) => load()));
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

/** What patterns of signatures find, by name. */
const names = ['from', 'host', 'host6', 'port', 'scheme', 'errno'] as const;

/** A pattern whose groups have numbers: those with names make an object of them for each line that fits, which is most of what a match costs. */
export interface NumberedPattern {
  readonly pattern: RegExp;
  /** Where each stands among the groups; -1 where the pattern has none. */
  readonly groups: Readonly<Record<(typeof names)[number], number>>;
}

/** What is escaped, a class, and what opens a group that is kept; its name, where it has one. */
const parts = /\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|\((?:(?!\?)|\?<([A-Za-z0-9]+)>)/g;

/** The same pattern with numbers for names. */
export function withNumbers({ source, flags }: RegExp): NumberedPattern {
  const found: (string | null)[] = [null];
  const plain = source.replaceAll(parts, (part: string, name: string | undefined) => {
    if (!part.startsWith('(')) return part;
    found.push(name ?? null);
    return '(';
  });
  const [from = -1, host = -1, host6 = -1, port = -1, scheme = -1, errno = -1] = names.map((name) => found.indexOf(name));
  return { pattern: new RegExp(plain, flags), groups: { from, host, host6, port, scheme, errno } };
}

/** What a group found; undefined where it found nothing, or the pattern has none. */
export function groupOf(match: RegExpExecArray, group: number): string | undefined {
  return group < 0 ? undefined : match[group];
}

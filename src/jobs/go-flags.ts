import type { Reader } from '../kernel/reader.ts';

/** Words that Go takes for true and false. Source: golang strconv.ParseBool. */
const truths: readonly string[] = ['1', 't', 'T', 'TRUE', 'true', 'True'];
const falsehoods: readonly string[] = ['0', 'f', 'F', 'FALSE', 'false', 'False'];

/** The flags a Go program knows, by name: whether each is a switch, takes a whole number, or any text. */
export type GoFlags = Readonly<Record<string, 'switch' | 'number' | 'text'>>;

/**
 * Arguments as Go's flag package reads them: with one dash or two, values after `=` or as the next argument; it stops at the first that it does not know,
 * and keeps what it read before. Later ones win. What makes it stop is warned about at its place. Source: golang flag FlagSet.parseOne.
 */
export function readGoFlags(at: Reader, flags: GoFlags): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const items = at.each();
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    const word = item?.string();
    if (item === undefined || word === undefined || word.length < 2 || !word.startsWith('-') || word === '--') break;
    const [, dashes = '', rest = ''] = /^(--?)(.*)$/s.exec(word) ?? [];
    const equals = rest.indexOf('=');
    const name = equals < 0 ? rest : rest.slice(0, equals);
    const sort = Object.hasOwn(flags, name) ? flags[name] : undefined;
    const value = equals >= 0 ? rest.slice(equals + 1) : sort === 'switch' ? 'true' : items[++i]?.string();
    if (dashes === '' || sort === undefined || value === undefined || !fits(sort, value)) {
      item.warning(
        'argument-not-read',
        'The plugin cannot read this argument; it ignores it and all that follow.',
        `It knows ${Object.keys(flags).join(', ')}.`,
      );
      break;
    }
    found.set(name, value);
  }
  return found;
}

/** Whether a switch that was read is on. */
export function isOn(value: string | undefined): boolean {
  return value !== undefined && truths.includes(value);
}

function fits(sort: GoFlags[string], value: string): boolean {
  if (sort === 'switch') return truths.includes(value) || falsehoods.includes(value);
  return sort === 'text' || /^[+-]?\d{1,9}$/.test(value);
}

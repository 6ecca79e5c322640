/** The parts of the environment that decide how output looks. */
export interface TerminalFacts {
  readonly isTerminal: boolean;
  /** Width in cells, where the terminal tells. */
  readonly columns: number | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Width of lines that go to a file or a pipe, and the widest that lines get on a terminal: longer ones are hard to read. */
const defaultWidth = 100;
const widest = 140;
const narrowest = 60;

/**
 * Whether to write colour. FORCE_COLOR decides when set (0 and false are no); else any NO_COLOR and TERM=dumb are no; else terminals get colour.
 * Source: no-color.org; the FORCE_COLOR convention as Node reads it.
 */
export function wantsColour({ isTerminal, env }: TerminalFacts): boolean {
  const forced = env.FORCE_COLOR;
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false';
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  return isTerminal && env.TERM !== 'dumb';
}

/** Whether the reader shows UTF-8: not on a dumb terminal, nor where the locale names another encoding. An unset locale counts as UTF-8: logs and pipes are. */
export function showsUnicode({ env }: TerminalFacts): boolean {
  if (env.TERM === 'dumb') return false;
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((value) => value !== undefined && value !== '');
  return locale === undefined || /utf-?8/i.test(locale);
}

/** Line width in cells: what COLUMNS wants, else that of the terminal, else the usual one. Source: POSIX.1-2024, XBD 8.3. */
export function lineWidth({ isTerminal, columns, env }: TerminalFacts): number {
  const wanted = /^[1-9]\d{0,4}$/.test(env.COLUMNS ?? '') ? Number(env.COLUMNS) : isTerminal ? columns : undefined;
  return wanted === undefined || wanted <= 0 ? defaultWidth : Math.max(narrowest, Math.min(widest, wanted));
}

/** Whether a line that rewrites itself may be shown: on a terminal that can, and not in CI. */
export function wantsProgress({ isTerminal, env }: TerminalFacts): boolean {
  return isTerminal && env.TERM !== 'dumb' && (env.CI === undefined || env.CI === '' || env.CI === 'false');
}

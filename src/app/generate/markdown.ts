/** Text that is shown as it is: what Markdown or HTML would read as markup is escaped, line breaks become blanks. */
export function plainText(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').replace(/[\\`*_{}[\]<>|#~@]/g, (sign) => `\\${sign}`);
}

/** A code span. Backticks inside become apostrophes, because a span cannot hold them; bars are escaped for tables. */
export function code(text: string): string {
  return `\`${text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .replaceAll('`', "'")
    .replaceAll('|', '\\|')}\``;
}

/** A table; cells are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('');
}

import { displayWidth, padLeft, padRight } from './width.ts';

/** Rows of cells as aligned lines, two spaces between columns, no trailing spaces. `right` names columns (0-based) to align on the right. */
export function tableLines(rows: readonly (readonly string[])[], options: { readonly indent?: number; readonly right?: readonly number[] } = {}): string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, displayWidth(cell))));
  const margin = ' '.repeat(options.indent ?? 0);
  return rows.map((row) => {
    const cells = row.map((cell, i) => (options.right?.includes(i) === true ? padLeft(cell, widths[i] ?? 0) : padRight(cell, widths[i] ?? 0)));
    return (margin + cells.join('  ')).trimEnd();
  });
}

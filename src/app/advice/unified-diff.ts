/** Lines around a change that a unified diff repeats. Source: POSIX diff -u. */
const context = 3;

/**
 * One change of one file as a unified diff. `lines` is the file cut at line feeds, so that its last entry is empty where the file ends with one. `count` lines from
 * `first` (counted from 0) become `by`.
 */
export function unifiedDiff(
  file: string,
  lines: readonly string[],
  { first, count, by }: { readonly first: number; readonly count: number; readonly by: readonly string[] },
): string {
  const ended = lines.at(-1) === '';
  const length = ended ? lines.length - 1 : lines.length;
  const start = Math.max(0, first - context);
  const end = Math.min(length, first + count + context);
  const [before, after] = [lines.slice(start, first), lines.slice(first + count, end)];
  const mark = (line: string, index: number): string => (index === length - 1 && !ended ? `${line}\n\\ No newline at end of file` : line);
  const body = [
    ...before.map((line) => ` ${line}`),
    ...lines.slice(first, first + count).map((line, i) => mark(`-${line}`, first + i)),
    ...by.map((line, i) => (after.length === 0 && i === by.length - 1 && !ended ? `+${line}\n\\ No newline at end of file` : `+${line}`)),
    ...after.map((line, i) => mark(` ${line}`, first + count + i)),
  ];
  const range = (from: number, size: number): string => `${size === 0 ? from : from + 1},${size}`;
  const size = end - start;
  return `--- ${file}\n+++ ${file}\n@@ -${range(start, size)} +${range(start, size - count + by.length)} @@\n${body.join('\n')}\n`;
}

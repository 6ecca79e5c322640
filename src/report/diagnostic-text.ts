import type { Location } from '../kernel/origin.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { TextContext } from './context.ts';
import { diagnosticPlace, placeText } from './place.ts';
import { visible } from './visible.ts';
import { clip, displayWidth, wrap } from './width.ts';
import { counted, listed } from './words.ts';

/**
 * Diagnostics as a good compiler prints them: place, severity, code and message in a line, then the source line with a caret under the exact
 * characters, then how to mend it. Ends with a count when there is more than one.
 */
export function diagnosticsText(diagnostics: readonly Diagnostic[], context: TextContext): string {
  if (diagnostics.length === 0) return '';
  const blocks = diagnostics.map((d) => diagnosticLines(d, context).join('\n'));
  const errors = diagnostics.filter((d) => d.severity === 'error').length;
  const warnings = diagnostics.length - errors;
  const sums = [...(errors > 0 ? [counted(errors, 'error')] : []), ...(warnings > 0 ? [counted(warnings, 'warning')] : [])];
  return `${[...blocks, ...(diagnostics.length > 1 ? [listed(sums)] : [])].join('\n\n')}\n`;
}

function diagnosticLines(diagnostic: Diagnostic, context: TextContext): string[] {
  const { pen } = context;
  const ink = diagnostic.severity === 'error' ? 'red' : 'yellow';
  const location = diagnosticPlace(diagnostic, context.locator);
  const place = location === null ? '' : `${pen.ink(whereText(location, context), 'bold')}: `;
  const head = `${place}${pen.ink(`${diagnostic.severity}: ${visible(diagnostic.code)}`, ink, 'bold')}: ${visible(diagnostic.message)}`;
  const source =
    location === null
      ? []
      : sourceLines(location.line, location.column, location.endLine === location.line ? location.endColumn : null, location.file, context, ink);
  return [head, ...source, ...hintLines(diagnostic.hint, context)];
}

/** A file that could not be read has no lines: its name alone. */
function whereText(location: Location, { locator }: TextContext): string {
  return locator.line(location.file, 1) === undefined ? visible(location.file) : placeText(location);
}

/** The source line and a caret line. Columns count UTF-16 units, carets count cells, so what stands before is measured as it is printed. */
function sourceLines(line: number, column: number, endColumn: number | null, file: string, context: TextContext, ink: 'red' | 'yellow'): string[] {
  const text = context.locator.line(file, line);
  if (text === undefined || text.trim() === '') return [];
  const { pen } = context;
  const number = String(line);
  const gutter = ' '.repeat(number.length);
  const shown = (part: string): string => visible(part.replaceAll('\t', '  '));
  // A long line (minified JSON) is shown from a little before the fault.
  const from = column > 80 ? column - 40 : 1;
  const before = shown(text.slice(from - 1, column - 1));
  const marked = shown(text.slice(column - 1, endColumn === null ? text.length : endColumn - 1));
  const whole = clip(
    `${from > 1 ? pen.glyphs.more : ''}${shown(text.slice(from - 1, from + 400))}`,
    Math.max(40, pen.style.width - number.length - 4),
    pen.glyphs.more,
  );
  const indent = displayWidth(before) + (from > 1 ? displayWidth(pen.glyphs.more) : 0);
  const carets = Math.max(1, Math.min(displayWidth(marked.trimEnd()), displayWidth(whole) - indent));
  const bar = pen.ink(pen.glyphs.rule, 'dim');
  return [` ${pen.ink(number, 'dim')} ${bar} ${whole}`, ` ${gutter} ${bar} ${' '.repeat(indent)}${pen.ink(pen.glyphs.caret.repeat(carets), ink)}`];
}

function hintLines(hint: string | undefined, { pen }: TextContext): string[] {
  if (hint === undefined) return [];
  const label = 'help: ';
  return wrap(visible(hint), pen.style.width - label.length - 2).map((line, i) => `  ${i === 0 ? pen.ink(label, 'cyan') : ' '.repeat(label.length)}${line}`);
}

import type { Diagnostic } from '../kernel/result.ts';
import type { ExposureReport } from '../model/exposure-report.ts';
import type { TextContext } from './context.ts';
import { exposedLines, more } from './exposed-lines.ts';
import { unreadKinds } from './headline.ts';
import { incompleteLines } from './incomplete-lines.ts';
import { placeOf } from './place.ts';
import { visible } from './visible.ts';
import { wrap } from './width.ts';
import { counted } from './words.ts';

/** So many workloads and loose entries are spelled out; JSON has more. */
const workloadsShown = 40;
const looseShown = 15;

/** Who can be reached from outside, for people: the verdict, then each workload with the ways that lead to it, hop by hop. */
export function exposureText(report: ExposureReport, context: TextContext, diagnostics: readonly Diagnostic[] = []): string {
  const { pen } = context;
  const shown = report.workloads.slice(0, workloadsShown);
  const kinds = unreadKinds(report.unread);
  const sections = [
    [
      ...incompleteLines(diagnostics, context),
      ...wrap(exposureHeadline(report), pen.style.width).map((line) => pen.ink(line, 'bold')),
      pen.ink(`${counted(report.counts.entries, 'entry', 'entries')} ${pen.glyphs.dot} profile ${visible(report.profile)}`, 'dim'),
    ],
    ...shown.map((w) => exposedLines(w, context)),
    more(report.workloads.length - shown.length + report.omitted.workloads, 'workload', context),
    looseLines(report, context),
    kinds === null ? [] : wrap(`Ways in that are not read: ${kinds}`, pen.style.width).map((line) => pen.ink(line, 'yellow')),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** The verdict in a sentence. */
export function exposureHeadline({ counts, workloads }: ExposureReport): string {
  if (counts.entries === 0) return 'Nothing in the input opens a way in from outside';
  if (counts.allowed + counts.unknown === 0)
    return `No workload can be reached from outside through the ${counted(counts.entries, 'entry', 'entries')} of the input`;
  const training = workloads.filter((w) => w.training && w.verdict === 'allowed').length;
  const open =
    counts.allowed === 0 ? '' : `${counted(counts.allowed, 'workload')} can be reached from outside${training > 0 ? `, ${training} of them training` : ''}`;
  const perhaps =
    counts.unknown === 0 ? '' : `${counts.unknown}${open === '' ? ` ${counts.unknown === 1 ? 'workload' : 'workloads'}` : ' more'} cannot be ruled out`;
  return [open, perhaps].filter((part) => part !== '').join('; ');
}

function looseLines(report: ExposureReport, context: TextContext): string[] {
  const { pen, locator } = context;
  if (report.loose.length === 0) return [];
  const shown = report.loose.slice(0, looseShown);
  return [
    `${pen.ink('Loose ends', 'bold')}  entries that lead to no pod of the input`,
    ...shown.flatMap((l) => {
      const place = placeOf(l.origin, locator);
      return wrap(`${visible(l.id)}: ${visible(l.because)}${place === null ? '' : ` (${place})`}`, pen.style.width - 4).map((line, i) =>
        i === 0 ? `  ${line}` : `    ${line}`,
      );
    }),
    ...more(report.loose.length - shown.length + report.omitted.loose, 'loose end', context),
  ];
}

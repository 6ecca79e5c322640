import type { Diagnostic } from '../kernel/result.ts';
import type { ExposedWorkload, ExposurePath, ExposureReport, HopDecision } from '../model/exposure-report.ts';
import type { TextContext } from './context.ts';
import { unreadKinds } from './headline.ts';
import type { Ink } from './pen.ts';
import { placeOf } from './place.ts';
import { incompleteLines } from './scan-text.ts';
import { visible } from './visible.ts';
import { wrap } from './width.ts';
import { counted } from './words.ts';

/** So many workloads, ways to each, and loose entries are spelled out; JSON has more. */
const workloadsShown = 40;
const pathsShown = 8;
const looseShown = 15;

/** So many hosts or paths of one entry are named. */
const namesShown = 4;

const inks: Readonly<Record<HopDecision, Ink>> = { allowed: 'red', unknown: 'yellow', denied: 'green' };
const words: Readonly<Record<HopDecision, string>> = { allowed: 'open', unknown: 'not known', denied: 'shut' };

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
    ...shown.map((w) => [titleLine(w, context), ...wayLines(w.paths, w.omitted, context)]),
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

function titleLine(w: ExposedWorkload, { pen }: TextContext): string {
  const sign = pen.ink(pen.glyphs.bullet, inks[w.verdict]);
  return `${sign} ${pen.ink(visible(w.title), 'bold')}  ${pen.ink(words[w.verdict], inks[w.verdict])}${w.training ? pen.ink('  training', 'dim') : ''}`;
}

/** Ways to one workload: a line for the entry, with its place, then a line for each hop. */
export function wayLines(paths: readonly ExposurePath[], omitted: number, context: TextContext): string[] {
  const shown = paths.slice(0, pathsShown);
  return [...shown.flatMap((path) => pathLines(path, context)), ...more(paths.length - shown.length + omitted, 'way', context)];
}

function pathLines(path: ExposurePath, { pen, locator }: TextContext): string[] {
  const place = placeOf(path.entry.origin, locator);
  const head = `${visible(path.entry.id)}${entryDetails(path)}`;
  const width = pen.style.width;
  const hops = path.hops.flatMap((hop) => {
    const at = hop.origin === null || hop.origin.document.file === '' ? null : placeOf(hop.origin, locator);
    const arrow = hop.decision === 'allowed' ? pen.glyphs.arrow : hop.decision === 'unknown' ? pen.glyphs.maybe : pen.glyphs.blocked;
    const text = `${visible(hop.from)} ${arrow} ${visible(hop.to)}`;
    const why = `${words[hop.decision]}: ${visible(hop.because)}${at === null ? '' : ` (${at})`}`;
    return [
      ...wrap(text, width - 6).map((line, i) => (i === 0 ? `    ${line}` : `      ${line}`)),
      ...wrap(why, width - 8).map((line) => `      ${pen.ink(line, hop.decision === 'denied' ? 'dim' : inks[hop.decision])}`),
    ];
  });
  const gaps = path.gaps
    .slice(0, 3)
    .flatMap((gap) => wrap(`to know: ${visible(gap.text)}; ${visible(gap.mend)}`, width - 6).map((line) => `    ${pen.ink(line, 'dim')}`));
  return [
    ...wrap(head, width - 2).map((line, i) => (i === 0 ? `  ${line}` : `    ${line}`)),
    ...(place === null ? [] : [`    ${pen.ink(`at ${place}`, 'dim')}`]),
    `    ${pen.ink(`to Service ${visible(path.service)}, ${visible(path.ports)}`, 'dim')}`,
    ...hops,
    ...gaps,
  ];
}

/** Hosts, paths, ports and TLS of an entry, in a few words; empty where it says none of these. */
export function entryDetails({ entry }: ExposurePath): string {
  const named = (list: readonly string[]): string =>
    list.slice(0, namesShown).map(visible).join(', ') + (list.length > namesShown ? ` and ${list.length - namesShown} more` : '');
  const parts = [
    ...(entry.kind === 'Service' ? [] : [entry.hosts.length === 0 ? 'any host' : named(entry.hosts)]),
    ...(entry.paths.length === 0 ? [] : [named(entry.paths)]),
    ...(entry.ports === '' ? [] : [entry.ports]),
    ...entry.tls.filter((t) => t !== 'none').map((t) => `TLS ${t}`),
  ];
  return parts.length === 0 ? '' : `: ${parts.join('; ')}`;
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

function more(n: number, what: string, { pen }: TextContext): string[] {
  return n > 0 ? [`  ${pen.ink(`${pen.glyphs.more} ${counted(n, `more ${what}`)} (--format json lists more)`, 'dim')}`] : [];
}

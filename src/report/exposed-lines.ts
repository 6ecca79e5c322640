import type { ExposedWorkload, ExposurePath, HopDecision } from '../model/exposure-report.ts';
import type { TextContext } from './context.ts';
import type { Ink } from './pen.ts';
import { placeOf } from './place.ts';
import { visible } from './visible.ts';
import { wrap } from './width.ts';
import { counted } from './words.ts';

/** So many ways to one workload are spelled out. */
const pathsShown = 8;

/** So many hosts or paths of one entry are named. */
const namesShown = 4;

const inks: Readonly<Record<HopDecision, Ink>> = { allowed: 'red', unknown: 'yellow', denied: 'green' };
const words: Readonly<Record<HopDecision, string>> = { allowed: 'open', unknown: 'not known', denied: 'shut' };

/** A workload that something leads to from outside, with the ways in. */
export function exposedLines(w: ExposedWorkload, context: TextContext): string[] {
  return [titleLine(w, context), ...wayLines(w.paths, w.omitted, context)];
}

function titleLine(w: ExposedWorkload, { pen }: TextContext): string {
  const sign = pen.ink(pen.glyphs.bullet, inks[w.verdict]);
  return `${sign} ${pen.ink(visible(w.title), 'bold')}  ${pen.ink(words[w.verdict], inks[w.verdict])}${w.training ? pen.ink('  training', 'dim') : ''}`;
}

/** Ways to one workload: a line for the entry, with its place, then a line for each hop. */
function wayLines(paths: readonly ExposurePath[], omitted: number, context: TextContext): string[] {
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

/** That a list was cut. */
export function more(n: number, what: string, { pen }: TextContext): string[] {
  return n > 0 ? [`  ${pen.ink(`${pen.glyphs.more} ${counted(n, `more ${what}`)} (--format json lists more)`, 'dim')}`] : [];
}

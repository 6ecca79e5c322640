import type { Origin } from '../kernel/origin.ts';
import { type Finding, type Severity, severities } from '../model/finding.ts';
import type { Ignored } from '../model/ignored.ts';
import type { TextContext } from './context.ts';
import type { Ink } from './pen.ts';
import { placeOf } from './place.ts';
import { visible, visibleLines } from './visible.ts';
import { fold } from './width.ts';
import { counted, listed } from './words.ts';

/** So many findings of one check are spelled out; the rest are listed by place alone. */
const spelledOut = 3;

export const severityInks: Readonly<Record<Severity, readonly Ink[]>> = {
  critical: ['red', 'bold'],
  high: ['red'],
  medium: ['yellow'],
  low: ['cyan'],
  info: ['dim'],
};

/** `2 critical, 1 low`, worst first; empty when there is none. */
export function severityCounts(findings: readonly Finding[]): string {
  return severities
    .map((severity) => [severity, findings.filter((f) => f.severity === severity).length] as const)
    .filter(([, n]) => n > 0)
    .map(([severity, n]) => `${n} ${severity}`)
    .join(', ');
}

/** Findings by severity, then in the order given. */
export function ranked(findings: readonly Finding[]): Finding[] {
  return severities.flatMap((severity) => findings.filter((f) => f.severity === severity));
}

/** The section of findings: a heading with counts, then each check with its findings, worst first. Empty when there is none. */
export function findingLines(findings: readonly Finding[], context: TextContext, title = 'Findings'): string[] {
  if (findings.length === 0) return [];
  const { pen } = context;
  const groups = new Map<string, Finding[]>();
  for (const finding of ranked(findings)) {
    const key = `${finding.severity} ${finding.check}`;
    groups.set(key, [...(groups.get(key) ?? []), finding]);
  }
  const heading = `${pen.ink(title, 'bold')}  ${severityCounts(findings)}`;
  return [heading, ...[...groups.values()].flatMap((group) => ['', ...groupLines(group, context)])];
}

/** Findings that somebody chose to live with, a line each: nothing is hidden in silence. Empty when there is none. */
export function ignoredLines(ignored: readonly Ignored[], context: TextContext): string[] {
  if (ignored.length === 0) return [];
  const { pen } = context;
  const lines = ignored.slice(0, 10).map((i) => {
    const until = i.until === null ? '' : ` (until ${visible(i.until)})`;
    return `  ${pen.glyphs.dot} ${visible(i.finding.check)} at ${placeOf(i.origin, context.locator)}: ${visible(i.reason)}${until}`;
  });
  const rest = ignored.length - lines.length;
  return [`Ignored: ${counted(ignored.length, 'finding')}`, ...lines, ...(rest > 0 ? [`  ${pen.glyphs.more} ${rest} more`] : [])].map((line) =>
    pen.ink(line, 'dim'),
  );
}

function groupLines(group: readonly Finding[], context: TextContext): string[] {
  const [first] = group;
  if (first === undefined) return [];
  const { pen } = context;
  const inks = severityInks[first.severity];
  const times = group.length > 1 ? pen.ink(`  ${group.length} times`, 'dim') : '';
  const lines = [`  ${pen.ink(pen.glyphs.bullet, ...inks)} ${pen.ink(first.severity, ...inks)} ${pen.ink(visible(first.check), 'bold')}${times}`];
  group.slice(0, spelledOut).forEach((finding, i) => {
    // A fix or patch that is the same for the whole group is said once.
    const sameFix = i > 0 && finding.fix === group[i - 1]?.fix && finding.patch === group[i - 1]?.patch;
    lines.push(...oneFinding(finding, !sameFix, context));
  });
  const rest = group.slice(spelledOut);
  if (rest.length > 0) {
    lines.push(`    ${pen.ink(`and ${counted(rest.length, 'more', 'more')}, about ${about(rest)}`, 'dim')}`);
    for (const place of restPlaces(rest, context)) lines.push(`      ${pen.ink(place, 'dim')}`);
  }
  return lines;
}

function about(findings: readonly Finding[]): string {
  const subjects = [...new Set(findings.flatMap((f) => f.subjects))].map(visible);
  if (subjects.length === 0) return 'other places';
  return subjects.length > 4 ? `${subjects.slice(0, 4).join(', ')} and ${subjects.length - 4} more` : listed(subjects);
}

function restPlaces(findings: readonly Finding[], context: TextContext): string[] {
  const places = [...new Set(findings.map((f) => placeOf(f.primary, context.locator)).filter((place) => place !== null))];
  return places.length > 10 ? [...places.slice(0, 10), `${context.pen.glyphs.more} ${counted(places.length - 10, 'more place')}`] : places;
}

function oneFinding(finding: Finding, withFix: boolean, context: TextContext): string[] {
  const { pen } = context;
  const possible = finding.confidence === 'certain' ? '' : ` (${finding.confidence})`;
  const lines = fold(visible(finding.message) + possible, pen.style.width - 4).map((line) => `    ${line}`);
  const at = placeOf(finding.primary, context.locator);
  if (at !== null) lines.push(...fold(at, pen.style.width - 10).map((line, i) => `      ${i === 0 ? pen.ink('at', 'dim') : '  '}  ${line}`));
  const elsewhere = finding.related
    .filter((related) => placeOf(related.origin, context.locator) !== at)
    .map((related) => relatedLines(related, context).join('\n'));
  lines.push(...[...new Set(elsewhere)].slice(0, 5).flatMap((text) => text.split('\n')));
  if (!withFix) return lines;
  const label = 'fix ';
  lines.push(
    ...fold(visible(finding.fix), pen.style.width - 6 - label.length).map(
      (line, i) => `      ${i === 0 ? pen.ink(label, 'green') : ' '.repeat(label.length)}${line}`,
    ),
  );
  if (finding.patch !== undefined) lines.push(...visibleLines(finding.patch.trimEnd()).map((line) => `        ${pen.ink(pen.glyphs.rule, 'dim')} ${line}`));
  return lines;
}

function relatedLines(related: { readonly origin: Origin; readonly message: string }, { pen, locator }: TextContext): string[] {
  const lines = fold(`${placeOf(related.origin, locator)} ${visible(related.message)}`, pen.style.width - 10);
  return lines.map((line, i) => `      ${i === 0 ? pen.ink('see', 'dim') : '   '} ${line}`);
}

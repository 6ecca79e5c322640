import type { Locator } from '../kernel/origin.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { ExposureHop, ExposurePath, ExposureReport } from '../model/exposure-report.ts';
import { diagnosticsMarkdown, incompleteMarkdown } from './diagnostic-markdown.ts';
import { entryDetails } from './exposed-lines.ts';
import { exposureHeadline } from './exposure-text.ts';
import { unreadKinds } from './headline.ts';
import { markdownCode, markdownDetails, markdownTable, markdownText } from './markdown-escape.ts';
import { fitted } from './markdown-fit.ts';
import { placeOf } from './place.ts';

/** Rows of the table of workloads, and of loose ends. */
const rowsShown = 50;

const words: Readonly<Record<ExposureHop['decision'], string>> = { allowed: '**open**', unknown: 'not known', denied: 'shut' };

/** Who can be reached from outside, as a pull-request comment: the verdict, a table, and the ways folded away. */
export function exposureMarkdown(report: ExposureReport, locator: Locator, diagnostics: readonly Diagnostic[] = []): string {
  const kinds = unreadKinds(report.unread);
  const rows = report.workloads
    .slice(0, rowsShown)
    .map((w) => [
      markdownCode(w.title),
      w.training ? 'yes' : '',
      words[w.verdict],
      [...new Set(w.paths.map((p) => p.entry.id))].slice(0, 3).map(markdownCode).join(', '),
    ]);
  const rest = report.workloads.length - rows.length + report.omitted.workloads;
  const loose = report.loose.slice(0, rowsShown).map((l) => `- ${markdownCode(l.id)}: ${markdownText(l.because)}`);
  const blocks: (readonly string[])[] = [
    [
      '## Ringfence exposure',
      '',
      ...incompleteMarkdown(diagnostics),
      `**${markdownText(exposureHeadline(report))}**`,
      '',
      `profile ${markdownCode(report.profile)}`,
    ],
    rows.length === 0 ? [] : [...markdownTable(['Workload', 'Training', 'From outside', 'Through'], rows), ...(rest > 0 ? ['', `_and ${rest} more_`] : [])],
    ...report.workloads.map((w) => markdownDetails(`${markdownCode(w.title)}: ways in`, wayItems(w.paths, locator))),
    loose.length === 0 ? [] : markdownDetails('Entries that lead to no pod of the input', loose),
    diagnosticsMarkdown(diagnostics, locator),
    kinds === null ? [] : [`Ways in that are not read: ${markdownText(kinds)}`],
  ];
  return fitted(blocks);
}

/** Ways as a list, a hop an item. */
export function wayItems(paths: readonly ExposurePath[], locator: Locator): string[] {
  return paths.slice(0, rowsShown).flatMap((path) => {
    const place = placeOf(path.entry.origin, locator);
    return [
      `- ${markdownCode(path.entry.id)}${markdownText(entryDetails(path))}${place === null ? '' : ` (${markdownCode(place)})`}`,
      ...path.hops.map((hop) => `  - ${markdownText(hop.from)} → ${markdownText(hop.to)}: ${words[hop.decision]}; ${markdownText(hop.because)}`),
    ];
  });
}

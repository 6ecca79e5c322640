import type { Locator } from '../kernel/origin.ts';
import type { ChangedObject, DiffReport, TrafficChange, UndecidedTraffic } from '../model/diff-report.ts';
import { gapsOf } from './diff-findings.ts';
import { diffHeadline } from './diff-text.ts';
import { markdownCode, markdownDetails, markdownTable, markdownText } from './markdown-escape.ts';
import { fitted } from './markdown-fit.ts';
import { placeOf } from './place.ts';
import { packetMarkdown } from './verdict-markdown.ts';

/** Rows of one table; the rest are in the JSON report. */
const rowsShown = 50;

/** A comparison as a pull-request comment: what was gained, what was lost, then what came and went. */
export function diffMarkdown(report: DiffReport, locator: Locator): string {
  const { before, after } = report;
  const profiles = before.profile === after.profile ? markdownCode(before.profile) : `${markdownCode(before.profile)}, then ${markdownCode(after.profile)}`;
  return fitted([
    [`## Ringfence: ${markdownText(diffHeadline(report))}`, '', `Profile ${profiles}.`],
    changeTable(
      'Gained',
      '🟥',
      report.changes.filter((c) => c.effect === 'gained'),
      locator,
    ),
    changeTable(
      'Lost',
      '🟧',
      report.changes.filter((c) => c.effect === 'lost'),
      locator,
    ),
    undecidedTable(report.undecided, locator),
    objectDetails('Filters above layer 4', report.filters, locator),
    objectDetails('Policies', report.policies, locator),
    objectDetails('Workloads', report.workloads, locator),
    markdownDetails(
      'What this rests on',
      report.assumptions.map((a) => `- ${markdownText(a)}`),
    ),
  ]);
}

function changeTable(title: string, sign: string, changes: readonly TrafficChange[], locator: Locator): string[] {
  if (changes.length === 0) return [];
  const rest = changes.length - rowsShown;
  const rows = changes
    .slice(0, rowsShown)
    .map((c) => [
      c.certainty === 'certain' ? sign : '❔',
      markdownText(c.from.summary),
      markdownText(c.to.summary),
      markdownCode(c.ports),
      `${c.before} → ${c.after}`,
      [...c.causes.map((cause) => causeCell(cause, locator)), `as in ${packetMarkdown(c.example.packet)}`].join('<br>'),
    ]);
  return [`### ${title}`, '', ...markdownTable(['', 'From', 'To', 'Ports', 'Change', 'Because'], rows), ...(rest > 0 ? ['', `_and ${rest} more_`] : [])];
}

function undecidedTable(undecided: readonly UndecidedTraffic[], locator: Locator): string[] {
  if (undecided.length === 0) return [];
  const rest = undecided.length - rowsShown;
  const rows = undecided.slice(0, rowsShown).map((u) => [
    '❔',
    markdownText(u.from.summary),
    markdownText(u.to.summary),
    markdownCode(u.ports),
    gapsOf(u)
      .map((g) => markdownText(g.text))
      .join('<br>'),
    [...u.causes.map((cause) => causeCell(cause, locator)), `as in ${packetMarkdown(u.example.packet)}`].join('<br>'),
  ]);
  return [
    '### Cannot be told',
    '',
    'Unknown on both sides, and rules about it differ.',
    '',
    ...markdownTable(['', 'From', 'To', 'Ports', 'Not known', 'Because'], rows),
    ...(rest > 0 ? ['', `_and ${rest} more_`] : []),
  ];
}

function causeCell(cause: TrafficChange['causes'][number], locator: Locator): string {
  const place = placeOf(cause.origin, locator);
  return `${markdownText(cause.text)}${place === null ? '' : ` ${markdownCode(place)}`}`;
}

function objectDetails(title: string, objects: readonly ChangedObject[], locator: Locator): string[] {
  if (objects.length === 0) return [];
  const items = objects.slice(0, rowsShown).map((o) => {
    const place = placeOf(o.origin, locator);
    return `- ${o.how}: ${markdownCode(o.title)}${place === null ? '' : ` ${markdownCode(place)}`}`;
  });
  const rest = objects.length - rowsShown;
  return markdownDetails(`${title} that came, went or changed: ${objects.length}`, [...items, ...(rest > 0 ? [`- and ${rest} more`] : [])]);
}

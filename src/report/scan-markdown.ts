import type { Locator } from '../kernel/origin.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { Passage, ScanReport, TrainingWorkload } from '../model/scan-report.ts';
import { cloudMarkdown } from './cloud-markdown.ts';
import { diagnosticsMarkdown, incompleteMarkdown } from './diagnostic-markdown.ts';
import { wayItems } from './exposure-markdown.ts';
import { fabricMarkdown } from './fabric.ts';
import { fabricReachMarkdown } from './fabric-way.ts';
import { findingBlocks } from './finding-markdown.ts';
import { passagePorts, scanHeadline, unreadKinds } from './headline.ts';
import { markdownCode, markdownDetails, markdownTable, markdownText } from './markdown-escape.ts';
import { fitted } from './markdown-fit.ts';
import { stagedMarkdown } from './staged.ts';
import { counted } from './words.ts';

/** Rows of one passage table. */
const rowsShown = 30;

/** A scan as a pull-request comment: verdict, a table of training workloads, findings, then the details folded away. */
export function scanMarkdown(report: ScanReport, locator: Locator, diagnostics: readonly Diagnostic[] = []): string {
  const { counts } = report;
  const facts = [
    counted(counts.workloads, 'workload'),
    counted(counts.pods, 'pod'),
    counted(counts.services, 'service'),
    counted(counts.policies, 'policy', 'policies'),
  ];
  const kinds = unreadKinds(report.unread);
  const blocks: (readonly string[])[] = [
    [
      '## Ringfence scan',
      '',
      ...incompleteMarkdown(diagnostics),
      `**${markdownText(scanHeadline(report))}**`,
      '',
      `${facts.join(', ')}; profile ${markdownCode(report.profile)}`,
    ],
    report.training.length === 0 ? [] : summaryTable(report.training, report.omitted.training),
    cloudMarkdown(report.cloud ?? []),
    fabricReachMarkdown(report.infiniband ?? [], locator),
    outsideTable(report, locator),
    ...findingBlocks(report.findings, locator),
    ...report.training.map((w) => workloadDetails(w, locator)),
    diagnosticsMarkdown(diagnostics, locator),
    stagedMarkdown(report.staged, 'They decide nothing until they are promoted.'),
    kinds === null ? [] : [`Not read: ${markdownText(kinds)}`],
    report.assumptions.length === 0
      ? []
      : markdownDetails(
          'What this rests on',
          report.assumptions.map((a) => `- ${markdownText(a)}`),
        ),
  ];
  return fitted(blocks);
}

/** Training workloads that something leads to from outside, with the ways in. */
function outsideTable({ exposed, omitted }: ScanReport, locator: Locator): string[] {
  if (exposed.length === 0) return [];
  const shown = exposed.slice(0, rowsShown);
  const items = shown.flatMap((w) => [`- ${markdownCode(w.title)}`, ...wayItems(w.paths, locator).map((line) => `  ${line}`)]);
  const rest = exposed.length - shown.length + omitted.exposed;
  return ['### Reachable from outside', '', ...items, ...(rest > 0 ? ['', `_and ${rest} more_`] : [])];
}

function summaryTable(training: readonly TrainingWorkload[], omitted: number): string[] {
  const rows = training
    .slice(0, rowsShown)
    .map((w) => [
      markdownCode(w.title),
      `${w.podsWithin.allowed} of ${w.podsWithin.total}${w.podsWithin.unknown > 0 ? `, ${w.podsWithin.unknown} not known` : ''}`,
      answer(w.reaches, 'metadata'),
      answer(w.reaches, 'internet'),
      w.ungoverned.length === 0 ? 'none' : w.ungoverned.map((u) => u.kind).join(', '),
    ]);
  const rest = training.length - rows.length + omitted;
  return [
    ...markdownTable(['Training workload', 'Pods within reach', 'Metadata service', 'Internet', 'Ungoverned paths'], rows),
    ...(rest > 0 ? ['', `_and ${rest} more_`] : []),
  ];
}

function answer(reaches: readonly Passage[], kind: Passage['party']['kind']): string {
  const passages = reaches.filter((p) => p.party.kind === kind);
  return passages.some((p) => p.certainty === 'allowed') ? '**reachable**' : passages.length > 0 ? 'not known' : 'no';
}

function workloadDetails(w: TrainingWorkload, locator: Locator): string[] {
  const passages = (title: string, list: readonly Passage[], omitted: number): string[] => {
    if (list.length === 0) return [`${title}: nothing`, ''];
    const rows = list
      .slice(0, rowsShown)
      .map((p) => [markdownCode(p.party.title), markdownCode(passagePorts(p, false)), p.certainty === 'allowed' ? 'allowed' : 'not known']);
    return [
      ...markdownTable([title, 'Ports', 'Verdict'], rows),
      ...(list.length + omitted > rows.length ? ['', `_and ${list.length + omitted - rows.length} more_`] : []),
      '',
    ];
  };
  const rings = w.blastRadius
    .filter((ring) => ring.count > 0)
    .map(
      (ring) =>
        `- ${ring.hop === 1 ? 'directly' : `after ${ring.hop} hops`}: ${ringText(
          ring.reached.map((r) => (r.fabric === true ? `${r.party.title} (${r.ports})` : r.party.title)),
          ring.count,
        )}`,
    );
  const ungoverned = w.ungoverned
    .filter((u) => u.kind !== 'rdma-device' && u.kind !== 'secondary-interface')
    .map((u) => `- ${u.kind}: ${markdownText(u.text)}`);
  const body = [
    ...passages('Reaches', w.reaches, w.omitted.reaches),
    ...passages('Reached by', w.reachedBy, w.omitted.reachedBy),
    ...fabricMarkdown(w.fabric, locator),
    ...(rings.length === 0 ? [] : ['Blast radius:', '', ...rings, '']),
    ...(ungoverned.length === 0 ? [] : ['Ungoverned paths:', '', ...ungoverned, '']),
  ];
  return markdownDetails(`${markdownCode(w.title)} in detail`, body.slice(0, -1));
}

function ringText(titles: readonly string[], count: number): string {
  const shown = titles.slice(0, 12).map(markdownCode).join(', ');
  return count > Math.min(12, titles.length) ? `${shown} and ${count - Math.min(12, titles.length)} more` : shown;
}

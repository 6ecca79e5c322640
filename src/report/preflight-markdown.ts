import type { Locator } from '../kernel/origin.ts';
import type { Diagnostic } from '../kernel/result.ts';
import { type JobPreflight, type PathStatus, type PreflightReport, wouldRun } from '../model/preflight-report.ts';
import { adviceMarkdown } from './advice-markdown.ts';
import { diagnosticsMarkdown, incompleteMarkdown } from './diagnostic-markdown.ts';
import { findingBlocks } from './finding-markdown.ts';
import { markdownCode, markdownDetails, markdownFence, markdownTable, markdownText } from './markdown-escape.ts';
import { fitted } from './markdown-fit.ts';
import { preflightHeadline } from './preflight-text.ts';
import { packetMarkdown, verdictMarkdown } from './verdict-markdown.ts';
import { visibleLines } from './visible.ts';

const signs: Readonly<Record<PathStatus, string>> = { open: '✅', blocked: '❌', unknown: '❔' };

/** Whether each job would run, as a pull-request comment: a table of paths, a folded block for each that is shut, and the patch. */
export function preflightMarkdown(report: PreflightReport, locator: Locator, diagnostics: readonly Diagnostic[]): string {
  const foot = markdownDetails('What this rests on', [
    `Profile ${markdownCode(report.profile)}.`,
    '',
    ...report.assumptions.map((a) => `- ${markdownText(a)}`),
  ]);
  return fitted([...report.jobs.flatMap((job) => jobBlocks(job, locator, diagnostics)), diagnosticsMarkdown(diagnostics, locator), foot]);
}

function jobBlocks(job: JobPreflight, locator: Locator, diagnostics: readonly Diagnostic[]): string[][] {
  const shut = job.paths.filter((p) => p.status !== 'open');
  return [
    [
      `## ${wouldRun(job) ? '✅' : '❌'} ${markdownCode(job.title)} ${markdownText(preflightHeadline(job))}`,
      ...incompleteMarkdown(diagnostics).flatMap((line) => (line === '' ? [] : ['', line])),
    ],
    markdownTable(
      ['', 'Path', 'From', 'To', 'Ports'],
      job.paths.map((p) => [signs[p.status], markdownText(p.title), markdownText(p.from), markdownText(p.to), markdownText(p.ports)]),
    ),
    ...shut.map((path) => {
      const [witness] = path.witnesses;
      const packet =
        witness === undefined ? [] : ['', packetMarkdown(witness.packet), '', markdownText(witness.story), '', ...verdictMarkdown(witness.verdict, locator)];
      return markdownDetails(`${signs[path.status]} ${markdownText(path.title)}`, [
        `Needed because: ${markdownText(path.because)} (${markdownText(path.source)}).`,
        ...path.reasons.flatMap((reason) => ['', markdownText(reason)]),
        ...packet,
        ...(path.advice === null ? [] : adviceMarkdown(path.advice, locator)),
      ]);
    }),
    ...(job.patch === null
      ? []
      : [
          [
            '**A patch that opens what is blocked:**',
            '',
            ...markdownFence(visibleLines(job.patch.edits.map((e) => (e.manifest ?? '').trimEnd()).join('\n---\n')), 'yaml'),
            '',
            ...(job.patch.also.length === 0 ? ['It changes nothing else.'] : job.patch.also.slice(0, 10).map((text) => `- also ${markdownText(text)}`)),
          ],
        ]),
    ...findingBlocks(job.problems, locator),
  ];
}

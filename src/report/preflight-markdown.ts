import type { Locator } from '../kernel/origin.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { Finding } from '../model/finding.ts';
import type { Ignored } from '../model/ignored.ts';
import { type JobPreflight, type PathStatus, type PreflightReport, wouldRun } from '../model/preflight-report.ts';
import { adviceMarkdown, patchMarkdown } from './advice-markdown.ts';
import { diagnosticsMarkdown, incompleteMarkdown } from './diagnostic-markdown.ts';
import { findingBlocks } from './finding-markdown.ts';
import { markdownCode, markdownDetails, markdownTable, markdownText } from './markdown-escape.ts';
import { fitted } from './markdown-fit.ts';
import { stoppingFindings } from './preflight-findings.ts';
import { besideRunning, preflightHeadline } from './preflight-text.ts';
import { packetMarkdown, verdictMarkdown } from './verdict-markdown.ts';
import { counted } from './words.ts';

/** Known findings that are listed. */
const knownShown = 10;

const signs: Readonly<Record<PathStatus, string>> = { open: '✅', blocked: '❌', unknown: '❔' };

/** Whether each job would run, as a pull-request comment: a table of paths, a folded block for each that is shut, and the patch. */
export function preflightMarkdown(report: PreflightReport, locator: Locator, diagnostics: readonly Diagnostic[], known: readonly Ignored[] = []): string {
  const foot = markdownDetails('What this rests on', [
    `Profile ${markdownCode(report.profile)}.`,
    '',
    ...report.assumptions.map((a) => `- ${markdownText(a)}`),
  ]);
  const excused = new Set(known.map(({ finding }) => keyOf(finding)));
  const blocks = report.jobs.flatMap((job) => {
    const stopping = stoppingFindings({ ...report, jobs: [job] });
    return jobBlocks(job, { locator, diagnostics, stopping: stopping.length, excused: stopping.filter((f) => excused.has(keyOf(f))).length });
  });
  return fitted([...blocks, knownBlock(known), diagnosticsMarkdown(diagnostics, locator), foot]);
}

/** Where a job stands: how many findings stop it, and how many of those the baseline knows. */
interface Told {
  readonly locator: Locator;
  readonly diagnostics: readonly Diagnostic[];
  readonly stopping: number;
  readonly excused: number;
}

function keyOf({ check, subjects, message }: Finding): string {
  return JSON.stringify([check, subjects, message]);
}

/** What the baseline knows, so that the comment says why the run does not fail. */
function knownBlock(known: readonly Ignored[]): string[] {
  if (known.length === 0) return [];
  const items = known.slice(0, knownShown).map(({ finding }) => `- ${markdownCode(finding.check)} ${markdownText(finding.message)}`);
  const rest = known.length - items.length;
  return markdownDetails(`Known from the baseline: ${counted(known.length, 'finding')}`, [...items, ...(rest > 0 ? [`- and ${rest} more`] : [])]);
}

function jobBlocks(job: JobPreflight, { locator, diagnostics, stopping, excused }: Told): string[][] {
  const accepted = !wouldRun(job) && stopping > 0 && excused === stopping;
  const shut = job.paths.filter((p) => p.status !== 'open');
  return [
    [
      `## ${wouldRun(job) ? '✅' : accepted ? '☑️' : '❌'} ${markdownCode(job.title)} ${markdownText(preflightHeadline(job))}`,
      ...(excused === 0
        ? []
        : [
            '',
            `${accepted ? 'All' : `${excused} of ${stopping}`} of what stops it is known from the baseline${accepted ? ': it does not fail this run' : ''}.`,
          ]),
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
            ...patchMarkdown(job.patch),
            '',
            ...(job.patch.also.length === 0 ? ['It changes nothing else.'] : job.patch.also.slice(0, 10).map((text) => `- also ${markdownText(text)}`)),
            ...(job.patch.also.length > 10 ? [`- and ${counted(job.patch.also.length - 10, 'more change')}`] : []),
          ],
        ]),
    ...findingBlocks(job.problems, locator),
    ...findingBlocks(job.security, locator, besideRunning),
  ];
}

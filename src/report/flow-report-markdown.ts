import type { Locator } from '../kernel/origin.ts';
import type { FlowReport } from '../model/flow-report.ts';
import { findingBlocks } from './finding-markdown.ts';
import { coverageSentences, flowHeadline, grouped } from './flow-words.ts';
import { markdownText } from './markdown-escape.ts';
import { fitted } from './markdown-fit.ts';

/** An answer about flows for a pull request or a ticket. */
export function flowReportMarkdown(report: FlowReport, locator: Locator): string {
  const gaps = report.cannotTell.map((g) => `- ${markdownText(g.what)}${g.count > 0 ? `: ${grouped(g.count)}` : ''}. ${markdownText(g.mend)}`);
  return fitted([
    [`## ${markdownText(flowHeadline(report))}`, '', ...coverageSentences(report.coverage).map((l) => `- ${markdownText(l)}`)],
    ...findingBlocks(report.findings, locator),
    ...(gaps.length === 0 ? [] : [['### Cannot be told', '', ...gaps]]),
    report.notes.map((n) => `_${markdownText(n)}_  `),
  ]);
}

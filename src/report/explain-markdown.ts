import type { Locator } from '../kernel/origin.ts';
import type { Explanation } from '../model/explanation.ts';
import { adviceMarkdown } from './advice-markdown.ts';
import { markdownCode, markdownText } from './markdown-escape.ts';
import { fitted } from './markdown-fit.ts';
import { protocolText } from './party-text.ts';
import { stagedMarkdown } from './staged.ts';
import { verdictMarkdown } from './verdict-markdown.ts';

/** An explanation as Markdown: the answer, then a table of steps for each packet. */
export function explainMarkdown(explanation: Explanation, locator: Locator): string {
  const head = [`## ${markdownText(explanation.asked)}: ${explanation.verdict}`, '', `Profile ${markdownCode(explanation.profile)}.`];
  const answers = explanation.answers.map((a) => [
    `${markdownCode(a.from)} → ${markdownCode(a.to)} on ${markdownCode(protocolText(a.packet))}: **${a.verdict.decision}**`,
    '',
    markdownText(a.tierWalk),
    '',
    ...(a.note === null ? [] : [markdownText(a.note), '']),
    ...verdictMarkdown(a.verdict, locator),
    ...(a.advice === null || a.verdict.decision === 'unknown' ? [] : adviceMarkdown(a.advice, locator)),
  ]);
  const staged =
    explanation.staged === null
      ? []
      : stagedMarkdown(explanation.staged.policies, `They decide nothing until they are promoted; then: ${explanation.staged.verdict}.`);
  return fitted([head, ...answers, staged]);
}

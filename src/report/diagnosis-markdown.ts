import type { Locator } from '../kernel/origin.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import { adviceMarkdown, patchMarkdown } from './advice-markdown.ts';
import { diagnosisHeadline, firstText } from './diagnosis-text.ts';
import { markdownCode, markdownDetails, markdownFence, markdownText } from './markdown-escape.ts';
import { fitted } from './markdown-fit.ts';
import { packetMarkdown, verdictMarkdown } from './verdict-markdown.ts';
import { visibleLines } from './visible.ts';

/** A diagnosis as a comment: the answer, then each cause with its lines, its packet and its mend. */
export function diagnosisMarkdown(diagnosis: Diagnosis, locator: Locator): string {
  const causes = diagnosis.causes.map((cause, i) => [
    `### ${i + 1}. ${markdownText(cause.title)} (${cause.likelihood})`,
    '',
    ...cause.quotes.flatMap((q) => [
      `${markdownCode(`${q.file}:${q.line}`)}${q.count > 1 ? `, ${q.count} times` : ''}`,
      '',
      ...markdownFence(visibleLines(q.text), ''),
      '',
    ]),
    ...(cause.first === null ? [] : [`- ${markdownText(firstText(cause.first))}`]),
    ...cause.because.map((text) => `- ${markdownText(text)}`),
    '',
    `**Fix.** ${markdownText(cause.fix)}`,
    ...(cause.patch === null ? [] : ['', ...patchMarkdown(cause.patch)]),
    ...(cause.advice === null ? [] : adviceMarkdown(cause.advice, locator)),
    ...(cause.witness === null
      ? []
      : ['', ...markdownDetails('What the policies say', [packetMarkdown(cause.witness.packet), '', ...verdictMarkdown(cause.witness.verdict, locator)])]),
  ]);
  const passed = diagnosis.passed.map(({ title, quotes: [quote], means, by }) => {
    const at = quote === undefined ? '' : ` (${markdownCode(`${quote.file}:${quote.line}`)})`;
    return `- Passed: ${markdownText(title)}${at}; afterwards ${markdownText(means)}: ${markdownCode(`${by.file}:${by.line}`)}`;
  });
  return fitted([[`## ${markdownText(diagnosisHeadline(diagnosis))}`], ...causes, ...(passed.length === 0 ? [] : [passed])]);
}

import type { FlowFinding, FlowReport } from '../model/flow-report.ts';
import type { TextContext } from './context.ts';
import { severityInks } from './finding-text.ts';
import { coverageSentences, flowHeadline, grouped } from './flow-words.ts';
import { placeOf } from './place.ts';
import { visible, visibleLines } from './visible.ts';
import { wrap } from './width.ts';
import { counted } from './words.ts';

/** Findings of one check that are spelled out, and rows of other lists; JSON has all. */
const spelledOut = 5;
const talliesShown = 8;

/** An answer about flows on one page: the answer, what it stands on, findings worst first, and what cannot be told. */
export function flowReportText(report: FlowReport, context: TextContext): string {
  const { pen } = context;
  const width = pen.style.width;
  const dim = (text: string): string[] => wrap(visible(text), width - 2).map((l) => `  ${pen.ink(l, 'dim')}`);
  const head = [...wrap(visible(flowHeadline(report)), width).map((l) => pen.ink(l, 'bold')), ...coverageSentences(report.coverage).flatMap(dim)];
  const tallies = report.tallies.slice(0, talliesShown).map((t) => `${t.name} ${grouped(t.count)}`);
  const rest = report.tallies.length - tallies.length;
  const counts = tallies.length === 0 ? [] : dim(`Flows: ${tallies.join('; ')}${rest > 0 ? `; ${rest} more` : ''}`);
  const checks = [...new Set(report.findings.map((f) => f.check))];
  const groups = checks.map((check) =>
    groupLines(
      report.findings.filter((f) => f.check === check),
      context,
    ).join('\n'),
  );
  const gaps = report.cannotTell.flatMap((gap) => [
    ...wrap(`${visible(gap.what)}${gap.count > 0 ? `: ${grouped(gap.count)}` : ''}`, width - 4).map((l, i) => `  ${i === 0 ? pen.glyphs.undecided : ' '} ${l}`),
    ...wrap(visible(gap.mend), width - 4).map((l) => `    ${pen.ink(l, 'dim')}`),
  ]);
  const foot = [
    ...(report.profile === null
      ? []
      : [`Judged under profile ${report.profile}; rests on its ${counted(report.assumptions.length, 'assumption')}, which --format json spells out.`]),
    ...report.notes,
  ].flatMap((t) => wrap(visible(t), width).map((l) => pen.ink(l, 'dim')));
  const sections = [
    [...head, ...counts].join('\n'),
    ...groups,
    ...(gaps.length === 0 ? [] : [[pen.ink('Cannot be told', 'bold'), ...gaps].join('\n')]),
    foot.join('\n'),
  ];
  return `${sections.filter((s) => s !== '').join('\n\n')}\n`;
}

function groupLines(group: readonly FlowFinding[], context: TextContext): string[] {
  const { pen } = context;
  const [first] = group;
  if (first === undefined) return [];
  const inks = severityInks[first.severity];
  const times = group.length > 1 ? pen.ink(`  ${group.length} times`, 'dim') : '';
  const shown = group.slice(0, spelledOut);
  const lines = [`${pen.ink(pen.glyphs.bullet, ...inks)} ${pen.ink(first.severity, ...inks)} ${pen.ink(visible(first.check), 'bold')}${times}`];
  for (const [i, finding] of shown.entries()) lines.push(...findingLines(finding, finding.fix !== shown[i + 1]?.fix, context));
  if (group.length > shown.length) lines.push(`  ${pen.ink(`and ${group.length - shown.length} more`, 'dim')}`);
  return lines;
}

function findingLines(finding: FlowFinding, withFix: boolean, context: TextContext): string[] {
  const { pen } = context;
  const width = pen.style.width;
  const sure = finding.confidence === 'certain' ? '' : ` (${finding.confidence})`;
  const lines = wrap(visible(finding.message) + sure, width - 2).map((l) => `  ${l}`);
  for (const sample of finding.samples.slice(0, 2))
    lines.push(...wrap(visible(sample), width - 6).map((l) => `    ${pen.ink(`${pen.glyphs.rule} ${l}`, 'dim')}`));
  for (const { origin, message } of finding.related.slice(0, 4))
    lines.push(`    ${pen.ink('see', 'dim')} ${placeOf(origin, context.locator) ?? ''} ${visible(message)}`);
  if (withFix) lines.push(...wrap(visible(finding.fix), width - 8).map((l, i) => `    ${i === 0 ? pen.ink('fix', 'green') : '   '} ${l}`));
  if (finding.patch !== undefined) lines.push(...visibleLines(finding.patch.trimEnd()).map((l) => `      ${pen.ink(l, 'cyan')}`));
  return lines;
}

import type { Cause, Diagnosis, FirstSeen, Likelihood, Passed } from '../model/diagnosis.ts';
import { adviceLines } from './advice-text.ts';
import { assumptionLines } from './assumption-text.ts';
import type { TextContext } from './context.ts';
import type { Ink } from './pen.ts';
import { journeyLines, ruleLines } from './verdict-text.ts';
import { visible, visibleLines } from './visible.ts';
import { displayWidth, fold } from './width.ts';
import { counted } from './words.ts';

const inks: Readonly<Record<Likelihood, readonly Ink[]>> = { certain: ['red', 'bold'], likely: ['yellow', 'bold'], possible: ['cyan'] };

/** Causes that are spelled out; those that follow from others, and the rest, are a line each. */
const spelledOut = 3;

/** Causes that are a line each; more are counted. */
const mostListed = 20;

/** Assumptions that stand below; more are counted, so that the answer stays on one screen. */
const mostAssumptions = 3;

/** The answer in a sentence. */
export function diagnosisHeadline({ verdict, causes, passed, logs }: Diagnosis): string {
  const [first] = causes;
  switch (verdict) {
    case 'nothing':
      return passed.length > 0
        ? 'Nothing is wrong any more: what failed at first went on later.'
        : `No line of ${counted(logs.length, 'log')} says that something could not be reached.`;
    case 'unsettled':
      return `The logs show that something is wrong, and too little to say what: ${first?.title ?? ''}`;
    case 'elsewhere':
      return `Not the network: ${first?.title ?? ''}`;
    case 'network':
      return first?.title ?? '';
  }
}

/** A diagnosis for people: the answer, then each cause with the lines that show it, what the policies say, and the mend. */
export function diagnosisText(diagnosis: Diagnosis, context: TextContext): string {
  const { pen } = context;
  const head = fold(visible(diagnosisHeadline(diagnosis)), pen.style.width).map((line) => pen.ink(line, 'bold'));
  const read = diagnosis.logs.reduce((sum, l) => sum + l.lines, 0);
  const about = `${counted(diagnosis.recognised, 'line')} of ${read} in ${counted(diagnosis.logs.length, 'log')} tell something${diagnosis.facts.length === 0 ? '' : `; ${diagnosis.facts.map(visible).join('; ')}`}`;
  const told = diagnosis.causes.filter(
    (c, i) => i === 0 || (i < spelledOut && (c.likelihood !== 'possible' || diagnosis.causes[0]?.likelihood === 'possible')),
  );
  const causes = told.map((cause, i) => causeLines(cause, i, context).join('\n'));
  const others = diagnosis.causes.filter((c) => !told.includes(c));
  const rest = [...others.slice(0, mostListed).flatMap((c) => restLines(c, context)), ...restOf(others.length - mostListed)];
  const foot =
    diagnosis.profile === null
      ? []
      : [...fold(`Judged under profile ${visible(diagnosis.profile)}.`, pen.style.width), ...restsOn(diagnosis.assumptions, context)].map((line) =>
          pen.ink(line, 'dim'),
        );
  return `${[[...head, ...fold(about, pen.style.width - 2).map((line) => `  ${pen.ink(line, 'dim')}`)].join('\n'), ...causes, rest.join('\n'), diagnosis.passed.flatMap((p) => passedLines(p, context)).join('\n'), foot.join('\n')].filter((t) => t !== '').join('\n\n')}\n`;
}

function restOf(more: number): string[] {
  return more > 0 ? [`  and ${counted(more, 'more cause')}, which --format json spells out`] : [];
}

function restsOn(assumptions: readonly string[], context: TextContext): string[] {
  if (assumptions.length <= mostAssumptions) return assumptionLines(assumptions, context);
  return fold(`Rests on ${assumptions.length} assumptions, which preflight and --format json spell out.`, context.pen.style.width);
}

/** When it was first seen: `first at 2026-11-26T10:00:00.000Z on llm-worker-3`. */
export function firstText({ time, pod }: FirstSeen): string {
  return `first at ${visible(time)}${pod === null ? '' : ` on ${visible(pod)}`}`;
}

/** A cause in a sentence, with the place of its first line. */
function restLines({ title, likelihood, quotes: [quote] }: Cause, { pen }: TextContext): string[] {
  const width = pen.style.width - 4;
  const lines = fold(visible(title), width);
  const ends = [
    { text: likelihood, inks: inks[likelihood] },
    ...(quote === undefined ? [] : [{ text: `${visible(quote.file)}:${quote.line}`, inks: ['dim'] as const }]),
  ];
  for (const end of ends) {
    const last = lines.at(-1) ?? '';
    const fits = displayWidth(last) + 2 + displayWidth(end.text) <= width;
    if (fits) lines[lines.length - 1] = `${last}  ${pen.ink(end.text, ...end.inks)}`;
    else lines.push(...fold(end.text, width).map((line) => pen.ink(line, ...end.inks)));
  }
  return lines.map((line, i) => `  ${i === 0 ? pen.glyphs.dot : ' '} ${line}`);
}

/** What failed and went on, with the line of each. */
function passedLines({ title, quotes: [quote], means, by }: Passed, { pen }: TextContext): string[] {
  const at = quote === undefined ? '' : ` (${visible(quote.file)}:${quote.line}${quote.count > 1 ? `, ${quote.count} times` : ''})`;
  const lines = fold(`passed: ${visible(title)}${at}; afterwards ${visible(means)}: ${visible(by.file)}:${by.line}`, pen.style.width - 4);
  return [
    ...lines.map((line, i) => `  ${i === 0 ? pen.glyphs.dot : ' '} ${line}`),
    ...fold(visible(by.text), pen.style.width - 7).map((l) => `     ${pen.ink(pen.glyphs.rule, 'dim')} ${l}`),
  ];
}

function causeLines(cause: Cause, number: number, context: TextContext): string[] {
  const { pen } = context;
  const lines = fold(`${number + 1}. ${visible(cause.title)}`, pen.style.width - Math.max(3, cause.likelihood.length + 2)).map((line, i) =>
    i === 0 ? `${pen.ink(line, 'bold')}  ${pen.ink(cause.likelihood, ...inks[cause.likelihood])}` : `   ${pen.ink(line.trimStart(), 'bold')}`,
  );
  for (const { file, line, text, count } of cause.quotes) {
    lines.push(...fold(`${visible(file)}:${line}${count > 1 ? `, ${count} times` : ''}`, pen.style.width - 3).map((l) => `   ${pen.ink(l, 'dim')}`));
    lines.push(...fold(visible(text), pen.style.width - 7).map((l) => `     ${pen.ink(pen.glyphs.rule, 'dim')} ${l}`));
  }
  if (cause.first !== null) lines.push(...fold(firstText(cause.first), pen.style.width - 3).map((l) => `   ${pen.ink(l, 'dim')}`));
  for (const text of cause.because) lines.push(...fold(visible(text), pen.style.width - 5).map((l, i) => `   ${i === 0 ? pen.glyphs.dot : ' '} ${l}`));
  if (cause.witness !== null) {
    lines.push(...journeyLines(cause.witness.packet, cause.witness.verdict.decision, 3, context));
    lines.push(...ruleLines(cause.witness.verdict, 5, context));
  }
  lines.push(...fold(visible(cause.fix), pen.style.width - 7).map((l, i) => `   ${i === 0 ? pen.ink('fix', 'green') : '   '} ${l}`));
  const manifests = (cause.patch?.edits ?? []).flatMap((e) => (e.manifest === null ? [] : [e.manifest.trimEnd()]));
  if (manifests.length > 0) lines.push(...visibleLines(manifests.join('\n---\n')).map((l) => `     ${pen.ink(l, 'cyan')}`));
  if (cause.advice !== null) lines.push(...adviceLines(cause.advice, 3, context));
  return lines;
}

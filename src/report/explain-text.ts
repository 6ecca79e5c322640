import type { Explanation } from '../model/explanation.ts';
import { adviceLines } from './advice-text.ts';
import type { TextContext } from './context.ts';
import { protocolText } from './party-text.ts';
import { stagedLines } from './staged.ts';
import { decisionInks, ruleLines } from './verdict-text.ts';
import { visible } from './visible.ts';
import { wrap } from './width.ts';

/** Packets spelled out in full; the rest are given by their tier walk alone. */
const spelledOut = 8;

/** An explanation for people: the answer in a line, then each packet's tier walk in a line, then rule by rule. */
export function explainText(explanation: Explanation, context: TextContext): string {
  const { pen } = context;
  const head = `${visible(explanation.asked)}: ${pen.ink(explanation.verdict, ...decisionInks[explanation.verdict])}  ${pen.ink(`(profile ${visible(explanation.profile)})`, 'dim')}`;
  const answers = explanation.answers.map((answer, i) => answerLines(answer, i < spelledOut, context).join('\n'));
  return `${[head, ...answers, ...stagedBlock(explanation, context)].join('\n\n')}\n`;
}

function stagedBlock({ verdict, staged }: Explanation, context: TextContext): string[] {
  if (staged === null) return [];
  const { pen } = context;
  const then =
    staged.verdict === verdict
      ? 'the answer is the same if they are promoted'
      : `if they are promoted: ${pen.ink(staged.verdict, ...decisionInks[staged.verdict])}`;
  return [
    [`${pen.ink('Staged policies', 'bold')}  they decide nothing yet; ${then}`, ...stagedLines(staged.policies.slice(0, spelledOut), context)].join('\n'),
  ];
}

function answerLines(answer: Explanation['answers'][number], full: boolean, context: TextContext): string[] {
  const { pen } = context;
  const { decision } = answer.verdict;
  const arrow = decision === 'allowed' ? pen.glyphs.arrow : decision === 'denied' ? pen.glyphs.blocked : pen.glyphs.maybe;
  const lines = [
    `${visible(answer.from)} ${pen.ink(arrow, ...decisionInks[decision])} ${visible(answer.to)}  ${pen.ink(protocolText(answer.packet), 'cyan')}  ${pen.ink(decision, ...decisionInks[decision])}`,
    ...wrap(visible(answer.tierWalk), pen.style.width - 2).map((line) => `  ${pen.ink(line, 'bold')}`),
  ];
  if (answer.note !== null) lines.push(...wrap(visible(answer.note), pen.style.width - 2).map((line) => `  ${pen.ink(line, 'dim')}`));
  if (!full) return lines;
  // What input would settle an unknown verdict stands beside what is not known.
  const advice = answer.advice === null || decision === 'unknown' ? [] : adviceLines(answer.advice, 2, context);
  return [...lines, ...ruleLines(answer.verdict, 2, context), ...advice];
}

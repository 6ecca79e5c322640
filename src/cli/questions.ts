import type { InitAnswers } from '../app/init/answers.ts';
import type { InitQuestion } from '../app/init/questions.ts';
import { visible } from '../report/visible.ts';
import { wrap } from '../report/width.ts';
import type { Io } from './io.ts';
import { penOf } from './stream-pen.ts';

/** Asks each question on the terminal; Enter takes the answer in brackets, `-` means none. Null when the input ends before the last answer. */
export async function askAll(questions: readonly InitQuestion[], io: Io): Promise<Partial<InitAnswers> | null> {
  const pen = penOf(io.stderr, io);
  const answers: Record<string, string> = {};
  io.stderr.write(`${pen.ink('Enter takes the answer in brackets; - means none.', 'dim')}\n`);
  for (const question of questions) {
    const choices = question.choices.filter((choice) => choice !== '');
    const explain = choices.length === 0 ? question.explain : `${question.explain} One of ${choices.join(', ')}.`;
    io.stderr.write(
      `\n${wrap(explain, pen.style.width)
        .map((line) => pen.ink(line, 'dim'))
        .join('\n')}\n`,
    );
    for (;;) {
      const typed = await io.stdin.ask(`${pen.ink(question.text, 'bold')} [${visible(question.default)}]: `);
      if (typed === null) return null;
      const answer = typed.trim() === '' ? question.default : typed.trim() === '-' ? '' : typed.trim();
      if (question.choices.length === 0 || question.choices.includes(answer)) {
        answers[question.id] = answer;
        break;
      }
      io.stderr.write(`  ${pen.ink(`${visible(answer)} is none of ${choices.join(', ')}`, 'yellow')}\n`);
    }
  }
  return answers;
}

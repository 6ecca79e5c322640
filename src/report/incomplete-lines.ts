import type { Diagnostic } from '../kernel/result.ts';
import type { TextContext } from './context.ts';
import { incompleteText } from './headline.ts';
import { wrap } from './width.ts';

/** Before anything else: that something is missing from the picture. Empty when nothing is. */
export function incompleteLines(diagnostics: readonly Diagnostic[], { pen }: TextContext): string[] {
  const text = incompleteText(diagnostics);
  return text === null
    ? []
    : wrap(`${text}; what they hold is in no answer below, and what policies among them may do is left unknown`, pen.style.width).map((line) =>
        pen.ink(line, 'red', 'bold'),
      );
}

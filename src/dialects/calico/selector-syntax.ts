import { type Reader, shown } from '../../kernel/reader.ts';
import { type Expression, longestSelector, parseSelector } from './selector.ts';

/** Whether `global()` may stand here: only as the whole of a rule's namespaceSelector. */
type Global = 'refused' | 'alone';

/**
 * The selector at a place; null when absent or empty, and, with an error that names the column, when it is none.
 * Source: projectcalico/api v3 (MaxLength and CEL rules), libcalico-go/lib/selector.
 */
export function readSelectorText(at: Reader, global: Global = 'refused'): Expression | null {
  const text = at.string();
  if (text === undefined || text === '') return null;
  if (text.length > longestSelector) {
    at.error(
      'selector-too-long',
      `This selector has ${text.length} characters; the API takes at most ${longestSelector}.`,
      'Label what you select, or make several policies.',
    );
    return null;
  }
  const parsed = parseSelector(text);
  if (!parsed.ok) {
    const { at: column, found, expected } = parsed.fault;
    const place = found === '' ? 'at its end' : `at character ${column + 1} (${shown(found)})`;
    at.error('bad-selector', `This selector stops making sense ${place}; expected ${expected}.`, hintFor(text, found, expected));
    return null;
  }
  if (mentionsGlobal(parsed.value) && (global === 'refused' || parsed.value.kind !== 'global')) {
    at.error(
      'misplaced-global',
      'global() is allowed only as the whole of a namespaceSelector in a rule.',
      'Write namespaceSelector: global() beside the selector.',
    );
    return null;
  }
  return parsed.value;
}

function hintFor(text: string, found: string, expected: string): string | undefined {
  if (found.startsWith('=') && expected.startsWith('==')) return 'Write == for "is".';
  if (found.startsWith('&') || /^and\b/i.test(found)) return 'Write && for "and".';
  if (found.startsWith('|') || /^or\b/i.test(found)) return 'Write || for "or".';
  if (expected === 'a value in quotes') return 'Values stand in quotes: app == "web".';
  return /[^\t -~]/.test(text) ? 'Only spaces and tabs may stand between words.' : undefined;
}

function mentionsGlobal(expression: Expression): boolean {
  switch (expression.kind) {
    case 'global':
      return true;
    case 'not':
      return mentionsGlobal(expression.of);
    case 'and':
    case 'or':
      return expression.of.some(mentionsGlobal);
    default:
      return false;
  }
}

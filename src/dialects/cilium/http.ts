import { type Reader, shown } from '../../kernel/reader.ts';

/** One HTTP rule. Source: cilium pkg/policy/api/http.go PortRuleHTTP.Sanitize, HeaderMatch.Sanitize. */
export function checkHttp(item: Reader): void {
  if (!item.object(['path', 'method', 'host', 'headers', 'headerMatches'])) return;
  for (const key of ['path', 'method'] as const) {
    const fault = expressionFault(item.field(key).string() ?? '');
    if (fault !== null)
      item.field(key).error('bad-expression', `${shown(String(item.field(key).value))} is no regular expression: ${fault}. Cilium refuses this whole policy.`);
  }
  for (const match of item.field('headerMatches').each()) {
    if (!match.object(['mismatch', 'name', 'secret', 'value'])) continue;
    match.required('name');
    if (match.has('mismatch')) match.field('mismatch').oneOf(['LOG', 'ADD', 'DELETE', 'REPLACE']);
  }
}

/** What keeps a text from being an expression of Go, as far as brackets tell; null where they are in order. Source: Go regexp/syntax. */
function expressionFault(text: string): string | null {
  // What \Q quotes is no expression.
  if (text.includes('\\Q')) return null;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '\\' && ++i === text.length) return 'it ends in a backslash';
    if (c === '(') depth++;
    else if (c === ')' && --depth < 0) return 'a parenthesis is closed that was not opened';
    else if (c === '[') {
      i = endOfClass(text, i);
      if (i < 0) return 'a bracket is not closed';
    }
  }
  return depth > 0 ? 'a parenthesis is not closed' : null;
}

/** Where a character class that begins at `start` ends; -1 where it does not. A `]` in front stands for itself, and `[:alpha:]` is one name. */
function endOfClass(text: string, start: number): number {
  let i = start + (text[start + 1] === '^' ? 2 : 1);
  if (text[i] === ']') i++;
  while (i < text.length && text[i] !== ']') {
    const named = text.startsWith('[:', i) ? text.indexOf(':]', i + 2) : -1;
    i = named >= 0 ? named + 2 : text[i] === '\\' ? i + 2 : i + 1;
  }
  return i < text.length ? i : -1;
}

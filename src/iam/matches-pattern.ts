import { type Part, type Pattern, standsFor } from './pattern.ts';
import type { Context } from './request.ts';

/** The pattern with the values of its variables in it; null where one has neither a single value nor a default, for such a pattern matches nothing. */
function withValues({ parts }: Pattern, context: Context): readonly Part[] | null {
  const filled: Part[] = [];
  for (const part of parts) {
    if (part.kind !== 'variable') {
      filled.push(part);
      continue;
    }
    const values = context.get(part.key) ?? [];
    const text = values.length === 1 ? values[0] : part.otherwise;
    if (text === null || text === undefined) return null;
    filled.push({ kind: 'text', text });
  }
  return filled;
}

/** Whether the pattern has its values: without them it matches nothing, and what its negation does is not documented. */
export function isResolved(pattern: Pattern, context: Context): boolean {
  return withValues(pattern, context) !== null;
}

/** Whether a text matches: the places in it that each part can end at, part by part. Time is the product of both lengths, whatever they hold. */
export function matchesPattern(pattern: Pattern, text: string, context: Context): boolean {
  const parts = withValues(pattern, context);
  if (parts === null) return false;
  const subject = pattern.ignoreCase ? text.toLowerCase() : text;
  let ends = new Set([0]);
  for (const part of parts) {
    const next = new Set<number>();
    if (part.kind === 'text') {
      const wanted = pattern.ignoreCase ? part.text.toLowerCase() : part.text;
      for (const at of ends) if (subject.startsWith(wanted, at)) next.add(at + wanted.length);
    } else if (part.kind !== 'variable') {
      for (const start of ends) {
        for (let at = start; ; at++) {
          if (part.kind === 'many') {
            if (next.has(at)) break;
            next.add(at);
          }
          if (at >= subject.length || !standsFor(part.of, subject.charAt(at))) break;
          if (part.kind === 'one') {
            next.add(at + 1);
            break;
          }
        }
      }
    }
    if (next.size === 0) return false;
    ends = next;
  }
  return ends.has(subject.length);
}

import type { Span } from './split-documents.ts';

/** What stands between two commas of a flow collection; `colon` is the first that ends a key in it, outside any inner collection. */
interface Part extends Span {
  readonly colon: number | null;
}

const blanks = ' \t\r\n';
const marks = ',[]{}';
const quotes = '"\'';

/**
 * The items of the flow list that opens at `open` (`[a, {b: c}]`): where each starts and ends. Undefined when the list is not closed before `end`, or is
 * written in a way that needs a parser. Linear in the text, without parsing it.
 * Source: YAML 1.2.2 §7.3.3 (plain scalars in flow), §7.4 (flow collections).
 */
export function flowItems(text: string, open: number, end: number): readonly Span[] | undefined {
  return flowParts(text, open, end)?.map((part) => ({ start: part.start, end: part.end }));
}

/** Where the value of a key of the flow mapping that opens at `open` starts; undefined when there is none, or as for `flowItems`. */
export function flowMember(text: string, open: number, end: number, key: string): number | undefined {
  for (const part of flowParts(text, open, end) ?? []) {
    if (part.colon === null) continue;
    const written = text.slice(part.start, part.colon).trim();
    if (written === key || written === `"${key}"` || written === `'${key}'`) return pastBlanks(text, part.colon + 1, part.end);
  }
  return undefined;
}

function flowParts(text: string, open: number, end: number): readonly Part[] | undefined {
  const parts: Part[] = [];
  let depth = 0;
  let part: { start: number; end: number; colon: number | null } | null = null;
  for (let at = open; at < end; ) {
    const c = text.charAt(at);
    if (blanks.includes(c)) at = pastBlanks(text, at, end);
    else if (c === '#' && blanks.includes(text.charAt(at - 1))) at = lineEnd(text, at, end);
    else if (c === ',' && depth === 1) {
      if (part !== null) parts.push(part);
      part = null;
      at++;
    } else {
      if (c === ']' || c === '}') depth--;
      if (depth === 0 && at > open) {
        if (part !== null) parts.push(part);
        return parts;
      }
      if (depth > 0) part ??= { start: at, end: at, colon: null };
      const next = pastToken(text, at, end, part !== null && quotes.includes(text.charAt(part.end - 1)));
      if (next === undefined) return undefined;
      if (c === '[' || c === '{') depth++;
      if (part !== null) {
        if (c === ':' && next === at + 1 && depth === 1) part.colon ??= at;
        part.end = next;
      }
      at = next;
    }
  }
  return undefined;
}

/** Past the quoted text, the plain scalar or the one mark that starts at `at`. `afterQuote`: what comes before is a quoted text. */
function pastToken(text: string, at: number, end: number, afterQuote: boolean): number | undefined {
  const c = text.charAt(at);
  if (quotes.includes(c)) return pastQuoted(text, at, end, c);
  if (marks.includes(c) || (c === ':' && (afterQuote || endsKey(text, at, end)))) return at + 1;
  // Tags, anchors, aliases and keys that are collections need a parser.
  if ('!&*?|>%@`'.includes(c)) return undefined;
  let last = at;
  for (let i = at; i < end; i++) {
    const d = text.charAt(i);
    if (blanks.includes(d)) continue;
    if (marks.includes(d) || (d === ':' && endsKey(text, i, end)) || (d === '#' && last < i)) break;
    last = i + 1;
  }
  return last;
}

function endsKey(text: string, colon: number, end: number): boolean {
  const next = text.charAt(colon + 1);
  return colon + 1 >= end || blanks.includes(next) || marks.includes(next);
}

/** Past the closing quote; undefined when there is none. */
function pastQuoted(text: string, open: number, end: number, quote: string): number | undefined {
  for (let i = open + 1; i < end; i++) {
    const c = text.charAt(i);
    if (quote === '"' && c === '\\') i++;
    else if (c === quote) {
      if (quote === '"' || text.charAt(i + 1) !== quote) return i + 1;
      i++;
    }
  }
  return undefined;
}

function pastBlanks(text: string, at: number, end: number): number {
  let i = at;
  while (i < end && blanks.includes(text.charAt(i))) i++;
  return i;
}

function lineEnd(text: string, at: number, end: number): number {
  const feed = text.indexOf('\n', at);
  return feed < 0 ? end : feed;
}

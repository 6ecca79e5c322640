import { shown } from '../kernel/reader.ts';
import { longestNesting } from './limits.ts';

/** Where a JSON text stops being JSON that the API server takes, and why. `at` is an offset in the text; `code` and `message` are a diagnostic's. */
export interface JsonFault {
  readonly at: number;
  readonly code: string;
  readonly message: string;
}

const quote = 34;
const backslash = 92;
const colon = 58;
const comma = 44;
const openBrace = 123;
const closeBrace = 125;
const openBracket = 91;
const closeBracket = 93;
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null/y;

/** The first place at or after `at` that is not JSON white space (a byte order mark counts as white space). */
export function skipBlank(text: string, at: number, end: number = text.length): number {
  let i = at;
  for (; i < end; i++) {
    const c = text.charCodeAt(i);
    if (c !== 32 && c !== 10 && c !== 13 && c !== 9 && c !== 0xfeff) break;
  }
  return i;
}

/** Past the closing quote of the string that opens at `at`; undefined when it never closes. Does not look at what is inside. */
export function skipString(text: string, at: number, end: number = text.length): number | undefined {
  for (let i = at + 1; i < end; ) {
    const close = text.indexOf('"', i);
    if (close < 0 || close >= end) return undefined;
    let slashes = 0;
    for (let j = close - 1; j > at && text.charCodeAt(j) === backslash; j--) slashes++;
    if (slashes % 2 === 0) return close + 1;
    i = close + 1;
  }
  return undefined;
}

/** Past the value that starts at `at` in text known to be JSON. Linear, without recursion. */
export function skipValue(text: string, at: number, end: number): number {
  let depth = 0;
  let i = at;
  while (i < end) {
    const c = text.charCodeAt(i);
    if (c === quote) i = skipString(text, i, end) ?? end;
    else {
      if (c === openBrace || c === openBracket) depth++;
      else if (c === closeBrace || c === closeBracket) {
        if (depth === 0) return i;
        depth--;
      } else if (depth === 0 && (c === comma || c === 32 || c === 10 || c === 13 || c === 9)) return i;
      i++;
    }
    if (depth === 0 && i > at && (c === quote || c === closeBrace || c === closeBracket)) return i;
  }
  return end;
}

/** How many object members JSON text writes down, that is colons outside strings; more than a parse holds means that some key is there twice. */
export function countMembers(text: string, start: number, end: number): number {
  let count = 0;
  for (let i = start; i < end; ) {
    const c = text.charCodeAt(i);
    if (c === quote) i = skipString(text, i, end) ?? end;
    else {
      if (c === colon) count++;
      i++;
    }
  }
  return count;
}

/**
 * Reads one JSON value strictly from `at` (after blanks): syntax, keys that are there twice, nesting. Gives where it ends, or the first fault.
 * Linear, without recursion; the slow way, for text that `JSON.parse` refused or that holds a key twice.
 */
export function scanJson(text: string, at: number, end: number): { readonly end: number } | { readonly fault: JsonFault } {
  const stack: { readonly keys: Set<string> | null; readonly opened: number }[] = [];
  const fault = (where: number, message: string, code = 'json-syntax') => ({ fault: { at: Math.min(where, end), code, message } });
  const found = (where: number): string =>
    where >= end ? 'the end of the text' : shown(text.slice(where, where + 12).split(/[\s]/, 1)[0] || text.charAt(where));
  let i = skipBlank(text, at, end);
  let state: 'value' | 'first-value' | 'first-key' | 'key' | 'after' = 'value';
  for (;;) {
    i = skipBlank(text, i, end);
    const c = i < end ? text.charCodeAt(i) : -1;
    if (state === 'first-key' || state === 'key') {
      if (c === closeBrace && state === 'first-key') {
        stack.pop();
        i++;
        state = 'after';
      } else if (c !== quote) return fault(i, `Expected a key in double quotes${state === 'first-key' ? ' or }' : ''}, found ${found(i)}.`);
      else {
        const close = skipString(text, i, end);
        if (close === undefined) return fault(i, 'This string is never closed.');
        const key = parsedString(text.slice(i, close));
        if (key === undefined) return fault(i, 'This string holds a control character or an unknown escape.');
        const keys = stack.at(-1)?.keys;
        if (keys?.has(key)) return fault(i, `The key ${shown(key)} is there twice in one object.`, 'duplicate-key');
        keys?.add(key);
        i = skipBlank(text, close, end);
        if (i >= end || text.charCodeAt(i) !== colon) return fault(i, `Expected : after the key ${shown(key)}, found ${found(i)}.`);
        i++;
        state = 'value';
      }
    } else if (state === 'after') {
      const top = stack.at(-1);
      if (top === undefined) return { end: i };
      if (c === comma) {
        i++;
        state = top.keys === null ? 'value' : 'key';
      } else if (c === (top.keys === null ? closeBracket : closeBrace)) {
        stack.pop();
        i++;
      } else return fault(i, `Expected , or ${top.keys === null ? ']' : '}'}, found ${found(i)}.`);
    } else if (c === openBrace || c === openBracket) {
      stack.push({ keys: c === openBrace ? new Set() : null, opened: i });
      if (stack.length > longestNesting) return fault(i, `This is nested more than ${longestNesting} levels deep.`, 'nested-too-deeply');
      i++;
      state = c === openBrace ? 'first-key' : 'first-value';
    } else if (c === closeBracket && state === 'first-value') {
      stack.pop();
      i++;
      state = 'after';
    } else if (c === quote) {
      const close = skipString(text, i, end);
      if (close === undefined) return fault(i, 'This string is never closed.');
      if (parsedString(text.slice(i, close)) === undefined) return fault(i, 'This string holds a control character or an unknown escape.');
      i = close;
      state = 'after';
    } else {
      scalar.lastIndex = i;
      const match = scalar.exec(text);
      if (match === null || i >= end) return fault(i, `Expected a value, found ${found(i)}.`);
      i += match[0].length;
      state = 'after';
    }
    if (state === 'after' && stack.length === 0) return { end: i };
  }
}

/** The text of a JSON string literal, or undefined when it is none. */
export function parsedString(literal: string): string | undefined {
  try {
    return JSON.parse(literal) as string;
  } catch {
    return undefined;
  }
}

import type { Container } from '../../model/workload.ts';
import { longestText } from './expanded-text.ts';

/** A part of a command line in which places may stand. */
export interface CommandText {
  readonly text: string;
  /** It is a sentence for people: what it names may be told and not dialled. */
  readonly sentence: boolean;
}

/**
 * The words of a command line as far as they may name what is dialled: scripts of a shell without their comments and without what `echo` and `printf` only
 * print. Text that is handed on, by a pipe, a file or a substitution, stays. Source: POSIX.1-2024, Shell Command Language, 2.2, 2.3, 2.7.
 */
export function commandTexts({ command, args }: Pick<Container, 'command' | 'args'>): readonly CommandText[] {
  const words = [...command, ...args];
  if (printers.has(nameOf(words[0] ?? ''))) return [];
  let room = longestText;
  return words.flatMap((word, i): readonly CommandText[] => {
    const text = word.slice(0, room);
    room -= text.length;
    if (text === '') return [];
    const isScript = /^-[a-z]{0,9}c$/.test(words[i - 1] ?? '') && words.slice(0, i).some((w) => shells.has(nameOf(w)));
    return [isScript ? { text: dialling(text), sentence: false } : { text, sentence: isSentence(text) }];
  });
}

const shells: ReadonlySet<string> = new Set(['sh', 'bash', 'dash', 'ash', 'zsh', 'ksh']);
const printers: ReadonlySet<string> = new Set(['echo', 'printf']);

/** Words of a shell after which another command begins. */
const beginning: ReadonlySet<string> = new Set(['then', 'do', 'else', 'elif', 'if', 'while', '!', 'time']);

function nameOf(word: string): string {
  return word.slice(word.lastIndexOf('/') + 1);
}

/** Several plain words before a URL. Options and lists of them are none. */
function isSentence(text: string): boolean {
  const url = text.indexOf('://');
  if (url < 0) return false;
  const before = text
    .slice(Math.max(0, url - 400), url)
    .split(/\s+/)
    .slice(0, -1);
  return before.length > 1 && before.slice(-2).every((word) => /^[A-Za-z]{1,30}[,:.]?$/.test(word));
}

/** The script without comments and without what is only printed. One pass. */
function dialling(script: string): string {
  let out = '';
  let begins = true;
  for (let i = 0; i < script.length; ) {
    const char = script[i] ?? '';
    if (char === '#' && (i === 0 || /[\s;&|]/.test(script[i - 1] ?? ''))) {
      const end = script.indexOf('\n', i);
      i = end < 0 ? script.length : end;
      continue;
    }
    if (/[;&|\n(){}]/.test(char)) {
      begins = true;
      out += char;
      i++;
      continue;
    }
    if (/\s/.test(char)) {
      out += char;
      i++;
      continue;
    }
    const end = wordEnd(script, i);
    const word = script.slice(i, end);
    if (begins && printers.has(word)) {
      const stop = commandEnd(script, end);
      if (isOnlyPrinted(script.slice(i, stop), script.slice(stop, stop + 2))) {
        i = stop;
        continue;
      }
    }
    begins = begins && beginning.has(word);
    out += word;
    i = end;
  }
  return out;
}

function isOnlyPrinted(command: string, next: string): boolean {
  const plain = command.replaceAll(/\d?>&\d|[12]?>{1,2}\s{0,9}\/dev\/(?:stderr|stdout|null)/g, ' ');
  return !/[>`]|\$\(/.test(plain) && (!next.startsWith('|') || next === '||');
}

/** Where a word ends, quoted parts of it and all. */
function wordEnd(script: string, from: number): number {
  return scanned(script, from, /[\s;&|(){}]/);
}

/** Where a command ends. */
function commandEnd(script: string, from: number): number {
  // `2>&1` ends none.
  for (let at = scanned(script, from, /[;&|\n]/); ; at = scanned(script, at + 1, /[;&|\n]/)) if (script[at] !== '&' || script[at - 1] !== '>') return at;
}

/** The first place from `from` on, outside of quotes, of such a character; at least one character on. */
function scanned(script: string, from: number, stop: RegExp): number {
  let quote = '';
  for (let i = from; i < script.length; i++) {
    const char = script[i] ?? '';
    if (char === '\\' && quote !== "'") i++;
    else if (quote !== '') quote = char === quote ? '' : quote;
    else if (char === '"' || char === "'") quote = char;
    else if (i > from && stop.test(char)) return i;
    else if (i === from && stop.test(char) && /[;&|\n]/.test(char)) return i;
  }
  return script.length;
}

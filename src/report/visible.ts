/**
 * Characters that would act on a terminal or hide in text instead of being shown: C0 and C1 controls (ESC among them), zero-width and
 * invisible formatting characters, bidirectional overrides and isolates, tags, variation selectors of plane 14, lone surrogates, and line separators.
 * Source: Unicode 16 general categories Cc, Cf, Zl, Zp, Cs; UAX #9 for the bidirectional ones.
 */
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]|[\u{e0100}-\u{e01ef}]/gu;

/** The character by name where C has one, else by number: `\n`, `\x1b`, `\u{202e}`. */
function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  switch (code) {
    case 0x09:
      return '\\t';
    case 0x0a:
      return '\\n';
    case 0x0d:
      return '\\r';
    default:
      return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  }
}

/** One line of text from a user, safe to print: whatever would act on a terminal is spelled out. Line feeds and tabs are spelled out too. */
export function visible(text: string): string {
  return text.replace(hidden, escaped);
}

/** Like `visible`, but keeps line feeds; tabs become two spaces and carriage returns before a line feed are dropped. For patches and source lines. */
export function visibleLines(text: string): string[] {
  return text
    .replace(/\r\n/g, '\n')
    .split('\n')
    .map((line) => visible(line.replaceAll('\t', '  ')));
}

/** A stretch of a text, `start` included and `end` excluded, in UTF-16 code units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * One document of a stream. `dropped`: no line with `---` alone stands between it and the one before, so kubectl never reads it. `content`: where
 * what is no blank, comment or directive starts.
 */
export interface DocumentSpan extends Span {
  readonly content: number;
  readonly dropped: boolean;
}

const lineFeed = 10;
const byteOrderMark = 0xfeff;

/**
 * The documents of a YAML stream: what stands between marker lines (`---`, `...`) at column 0, which end a document even inside a scalar, so that
 * one broken document never hides the next. Documents of nothing but blanks, comments and directives are left out. Linear in the text.
 * Source: YAML 1.2.2 §9.1 (c-forbidden). kubectl splits only at `---` lines with nothing but blanks or a comment behind, and reads the first document of
 * each part. Source: kubernetes/apimachinery pkg/util/yaml/decoder.go YAMLReader.
 */
export function splitDocuments(text: string): DocumentSpan[] {
  const spans: DocumentSpan[] = [];
  let partHasOne = false;
  const take = (start: number, end: number): void => {
    const content = contentAt(text, start, end);
    if (content === undefined) return;
    spans.push({ start, end, content, dropped: partHasOne });
    partHasOne = true;
  };
  let start = text.charCodeAt(0) === byteOrderMark ? 1 : 0;
  if (/^(?:---|\.\.\.)(?:[ \t\r\n]|$)/.test(text.slice(start, start + 4))) start += 3;
  // What follows `---` on its line belongs to the next document; a `...` line holds nothing but a comment.
  for (const marker of text.matchAll(/\n(?:---|\.\.\.)(?=[ \t\r\n]|$)/g)) {
    take(start, marker.index + 1);
    start = marker.index + 4;
    if (text.charAt(marker.index + 1) === '-' && endsLine(text, start)) partHasOne = false;
  }
  take(start, text.length);
  return spans;
}

/** Whether nothing but blanks or a comment follows on the line. */
function endsLine(text: string, at: number): boolean {
  let i = at;
  while (text.charAt(i) === ' ' || text.charAt(i) === '\t' || text.charAt(i) === '\r') i++;
  return i >= text.length || text.charAt(i) === '\n' || text.charAt(i) === '#';
}

function contentAt(text: string, start: number, end: number): number | undefined {
  for (let at = start; at < end; at++) {
    const c = text.charCodeAt(at);
    if (c === 32 || c === 9 || c === lineFeed || c === 13 || c === byteOrderMark) continue;
    const atLineStart = at === 0 || text.charCodeAt(at - 1) === lineFeed;
    if (c !== 35 && !(c === 37 && atLineStart)) return at;
    const next = text.indexOf('\n', at);
    at = next < 0 ? end : next;
  }
  return undefined;
}

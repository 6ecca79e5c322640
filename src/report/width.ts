/** Colour codes as `Pen` writes them; they take no room. */
// biome-ignore lint/complexity/useRegexLiterals: the escape character is clearer spelled out
const colourCodes: RegExp = new RegExp('\\u001b\\[[0-9;]*m', 'g');

/**
 * Code points that terminals draw two cells wide: East Asian wide and fullwidth, and emoji that are wide by default, as inclusive ranges.
 * Source: Unicode 16 EastAsianWidth.txt (W and F), coarsened to blocks.
 */
const wide: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x231a, 0x231b],
  [0x23e9, 0x23ec],
  [0x2614, 0x2615],
  [0x26a1, 0x26a1],
  [0x2705, 0x2705],
  [0x274c, 0x274c],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18cff],
  [0x1aff0, 0x1b2ff],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f7e0, 0x1f7eb],
  [0x1f900, 0x1f9ff],
  [0x1fa70, 0x1faff],
  [0x20000, 0x3fffd],
];

const combining = /^\p{M}$/u;

function cells(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  if (combining.test(character)) return 0;
  return wide.some(([low, high]) => low <= code && code <= high) ? 2 : 1;
}

/** How many terminal cells a line takes; colour codes take none. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text.replace(colourCodes, '')) width += cells(character);
  return width;
}

/** `text` with spaces on the right until it is `width` cells wide; longer text is left as it is. */
export function padRight(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

/** `text` with spaces on the left until it is `width` cells wide. */
export function padLeft(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - displayWidth(text))) + text;
}

/** Plain text broken at spaces into lines of at most `width` cells (one word longer than that keeps its own line). At least one line. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const word of text.split(' ')) {
    const room = displayWidth(word);
    if (line !== '' && used + 1 + room > width) {
      lines.push(line);
      line = word;
      used = room;
    } else {
      line = line === '' ? word : `${line} ${word}`;
      used += used === 0 && line === word ? room : room + 1;
    }
  }
  return [...lines, line];
}

/** As `wrap`, and words that are longer than a line are broken as well: no line is wider than `width`. */
export function fold(text: string, width: number): string[] {
  return wrap(text, width).flatMap((line) => piecesOf(line, width));
}

function piecesOf(line: string, width: number): string[] {
  if (displayWidth(line) <= width) return [line];
  const pieces = [''];
  let used = 0;
  for (const character of line) {
    const room = cells(character);
    if (used + room > width) {
      pieces.push('');
      used = 0;
    }
    pieces[pieces.length - 1] += character;
    used += room;
  }
  return pieces;
}

/** The text shortened to at most `width` cells, ending in `mark` when something was cut. */
export function clip(text: string, width: number, mark: string): string {
  if (displayWidth(text) <= width) return text;
  let out = '';
  let used = displayWidth(mark);
  for (const character of text) {
    used += cells(character);
    if (used > width) break;
    out += character;
  }
  return out + mark;
}

/** How text may look where it goes. `width` is the line width in cells. */
export interface Style {
  readonly colour: boolean;
  readonly unicode: boolean;
  readonly width: number;
}

/** Text that goes to a file or a pipe: no colour, 100 cells wide. */
export const plainStyle: Style = { colour: false, unicode: true, width: 100 };

/** Signs that have an ASCII stand-in. */
export interface Glyphs {
  readonly holds: string;
  readonly fails: string;
  readonly undecided: string;
  readonly arrow: string;
  readonly arrowFrom: string;
  readonly blocked: string;
  readonly maybe: string;
  readonly maybeFrom: string;
  readonly bullet: string;
  readonly warning: string;
  readonly dot: string;
  readonly more: string;
  readonly branch: string;
  readonly lastBranch: string;
  readonly trunk: string;
  readonly rule: string;
  readonly caret: string;
}

const unicodeGlyphs: Glyphs = {
  holds: '✔',
  fails: '✘',
  undecided: '?',
  arrow: '──▶',
  arrowFrom: '◀──',
  blocked: '──✘',
  maybe: '──?',
  maybeFrom: '?──',
  bullet: '●',
  warning: '▲',
  dot: '·',
  more: '…',
  branch: '├─',
  lastBranch: '└─',
  trunk: '│ ',
  rule: '│',
  caret: '^',
};

const asciiGlyphs: Glyphs = {
  holds: '+',
  fails: 'x',
  undecided: '?',
  arrow: '-->',
  arrowFrom: '<--',
  blocked: '--x',
  maybe: '--?',
  maybeFrom: '?--',
  bullet: '*',
  warning: '!',
  dot: '-',
  more: '...',
  branch: '|-',
  lastBranch: '`-',
  trunk: '| ',
  rule: '|',
  caret: '^',
};

export type Ink = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan';

/** Select Graphic Rendition parameters: on, off. Source: ECMA-48 §8.3.117. */
const codes: Readonly<Record<Ink, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
};

/** Writes text in colour where the style allows. It does not make user text safe: pass that through `visible` first. */
export interface Pen {
  readonly style: Style;
  readonly glyphs: Glyphs;
  ink(text: string, ...inks: readonly Ink[]): string;
}

export function penFor(style: Style): Pen {
  return {
    style,
    glyphs: style.unicode ? unicodeGlyphs : asciiGlyphs,
    ink: (text, ...inks) =>
      style.colour && text !== '' ? inks.reduce((inner, ink) => `\u001b[${codes[ink][0]}m${inner}\u001b[${codes[ink][1]}m`, text) : text,
  };
}

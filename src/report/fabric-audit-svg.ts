import { kept } from '../kernel/memo.ts';
import type { Diagnostic } from '../kernel/result.ts';
import type { FabricAuditReport, FabricCrossing, FabricRow } from '../model/fabric-audit-report.ts';
import { isFull, keyText } from '../model/pkey.ts';
import { apartText } from './fabric-audit-text.ts';
import { type HostSort, hostSorts } from './fabric-rows.ts';
import { incompleteText } from './headline.ts';
import { type SvgInk, svgDocument, svgElement, svgText } from './svg.ts';
import { visible } from './visible.ts';
import { clip, displayWidth, wrap } from './width.ts';
import { counted } from './words.ts';

/** Hosts that have a row each; of more, those that are alike share one. */
const mostHosts = 24;
/** Rows and columns that a picture has room for: those in which somebody meets who should not are never left out before others. */
const mostRows = 64;
const mostColumns = 40;
const crossingsShown = 12;
const longestName = 14;

/** Pixels. */
const margin = 24;
const rowHeight = 24;
const pitch = 36;
const hostsAt = 178;
const gridAt = 368;
const narrowest = 780;
const titleCells = 80;
/** Width of a letter at 13 pixels, on the safe side: what a font really takes nobody here can know. */
const letter = 7.4;
/** Headings of columns lean, so that long names need no wide columns. In degrees. */
const lean = 48;

/** On light ground and dark. Red is for what should not be, and nothing else is; members and red marks differ in shape too, so that no colour need be told from another. */
const inks: Readonly<Record<string, SvgInk>> = {
  ground: { fill: ['#ffffff', '#0d1117'] },
  text: { fill: ['#1b1f24', '#e6edf3'] },
  dim: { fill: ['#59636e', '#9198a1'] },
  band: { fill: ['#f3f5f8', '#161b22'] },
  own: { fill: ['#cfe3fa', '#14365c'] },
  member: { fill: ['#1f4e79', '#8cc2ff'], stroke: ['#1f4e79', '#8cc2ff'] },
  ring: { stroke: ['#1f4e79', '#8cc2ff'], more: 'fill:none;stroke-width:2.2' },
  none: { fill: ['#d0d7de', '#30363d'] },
  link: { stroke: ['#b6c2cf', '#3d4b5c'], more: 'stroke-width:1.6' },
  rule: { stroke: ['#d0d7de', '#30363d'], more: 'stroke-width:1' },
  red: { fill: ['#c4001a', '#ff6b6b'] },
  cross: { stroke: ['#c4001a', '#ff6b6b'], more: 'stroke-width:6;stroke-linecap:round' },
  inside: { fill: ['#ffffff', '#1a0305'], stroke: ['#ffffff', '#1a0305'] },
  insideRing: { stroke: ['#ffffff', '#1a0305'], more: 'fill:none;stroke-width:2.2' },
  call: { fill: ['#ffe9eb', '#35090e'] },
  holds: { fill: ['#00694e', '#3fcfa4'] },
  undecided: { fill: ['#8a5a00', '#e3b341'] },
  sign: { stroke: ['#ffffff', '#0d1117'], more: 'fill:none;stroke-width:2.4;stroke-linecap:round;stroke-linejoin:round' },
  mono: { more: 'font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,DejaVu Sans Mono,monospace;font-size:12px' },
};

const kindWords: Readonly<Record<FabricAuditReport['parties'][number]['kind'], string>> = {
  zone: 'zone',
  neighbour: 'neighbour',
  hub: 'hub',
  infrastructure: 'runs the fabric',
};

/** Who shares what on a fabric: hosts against partitions, and in red those who can talk and should not. A pure function of the report. */
export function fabricAuditSvg(report: FabricAuditReport, diagnostics: readonly Diagnostic[]): string {
  const picture = new Picture(report);
  const head = headOf(report, diagnostics);
  const legendAt = margin + head.height + 18;
  const gridTop = legendAt + 24 + picture.headingsHeight;
  const width = Math.max(narrowest, gridAt + picture.columns.length * pitch + 120);
  const gridBottom = gridTop + picture.rows.length * rowHeight;
  const notes = picture.notes();
  const calls = crossingBoxes(report.crossings, width);
  const callsTop = gridBottom + 20 + notes.length * 18;
  const height = callsTop + calls.height + margin;
  return svgDocument({ width, height, title: `InfiniBand partitions: ${head.title}`, description: picture.description(head.subtitle), inks }, [
    svgElement('rect', { class: 'ground', width, height }),
    ...head.drawn,
    ...legend(legendAt),
    ...picture.headings(gridTop),
    ...picture.bands(gridTop, width),
    ...picture.gaps(gridTop),
    ...picture.links(gridTop),
    ...picture.members(gridTop),
    ...notes.map((note, i) => svgElement('text', { class: 'dim', x: margin, y: gridBottom + 22 + i * 18 }, svgText(note))),
    ...calls.at(callsTop),
  ]);
}

interface Head {
  readonly title: string;
  readonly subtitle: string;
  readonly drawn: readonly string[];
  readonly height: number;
}

function headOf(report: FabricAuditReport, diagnostics: readonly Diagnostic[]): Head {
  const { hosts, switches, tables } = report.fabric;
  const source = { live: 'tables as the fabric has them', configured: 'tables as the configuration will make them', none: 'no tables' }[tables];
  const incomplete = incompleteText(diagnostics);
  const subtitle = `${counted(hosts, 'host port')}, ${counted(switches, 'switch', 'switches')}; ${source}${incomplete === null ? '' : `; ${incomplete}`}`;
  // What is so for a part of the input is not known of the whole.
  const apart = report.apart === 'holds' && incomplete !== null ? 'undecided' : report.apart;
  const [ink, sign] = {
    holds: ['holds', 'M-5 0.5 L-1.5 4 L5 -4'],
    fails: ['red', 'M-4 -4 L4 4 M4 -4 L-4 4'],
    undecided: ['undecided', 'M-3 -2.5 A3.2 3.2 0 1 1 0 1 L0 2 M0 5.6 L0 5.7'],
  }[apart];
  const title = apartText({ ...report, apart });
  const lines = wrap(visible(title), titleCells).slice(0, 3);
  return {
    title,
    subtitle,
    height: 24 + lines.length * 20,
    drawn: [
      svgElement('circle', { class: ink ?? '', cx: margin + 11, cy: margin + 10, r: 11 }),
      svgElement('path', { class: 'sign', d: sign ?? '', transform: `translate(${margin + 11} ${margin + 10})` }),
      ...lines.map((line, i) =>
        svgElement('text', { class: 'text', x: margin + 32, y: margin + 15 + i * 20, 'font-size': 15, 'font-weight': 600 }, svgText(line)),
      ),
      svgElement('text', { class: 'dim', x: margin + 32, y: margin + 16 + lines.length * 20 }, svgText(subtitle)),
    ],
  };
}

function legend(y: number): readonly string[] {
  const entries: readonly (readonly [draw: (x: number) => readonly string[], words: string])[] = [
    [(x) => [disc(x, y)], 'full member'],
    [(x) => [ring(x, y)], 'limited member'],
    [(x) => [svgElement('rect', { class: 'own', x: x - 9, y: y - 9, width: 18, height: 18, rx: 4 })], 'its own partition'],
    [(x) => redMark(x, y, 'full'), 'meets whom it should not'],
  ];
  let x = margin + 11;
  return entries.flatMap(([draw, words]) => {
    const drawn = [...draw(x), svgElement('text', { class: 'dim', x: x + 16, y: y + 4.5 }, words)];
    x += 46 + words.length * letter;
    return drawn;
  });
}

const disc = (cx: number, cy: number): string => svgElement('circle', { class: 'member', cx, cy, r: 6 });
const ring = (cx: number, cy: number): string => svgElement('circle', { class: 'ring', cx, cy, r: 5 });

function redMark(x: number, y: number, cell: 'full' | 'limited'): readonly string[] {
  return [
    svgElement('rect', { class: 'red', x: x - 10, y: y - 10, width: 20, height: 20, rx: 3 }),
    svgElement('circle', cell === 'full' ? { class: 'inside', cx: x, cy: y, r: 4.5 } : { class: 'insideRing', cx: x, cy: y, r: 4.2 }),
  ];
}

interface Column {
  /** Where its cell stands in a row of the report. */
  readonly at: number;
  readonly pkey: number;
  readonly name: string;
  readonly crossings: readonly FabricCrossing[];
}

/** Rows and columns, and what is drawn of them. */
class Picture {
  readonly #report: FabricAuditReport;
  readonly columns: readonly Column[];
  readonly rows: readonly HostSort[];
  readonly #byParty = new Map<number, ReadonlyMap<string | null, ReadonlySet<'full' | 'limited'>>>();
  readonly #left: { readonly columns: number; readonly sorts: number };

  constructor(report: FabricAuditReport) {
    this.#report = report;
    const columns = report.matrix.pkeys.map(({ pkey, name }, at): Column => ({ at, pkey, name, crossings: report.crossings.filter((c) => c.pkey === pkey) }));
    const sorts = hostSorts(report.matrix.rows, mostHosts);
    this.columns = first(columns, mostColumns, (c) => c.crossings.length > 0);
    this.rows = first(sorts, mostRows, ({ row }) => this.columns.some((c) => this.#crosses(row, c)));
    this.#left = { columns: columns.length - this.columns.length, sorts: sorts.length - this.rows.length };
  }

  /** Whether a host can talk to somebody over a partition whom it should not meet. */
  #crosses(row: FabricRow, { at, crossings }: Column): boolean {
    const cell = row.cells[at] ?? null;
    if (cell === null) return false;
    return crossings.some(({ a, b }) => {
      const other = row.party === this.#nameOf(a) ? b : row.party === this.#nameOf(b) ? a : null;
      if (other === null) return false;
      const there = this.#held(at).get(this.#nameOf(other));
      return there?.has('full') === true || (cell === 'full' && there?.has('limited') === true);
    });
  }

  /** How the ports of each party are in a partition. */
  #held(at: number): ReadonlyMap<string | null, ReadonlySet<'full' | 'limited'>> {
    return kept(this.#byParty, at, () => {
      const held = new Map<string | null, Set<'full' | 'limited'>>();
      for (const { party, cells } of this.#report.matrix.rows) {
        const cell = cells[at] ?? null;
        if (cell !== null) kept(held, party, () => new Set<'full' | 'limited'>()).add(cell);
      }
      return held;
    });
  }

  /** Ports of nobody are called something that no party is. */
  #nameOf(name: string): string | null {
    return this.#report.parties.some((p) => p.name === name) ? name : null;
  }

  #x(column: number): number {
    return gridAt + column * pitch + pitch / 2;
  }

  get headingsHeight(): number {
    const longest = Math.max(0, ...this.columns.map(({ name }) => keyText(0).length + 1 + displayWidth(clip(visible(name), longestName, '…'))));
    return longest === 0 ? 0 : longest * letter * Math.sin((lean * Math.PI) / 180) + 22;
  }

  headings(top: number): readonly string[] {
    return this.columns.map(({ pkey, name, crossings }, i) => {
      const red = crossings.length > 0;
      const words = `${svgElement('tspan', { class: red ? 'mono red' : 'mono text' }, keyText(pkey))} ${svgText(clip(visible(name), longestName, '…'))}`;
      return svgElement(
        'text',
        { class: red ? 'red' : 'dim', transform: `translate(${this.#x(i) + 3} ${top - 10}) rotate(-${lean})`, ...(red ? { 'font-weight': 700 } : {}) },
        words,
      );
    });
  }

  /** A band for each party, with its name, and its hosts. */
  bands(top: number, width: number): readonly string[] {
    const out: string[] = [];
    let from = 0;
    for (let band = 0; from < this.rows.length; band++) {
      const name = this.rows[from]?.row.party ?? null;
      let to = from;
      while (to < this.rows.length && (this.rows[to]?.row.party ?? null) === name) to++;
      const party = this.#report.parties.find((p) => p.name === name);
      const y = top + from * rowHeight;
      if (band % 2 === 0) out.push(svgElement('rect', { class: 'band', x: margin / 2, y, width: width - margin, height: (to - from) * rowHeight, rx: 6 }));
      const home = this.columns.findIndex((c) => party?.pkey === c.pkey);
      if (home >= 0) out.push(svgElement('rect', { class: 'own', x: this.#x(home) - 13, y: y + 1, width: 26, height: (to - from) * rowHeight - 2, rx: 5 }));
      const kind = party === undefined ? '' : kindWords[party.kind];
      const title = clip(visible(name ?? 'not known whose'), 18, '…');
      out.push(svgElement('text', { class: 'text', x: margin, y: y + 16.5, 'font-weight': 600 }, svgText(title)));
      const room = displayWidth(title) + kind.length < 19;
      if (kind !== '' && kind !== name && (room || to - from > 1))
        out.push(
          svgElement(
            'text',
            room
              ? { class: 'dim', x: hostsAt - 14, y: y + 16.5, 'font-size': 11, 'text-anchor': 'end' }
              : { class: 'dim', x: margin, y: y + rowHeight + 14, 'font-size': 11 },
            kind,
          ),
        );
      from = to;
    }
    this.rows.forEach(({ row, hosts }, i) => {
      const more = hosts > 1 ? ` and ${hosts - 1} alike` : '';
      const host = clip(visible(row.host), 26 - more.length, '…');
      const red = this.columns.some((c) => this.#crosses(row, c));
      out.push(
        svgElement(
          'text',
          { class: red ? 'red' : 'text', x: hostsAt, y: top + i * rowHeight + 16.5, ...(red ? { 'font-weight': 600 } : {}) },
          `${svgText(host)}${more === '' ? '' : svgElement('tspan', { class: 'dim', 'font-weight': 400 }, more)}`,
        ),
      );
    });
    return out;
  }

  /** A dot where a host is no member. */
  gaps(top: number): readonly string[] {
    return this.rows.flatMap(({ row }, i) =>
      this.columns.flatMap(({ at }, column) =>
        row.cells[at] == null ? [svgElement('circle', { class: 'none', cx: this.#x(column), cy: top + i * rowHeight + rowHeight / 2, r: 1.6 })] : [],
      ),
    );
  }

  /** What joins the members of a partition: thin where they are to meet or cannot, thick and red between those that can and should not. */
  links(top: number): readonly string[] {
    return this.columns.flatMap((column, i) => {
      const line = (kind: string, rows: readonly number[]): readonly string[] => {
        const [a, b] = [rows[0], rows.at(-1)];
        if (a === undefined || b === undefined || a === b) return [];
        const y = (row: number): number => top + row * rowHeight + rowHeight / 2;
        return [svgElement('line', { class: kind, x1: this.#x(i), y1: y(a), x2: this.#x(i), y2: y(b) })];
      };
      const chosen = (isIn: (row: FabricRow) => boolean): readonly number[] => this.rows.flatMap(({ row }, at) => (isIn(row) ? [at] : []));
      return [
        ...line(
          'link',
          chosen((row) => (row.cells[column.at] ?? null) !== null),
        ),
        ...line(
          'cross',
          chosen((row) => this.#crosses(row, column)),
        ),
      ];
    });
  }

  members(top: number): readonly string[] {
    return this.rows.map(({ row, hosts }, i) => {
      const y = top + i * rowHeight + rowHeight / 2;
      const cells = this.columns.flatMap((column, at) => {
        const cell = row.cells[column.at] ?? null;
        if (cell === null) return [];
        if (this.#crosses(row, column)) return redMark(this.#x(at), y, cell);
        return [cell === 'full' ? disc(this.#x(at), y) : ring(this.#x(at), y)];
      });
      return svgElement('g', {}, [svgElement('title', {}, svgText(this.#rowText(row, hosts))), ...cells]);
    });
  }

  #rowText(row: FabricRow, hosts: number): string {
    const held = this.columns.flatMap(({ at, pkey }) => (row.cells[at] == null ? [] : [`${row.cells[at]} in ${keyText(pkey)}`]));
    const alike = hosts > 1 ? ` and ${hosts - 1} alike` : '';
    return `${row.host}${alike} (${row.party ?? 'not known whose'}): ${held.length === 0 ? 'in no partition' : held.join(', ')}${row.indexZero === null ? '' : `; index 0 holds ${keyText(row.indexZero)}`}`;
  }

  notes(): readonly string[] {
    const { columns, sorts } = this.#left;
    return [
      ...(this.#report.matrix.rows.length === 0 ? ['No host port is known, so there is nothing to show.'] : []),
      ...(sorts > 0 ? [`${counted(sorts, 'more sort')} of host not shown; --format json has all.`] : []),
      ...(columns > 0 ? [`${counted(columns, 'more partition')} not shown; --format json has all.`] : []),
    ];
  }

  description(subtitle: string): string {
    const { parties, crossings } = this.#report;
    const who = parties.map((p) => `${p.name} (${kindWords[p.kind]}, ${counted(p.ports, 'port')}${p.pkey === null ? '' : `, partition ${keyText(p.pkey)}`})`);
    const met = crossings.slice(0, crossingsShown).map((c) => crossingText(c));
    return `Hosts by partition. ${subtitle}. ${who.length === 0 ? '' : `${who.join('; ')}. `}${met.length === 0 ? 'Nobody is shown to meet whom it should not.' : `${met.join('. ')}.`}`;
  }
}

/** Some of many, those that matter before others, in the order in which they stood. */
function first<T>(all: readonly T[], most: number, matters: (one: T) => boolean): readonly T[] {
  if (all.length <= most) return all;
  const kept = new Set([...all.filter(matters), ...all.filter((one) => !matters(one))].slice(0, most));
  return all.filter((one) => kept.has(one));
}

function crossingText({ a, b, pkey, when, pairs }: FabricCrossing): string {
  return `${a} and ${b} ${when === 'now' ? 'can talk' : 'will be able to talk, once the configuration is read,'} over ${keyText(pkey)}: ${counted(pairs, 'pair')} of ports`;
}

/** Below the grid: who meets whom, over which key, with a pair of hosts for each. */
function crossingBoxes(crossings: readonly FabricCrossing[], width: number): { readonly height: number; at(top: number): readonly string[] } {
  const shown = crossings.slice(0, crossingsShown);
  const rest = crossings.length - shown.length;
  const cells = Math.floor((width - 2 * margin - 32) / letter);
  const box = 50;
  const drawn = (crossing: FabricCrossing, y: number): readonly string[] => {
    const [pair] = crossing.examples;
    const member = (host: string, key: number): string => `${host} (${isFull(key) ? 'full' : 'limited'} member, ${keyText(key)})`;
    const example = pair === undefined ? '' : `such as ${member(pair.a, pair.aKey)} and ${member(pair.b, pair.bKey)}`;
    return [
      svgElement('rect', { class: 'call', x: margin / 2, y, width: width - margin, height: box - 6, rx: 6 }),
      svgElement('rect', { class: 'red', x: margin / 2, y, width: 6, height: box - 6, rx: 2 }),
      svgElement('text', { class: 'red', x: margin + 4, y: y + 18, 'font-weight': 700 }, svgText(clip(visible(crossingText(crossing)), cells, '…'))),
      svgElement('text', { class: 'text', x: margin + 4, y: y + 36 }, svgText(clip(visible(example), cells, '…'))),
    ];
  };
  return {
    height: shown.length * box + (rest > 0 ? 18 : 0),
    at: (top) => [
      ...shown.flatMap((crossing, i) => drawn(crossing, top + i * box)),
      ...(rest > 0
        ? [svgElement('text', { class: 'red', x: margin, y: top + shown.length * box + 12 }, svgText(`and ${rest} more, which --format json lists`))]
        : []),
    ],
  };
}

import type { Diagnostic } from '../kernel/result.ts';
import type { FabricAuditReport, FabricMatrix, FabricQuestion } from '../model/fabric-audit-report.ts';
import type { Ignored } from '../model/ignored.ts';
import { keyText } from '../model/pkey.ts';
import type { TextContext } from './context.ts';
import { hostSorts } from './fabric-rows.ts';
import { findingLines, ignoredLines } from './finding-text.ts';
import { incompleteText } from './headline.ts';
import type { Pen } from './pen.ts';
import { tableLines } from './table.ts';
import { visible } from './visible.ts';
import { clip, wrap } from './width.ts';
import { counted } from './words.ts';

/** Rows of hosts that are shown; of more, those with the same place in every partition become one. */
const mostRows = 40;
const longestHost = 28;

/** `zones apart`, in one line. */
export function apartText({ apart, apartBecause }: FabricAuditReport): string {
  const words = { holds: 'the zones are kept apart', fails: 'the zones are not kept apart', undecided: 'whether the zones are kept apart is not known' };
  return `${words[apart]}: ${apartBecause}`;
}

/** The audit of a fabric for people: the answer, who is in which partition, who meets whom, the questions, and the findings. */
export function fabricAuditText(report: FabricAuditReport, context: TextContext, ignored: readonly Ignored[], diagnostics: readonly Diagnostic[]): string {
  const { pen } = context;
  const blocks = [
    headLines(report, pen, diagnostics),
    matrixLines(report.matrix, pen),
    crossingLines(report, pen),
    questionLines(report.questions, pen),
    findingLines(report.findings, context),
    ignoredLines(ignored, context),
    [
      pen.ink('This rests on', 'dim'),
      ...report.assumptions.flatMap((text) => wrap(text, pen.style.width - 4).map((line, i) => pen.ink(`  ${i === 0 ? pen.glyphs.dot : ' '} ${line}`, 'dim'))),
    ],
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function headLines(report: FabricAuditReport, pen: Pen, diagnostics: readonly Diagnostic[]): string[] {
  const sign = { holds: pen.ink(pen.glyphs.holds, 'green'), fails: pen.ink(pen.glyphs.fails, 'red'), undecided: pen.ink(pen.glyphs.undecided, 'yellow') }[
    report.apart
  ];
  const { hosts, switches, tables } = report.fabric;
  const source = { live: 'tables as the fabric has them', configured: 'tables as the configuration will make them', none: 'no tables' }[tables];
  const incomplete = incompleteText(diagnostics);
  return [
    `${sign} ${pen.ink(visible(apartText(report)), 'bold')}`,
    pen.ink(`  ${counted(hosts, 'host port')}, ${counted(switches, 'switch', 'switches')}; ${source}${incomplete === null ? '' : `; ${incomplete}`}`, 'dim'),
  ];
}

/** Hosts against partitions: who is a full member, who a limited one. */
function matrixLines({ pkeys, rows }: FabricMatrix, pen: Pen): string[] {
  if (rows.length === 0) return [];
  const shown = hostSorts(rows, mostRows);
  const sign = { full: pen.ink(pen.style.unicode ? '●' : 'F', 'red', 'bold'), limited: pen.style.unicode ? '○' : 'l' };
  const head = ['', '', ...pkeys.map(({ pkey }) => keyText(pkey)), 'index 0'];
  const names = ['', '', ...pkeys.map(({ name }) => clip(visible(name), 12, pen.glyphs.more)), ''];
  const body = shown
    .slice(0, mostRows)
    .map(({ row, hosts }) => [
      visible(row.party ?? '(nobody’s)'),
      clip(visible(row.host), longestHost, pen.glyphs.more) + (hosts > 1 ? ` and ${hosts - 1} alike` : ''),
      ...row.cells.map((cell) => (cell === null ? pen.ink(pen.glyphs.dot, 'dim') : sign[cell])),
      row.indexZero === null ? '' : keyText(row.indexZero),
    ]);
  const rest = shown.length - body.length;
  return [
    `${pen.ink('Partitions', 'bold')}  ${sign.full} full  ${sign.limited} limited`,
    ...tableLines([head, names, ...body], { indent: 2 }),
    ...(rest > 0 ? [pen.ink(`  ${pen.glyphs.more} and ${counted(rest, 'more sort')} of host`, 'dim')] : []),
  ];
}

function crossingLines({ crossings }: FabricAuditReport, pen: Pen): string[] {
  if (crossings.length === 0) return [];
  return [
    pen.ink('Who meets whom, and should not', 'bold'),
    ...crossings.slice(0, 20).map(({ a, b, pkey, when, pairs, examples }) => {
      const [first] = examples;
      const example = first === undefined ? '' : ` (${visible(first.a)} ${keyText(first.aKey)} ${pen.glyphs.arrow} ${visible(first.b)} ${keyText(first.bKey)})`;
      return `  ${pen.ink(visible(a), 'red')} and ${pen.ink(visible(b), 'red')} over ${keyText(pkey)}, ${when}: ${counted(pairs, 'pair')} of ports${example}`;
    }),
    ...(crossings.length > 20 ? [pen.ink(`  ${pen.glyphs.more} and ${crossings.length - 20} more`, 'dim')] : []),
  ];
}

function questionLines(questions: readonly FabricQuestion[], pen: Pen): string[] {
  const signs: Readonly<Record<FabricQuestion['answer'], string>> = {
    'in order': pen.ink(pen.glyphs.holds, 'green'),
    'not in order': pen.ink(pen.glyphs.fails, 'red'),
    'not known': pen.ink(pen.glyphs.undecided, 'yellow'),
  };
  return [
    pen.ink('Questions', 'bold'),
    ...questions.flatMap(({ question, answer, because }, i) => {
      const number = `${i + 1}`.padStart(2);
      const [first = '', ...more] = wrap(`${visible(question)} ${visible(because)}`, pen.style.width - 8);
      return [`  ${signs[answer]} ${number} ${first}`, ...more.map((line) => `       ${line}`)];
    }),
  ];
}

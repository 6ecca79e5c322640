import type { ChangedObject, DiffReport, TrafficChange, UndecidedTraffic } from '../model/diff-report.ts';
import { assumptionLines } from './assumption-text.ts';
import type { TextContext } from './context.ts';
import { gapsOf } from './diff-findings.ts';
import { explainCommand } from './explain-command.ts';
import { endpointText, transportText } from './party-text.ts';
import type { Ink } from './pen.ts';
import { placeOf } from './place.ts';
import { decisionInks } from './verdict-text.ts';
import { visible } from './visible.ts';
import { wrap } from './width.ts';
import { counted, listed } from './words.ts';

/** So many changes of one sort are spelled out. */
const spelledOut = 25;

const listedObjects = 10;

/** So many things that are not known are told of one passage. */
const gapsShown = 3;

const inks: Readonly<Record<TrafficChange['effect'], readonly Ink[]>> = { gained: ['red', 'bold'], lost: ['yellow', 'bold'] };

/** What differs in a sentence: `2 gained, 1 lost; 3 possible`. */
export function diffHeadline(report: DiffReport): string {
  const of = (effect: TrafficChange['effect']): string[] => {
    const changes = report.changes.filter((c) => c.effect === effect);
    const possible = changes.filter((c) => c.certainty === 'possible').length;
    const note = possible === 0 ? '' : possible === changes.length ? ' (possibly)' : ` (${possible} of them possibly)`;
    return changes.length === 0 ? [] : [`${counted(changes.length, 'passage')} ${effect}${note}`];
  };
  const parts = [...of('gained'), ...of('lost')];
  const open = report.undecided.length === 0 ? '' : `, and of ${counted(report.undecided.length, 'passage')} it cannot be told`;
  const traffic = `${parts.length === 0 ? 'no traffic gained or lost' : listed(parts)}${open}`;
  return report.filters.length === 0 ? traffic : `${traffic} on layers 3 and 4; filters above differ`;
}

/** A comparison for people: what was gained, what was lost, each with a packet that shows it and the rule that causes it. */
export function diffText(report: DiffReport, context: TextContext): string {
  const { pen } = context;
  const { before, after } = report;
  const profiles =
    before.profile === after.profile ? `profile ${visible(before.profile)}` : `profile ${visible(before.profile)}, then ${visible(after.profile)}`;
  const paths = before.title === after.title ? visible(before.title) : `${visible(before.title)}, then ${visible(after.title)}`;
  const head = [`${pen.ink(diffHeadline(report), 'bold')}  ${pen.ink(`(${paths}; ${profiles})`, 'dim')}`];
  const sections = [
    ['Gained', report.changes.filter((c) => c.effect === 'gained' && c.because === 'rules')],
    ['Lost', report.changes.filter((c) => c.effect === 'lost' && c.because === 'rules')],
    ['With workloads that came', report.changes.filter((c) => c.effect === 'gained' && c.because === 'workloads')],
    ['With workloads that went', report.changes.filter((c) => c.effect === 'lost' && c.because === 'workloads')],
  ] as const;
  return `${[
    head,
    ...sections.map(([title, changes]) => sectionLines(title, changes, (change) => changeLines(change, report, context), context)),
    sectionLines(
      'Cannot be told: unknown on both sides, and rules about it differ',
      report.undecided,
      (open) => undecidedLines(open, report, context),
      context,
    ),
    objectLines('Filters above layer 4 (TLS server names, HTTP): compare them by eye', report.filters, context),
    objectLines('Policies', report.policies, context),
    objectLines('Workloads', report.workloads, context),
    assumptionLines(report.assumptions, context).map((line) => pen.ink(line, 'dim')),
  ]
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** How the side is asked again on which the packet's ends are; of both, the one that is to be. */
function commandFor({ example: { packet, after } }: UndecidedTraffic, report: DiffReport, { inputs = [] }: TextContext): string | null {
  const [first, second = first] = inputs;
  const [path, side] = after === null ? [first, report.before] : [second, report.after];
  return path === undefined ? null : explainCommand(packet, { inputs: [path], profile: side.profile });
}

function sectionLines<T>(title: string, changes: readonly T[], lines: (change: T) => readonly string[], context: TextContext): string[] {
  if (changes.length === 0) return [];
  const { pen } = context;
  const rest = changes.length - spelledOut;
  return [
    pen.ink(title, 'bold'),
    ...changes.slice(0, spelledOut).flatMap(lines),
    ...(rest > 0 ? [`  ${pen.ink(`${pen.glyphs.more} and ${rest} more (--format json has them all)`, 'dim')}`] : []),
  ];
}

function changeLines(change: TrafficChange, report: DiffReport, context: TextContext): string[] {
  const { pen } = context;
  const sign = pen.ink(change.effect === 'gained' ? '+' : '-', ...inks[change.effect]);
  const states = `${pen.ink(change.before, ...decisionInks[change.before])} then ${pen.ink(change.after, ...decisionInks[change.after])}`;
  return [...titleLines(sign, change, states, context), ...shownLines(change, report, context)];
}

function undecidedLines(open: UndecidedTraffic, report: DiffReport, context: TextContext): string[] {
  const { pen } = context;
  const gaps = gapsOf(open).slice(0, gapsShown);
  return [
    ...titleLines(pen.ink('?', ...decisionInks.unknown), open, pen.ink('unknown', ...decisionInks.unknown), context),
    ...gaps.flatMap(({ text, mend }) =>
      wrap(visible(`${text} (${mend})`), pen.style.width - 14).map((line, i) => `    ${i === 0 ? pen.ink('not known', 'dim') : '         '} ${line}`),
    ),
    ...shownLines(open, report, context),
  ];
}

/** Both ends, then the ports with what became of them. */
function titleLines(sign: string, { from, to, ports }: UndecidedTraffic, states: string, { pen }: TextContext): string[] {
  const title = wrap(`${visible(from.summary)} ${pen.glyphs.arrow} ${visible(to.summary)}`, pen.style.width - 4);
  return [...title.map((line, i) => `  ${i === 0 ? sign : ' '} ${line}`), `    ${pen.ink(visible(ports), 'cyan')}  ${states}`];
}

/** What caused it, and a packet that shows it. */
function shownLines(change: UndecidedTraffic, report: DiffReport, context: TextContext): string[] {
  const { pen } = context;
  const { packet } = change.example;
  const command = commandFor(change, report, context);
  return [
    ...change.causes.flatMap((cause) => {
      const place = placeOf(cause.origin, context.locator);
      return wrap(visible(cause.text), pen.style.width - 12).map(
        (line, i) => `    ${i === 0 ? pen.ink('because', 'dim') : '       '} ${line}${i === 0 && place !== null ? pen.ink(`  ${place}`, 'dim') : ''}`,
      );
    }),
    `    ${pen.ink(`as in   ${endpointText(packet.from)} to ${endpointText(packet.to)}, ${transportText(packet)}`, 'dim')}`,
    ...(command === null ? [] : [`    ${pen.ink('more', 'dim')}    ${command}`]),
  ];
}

function objectLines(title: string, objects: readonly ChangedObject[], context: TextContext): string[] {
  if (objects.length === 0) return [];
  const { pen } = context;
  const rest = objects.length - listedObjects;
  return [
    pen.ink(title, 'bold'),
    ...objects
      .slice(0, listedObjects)
      .map((o) => `  ${o.how.padEnd(7)} ${visible(o.title)}  ${pen.ink(placeOf(o.origin, context.locator) ?? '', 'dim')}`.trimEnd()),
    ...(rest > 0 ? [`  ${pen.ink(`${pen.glyphs.more} and ${rest} more`, 'dim')}`] : []),
  ];
}

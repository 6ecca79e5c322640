import type { Ignored } from '../model/ignored.ts';
import type { BlastHop, HalfOpenPassage, Passage, ScanReport, TrainingWorkload } from '../model/scan-report.ts';
import { assumptionLines } from './assumption-text.ts';
import type { TextContext } from './context.ts';
import { findingLines, ignoredLines } from './finding-text.ts';
import { reachSentence, scanHeadline } from './headline.ts';
import { tableLines } from './table.ts';
import { visible } from './visible.ts';
import { clip, wrap } from './width.ts';
import { counted } from './words.ts';

/** Tables and rings longer than this are cut, and say so; JSON has every row. */
const rowsShown = 15;

/** A scan for people: the verdict first, then each training workload, then half-open passages, findings, and what the answer rests on. */
export function scanText(report: ScanReport, context: TextContext, ignored: readonly Ignored[] = []): string {
  const sections = [
    headLines(report, context),
    ...report.training.map((w) => workloadLines(w, report.training.length > 1, context)),
    halfOpenLines(report.halfOpen, context),
    findingLines(report.findings, context),
    ignoredLines(ignored, context),
    footLines(report, context),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function headLines(report: ScanReport, { pen }: TextContext): string[] {
  const { counts } = report;
  const facts = [
    counted(counts.namespaces, 'namespace'),
    counted(counts.workloads, 'workload'),
    counted(counts.pods, 'pod'),
    counted(counts.services, 'service'),
    counted(counts.nodes, 'node'),
    counted(counts.policies, 'policy', 'policies'),
    `profile ${visible(report.profile)}`,
  ];
  return [...wrap(scanHeadline(report), pen.style.width).map((line) => pen.ink(line, 'bold')), pen.ink(facts.join(` ${pen.glyphs.dot} `), 'dim')];
}

/** With `summary`, its own headline too; a workload that is alone has it at the top of the report already. */
function workloadLines(w: TrainingWorkload, summary: boolean, context: TextContext): string[] {
  const { pen } = context;
  const lines = [`${pen.ink(pen.glyphs.bullet, 'cyan')} ${pen.ink(visible(w.title), 'bold')}  ${pen.ink(counted(w.pods, 'pod'), 'dim')}`];
  if (w.because.length > 0)
    lines.push(...wrap(`is training: ${w.because.map(visible).join('; ')}`, pen.style.width - 2).map((line) => `  ${pen.ink(line, 'dim')}`));
  if (summary) lines.push(...wrap(reachSentence(w), pen.style.width - 2).map((line) => `  ${line}`));
  lines.push(...passageLines('reaches', w.reaches, context), ...passageLines('reached by', w.reachedBy, context), ...radiusLines(w.blastRadius, context));
  if (w.ungoverned.length > 0) {
    lines.push('', `  ${pen.ink('ungoverned: no policy of any kind sees these paths', 'yellow')}`);
    for (const path of w.ungoverned) {
      const label = path.kind.replaceAll('-', ' ');
      lines.push(
        ...wrap(`${label}: ${visible(path.text)}`, pen.style.width - 6).map((line, i) =>
          i === 0 ? `    ${pen.ink(pen.glyphs.warning, 'yellow')} ${line}` : `      ${line}`,
        ),
      );
    }
  }
  return lines;
}

function passageLines(title: string, passages: readonly Passage[], context: TextContext): string[] {
  if (passages.length === 0) return ['', `  ${context.pen.ink(title, 'bold')}  nothing`];
  const { pen } = context;
  const shown = passages.slice(0, rowsShown);
  const listeners = passages.filter((p) => p.listening !== null);
  // Said once above when it holds for all, so that the table shows what really answers.
  const wide = listeners.length > 0 && listeners.every((p) => p.ports === everyPort);
  const rows = shown.map((p) => [
    p.certainty === 'allowed' ? pen.ink(pen.glyphs.arrow, 'red') : pen.ink(pen.glyphs.maybe, 'yellow'),
    clip(visible(p.party.title), Math.max(24, pen.style.width - 40), pen.glyphs.more),
    pen.ink(clip(portsShown(p, wide), 60, pen.glyphs.more), p.certainty === 'allowed' ? 'cyan' : 'yellow'),
    p.certainty === 'allowed' ? '' : pen.ink('not known', 'yellow'),
  ]);
  return [
    '',
    `  ${pen.ink(title, 'bold')}${wide ? pen.ink('  on every port; shown are those that answer', 'dim') : ''}`,
    ...tableLines(rows, { indent: 4 }),
    ...moreLine(passages.length - shown.length, 4, context),
    ...gapLines(passages, context),
  ];
}

/** What really answers there, when the destination says what it listens on; else all that passes. `brief` leaves out that all the rest is open too. */
function portsShown(p: Passage, brief: boolean): string {
  if (p.listening === null) return visible(p.ports);
  return brief || p.listening === p.ports ? visible(p.listening) : `${visible(p.listening)} (open: ${visible(p.ports)})`;
}

/** How a TransportSet says that nothing is shut. */
const everyPort = 'everything';

/** Why some answers are not known, each reason once. */
function gapLines(passages: readonly Passage[], context: TextContext): string[] {
  const { pen } = context;
  const gaps = new Map(passages.flatMap((p) => p.gaps).map((gap) => [`${gap.code} ${gap.text}`, gap]));
  const lines = [...gaps.values()].slice(0, 5).flatMap((gap) => wrap(`not known: ${visible(gap.text)}; ${visible(gap.mend)}`, pen.style.width - 6));
  return [...lines.map((line) => `      ${pen.ink(line, 'yellow')}`), ...moreLine(gaps.size - 5, 6, context)];
}

function radiusLines(rings: readonly BlastHop[], context: TextContext): string[] {
  const { pen } = context;
  const full = rings.filter((ring) => ring.reached.length > 0);
  if (full.length === 0) return [];
  const lines = ['', `  ${pen.ink('blast radius', 'bold')}`];
  full.forEach((ring, i) => {
    const last = i === full.length - 1;
    const how = ring.hop === 1 ? 'directly' : `after ${counted(ring.hop, 'hop')}`;
    lines.push(`    ${last ? pen.glyphs.lastBranch : pen.glyphs.branch} ${how}: ${counted(ring.reached.length, 'party', 'parties')}`);
    const twigs = ring.hop === 1 ? namespaceTwigs(ring, context) : ring.reached.map((reached) => twigText(reached, context));
    const shown = twigs.length > rowsShown ? [...twigs.slice(0, rowsShown), pen.ink(`${pen.glyphs.more} ${twigs.length - rowsShown} more`, 'dim')] : twigs;
    shown.forEach((twig, j) =>
      lines.push(`    ${last ? '  ' : pen.glyphs.trunk} ${j === shown.length - 1 ? pen.glyphs.lastBranch : pen.glyphs.branch} ${twig}`),
    );
  });
  return lines;
}

function twigText({ party, ports, via, certainty }: BlastHop['reached'][number], { pen }: TextContext): string {
  const through = via === null ? '' : pen.ink(`  via ${visible(via.title)}`, 'dim');
  return `${visible(party.title)}  ${pen.ink(visible(ports), 'cyan')}${through}${certainty === 'allowed' ? '' : pen.ink('  not known', 'yellow')}`;
}

/** The first ring, whose ports stand above already: a line for each namespace, then one for each party that has none. */
function namespaceTwigs(ring: BlastHop, context: TextContext): string[] {
  const { pen } = context;
  const namespaces = new Map<string, string[]>();
  const others: string[] = [];
  for (const reached of ring.reached) {
    const slash = reached.party.kind === 'workload' ? reached.party.title.indexOf('/') : -1;
    if (slash < 0) {
      others.push(twigText(reached, context));
      continue;
    }
    const namespace = reached.party.title.slice(0, slash);
    const name = visible(reached.party.title.slice(slash + 1)) + (reached.certainty === 'allowed' ? '' : pen.ink(' (not known)', 'yellow'));
    namespaces.set(namespace, [...(namespaces.get(namespace) ?? []), name]);
  }
  const lines = [...namespaces].map(([namespace, names]) => {
    const shown = names.length > 6 ? [...names.slice(0, 6), `${names.length - 6} more`] : names;
    return `${pen.ink(visible(namespace), 'bold')}: ${shown.join(', ')}`;
  });
  return [...lines, ...others];
}

function halfOpenLines(passages: readonly HalfOpenPassage[], context: TextContext): string[] {
  if (passages.length === 0) return [];
  const { pen } = context;
  const shown = passages.slice(0, rowsShown);
  const rows = shown.map((p) => [
    `${visible(p.from.title)} ${pen.glyphs.blocked} ${visible(p.to.title)}`,
    pen.ink(visible(p.ports), 'cyan'),
    pen.ink(`open for ${p.openSide} only; ${visible(p.missing)}`, 'dim'),
  ]);
  return [
    `${pen.ink('Half-open passages', 'bold')}  one side allows what the other refuses`,
    ...tableLines(rows, { indent: 2 }),
    ...moreLine(passages.length - shown.length, 2, context),
  ];
}

function footLines(report: ScanReport, context: TextContext): string[] {
  const { pen } = context;
  const lines: string[] = [];
  if (report.unread.length > 0) {
    const kinds = report.unread.map((u) => `${visible(u.kind)} (${u.count})`);
    lines.push(
      ...wrap(`Not read: ${kinds.slice(0, 12).join(', ')}${kinds.length > 12 ? ` and ${counted(kinds.length - 12, 'more kind')}` : ''}`, pen.style.width),
    );
  }
  lines.push(...assumptionLines(report.assumptions, context));
  return lines.map((line) => pen.ink(line, 'dim'));
}

function moreLine(n: number, indent: number, { pen }: TextContext): string[] {
  return n > 0 ? [' '.repeat(indent) + pen.ink(`${pen.glyphs.more} ${n} more (--format json has them all)`, 'dim')] : [];
}

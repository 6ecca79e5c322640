import type { Diagnostic } from '../kernel/result.ts';
import type { Finding } from '../model/finding.ts';
import type { Ignored } from '../model/ignored.ts';
import type { BlastHop, Passage, ScanReport, TrainingWorkload } from '../model/scan-report.ts';
import type { Packet } from '../model/verdict.ts';
import { cloudLines } from './cloud-text.ts';
import type { TextContext } from './context.ts';
import { explainCommand } from './explain-command.ts';
import { exposedLines, more } from './exposed-lines.ts';
import { fabricLines } from './fabric.ts';
import { fabricReachLines } from './fabric-way.ts';
import { findingLines, ignoredLines, ranked, severityCounts, severityInks } from './finding-text.ts';
import { passagePorts, reachSentence, scanHeadline, unreadKinds } from './headline.ts';
import { incompleteLines } from './incomplete-lines.ts';
import type { Ink } from './pen.ts';
import { placeOf } from './place.ts';
import { stagedLines } from './staged.ts';
import { visible } from './visible.ts';
import { displayWidth, padRight, wrap } from './width.ts';
import { counted } from './words.ts';

/** Tables and rings longer than this are cut, and say so; JSON has more. */
const rowsShown = 15;

/** So many training workloads are spelled out, and so many more are a line each. */
const workloadsShown = 10;
const workloadsNamed = 30;

/** So many findings are named under the headline. */
const findingsNamed = 3;

/** A scan for people: the verdict first, then each training workload, then half-open passages, findings, and what the answer rests on. */
export function scanText(report: ScanReport, context: TextContext, ignored: readonly Ignored[] = [], diagnostics: readonly Diagnostic[] = []): string {
  const spelled = widest(report.training);
  const sections = [
    [...incompleteLines(diagnostics, context), ...headLines(report, context)],
    ...spelled.map((w) => workloadLines(w, report.training.length > 1, context)),
    otherWorkloadLines(
      report.training.filter((w) => !spelled.includes(w)),
      report.omitted.training,
      context,
    ),
    cloudLines(report.cloud ?? [], context),
    fabricReachLines(report.infiniband ?? [], context),
    outsideLines(report, context),
    halfOpenLines(report, context),
    stagedSection(report, context),
    findingLines(report.findings, context),
    ignoredLines(ignored, context),
    footLines(report, context),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** The workloads that are spelled out: those that reach most, of those that differ in nothing but themselves the first; in the order given. */
function widest(training: readonly TrainingWorkload[]): readonly TrainingWorkload[] {
  const reach = ({ podsWithin }: TrainingWorkload): number => podsWithin.allowed * 1e7 + podsWithin.unknown;
  const own = new Set<string>(training.flatMap((w) => w.members));
  const unlike = new Map<string, TrainingWorkload>();
  for (const w of [...training].sort((a, b) => reach(b) - reach(a))) {
    const key = beyondTraining(w, own);
    if (!unlike.has(key)) unlike.set(key, w);
  }
  const kept = new Set([...unlike.values()].slice(0, workloadsShown));
  return training.filter((w) => kept.has(w));
}

/** What a workload's section says, but for its own name and which other training workloads it meets. */
function beyondTraining(w: TrainingWorkload, own: ReadonlySet<string>): string {
  const told = (passages: readonly Passage[]): unknown =>
    passages.filter((p) => !own.has(p.party.id)).map((p) => [p.party.id, p.certainty, p.ports, p.listening]);
  return JSON.stringify([
    w.pods,
    w.because,
    reachSentence(w),
    told(w.reaches),
    told(w.reachedBy),
    w.ungoverned,
    w.fabric.shared.map((p) => [p.party.id, p.through]),
  ]);
}

function headLines(report: ScanReport, context: TextContext): string[] {
  const { pen } = context;
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
  return [
    ...wrap(scanHeadline(report), pen.style.width).map((line) => pen.ink(line, 'bold')),
    ...wrap(facts.join(` ${pen.glyphs.dot} `), pen.style.width).map((line) => pen.ink(line, 'dim')),
    ...findingSummary(report.findings, context),
  ];
}

/** What to act on, right under the verdict: how many findings there are, and the worst of them, a check once. */
function findingSummary(findings: readonly Finding[], { pen }: TextContext): string[] {
  if (findings.length === 0) return [];
  const worst = [
    ...new Map(
      ranked(findings)
        .map((f) => [f.check, f] as const)
        .reverse(),
    ).values(),
  ]
    .reverse()
    .slice(0, findingsNamed);
  return [
    `${pen.ink('Findings', 'bold')}  ${severityCounts(findings)} (below, each with its fix)`,
    ...worst.flatMap((f) => {
      const label = `${f.severity} ${visible(f.check)}`;
      return wrap(`${label}: ${visible(f.message)}`, pen.style.width - 4).map(
        (line, i) => (i === 0 ? `  ${pen.ink(pen.glyphs.bullet, ...severityInks[f.severity])} ` : '    ') + line,
      );
    }),
  ];
}

/** Training workloads beyond those that are spelled out: a line each, then how many more. */
function otherWorkloadLines(others: readonly TrainingWorkload[], omitted: number, context: TextContext): string[] {
  const { pen } = context;
  if (others.length === 0 && omitted === 0) return [];
  const named = others
    .slice(0, workloadsNamed)
    .flatMap((w) =>
      wrap(`${visible(w.title)} ${reachSentence(w)}`, pen.style.width - 4).map(
        (line, i) => (i === 0 ? `  ${pen.ink(pen.glyphs.bullet, 'cyan')} ` : '    ') + line,
      ),
    );
  const rest = others.slice(workloadsNamed).reduce((sum, w) => sum + w.members.length + w.omitted.members, 0) + omitted;
  return [
    `${pen.ink('Other training workloads', 'bold')}  ${pen.ink('each like one above, or reaching less', 'dim')}`,
    ...named,
    ...(rest > 0 ? [`  ${pen.ink(`${pen.glyphs.more} ${counted(rest, 'more', 'more')}, which are like these or reach less`, 'dim')}`] : []),
  ];
}

/** With `summary`, its own headline too; a workload that is alone has it at the top of the report already. */
function workloadLines(w: TrainingWorkload, summary: boolean, context: TextContext): string[] {
  const { pen } = context;
  const lines = [`${pen.ink(pen.glyphs.bullet, 'cyan')} ${pen.ink(visible(w.title), 'bold')}  ${pen.ink(counted(w.pods, 'pod'), 'dim')}`];
  if (w.because.length > 0)
    lines.push(...wrap(`is training: ${w.because.map(visible).join('; ')}`, pen.style.width - 2).map((line) => `  ${pen.ink(line, 'dim')}`));
  if (summary) lines.push(...wrap(reachSentence(w), pen.style.width - 2).map((line) => `  ${line}`));
  lines.push(
    ...passageLines('reaches', w.reaches, w.omitted.reaches, context),
    ...passageLines('reached by', w.reachedBy, w.omitted.reachedBy, context),
    ...fabricLines(w.fabric, context),
    ...radiusLines(w, context),
  );
  const onNode = w.ungoverned.filter((u) => u.kind !== 'rdma-device' && u.kind !== 'secondary-interface');
  if (onNode.length > 0) {
    lines.push('', `  ${pen.ink('ungoverned: no policy of any kind sees these paths', 'yellow')}`);
    for (const path of onNode) {
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

function passageLines(title: 'reaches' | 'reached by', passages: readonly Passage[], omitted: number, context: TextContext): string[] {
  if (passages.length === 0) return ['', `  ${context.pen.ink(title, 'bold')}  nothing`];
  const { pen } = context;
  const shown = passages.slice(0, rowsShown);
  const listeners = passages.filter((p) => p.listening !== null);
  // Said once above when it holds for all, so that the table shows what is declared.
  const wide = listeners.length > 0 && listeners.every((p) => p.ports === everyPort);
  const [arrow, maybe] = title === 'reaches' ? [pen.glyphs.arrow, pen.glyphs.maybe] : [pen.glyphs.arrowFrom, pen.glyphs.maybeFrom];
  const rows = shown.map((p): PassageRow => {
    const known = p.certainty === 'allowed';
    return { sign: known ? pen.ink(arrow, 'red') : pen.ink(maybe, 'yellow'), who: visible(p.party.title), ports: passagePorts(p, wide), known };
  });
  return [
    '',
    `  ${pen.ink(title, 'bold')}${wide ? pen.ink('  on every port; shown are those that are declared', 'dim') : ''}`,
    ...passageRows(rows, context),
    ...moreLine(passages.length - shown.length + omitted, 4, context),
    ...gapLines(passages, context),
  ];
}

interface PassageRow {
  readonly sign: string;
  readonly who: string;
  readonly ports: string;
  readonly known: boolean;
}

/** The least room that a party needs beside its ports. */
const narrowestParty = 24;

/** A table, its cells folded where they are too wide for it; on a narrow terminal ports stand below their party. Nothing is cut. */
function passageRows(rows: readonly PassageRow[], { pen }: TextContext): string[] {
  const indent = 4;
  const margin = ' '.repeat(indent);
  const widest = (of: (row: PassageRow) => string): number => Math.max(...rows.map((row) => displayWidth(of(row))));
  const sign = widest((r) => r.sign) + 2;
  const ports = Math.min(
    widest((r) => r.ports),
    Math.max(30, Math.floor(pen.style.width * 0.4)),
  );
  const room = pen.style.width - indent - sign - (rows.every((r) => r.known) ? 0 : 11);
  const beside = room - ports - 2 >= narrowestParty;
  const who = beside
    ? Math.min(
        widest((r) => r.who),
        room - ports - 2,
      )
    : Math.max(narrowestParty, room);
  return rows.flatMap((row) => {
    const ink: Ink = row.known ? 'cyan' : 'yellow';
    const unknown = row.known ? '' : `  ${pen.ink('not known', 'yellow')}`;
    const left = wrap(row.who, who);
    const right = wrap(row.ports, beside ? ports : Math.max(narrowestParty, room - 2));
    const start = (i: number): string => margin + (i === 0 ? padRight(row.sign, sign) : ' '.repeat(sign));
    if (!beside) return [...left.map((line, i) => start(i) + line), ...right.map((line, i) => `${start(1)}  ${pen.ink(line, ink)}${i === 0 ? unknown : ''}`)];
    return Array.from({ length: Math.max(left.length, right.length) }, (_, i) => {
      const cell = right[i] === undefined ? '' : `  ${pen.ink(row.known ? right[i] : padRight(right[i], ports), ink)}${i === 0 ? unknown : ''}`;
      return (start(i) + padRight(left[i] ?? '', cell === '' ? 0 : who) + cell).trimEnd();
    });
  });
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

function radiusLines(w: TrainingWorkload, context: TextContext): string[] {
  const { pen } = context;
  const full = w.blastRadius.filter((ring) => ring.count > 0);
  if (full.length === 0) return [];
  const lines = ['', `  ${pen.ink('blast radius', 'bold')}`];
  full.forEach((ring, i) => {
    const last = i === full.length - 1;
    const how = ring.hop === 1 ? 'directly' : `after ${counted(ring.hop, 'hop')}`;
    lines.push(`    ${last ? pen.glyphs.lastBranch : pen.glyphs.branch} ${how}: ${counted(ring.count, 'party', 'parties')}`);
    const twigs = ring.hop === 1 ? namespaceTwigs(ring, context) : ring.reached.map((reached) => twigText(reached, context));
    const cut = ring.count - ring.reached.length + Math.max(0, twigs.length - rowsShown);
    const shown = [...twigs.slice(0, rowsShown), ...(cut > 0 ? [pen.ink(`${pen.glyphs.more} ${cut} more`, 'dim')] : [])];
    const margin = `    ${last ? '  ' : pen.glyphs.trunk} `;
    shown.forEach((twig, j) => {
      const [branch, trunk] = j === shown.length - 1 ? [pen.glyphs.lastBranch, '  '] : [pen.glyphs.branch, pen.glyphs.trunk];
      lines.push(
        ...wrap(twig, Math.max(24, pen.style.width - displayWidth(margin) - 3)).map((line, k) => `${margin}${k === 0 ? branch : trunk} ${line}`.trimEnd()),
      );
    });
  });
  const beyond = w.omitted.blastRadius - full.reduce((sum, ring) => sum + ring.count - ring.reached.length, 0);
  if (beyond > 0) lines.push(`    ${pen.ink(`${pen.glyphs.more} ${counted(beyond, 'party', 'parties')} after more hops`, 'dim')}`);
  return lines;
}

function twigText({ party, ports, via, certainty }: BlastHop['reached'][number], { pen }: TextContext): string {
  const through = via === null ? '' : pen.ink(`  via ${visible(via.title)}`, 'dim');
  return `${visible(party.title)}  ${pen.ink(visible(ports), 'cyan')}${through}${certainty === 'allowed' ? '' : pen.ink('  not known', 'yellow')}`;
}

/** The first ring, whose ports stand above already: a line for each namespace, then one for each party that has none or that a fabric leads to. */
function namespaceTwigs(ring: BlastHop, context: TextContext): string[] {
  const { pen } = context;
  const namespaces = new Map<string, string[]>();
  const others: string[] = [];
  for (const reached of ring.reached) {
    const slash = reached.party.kind === 'workload' ? reached.party.title.indexOf('/') : -1;
    if (slash < 0 || reached.fabric === true) {
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

/** Training workloads that something leads to from outside. */
function outsideLines({ exposed, omitted }: ScanReport, context: TextContext): string[] {
  if (exposed.length === 0) return [];
  const shown = exposed.slice(0, workloadsShown);
  return [
    `${context.pen.ink('Reachable from outside', 'bold')}  what leads to training, through whom`,
    ...shown.flatMap((w) => exposedLines(w, context)),
    ...more(exposed.length - shown.length + omitted.exposed, 'workload', context),
  ];
}

function halfOpenLines({ halfOpen: passages, omitted, profile }: ScanReport, context: TextContext): string[] {
  if (passages.length === 0) return [];
  const { pen } = context;
  const shown = passages.slice(0, rowsShown);
  return [
    `${pen.ink('Half-open passages', 'bold')}  one side allows what the other refuses`,
    ...shown.flatMap((p) => [
      ...wrap(`${visible(p.from.title)} ${pen.glyphs.blocked} ${visible(p.to.title)}  ${visible(p.ports)}`, pen.style.width - 2).map((line) => `  ${line}`),
      ...wrap(`open for ${p.openSide} only; ${visible(p.missing)}`, pen.style.width - 6).map((line) => `      ${pen.ink(line, 'dim')}`),
      `      ${pen.ink(halfOpenPlaces(p, context), 'dim')}`,
      ...explainLines(p.example, profile, context),
    ]),
    ...moreLine(passages.length - shown.length + omitted.halfOpen, 2, context),
  ];
}

function explainLines(packet: Packet, profile: string, { pen, inputs = [] }: TextContext): string[] {
  const command = explainCommand(packet, { inputs, profile });
  return command === null ? [] : [`      ${pen.ink('more', 'dim')} ${command}`];
}

function halfOpenPlaces({ opener, belongs: { origin, how } }: ScanReport['halfOpen'][number], { locator }: TextContext): string {
  const opens = `opened at ${placeOf(opener, locator)}`;
  return origin === null ? opens : `${opens}; belongs ${how === 'before' ? 'before' : 'into'} ${placeOf(origin, locator)}`;
}

function stagedSection({ staged }: ScanReport, context: TextContext): string[] {
  if (staged.length === 0) return [];
  const { pen } = context;
  return [
    `${pen.ink('Staged policies', 'bold')}  they decide nothing until they are promoted (verify --with-staged)`,
    ...stagedLines(staged.slice(0, rowsShown), context),
    ...moreLine(staged.length - rowsShown, 2, context),
  ];
}

function footLines(report: ScanReport, { pen }: TextContext): string[] {
  const kinds = unreadKinds(report.unread);
  const lines = [
    ...(kinds === null ? [] : [`Not read: ${kinds}`]),
    ...(report.assumptions.length === 0 ? [] : [`Rests on ${counted(report.assumptions.length, 'assumption')} (--format json or docs/profiles.md)`]),
  ];
  return lines.flatMap((line) => wrap(line, pen.style.width)).map((line) => pen.ink(line, 'dim'));
}

function moreLine(n: number, indent: number, { pen }: TextContext): string[] {
  return n > 0 ? [' '.repeat(indent) + pen.ink(`${pen.glyphs.more} ${n} more (--format json lists more)`, 'dim')] : [];
}

import type { Ignored } from '../model/ignored.ts';
import type { JobPreflight, PathStatus, PreflightPath, PreflightReport } from '../model/preflight-report.ts';
import { wouldRun } from '../model/preflight-report.ts';
import { adviceLines } from './advice-text.ts';
import { assumptionLines } from './assumption-text.ts';
import type { TextContext } from './context.ts';
import { findingLines, ignoredLines } from './finding-text.ts';
import type { Ink } from './pen.ts';
import { placeOf } from './place.ts';
import { journeyLines, verdictLines } from './verdict-text.ts';
import { visible, visibleLines } from './visible.ts';
import { displayWidth, fold, padRight } from './width.ts';
import { counted } from './words.ts';

const signs = { open: 'holds', blocked: 'fails', unknown: 'undecided' } as const;
const inks: Readonly<Record<PathStatus, readonly Ink[]>> = { open: ['green'], blocked: ['red', 'bold'], unknown: ['yellow', 'bold'] };

/** Signs of one framework that are spelled out. */
const signsTold = 3;

/** Over findings that are no part of the answer. */
export const besideRunning = 'Security, beside whether it runs';

/** Whether each job would run, for people: a table of its paths, then what stops each that is shut, then one patch for all. */
export function preflightText(report: PreflightReport, context: TextContext, known: readonly Ignored[] = []): string {
  const { pen } = context;
  const foot = [`Judged under profile ${visible(report.profile)}.`, ...assumptionLines(report.assumptions, context)].map((line) => pen.ink(line, 'dim'));
  const jobs = report.jobs.map((job) => jobLines(job, context).join('\n'));
  return `${[...jobs, ignoredLines(known, context).join('\n'), foot.join('\n')].filter((text) => text !== '').join('\n\n')}\n`;
}

/** `would run`, or how much stands in its way. */
export function preflightHeadline(job: JobPreflight): string {
  const of = (status: PathStatus): number => job.paths.filter((p) => p.status === status && p.required).length;
  const needed = job.paths.filter((p) => p.required).length;
  const serious = job.problems.filter((f) => f.severity === 'critical' || f.severity === 'high').length;
  const perhaps = job.problems.filter((f) => f.undecided === true && f.severity !== 'critical' && f.severity !== 'high').length;
  const parts = [
    ...(of('blocked') > 0
      ? [
          needed === 1
            ? 'the one path it needs blocked'
            : of('blocked') === needed
              ? `all ${needed} paths it needs blocked`
              : `${of('blocked')} of the ${needed} paths it needs blocked`,
        ]
      : []),
    ...(of('unknown') > 0 ? [`${of('unknown')} not known`] : []),
    ...(serious > 0 ? [counted(serious, 'other problem')] : []),
    ...(perhaps > 0 ? [`${counted(perhaps, 'other problem')} that may stop it`] : []),
  ];
  return wouldRun(job) ? `would run: ${openText(needed)}` : `${of('blocked') + serious > 0 ? 'would not run' : 'cannot be told'}: ${parts.join(', ')}`;
}

function openText(needed: number): string {
  if (needed === 0) return 'it needs nothing of the network, as far as it shows';
  return needed === 1 ? 'the one path that it needs is open' : `all ${needed} paths that it needs are open`;
}

function jobLines(job: JobPreflight, context: TextContext): string[] {
  const { pen } = context;
  const place = placeOf(job.origin, context.locator);
  const head = fold(`${visible(job.title)} ${preflightHeadline(job)}`, pen.style.width).map((line) => pen.ink(line, wouldRun(job) ? 'green' : 'red', 'bold'));
  const frameworks = job.frameworks.flatMap(({ title, signs }) =>
    fold(
      `${title}: ${signs
        .slice(0, signsTold)
        .map((s) => visible(s.text))
        .join(', ')}${signs.length > signsTold ? ` and ${signs.length - signsTold} more` : ''}`,
      pen.style.width - 4,
    ).map((line) => `    ${pen.ink(line, 'dim')}`),
  );
  const none = job.frameworks.length === 0 ? [`    ${pen.ink('no framework was recognised: only what its pods name is asked about', 'yellow')}`] : [];
  return [
    ...head,
    ...podLines(job, place, context),
    ...frameworks,
    ...none,
    '',
    ...pathTable(job.paths, context),
    ...job.paths.filter((p) => p.status === 'blocked' || (p.required && p.status === 'unknown')).flatMap((path) => ['', ...shutLines(path, context)]),
    ...patchLines(job, context),
    ...(job.problems.length === 0 ? [] : ['', ...findingLines(job.problems, context)]),
    ...(job.security.length === 0 ? [] : ['', ...findingLines(job.security, context, besideRunning)]),
  ];
}

/** The pods of a job and its place, on a line where there is room. */
function podLines({ pods }: JobPreflight, place: string | null, { pen }: TextContext): string[] {
  const told = fold(visible(pods), pen.style.width - 2);
  const at = place === null ? [] : fold(visible(place), pen.style.width - 2);
  const fits = told.length === 1 && at.length === 1 && displayWidth(`${told[0]}  ${at[0]}`) <= pen.style.width - 2;
  return fits ? [`  ${told[0]}${pen.ink(`  ${at[0]}`, 'dim')}`] : [...told.map((line) => `  ${line}`), ...at.map((line) => `  ${pen.ink(line, 'dim')}`)];
}

/** Widest column of the table, in cells; longer text pushes the rest of its line. */
const widest = 44;

function pathTable(paths: readonly PreflightPath[], { pen }: TextContext): string[] {
  const ways = paths.map(({ title, from, to }) => (to === title ? visible(from) : `${visible(from)} ${pen.glyphs.arrow} ${visible(to)}`));
  const cells = paths.map((p, i) => [visible(p.title), ways[i] ?? '', visible(p.ports)]);
  const widths = [0, 1].map((i) => Math.max(0, ...cells.map((row) => displayWidth(row[i] ?? '')).filter((width) => width <= widest)));
  return paths.flatMap((path, i) => {
    const [title = '', way = '', ports = ''] = cells[i] ?? [];
    const optional = path.required ? '' : pen.ink('  (not essential)', 'dim');
    const sign = `  ${pen.ink(pen.glyphs[signs[path.status]], ...inks[path.status])} `;
    const line = `${sign}${padRight(title, widths[0] ?? 0)}  ${padRight(way, widths[1] ?? 0)}  ${pen.ink(ports, 'cyan')}${optional}`.trimEnd();
    if (displayWidth(line) <= pen.style.width) return [line];
    // What has no room beside the title stands below it.
    const below = `${way}  ${pen.ink(ports, 'cyan')}${optional}`.trimEnd();
    const room = pen.style.width - 6;
    const rest =
      displayWidth(below) <= room
        ? [below]
        : [...fold(way, room), ...fold(`${ports}${path.required ? '' : '  (not essential)'}`, room)].filter((text) => text !== '');
    return [...hanging(title, sign, pen.style.width), ...rest.map((text) => `      ${text}`)];
  });
}

/** Text behind a sign of four cells, on as many lines as it takes. */
function hanging(text: string, sign: string, width: number, ink: (line: string) => string = (line) => line): string[] {
  return fold(text, width - 4).map((line, i) => `${i === 0 ? sign : '    '}${ink(line)}`);
}

function shutLines(path: PreflightPath, context: TextContext): string[] {
  const { pen } = context;
  const word = path.status === 'blocked' ? 'blocked' : 'not known';
  const lines = hanging(visible(path.title), `  ${pen.ink(pen.glyphs[signs[path.status]], ...inks[path.status])} `, pen.style.width - word.length - 2, (line) =>
    pen.ink(line, 'bold'),
  );
  lines.push(`${lines.pop()}  ${pen.ink(word, ...inks[path.status])}`);
  if (path.shut.length > 1) lines.push(...fold(`${word} in all: ${shutText(path.shut)}`, pen.style.width - 4).map((line) => `    ${line}`));
  const because = `needed because: ${visible(path.because)} (${visible(path.source)})`;
  lines.push(...fold(because, pen.style.width - 4).map((line) => `    ${pen.ink(line, 'dim')}`));
  for (const reason of path.reasons) lines.push(...fold(visible(reason), pen.style.width - 4).map((line) => `    ${line}`));
  const [witness] = path.witnesses;
  if (witness !== undefined) {
    lines.push(...journeyLines(witness.packet, witness.verdict.decision, 4, context));
    lines.push(...fold(visible(witness.story), pen.style.width - 6).map((line) => `      ${line}`), ...verdictLines(witness.verdict, 6, context));
  }
  if (path.advice !== null) lines.push(...adviceLines(path.advice, 4, context));
  return lines;
}

/** Pairs that are spelled out. */
const pairsTold = 4;

function shutText(shut: readonly string[]): string {
  const told = shut.slice(0, pairsTold).map(visible).join(', ');
  return shut.length > pairsTold ? `${told} and ${counted(shut.length - pairsTold, 'more pair')}` : told;
}

function patchLines({ patch, paths }: JobPreflight, { pen }: TextContext): string[] {
  if (patch === null) return [];
  const titles = paths.filter((p) => patch.opens.includes(p.id)).map((p) => visible(p.title));
  const lines = ['', ...fold(`Patch  opens ${titles.join(', ')} (--fix FILE writes it)`, pen.style.width - 2).map((line) => `  ${pen.ink(line, 'bold')}`)];
  for (const { manifest } of patch.edits)
    if (manifest !== null) lines.push(...visibleLines(manifest.trimEnd()).map((line) => `    ${pen.ink(line, 'cyan')}`), `    ${pen.ink('---', 'cyan')}`);
  lines.pop();
  const also = patch.also.length === 0 ? ['changes nothing else'] : patch.also.slice(0, 3).map((text) => `also ${text}`);
  const more = patch.also.length > 3 ? [`and ${counted(patch.also.length - 3, 'more change')}`] : [];
  lines.push(...[...also, ...more].flatMap((text) => fold(visible(text), pen.style.width - 4).map((line) => `    ${pen.ink(line, 'dim')}`)));
  return lines;
}

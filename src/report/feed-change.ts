import { z } from 'zod';
import type { FeedFilter } from '../model/feed.ts';
import { type FeedChangeReport, type FeedTarget, feedTargetKinds, type HeldUntil } from '../model/feed-report.ts';
import type { TextContext } from './context.ts';
import { editionLine, feedSourceSchema } from './feed-source.ts';
import { findingLines } from './finding-text.ts';
import { diagnosticsJson, findingJson, type JsonContext } from './json.ts';
import { type DiagnosticJson, type Envelope, type FindingJson, reportApiVersion } from './json-types.ts';
import { markdownCode, markdownDetails, markdownTable, markdownText } from './markdown-escape.ts';
import { fitted } from './markdown-fit.ts';
import type { Ink } from './pen.ts';
import { countSchema, diagnosticSchema, envelope, findingSchema, textSchema } from './schema/common.ts';
import { visible } from './visible.ts';
import { wrap } from './width.ts';
import { counted } from './words.ts';

interface FeedChangeJson extends Envelope<'feed-change', 'FeedChangeReport'>, Omit<FeedChangeReport, 'findings'> {
  readonly findings: readonly FindingJson[];
  readonly diagnostics: readonly DiagnosticJson[];
}

const blocks = z.array(textSchema);
const open = z.strictObject({ v4: countSchema, v6: countSchema });

export const feedTargetSchema: z.ZodType<FeedTarget> = z
  .strictObject({
    kind: z.enum(feedTargetKinds),
    name: textSchema,
    namespace: textSchema.nullable().describe('Where these pods are; null: only sets are written.'),
    selector: z.array(z.tuple([textSchema, textSchema])).describe('Labels of the pods that may reach the addresses.'),
    ports: z.array(countSchema),
  })
  .meta({ id: 'FeedTarget', description: 'What the addresses are written as.' });

export const feedFilterSchema: z.ZodType<FeedFilter> = z
  .strictObject({ services: blocks, regions: blocks, families: z.enum(['v4', 'v6', 'both']) })
  .meta({ id: 'FeedFilter', description: 'Which part of the feed is taken; an empty list is all.' });

export const heldSchema: z.ZodType<readonly HeldUntil[]> = z
  .array(z.strictObject({ since: textSchema, until: textSchema.describe('Shut by the first run after this that does not find them again.'), cidrs: blocks }))
  .describe('Blocks that are listed no more and still open.');

export const openSchema: z.ZodType<FeedChangeReport['open']> = open.describe('How many blocks are open.');

/** `ringfence feeds diff` and `feeds apply`, `--format json`. */
export const feedChangeSchema: z.ZodType<FeedChangeJson> = z
  .strictObject({
    ...envelope('feed-change', 'FeedChangeReport'),
    folder: textSchema,
    target: feedTargetSchema,
    filter: feedFilterSchema,
    byHand: blocks.describe('Blocks that a person added.'),
    outcome: z.enum(['taken', 'refused', 'rolled-back']),
    before: feedSourceSchema.nullable().describe('The edition that was in force; null when there was none.'),
    offered: feedSourceSchema,
    opened: blocks.describe('Open now, and not before.'),
    missed: blocks.describe('Listed no more, and held open from now on.'),
    returned: blocks.describe('Were held, and are listed again.'),
    shut: blocks.describe('Open before, and no more.'),
    held: heldSchema,
    open: openSchema,
    files: z.array(z.strictObject({ path: textSchema, state: z.enum(['created', 'changed', 'unchanged', 'removed']) })),
    applied: z.boolean().describe('Whether the folder is now as said; false where it was only asked.'),
    findings: z.array(findingSchema),
    notes: z.array(textSchema).describe('What the feed cannot tell.'),
    diagnostics: z.array(diagnosticSchema),
  })
  .meta({ title: 'Ringfence feed change report', description: 'What an edition of a feed changes in a folder of addresses.' });

export function feedChangeJson(report: FeedChangeReport, context: Omit<JsonContext, 'ignored'>): FeedChangeJson {
  return {
    $schema: 'https://ringfence.dev/schemas/feed-change.v1.json',
    apiVersion: reportApiVersion,
    kind: 'FeedChangeReport',
    ...report,
    findings: report.findings.map((f) => findingJson(f, context.locator)),
    diagnostics: diagnosticsJson(context.diagnostics, context.locator),
  };
}

/** Blocks of one sort that are shown; the rest are in the JSON report. */
const mostShown = 20;

function sorts({
  opened,
  missed,
  returned,
  shut,
  applied,
}: FeedChangeReport): readonly (readonly [sign: string, ink: Ink, title: string, cidrs: readonly string[]])[] {
  const [will, would] = applied ? ['', ''] : ['would be ', 'would stay '];
  return [
    ['+', 'green', `${will}opened`, opened],
    ['~', 'yellow', `listed no more, ${would === '' ? 'held' : 'would be held'} open`, missed],
    ['=', 'cyan', 'back in time, never shut', returned],
    ['-', 'red', `${will}shut`, shut],
  ];
}

/** What the change is, in a sentence. */
function headline(report: FeedChangeReport): string {
  const { outcome, offered, folder, before, opened, missed, returned, shut } = report;
  if (outcome === 'refused') return `${folder}: the edition of ${offered.provider} is refused; nothing changes`;
  if (outcome === 'rolled-back') return `${folder}: back to the edition of ${offered.provider} before the last change`;
  const still = [opened, missed, returned, shut].every((cidrs) => cidrs.length === 0);
  if (still) return before === null ? `${folder}: nothing` : `${folder}: no address changes`;
  return `${folder}: ${offered.provider}, ${[`${opened.length} opened`, `${missed.length} missed`, `${returned.length} back`, `${shut.length} shut`].filter((part) => !part.startsWith('0 ')).join(', ')}`;
}

export function feedChangeText(report: FeedChangeReport, context: TextContext): string {
  const { pen } = context;
  const lines = [pen.ink(visible(headline(report)), 'bold'), `  ${pen.ink('edition', 'dim')}  ${visible(editionLine(report.offered))}`];
  if (report.before !== null) lines.push(`  ${pen.ink('before', 'dim')}   ${visible(editionLine(report.before))}`);
  for (const [sign, ink, title, cidrs] of sorts(report)) {
    if (cidrs.length === 0) continue;
    lines.push('', `  ${counted(cidrs.length, 'block')} ${title}`, ...cidrs.slice(0, mostShown).map((cidr) => `    ${pen.ink(sign, ink)} ${cidr}`));
    if (cidrs.length > mostShown) lines.push(`    ${pen.ink(`${pen.glyphs.more} ${cidrs.length - mostShown} more`, 'dim')}`);
  }
  const held = heldLines(report.held);
  if (held.length > 0) lines.push('', ...held.map((line) => `  ${line}`));
  const written = report.files.filter((f) => f.state !== 'unchanged');
  if (report.applied) {
    lines.push(
      '',
      `  ${written.length === 0 ? `No byte changes in ${counted(report.files.length, 'file')}.` : `${counted(report.files.length - report.files.filter((f) => f.state === 'removed').length, 'file')}, of which:`}`,
    );
    lines.push(
      ...written.map((f) => `    ${visible(f.path)}  ${pen.ink(f.state === 'removed' ? 'removed: delete its object from the cluster too' : f.state, 'dim')}`),
    );
  }
  lines.push(
    '',
    `  Open: ${counted(report.open.v4, 'block')} of IPv4, ${counted(report.open.v6, 'block')} of IPv6${report.byHand.length > 0 ? `, ${report.byHand.join(', ')} by hand among them` : ''}.`,
  );
  for (const note of report.notes) lines.push(...wrap(visible(note), pen.style.width - 4).map((line, i) => `  ${i === 0 ? pen.glyphs.dot : ' '} ${line}`));
  const findings = findingLines(report.findings, context);
  return `${[...lines, ...(findings.length > 0 ? ['', ...findings] : [])].join('\n')}\n`;
}

/** What is held, a line for each moment. */
export function heldLines(held: readonly HeldUntil[]): readonly string[] {
  return held.map(({ since, until, cidrs }) => {
    const rest = cidrs.length - 3;
    return `Held since ${since}, shut from ${until} on: ${cidrs.slice(0, 3).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
  });
}

/** As a pull-request comment. */
export function feedChangeMarkdown(report: FeedChangeReport): string {
  const signs: Readonly<Record<string, string>> = { '+': '🟥', '~': '🟨', '=': '🟦', '-': '🟩' };
  const rows = sorts(report).flatMap(([sign, , title, cidrs]) =>
    cidrs.length === 0 ? [] : [[signs[sign] ?? '', markdownText(title), String(cidrs.length), codes(cidrs)]],
  );
  const held = heldLines(report.held);
  return fitted([
    [
      `## Ringfence: ${markdownText(headline(report))}`,
      '',
      `Edition: ${markdownText(editionLine(report.offered))}.${report.before === null ? '' : ` Before: ${markdownText(editionLine(report.before))}.`}`,
    ],
    rows.length === 0 ? [] : markdownTable(['', 'What', 'Blocks', 'Which'], rows),
    held.map((line) => `- ${markdownText(line)}`),
    report.findings.map((f) => `- **${f.severity} ${f.check}** ${markdownText(f.message)} ${markdownText(f.fix)}`),
    report.notes.length === 0
      ? []
      : markdownDetails(
          'What the feed cannot tell',
          report.notes.map((note) => `- ${markdownText(note)}`),
        ),
  ]);
}

function codes(cidrs: readonly string[]): string {
  const rest = cidrs.length - mostShown;
  return `${cidrs.slice(0, mostShown).map(markdownCode).join(' ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

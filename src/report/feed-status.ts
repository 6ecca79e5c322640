import { z } from 'zod';
import type { FeedStanding, FeedStatusReport } from '../model/feed-report.ts';
import type { TextContext } from './context.ts';
import { feedFilterSchema, feedTargetSchema, heldLines, heldSchema, openSchema } from './feed-change.ts';
import { editionLine, feedSourceSchema } from './feed-source.ts';
import { findingLines } from './finding-text.ts';
import { diagnosticsJson, findingJson, type JsonContext } from './json.ts';
import { type DiagnosticJson, type Envelope, type FindingJson, reportApiVersion } from './json-types.ts';
import { markdownCode, markdownTable, markdownText } from './markdown-escape.ts';
import { fitted } from './markdown-fit.ts';
import { countSchema, diagnosticSchema, envelope, findingSchema, textSchema } from './schema/common.ts';
import { visible } from './visible.ts';
import { counted } from './words.ts';

interface FeedStatusJson extends Envelope<'feed-status', 'FeedStatusReport'>, Omit<FeedStatusReport, 'findings'> {
  readonly findings: readonly FindingJson[];
  readonly diagnostics: readonly DiagnosticJson[];
}

/** `ringfence feeds status --format json`. */
export const feedStatusSchema: z.ZodType<FeedStatusJson> = z
  .strictObject({
    ...envelope('feed-status', 'FeedStatusReport'),
    feeds: z.array(
      z.strictObject({
        folder: textSchema,
        target: feedTargetSchema,
        filter: feedFilterSchema,
        byHand: z.array(textSchema).describe('Blocks that a person added.'),
        latest: feedSourceSchema.describe('The edition in force.'),
        editionDays: countSchema.nullable().describe('Its age by its own date, in days; null: it carries none.'),
        downloadDays: countSchema.nullable().describe('The age of its download; null: not known.'),
        bound: countSchema.describe('Days from which on it is stale.'),
        stale: z.boolean(),
        open: openSchema,
        held: heldSchema,
        previous: feedSourceSchema.nullable().describe('What a rollback goes back to.'),
        rejected: feedSourceSchema.nullable().describe('An edition that was rolled back and is not taken again.'),
        astray: z.array(textSchema).describe('Files that are missing or not as they were written.'),
      }),
    ),
    findings: z.array(findingSchema),
    diagnostics: z.array(diagnosticSchema),
  })
  .meta({ title: 'Ringfence feed status report', description: 'How folders of addresses stand.' });

export function feedStatusJson(report: FeedStatusReport, context: Omit<JsonContext, 'ignored'>): FeedStatusJson {
  return {
    $schema: 'https://ringfence.dev/schemas/feed-status.v1.json',
    apiVersion: reportApiVersion,
    kind: 'FeedStatusReport',
    feeds: [...report.feeds],
    findings: report.findings.map((f) => findingJson(f, context.locator)),
    diagnostics: diagnosticsJson(context.diagnostics, context.locator),
  };
}

export function feedStatusText(report: FeedStatusReport, context: TextContext): string {
  const parts = report.feeds.map((feed) => standingLines(feed, context).join('\n'));
  const findings = findingLines(report.findings, context);
  return `${[...parts, ...(findings.length > 0 ? [findings.join('\n')] : [])].join('\n\n')}\n`;
}

function standingLines(feed: FeedStanding, { pen }: TextContext): readonly string[] {
  const sign = feed.stale || feed.astray.length > 0 ? pen.ink(pen.glyphs.fails, 'red') : pen.ink(pen.glyphs.holds, 'green');
  const row = (term: string, text: string): string => `    ${pen.ink(term.padEnd(8), 'dim')} ${text}`;
  return [
    `${sign} ${pen.ink(visible(feed.folder), 'bold')}  ${feed.latest.provider}, ${feed.target.kind} ${visible(feed.target.name)}`,
    row('edition', visible(editionLine(feed.latest))),
    row('age', ageText(feed)),
    row('open', `${counted(feed.open.v4, 'block')} of IPv4, ${counted(feed.open.v6, 'block')} of IPv6`),
    ...feed.byHand.map((cidr) => row('by hand', cidr)),
    ...heldLines(feed.held).map((line) => row('held', line.replace(/^Held /, ''))),
    row('undo', feed.previous === null ? 'nothing to go back to' : `to ${visible(editionLine(feed.previous))}`),
    ...(feed.rejected === null ? [] : [row('refused', `${visible(editionLine(feed.rejected))}, rolled back by hand`)]),
    ...feed.astray.map((path) => row('astray', `${visible(path)} is not as it was written: apply again, or take it back from version control`)),
  ];
}

function ageText({ editionDays, downloadDays, bound, stale }: FeedStanding): string {
  const edition = editionDays === null ? 'not told by the feed' : counted(editionDays, 'day');
  const download = downloadDays === null ? 'not dated' : `${counted(downloadDays, 'day')} old`;
  return `${edition}, download ${download}; ${stale ? 'stale' : 'fresh'} (bound: ${counted(bound, 'day')})`;
}

/** As a table, a row for each folder. */
export function feedStatusMarkdown(report: FeedStatusReport): string {
  const rows = report.feeds.map((feed) => [
    feed.stale || feed.astray.length > 0 ? '🟥' : '🟩',
    markdownCode(feed.folder),
    markdownText(editionLine(feed.latest)),
    markdownText(ageText(feed)),
    String(feed.held.reduce((sum, h) => sum + h.cidrs.length, 0)),
    feed.astray.map(markdownCode).join(' '),
  ]);
  return fitted([
    ['## Ringfence: feeds', '', ...markdownTable(['', 'Folder', 'Edition', 'Age', 'Held', 'Changed by hand'], rows)],
    report.findings.map((f) => `- **${f.severity} ${f.check}** ${markdownText(f.message)} ${markdownText(f.fix)}`),
  ]);
}

import { z } from 'zod';
import type { FeedFetchReport, FetchedFeed } from '../model/feed-report.ts';
import type { TextContext } from './context.ts';
import { editionLine, feedSourceSchema } from './feed-source.ts';
import { findingLines } from './finding-text.ts';
import { diagnosticsJson, findingJson, type JsonContext } from './json.ts';
import { type DiagnosticJson, type Envelope, type FindingJson, reportApiVersion } from './json-types.ts';
import { countSchema, diagnosticSchema, envelope, findingSchema, textSchema } from './schema/common.ts';
import { tableLines } from './table.ts';
import { visible } from './visible.ts';
import { counted } from './words.ts';

interface FeedFetchJson extends Envelope<'feed-fetch', 'FeedFetchReport'>, Omit<FeedFetchReport, 'findings'> {
  readonly findings: readonly FindingJson[];
  readonly diagnostics: readonly DiagnosticJson[];
}

/** `ringfence feeds fetch --format json`. */
export const feedFetchSchema: z.ZodType<FeedFetchJson> = z
  .strictObject({
    ...envelope('feed-fetch', 'FeedFetchReport'),
    folder: textSchema.describe('The bundle.'),
    feeds: z.array(
      z.strictObject({
        source: feedSourceSchema,
        state: z.enum(['created', 'changed', 'unchanged', 'kept']).describe('What was done in the bundle; kept: it holds a newer edition, which stays.'),
        prefixes: countSchema.describe('Prefixes that the feed lists, under all its services.'),
        services: countSchema,
      }),
    ),
    findings: z.array(findingSchema),
    diagnostics: z.array(diagnosticSchema),
  })
  .meta({ title: 'Ringfence feed fetch report', description: 'Feeds that were fetched into a bundle.' });

export function feedFetchJson(report: FeedFetchReport, context: Omit<JsonContext, 'ignored'>): FeedFetchJson {
  return {
    $schema: 'https://ringfence.dev/schemas/feed-fetch.v1.json',
    apiVersion: reportApiVersion,
    kind: 'FeedFetchReport',
    folder: report.folder,
    feeds: [...report.feeds],
    findings: report.findings.map((f) => findingJson(f, context.locator)),
    diagnostics: diagnosticsJson(context.diagnostics, context.locator),
  };
}

const notes: Readonly<Record<FetchedFeed['state'], string>> = {
  created: 'new',
  changed: 'another edition than before',
  unchanged: 'the edition that was there',
  kept: 'older than what is there, which stays',
};

export function feedFetchText(report: FeedFetchReport, context: TextContext): string {
  const { pen } = context;
  const rows = report.feeds.map(({ source, state, prefixes, services }) => [
    source.provider,
    visible(editionLine(source)),
    `${counted(prefixes, 'prefix', 'prefixes')}, ${counted(services, 'service')}`,
    pen.ink(notes[state], state === 'kept' ? 'yellow' : 'dim'),
  ]);
  const findings = findingLines(report.findings, context);
  const lines = [pen.ink(`${visible(report.folder)}: ${counted(report.feeds.length, 'feed')}`, 'bold'), ...tableLines(rows, { indent: 2 })];
  return `${[...lines, ...(findings.length > 0 ? ['', ...findings] : [])].join('\n')}\n`;
}

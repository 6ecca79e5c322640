import { z } from 'zod';
import type { Diagnostic } from '../kernel/result.ts';
import type { FlowCoverage } from '../model/flow-coverage.ts';
import { coverageSchema } from './flow-report-json.ts';
import { coverageSentences, grouped } from './flow-words.ts';
import { diagnosticsJson } from './json.ts';
import { type DiagnosticJson, type Envelope, reportApiVersion } from './json-types.ts';
import type { Pen } from './pen.ts';
import { countSchema, diagnosticSchema, envelope, textSchema } from './schema/common.ts';
import { visible } from './visible.ts';
import { wrap } from './width.ts';
import { counted } from './words.ts';

/** What an ingestion did. `receipt` null: nothing was there to put in. */
interface Ingested {
  readonly store: string;
  readonly receipt: {
    readonly id: string;
    readonly parts: readonly { readonly path: string; readonly rows: number }[];
    readonly quarantine: string | null;
  } | null;
  readonly coverage: FlowCoverage;
}

interface IngestJson extends Envelope<'flow-ingest', 'FlowIngest'> {
  readonly store: string;
  readonly id: string | null;
  readonly parts: readonly { readonly path: string; readonly rows: number }[];
  readonly quarantine: string | null;
  readonly coverage: FlowCoverage;
  readonly diagnostics: readonly DiagnosticJson[];
}

export function ingestText({ store, receipt, coverage }: Ingested, pen: Pen): string {
  const rows = receipt?.parts.reduce((sum, p) => sum + p.rows, 0) ?? 0;
  const head =
    receipt === null ? `Nothing was put into ${store}.` : `${grouped(rows)} flows in ${counted(receipt.parts.length, 'part')} of ${store}, as ${receipt.id}.`;
  const aside = receipt?.quarantine === null || receipt === null ? [] : [`Lines that could not be read lie in ${store}/${receipt.quarantine}.`];
  const lines = [...coverageSentences(coverage), ...aside].flatMap((text) => wrap(visible(text), pen.style.width - 2).map((l) => `  ${pen.ink(l, 'dim')}`));
  return `${[...wrap(visible(head), pen.style.width).map((l) => pen.ink(l, 'bold')), ...lines].join('\n')}\n`;
}

export function ingestJson({ store, receipt, coverage }: Ingested, diagnostics: readonly Diagnostic[]): IngestJson {
  return {
    $schema: 'https://ringfence.dev/schemas/flow-ingest.v1.json',
    apiVersion: reportApiVersion,
    kind: 'FlowIngest',
    store,
    id: receipt?.id ?? null,
    parts: receipt?.parts ?? [],
    quarantine: receipt?.quarantine ?? null,
    coverage,
    diagnostics: diagnosticsJson(diagnostics, {
      locate: ({ document: { file } }) => ({ file, line: 1, column: 1, endLine: 1, endColumn: 1 }),
      line: () => undefined,
    }),
  };
}

/** `ringfence flows ingest --format json`. */
export const flowIngestSchema: z.ZodType<IngestJson> = z
  .strictObject({
    ...envelope('flow-ingest', 'FlowIngest'),
    store: textSchema,
    id: textSchema.nullable().describe('Name of this ingestion; null: nothing was there to put in.'),
    parts: z.array(z.strictObject({ path: textSchema.describe('Below the store.'), rows: countSchema })),
    quarantine: textSchema.nullable().describe('Where lines that could not be read lie, below the store.'),
    coverage: coverageSchema,
    diagnostics: z.array(diagnosticSchema),
  })
  .meta({ title: 'Ringfence flow ingestion', description: 'What was put into a store of flows.' });

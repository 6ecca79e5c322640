import { z } from 'zod';
import type { ExposureReport, LooseEntry } from '../model/exposure-report.ts';
import { exposedWorkloadJson, exposedWorkloadSchema } from './exposure-path-json.ts';
import { exposureHeadline } from './exposure-text.ts';
import { diagnosticsJson, type JsonContext } from './json.ts';
import { type DiagnosticJson, type Envelope, type ExposedWorkloadJson, type LocationJson, reportApiVersion } from './json-types.ts';
import { locationJson } from './location-json.ts';
import { countSchema, diagnosticSchema, envelope, locationSchema, textSchema } from './schema/common.ts';

export interface ExposureJson extends Envelope<'exposure', 'ExposureReport'>, Omit<ExposureReport, 'workloads' | 'loose'> {
  readonly headline: string;
  readonly workloads: readonly ExposedWorkloadJson[];
  readonly loose: readonly (Omit<LooseEntry, 'origin'> & { readonly location: LocationJson })[];
  readonly diagnostics: readonly DiagnosticJson[];
}

/** `ringfence exposure --format json`. */
export const exposureReportSchema: z.ZodType<ExposureJson> = z
  .strictObject({
    ...envelope('exposure', 'ExposureReport'),
    headline: textSchema.describe('The verdict in a sentence.'),
    profile: textSchema,
    counts: z.strictObject({ entries: countSchema, workloads: countSchema, allowed: countSchema, unknown: countSchema, denied: countSchema }),
    workloads: z.array(exposedWorkloadSchema),
    loose: z.array(z.strictObject({ id: textSchema, because: textSchema, location: locationSchema })).describe('Entries that lead to no pod of the input.'),
    unread: z.array(z.strictObject({ kind: textSchema, count: countSchema })).describe('Kinds that open ways in and that nothing reads.'),
    omitted: z.strictObject({ workloads: countSchema, loose: countSchema }),
    assumptions: z.array(textSchema),
    diagnostics: z.array(diagnosticSchema),
  })
  .meta({ title: 'Ringfence exposure report', description: 'Who can be reached from outside the cluster, and through what.' });

export function exposureJson(report: ExposureReport, { locator, diagnostics }: JsonContext): ExposureJson {
  return {
    $schema: 'https://ringfence.dev/schemas/exposure.v1.json',
    apiVersion: reportApiVersion,
    kind: 'ExposureReport',
    headline: exposureHeadline(report),
    profile: report.profile,
    counts: report.counts,
    workloads: report.workloads.map((w) => exposedWorkloadJson(w, locator)),
    loose: report.loose.map(({ id, because, origin }) => ({ id, because, location: locationJson(origin, locator) })),
    unread: [...report.unread],
    omitted: report.omitted,
    assumptions: [...report.assumptions],
    diagnostics: diagnosticsJson(diagnostics, locator),
  };
}

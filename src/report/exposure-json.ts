import { z } from 'zod';
import type { Locator } from '../kernel/origin.ts';
import type { ExposedWorkload, ExposureEntry, ExposureHop, ExposurePath, ExposureReport, LooseEntry } from '../model/exposure-report.ts';
import { exposureHeadline } from './exposure-text.ts';
import { diagnosticsJson, type JsonContext, locationJson } from './json.ts';
import { type DiagnosticJson, type Envelope, type LocationJson, reportApiVersion } from './json-types.ts';
import { countSchema, diagnosticSchema, envelope, gapSchema, locationSchema, textSchema } from './schema/common.ts';

export interface ExposurePathJson extends Omit<ExposurePath, 'entry' | 'hops'> {
  readonly entry: Omit<ExposureEntry, 'origin'> & { readonly location: LocationJson };
  readonly hops: readonly (Omit<ExposureHop, 'origin'> & { readonly location: LocationJson | null })[];
}

export interface ExposureJson extends Envelope<'exposure', 'ExposureReport'>, Omit<ExposureReport, 'workloads' | 'loose'> {
  readonly headline: string;
  readonly workloads: readonly (Omit<ExposedWorkload, 'paths'> & { readonly paths: readonly ExposurePathJson[] })[];
  readonly loose: readonly (Omit<LooseEntry, 'origin'> & { readonly location: LocationJson })[];
  readonly diagnostics: readonly DiagnosticJson[];
}

const decision = z.enum(['allowed', 'denied', 'unknown']);

export const exposurePathSchema: z.ZodType<ExposurePathJson> = z
  .strictObject({
    entry: z
      .strictObject({
        kind: textSchema,
        id: textSchema,
        hosts: z.array(textSchema).describe('Empty is every host.'),
        paths: z.array(textSchema).describe('Empty is every path.'),
        ports: textSchema,
        tls: z.array(z.enum(['none', 'terminate', 'passthrough', 'reencrypt'])),
        location: locationSchema,
      })
      .describe('What opens the way.'),
    controller: textSchema,
    controllerPods: z.array(textSchema).describe('Its workloads in the input.'),
    service: textSchema,
    ports: textSchema.describe('Ports of the pods.'),
    hops: z.array(z.strictObject({ from: textSchema, to: textSchema, decision, because: textSchema, location: locationSchema.nullable() })),
    verdict: decision,
    ownNodeOnly: z.boolean().describe('Unknown only because the controller might run on the host network of the own node of the pod.'),
    gaps: z.array(gapSchema),
  })
  .meta({ id: 'ExposurePath', description: 'A way from outside the cluster to pods, hop by hop.' });

/** `ringfence exposure --format json`. */
export const exposureReportSchema: z.ZodType<ExposureJson> = z
  .strictObject({
    ...envelope('exposure', 'ExposureReport'),
    headline: textSchema.describe('The verdict in a sentence.'),
    profile: textSchema,
    counts: z.strictObject({ entries: countSchema, workloads: countSchema, allowed: countSchema, unknown: countSchema, denied: countSchema }),
    workloads: z.array(
      z.strictObject({
        id: textSchema,
        title: textSchema,
        namespace: textSchema,
        training: z.boolean(),
        verdict: decision,
        paths: z.array(exposurePathSchema),
        omitted: countSchema,
      }),
    ),
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
    workloads: report.workloads.map((w) => ({ ...w, paths: w.paths.map((p) => exposurePathJson(p, locator)) })),
    loose: report.loose.map(({ id, because, origin }) => ({ id, because, location: locationJson(origin, locator) })),
    unread: [...report.unread],
    omitted: report.omitted,
    assumptions: [...report.assumptions],
    diagnostics: diagnosticsJson(diagnostics, locator),
  };
}

export function exposurePathJson({ entry, hops, ...rest }: ExposurePath, locator: Locator): ExposurePathJson {
  const { origin, ...told } = entry;
  return {
    entry: { ...told, location: locationJson(origin, locator) },
    ...rest,
    hops: hops.map(({ origin: at, ...hop }) => ({ ...hop, location: at === null || at.document.file === '' ? null : locationJson(at, locator) })),
  };
}

import { z } from 'zod';
import type { FlowCoverage } from '../model/flow-coverage.ts';
import type { FlowGap, FlowMeasure, FlowReport } from '../model/flow-report.ts';
import type { FlowFormat } from '../model/observed-flow.ts';
import { flowHeadline } from './flow-words.ts';
import { diagnosticsJson, findingJson, type JsonContext } from './json.ts';
import { type DiagnosticJson, type Envelope, type FindingJson, reportApiVersion } from './json-types.ts';
import { countSchema, diagnosticSchema, envelope, findingSchema, textSchema } from './schema/common.ts';

interface FlowFindingJson {
  readonly finding: FindingJson;
  readonly measures: readonly FlowMeasure[];
  readonly window: { readonly from: string; readonly to: string } | null;
  readonly samples: readonly string[];
}

export interface FlowReportJson extends Envelope<'flows', 'FlowReport'> {
  readonly verb: FlowReport['verb'];
  readonly headline: string;
  readonly coverage: FlowCoverage;
  readonly tallies: FlowReport['tallies'];
  readonly findings: readonly FlowFindingJson[];
  readonly omitted: number;
  readonly cannotTell: readonly FlowGap[];
  readonly notes: readonly string[];
  readonly profile: string | null;
  readonly assumptions: readonly string[];
  readonly diagnostics: readonly DiagnosticJson[];
}

export function flowReportJson(report: FlowReport, { locator, diagnostics }: Omit<JsonContext, 'ignored'>): FlowReportJson {
  return {
    $schema: 'https://ringfence.dev/schemas/flows.v1.json',
    apiVersion: reportApiVersion,
    kind: 'FlowReport',
    verb: report.verb,
    headline: flowHeadline(report),
    coverage: report.coverage,
    tallies: report.tallies,
    findings: report.findings.map(({ measures, window, samples, ...finding }) => ({ finding: findingJson(finding, locator), measures, window, samples })),
    omitted: report.omitted,
    cannotTell: report.cannotTell,
    notes: report.notes,
    profile: report.profile,
    assumptions: report.assumptions,
    diagnostics: diagnosticsJson(diagnostics, locator),
  };
}

const formats: readonly FlowFormat[] = ['hubble', 'goldmane', 'calico', 'aws-vpc', 'gcp-vpc', 'azure', 'conntrack', 'csv'];

const windowSchema = z.strictObject({ from: textSchema, to: textSchema });

export const coverageSchema: z.ZodType<FlowCoverage> = z
  .strictObject({
    flows: countSchema,
    others: countSchema.describe('Records that are no flows, and lie among them by right.'),
    bad: countSchema.describe('Lines that could not be read.'),
    merged: countSchema.describe('Second records of one drop, left out.'),
    lost: countSchema.describe('Events that the recorder says it lost.'),
    window: windowSchema.extend({ seconds: z.number().nonnegative() }).nullable(),
    nodes: z.array(textSchema),
    nodesOmitted: countSchema,
    dropped: countSchema,
    withBytes: countSchema,
    nameless: countSchema,
    unsureInitiator: countSchema,
    dnsQueries: countSchema,
    clockBack: countSchema,
    clockAhead: countSchema,
    files: z.array(z.strictObject({ file: textSchema, format: z.enum(formats).nullable(), flows: countSchema, bad: countSchema })),
  })
  .meta({ id: 'FlowCoverage', description: 'What stands behind an answer about flows.' });

/** `ringfence flows check|detect|replay|suggest --format json`. */
export const flowReportSchema: z.ZodType<FlowReportJson> = z
  .strictObject({
    ...envelope('flows', 'FlowReport'),
    verb: z.enum(['check', 'detect', 'replay', 'suggest']),
    headline: textSchema,
    coverage: coverageSchema,
    tallies: z.array(z.strictObject({ name: textSchema, count: countSchema })),
    findings: z
      .array(
        z.strictObject({
          finding: findingSchema,
          measures: z
            .array(
              z.strictObject({
                name: textSchema,
                value: z.number(),
                unit: z.enum(['bytes', 'count', 'seconds', 'score', 'bytes per hour']),
                limit: z.number().nullable().describe('What it is held against; null: nothing.'),
              }),
            )
            .describe('The numbers that the finding rests on.'),
          window: windowSchema.nullable(),
          samples: z.array(textSchema).describe('Flows in a line each, at most three.'),
        }),
      )
      .describe('Worst first.'),
    omitted: countSchema,
    cannotTell: z
      .array(z.strictObject({ what: textSchema, count: countSchema, mend: textSchema }))
      .describe('What the flows do not tell, and what input would.'),
    notes: z.array(textSchema),
    profile: textSchema.nullable().describe('What policies were judged by; null: none were.'),
    assumptions: z.array(textSchema),
    diagnostics: z.array(diagnosticSchema),
  })
  .meta({ title: 'Ringfence flows', description: 'What recorded flows say, by themselves or beside policies.' });

import { z } from 'zod';
import type { PathStatus, PreflightReport } from '../model/preflight-report.ts';
import { wouldRun } from '../model/preflight-report.ts';
import { unreadObjects } from './headline.ts';
import { adviceJson, counterexampleJson, diagnosticsJson, findingJson, ignoredJson, type JsonContext, writtenPoliciesJson } from './json.ts';
import {
  type AdviceJson,
  type CounterexampleJson,
  type DiagnosticJson,
  type Envelope,
  type FindingJson,
  type IgnoredJson,
  type LocationJson,
  reportApiVersion,
  type WrittenPolicyJson,
} from './json-types.ts';
import { locationJson } from './location-json.ts';
import {
  counterexampleSchema,
  countSchema,
  diagnosticSchema,
  envelope,
  findingSchema,
  ignoredSchema,
  locationSchema,
  textSchema,
  writtenPolicySchema,
} from './schema/common.ts';
import { adviceSchema } from './schema/explain.ts';

interface PathJson {
  readonly id: string;
  readonly title: string;
  readonly from: string;
  readonly to: string;
  readonly ports: string;
  readonly required: boolean;
  readonly because: string;
  readonly source: string;
  readonly status: PathStatus;
  readonly witnesses: readonly CounterexampleJson[];
  readonly shut: readonly string[];
  readonly reasons: readonly string[];
  readonly advice: AdviceJson | null;
  readonly location: LocationJson;
}

interface JobJson {
  readonly title: string;
  readonly wouldRun: boolean;
  readonly pods: string;
  readonly location: LocationJson;
  readonly frameworks: readonly {
    readonly id: string;
    readonly title: string;
    readonly signs: readonly { readonly text: string; readonly location: LocationJson }[];
  }[];
  readonly paths: readonly PathJson[];
  readonly problems: readonly FindingJson[];
  readonly security: readonly FindingJson[];
  readonly patch: {
    readonly opens: readonly string[];
    readonly also: readonly string[];
    readonly policies: readonly WrittenPolicyJson[];
  } | null;
}

export interface PreflightJson extends Envelope<'preflight', 'PreflightReport'> {
  readonly wouldRun: boolean;
  readonly unreadObjects: number;
  readonly profile: string;
  readonly jobs: readonly JobJson[];
  readonly ignored: readonly IgnoredJson[];
  readonly assumptions: readonly string[];
  readonly diagnostics: readonly DiagnosticJson[];
}

export function preflightJson(report: PreflightReport, context: JsonContext): PreflightJson {
  const { locator } = context;
  const unread = unreadObjects(context.diagnostics);
  return {
    $schema: 'https://ringfence.dev/schemas/preflight.v1.json',
    apiVersion: reportApiVersion,
    kind: 'PreflightReport',
    wouldRun: unread === 0 && report.jobs.every(wouldRun),
    unreadObjects: unread,
    profile: report.profile,
    jobs: report.jobs.map(
      (job): JobJson => ({
        title: job.title,
        wouldRun: wouldRun(job),
        pods: job.pods,
        location: locationJson(job.origin, locator),
        frameworks: job.frameworks.map(({ id, title, signs }) => ({
          id,
          title,
          signs: signs.map(({ text, origin }) => ({ text, location: locationJson(origin, locator) })),
        })),
        paths: job.paths.map(({ origin, witnesses, shut, advice, reasons, ...path }) => ({
          ...path,
          witnesses: witnesses.map((w) => counterexampleJson(w, locator)),
          shut: [...shut],
          reasons: [...reasons],
          advice: advice === null ? null : adviceJson(advice, locator),
          location: locationJson(origin, locator),
        })),
        problems: job.problems.map((f) => findingJson(f, locator)),
        security: job.security.map((f) => findingJson(f, locator)),
        patch:
          job.patch === null
            ? null
            : {
                opens: [...job.patch.opens],
                also: [...job.patch.also],
                policies: writtenPoliciesJson(job.patch),
              },
      }),
    ),
    ignored: ignoredJson(context),
    assumptions: [...report.assumptions],
    diagnostics: diagnosticsJson(context.diagnostics, locator),
  };
}

const pathSchema: z.ZodType<PathJson> = z
  .strictObject({
    id: textSchema,
    title: textSchema,
    from: textSchema,
    to: textSchema,
    ports: textSchema,
    required: z.boolean().describe('Whether the job stands still without it.'),
    because: textSchema.describe('What shows that the job needs it.'),
    source: textSchema,
    status: z.enum(['open', 'blocked', 'unknown']),
    witnesses: z.array(counterexampleSchema).describe('Packets that are stopped, or may be.'),
    shut: z.array(textSchema).describe('Every pair of sorts of pods that is shut, or may be, with the ports.'),
    reasons: z.array(textSchema).describe('What is missing where the status is unknown.'),
    advice: adviceSchema.nullable().describe('What opens the first witness where no added policy opens the path.'),
    location: locationSchema.describe('What asks for it.'),
  })
  .meta({ id: 'JobPath', description: 'One thing that a job needs of the network.' });

const jobSchema: z.ZodType<JobJson> = z
  .strictObject({
    title: textSchema,
    wouldRun: z.boolean(),
    pods: textSchema,
    location: locationSchema,
    frameworks: z.array(z.strictObject({ id: textSchema, title: textSchema, signs: z.array(z.strictObject({ text: textSchema, location: locationSchema })) })),
    paths: z.array(pathSchema),
    problems: z.array(findingSchema).describe('What else stands in its way, or will.'),
    security: z.array(findingSchema).describe('What its pods may do that others ought to know of: no reason not to run.'),
    patch: z
      .strictObject({
        opens: z.array(textSchema).describe('Ids of the paths that it opens.'),
        also: z.array(textSchema).describe('All other traffic that changes with it.'),
        policies: z.array(writtenPolicySchema),
      })
      .nullable(),
  })
  .meta({ id: 'JobPreflight', description: 'Whether one job would run.' });

/** `ringfence preflight --format json`. */
export const preflightReportSchema: z.ZodType<PreflightJson> = z
  .strictObject({
    ...envelope('preflight', 'PreflightReport'),
    wouldRun: z.boolean().describe('Whether every job would run, and the whole input could be read.'),
    unreadObjects: countSchema,
    profile: textSchema,
    jobs: z.array(jobSchema),
    ignored: z.array(ignoredSchema).describe('Findings that the baseline knows.'),
    assumptions: z.array(textSchema),
    diagnostics: z.array(diagnosticSchema),
  })
  .meta({ title: 'Ringfence preflight report', description: 'Whether jobs would run under the policies of a cluster.' });

import { z } from 'zod';
import type { VerifyReport } from '../model/verify-report.ts';
import { type JsonContext, verifyJson } from './json.ts';
import { type ClaimJson, type Envelope, reportApiVersion, type VerifyJson } from './json-types.ts';
import { countSchema, diagnosticSchema, envelope, findingSchema, textSchema } from './schema/common.ts';
import { claimSchema } from './schema/verify.ts';

export interface QueryJson extends Envelope<'query', 'QueryReport'> {
  readonly holds: boolean;
  readonly profile: string;
  readonly files: readonly { readonly file: string; readonly tally: VerifyJson['zones'][number]['tally']; readonly queries: readonly ClaimJson[] }[];
  readonly strict: boolean;
  readonly findings: VerifyJson['findings'];
  readonly assumptions: readonly string[];
  readonly diagnostics: VerifyJson['diagnostics'];
}

/** `ringfence query --format json`. */
export const queryReportSchema: z.ZodType<QueryJson> = z
  .strictObject({
    ...envelope('query', 'QueryReport'),
    holds: z.boolean().describe('Whether every query of every file holds.'),
    profile: textSchema,
    files: z.array(
      z.strictObject({
        file: textSchema,
        tally: z.strictObject({ holds: countSchema, fails: countSchema, undecided: countSchema }),
        queries: z.array(claimSchema),
      }),
    ),
    strict: z.boolean().describe('Whether what is not known counted as reachable.'),
    findings: z.array(findingSchema).describe('With --dead, --shadowed, --redundant: policies and rules without which nothing changes.'),
    assumptions: z.array(textSchema),
    diagnostics: z.array(diagnosticSchema),
  })
  .meta({ title: 'Ringfence query report', description: 'Each assertion about a cluster, proven or refuted.' });

/** The report holds a file where that of verify holds a zone. */
export function queryJson(report: VerifyReport, context: JsonContext): QueryJson {
  const { holds, profile, zones, strict, findings, assumptions, diagnostics } = verifyJson(report, context);
  return {
    $schema: 'https://ringfence.dev/schemas/query.v1.json',
    apiVersion: reportApiVersion,
    kind: 'QueryReport',
    holds,
    profile,
    files: zones.map(({ zone, tally, claims }) => ({ file: zone, tally, queries: claims })),
    strict,
    findings,
    assumptions,
    diagnostics,
  };
}
